/* Reading the Cookie header. What a cookie means (session, CSRF) is decided elsewhere. */
#include "http/cookie.h"

#include <stdbool.h>

#include "base/text.h"

static const char *skip_blanks(const char *s, const char *end)
{
    while (s < end && (*s == ' ' || *s == '\t'))
        s++;
    return s;
}

static const char *decode_value(struct arena *a, const char *s, const char *end)
{
    size_t n;
    char *text;

    while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (end - s >= 2 && *s == '"' && end[-1] == '"') {
        s++;
        end--;
    }
    text = url_decode(a, s, (size_t)(end - s), false, &n);
    return memchr(text, '\0', n) || !utf8_valid(text, n) ? NULL : text;
}

const char *cookie_get(struct arena *a, const char *header, const char *name)
{
    size_t name_len = strlen(name);
    const char *end = header + strlen(header);

    /* The first of equal names counts: browsers send the one with the longest path first. */
    for (const char *s = header; s < end;) {
        const char *semi = memchr(s, ';', (size_t)(end - s));
        const char *stop = semi ? semi : end;

        s = skip_blanks(s, stop);
        if ((size_t)(stop - s) > name_len && memcmp(s, name, name_len) == 0 && s[name_len] == '=')
            return decode_value(a, s + name_len + 1, stop);
        s = semi ? semi + 1 : end;
    }
    return NULL;
}
