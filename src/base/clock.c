/* Reading the clocks and writing times as the API and HTTP want them.
 * Parsing dates and arithmetic on them is left to Postgres. */
#include "base/clock.h"

#include <assert.h>

enum { US_PER_S = 1000000 };

static int64_t read_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
    return read_us(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

/* Whole seconds and the rest, rounding down so that times before 1970 come out right. */
static struct tm split(int64_t wall_us, int *us)
{
    int64_t s = wall_us / US_PER_S;
    struct tm tm;
    time_t t;

    *us = (int)(wall_us % US_PER_S);
    if (*us < 0) {
        *us += US_PER_S;
        s--;
    }
    t = (time_t)s;
    if (!gmtime_r(&t, &tm))
        assert(!"int64 microseconds always fit a struct tm");
    return tm;
}

char *clock_iso(struct arena *a, int64_t wall_us)
{
    int us;
    struct tm tm = split(wall_us, &us);
    char *day = arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
                             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);

    return us ? arena_printf(a, "%s.%06dZ", day, us) : arena_printf(a, "%sZ", day);
}

char *clock_http(struct arena *a, int64_t wall_us)
{
    /* strftime would follow the locale; HTTP dates are English. */
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int us;
    struct tm tm = split(wall_us, &us);

    return arena_printf(a, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday,
                        tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour,
                        tm.tm_min, tm.tm_sec);
}
