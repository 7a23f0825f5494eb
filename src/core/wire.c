/* Values of rows as the API writes them: times in the reference's ISO form, ages in words, plain columns under a key.
 * Nothing here knows which table a row came from. */
#include "core/wire.h"

#include <assert.h>

#include "base/clock.h"
#include "base/log.h"

enum { TIME_BYTES = 40 };

/* Length of the fraction in Postgres's text, without the dot; Postgres leaves out trailing zeros. */
static size_t fraction_len(const char *pg)
{
    return pg[19] == '.' ? strspn(pg + 20, "0123456789") : 0;
}

/* "2026-11-21 22:31:16.42+00" → "2026-11-21T22:31:16.420000Z". Sessions run in UTC, so the offset is always +00. */
static void to_iso(const char *pg, char out[TIME_BYTES])
{
    size_t n = fraction_len(pg);

    assert(strlen(pg) >= 19 && n <= 6);
    memcpy(out, pg, 19);
    out[10] = 'T';
    out += 19;
    if (n > 0) {
        *out++ = '.';
        memcpy(out, pg + 20, n);
        memset(out + n, '0', 6 - n);
        out += 6;
    }
    out[0] = 'Z';
    out[1] = '\0';
}

void wire_time(struct jw *w, const struct row *r, int col)
{
    const char *pg = row_text(r, col);
    char iso[TIME_BYTES];

    if (!pg) {
        jw_null(w);
        return;
    }
    to_iso(pg, iso);
    jw_str(w, iso);
}

void wire_ktime(struct jw *w, const char *key, const struct row *r, int col)
{
    jw_key(w, key);
    wire_time(w, r, col);
}

const char *wire_time_text(struct arena *a, const char *pg)
{
    char iso[TIME_BYTES];

    if (!pg)
        return NULL;
    to_iso(pg, iso);
    return arena_strdup(a, iso);
}

/* ---- ages ---- */

struct moment {
    int year, month, day, second;   /* second of the day */
};

static struct moment moment_parse(const char *pg)
{
    struct moment m = {0};
    int hour = 0, minute = 0, second = 0;

    if (sscanf(pg, "%d-%d-%d%*c%d:%d:%d", &m.year, &m.month, &m.day, &hour, &minute, &second) != 6)
        BUG("not a time of the database: \"%s\"", pg);
    m.second = hour * 3600 + minute * 60 + second;
    return m;
}

static struct moment moment_now(void)
{
    time_t t = (time_t)(clock_wall_us() / 1000000);
    struct tm tm;

    gmtime_r(&t, &tm);
    return (struct moment){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec};
}

static int64_t moment_seconds(struct moment m)
{
    struct tm tm = {.tm_year = m.year - 1900, .tm_mon = m.month - 1, .tm_mday = m.day, .tm_sec = m.second};

    return (int64_t)timegm(&tm);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
        return 29;
    return days[month - 1];
}

static struct moment add_months(struct moment m, int n)
{
    int months = m.month - 1 + n;

    m.year += months / 12;
    m.month = months % 12 + 1;
    if (m.day > month_days(m.year, m.month))
        m.day = month_days(m.year, m.month);
    return m;
}

enum { AGE_UNITS = 6 };

/* Calendar years and months first, then what is left in weeks, days, hours, minutes. */
static void age_split(struct moment then, struct moment now, int64_t out[AGE_UNITS])
{
    static const int seconds[] = {604800, 86400, 3600, 60};
    int months = (now.year - then.year) * 12 + now.month - then.month;
    int64_t left;

    if (then.day > now.day || (then.day == now.day && then.second > now.second))
        months--;
    if (months < 0)
        months = 0;
    left = moment_seconds(now) - moment_seconds(add_months(then, months));
    out[0] = months / 12;
    out[1] = months % 12;
    for (int i = 0; i < 4; i++) {
        out[2 + i] = left > 0 ? left / seconds[i] : 0;
        left -= out[2 + i] * seconds[i];
    }
}

static int age_add(char *out, size_t size, int64_t n, int unit, bool second)
{
    static const char *const names[AGE_UNITS] = {"year", "month", "week", "day", "hour", "minute"};

    return snprintf(out, size, "%s%lld\u00a0%s%s", second ? ", " : "", (long long)n, names[unit], n == 1 ? "" : "s");
}

void wire_ago(struct jw *w, const struct row *r, int col)
{
    const char *pg = row_text(r, col);
    int64_t n[AGE_UNITS];
    char text[96];
    int unit = 0, len;

    if (!pg) {
        jw_null(w);
        return;
    }
    age_split(moment_parse(pg), moment_now(), n);
    while (unit < AGE_UNITS - 1 && n[unit] == 0)
        unit++;
    len = age_add(text, sizeof text, n[unit], unit, false);
    if (unit + 1 < AGE_UNITS && n[unit + 1] > 0)
        age_add(text + len, sizeof text - (size_t)len, n[unit + 1], unit + 1, true);
    jw_str(w, text);
}

/* ---- key and column ---- */

void wire_kstr(struct jw *w, const char *key, const struct row *r, int col)
{
    jw_kstr(w, key, row_text(r, col));
}

void wire_ki64(struct jw *w, const char *key, const struct row *r, int col)
{
    if (row_null(r, col))
        jw_knull(w, key);
    else
        jw_ki64(w, key, row_i64(r, col));
}

void wire_kf64(struct jw *w, const char *key, const struct row *r, int col)
{
    if (row_null(r, col))
        jw_knull(w, key);
    else
        jw_kf64(w, key, row_f64(r, col));
}

void wire_kbool(struct jw *w, const char *key, const struct row *r, int col)
{
    if (row_null(r, col))
        jw_knull(w, key);
    else
        jw_kbool(w, key, row_bool(r, col));
}

void wire_kraw(struct jw *w, const char *key, const struct row *r, int col)
{
    jw_kraw(w, key, row_json(r, col));
}
