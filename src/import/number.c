/* Numbers that clients send as numbers or as text. */
#include "import/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Plain decimal numbers only: strtod would also take "nan" and hexadecimal digits. */
static bool is_number(const char *s)
{
    char *end;
    double v = strtod(s, &end);

    return *s && !*end && strspn(s, "0123456789+-.eE") == strlen(s) && isfinite(v);
}

const char *number_text(struct arena *a, json_t *v)
{
    if (json_is_integer(v))
        return arena_printf(a, "%lld", (long long)json_integer_value(v));
    if (json_is_real(v))
        return arena_printf(a, "%.17g", json_real_value(v));
    if (!json_is_string(v) || !is_number(json_string_value(v)))
        return NULL;
    return arena_strdup(a, json_string_value(v));
}
