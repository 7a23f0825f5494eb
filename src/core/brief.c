/* Results in short. The reference API's columns annotations_results and predictions_results look so, and clients show them as they are. */
#include "core/brief.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { CHARACTERS_MOST = 500, BYTES_MOST = 4 * CHARACTERS_MOST };

/* One string literal as it is; gives what follows it. */
static const char *string_add(struct strbuf *b, const char *p)
{
    const char *end = p + 1;

    while (*end && *end != '"')
        end += *end == '\\' && end[1] ? 2 : 1;
    end += *end == '"';
    strbuf_add(b, p, (size_t)(end - p));
    return end;
}

/* Fractions with two decimals at most, but one at least. */
static const char *number_add(struct strbuf *b, const char *p)
{
    size_t len = strspn(p, "+-.eE0123456789");
    char text[400];
    int n;

    n = memchr(p, '.', len) ? snprintf(text, sizeof text, "%.2f", strtod(p, NULL)) : -1;
    if (n < 1 || n >= (int)sizeof text) {
        strbuf_add(b, p, len);
        return p + len;
    }
    if (text[n - 1] == '0')
        text[--n] = '\0';
    strbuf_puts(b, text);
    return p + len;
}

/* Without the blanks between things. */
static void compact_add(struct strbuf *b, const char *p)
{
    while (*p && b->len < BYTES_MOST)
        if (*p == '"')
            p = string_add(b, p);
        else if (*p == '-' || (*p >= '0' && *p <= '9'))
            p = number_add(b, p);
        else if (*p == ' ')
            p++;
        else
            strbuf_putc(b, *p++);
}

static bool seen_before(const char *const *results, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (results[j] && strcmp(results[j], results[i]) == 0)
            return true;
    return false;
}

/* Where the text is cut: after so many characters, not bytes. */
static const char *cut(const char *p)
{
    for (int n = 0; *p && n < CHARACTERS_MOST; n++)
        for (p++; ((unsigned char)*p & 0xc0) == 0x80; p++)
            ;
    return p;
}

void brief_add(struct strbuf *out, const char *const *results, size_t n)
{
    struct strbuf b;
    const char *end;

    strbuf_init(&b, out->a, SIZE_MAX);
    for (size_t i = 0; i < n && b.len < BYTES_MOST; i++) {
        if (!results[i] || seen_before(results, i))
            continue;
        if (b.len)
            strbuf_putc(&b, ',');
        compact_add(&b, results[i]);
    }
    end = cut(b.buf);
    for (const char *p = b.buf; p < end; p++) {
        if (text_starts(p, "],[") && p + 2 < end) {
            strbuf_puts(out, "] ");
            p++;
        } else if (*p == ',' && p[1] == '"' && p + 1 < end) {
            strbuf_puts(out, ", ");
        } else if (*p != '"') {
            strbuf_putc(out, *p);
        }
    }
}
