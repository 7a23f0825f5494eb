/* Numbers in JSON text. User numbers stay text all the way to Postgres; what is decoded here serves checks only.
 * Scanning them for grammar is jscan.c's part. */
#include "json/jnum.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include "base/log.h"
#include "json/jscan.h"

/* "d.ddde±xx" with the fewest digits that read back equal. Any decimal of 15 digits survives the trip through a
 * normal double, so fewer need not be tried there; subnormal numbers hold less. */
static void shortest(double v, char *out, size_t size)
{
    int digits = fabs(v) < DBL_MIN ? 1 : DBL_DIG;

    do
        snprintf(out, size, "%.*e", digits - 1, v);
    while (strtod(out, NULL) != v && ++digits <= DBL_DECIMAL_DIG);
}

/* Digits d1…dn times 10^exponent (a point after d1), laid out as Python's repr does: fixed from 1e-4 to below 1e16. */
static size_t lay_out(char *out, size_t size, const char *d, int n, int exponent)
{
    if (exponent < -4 || exponent >= 16)
        return (size_t)snprintf(out, size, "%c%s%.*se%c%02d", d[0], n > 1 ? "." : "", n - 1, d + 1,
                                exponent < 0 ? '-' : '+', abs(exponent));
    if (exponent < 0)
        return (size_t)snprintf(out, size, "0.%.*s%.*s", -exponent - 1, "000", n, d);
    if (exponent >= n - 1)
        return (size_t)snprintf(out, size, "%.*s%.*s.0", n, d, exponent - n + 1, "000000000000000");
    return (size_t)snprintf(out, size, "%.*s.%.*s", exponent + 1, d, n - exponent - 1, d + exponent + 1);
}

size_t jnum_f64(char out[JNUM_BYTES], double v)
{
    char sci[40], digits[20];
    size_t sign = signbit(v) ? 1 : 0;
    int n = 0;
    char *p = sci;

    assert(isfinite(v));
    shortest(fabs(v), sci, sizeof sci);
    for (; *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    out[0] = '-';
    return sign + lay_out(out + sign, JNUM_BYTES - sign, digits, n, (int)strtol(p + 1, NULL, 10));
}

/* Limits of Postgres' numeric: digits before the point, and after it. */
enum { NUMERIC_WHOLE = 131072, NUMERIC_SCALE = 16383 };

static bool starts_number(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

static bool in_number(char c)
{
    return starts_number(c) || c == '.' || c == 'e' || c == 'E' || c == '+';
}

bool jnum_next(struct span *rest, struct span *num)
{
    const char *p = rest->p, *end = rest->p + rest->len;

    while (p < end && !starts_number(*p))
        p = *p == '"' ? jscan_skip_string(p, end) : p + 1;
    num->p = p;
    while (p < end && in_number(*p))
        p++;
    num->len = (size_t)(p - num->p);
    *rest = (struct span){p, (size_t)(end - p)};
    return num->len;
}

bool jnum_is_int(struct span num)
{
    for (size_t i = num.len && num.p[0] == '-'; i < num.len; i++)
        if (num.p[i] < '0' || num.p[i] > '9')
            return false;
    return true;
}

double jnum_value(struct span num)
{
    char small[64], *copy = small;
    double v;

    if (num.len >= sizeof small) {
        copy = malloc(num.len + 1);
        if (!copy)
            BUG("out of memory for a number of %zu bytes", num.len);
    }
    memcpy(copy, num.p, num.len);
    copy[num.len] = '\0';
    v = strtod(copy, NULL);
    if (copy != small)
        free(copy);
    return v;
}

/* Places after the point: digits of the fraction, less the exponent. */
static bool scale_fits(struct span num)
{
    long fraction = 0, exponent = 0;
    size_t i = 0;

    while (i < num.len && num.p[i] != '.' && num.p[i] != 'e' && num.p[i] != 'E')
        i++;
    for (i += i < num.len && num.p[i] == '.'; i < num.len && num.p[i] >= '0' && num.p[i] <= '9'; i++)
        fraction++;
    if (i < num.len) {
        char text[24];

        snprintf(text, sizeof text, "%.*s", (int)(num.len - i - 1 < 20 ? num.len - i - 1 : 20), num.p + i + 1);
        exponent = strtol(text, NULL, 10);
    }
    return exponent <= NUMERIC_SCALE && exponent >= -NUMERIC_SCALE && fraction - exponent <= NUMERIC_SCALE;
}

bool jnum_storable(struct span num)
{
    if (num.len < 17 && !memchr(num.p, 'e', num.len) && !memchr(num.p, 'E', num.len))
        return true;
    if (jnum_is_int(num))
        return num.len <= NUMERIC_WHOLE;
    return num.len <= NUMERIC_WHOLE && scale_fits(num) && isfinite(jnum_value(num));
}
