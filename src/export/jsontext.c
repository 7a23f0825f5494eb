/* One pass over valid JSON text; nothing is parsed into a tree, so numbers stay as they are
 * written. */
#include "export/jsontext.h"

#include <string.h>

#include "json/jw.h"

/* Copies a string literal with "/" escaped; the byte after it. */
static const char *string_copy(struct strbuf *b, const char *p, const char *end)
{
    strbuf_putc(b, *p++);
    while (p < end && *p != '"') {
        size_t n = *p == '\\' && p + 1 < end ? 2 : 1;
        if (*p == '/')
            strbuf_putc(b, '\\');
        strbuf_add(b, p, n);
        p += n;
    }
    strbuf_putc(b, '"');
    return p < end ? p + 1 : end;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void jsontext_compact(struct strbuf *b, struct span json)
{
    const char *p = json.p, *end = json.p + json.len;

    while (p < end) {
        if (*p == '"') {
            p = string_copy(b, p, end);
            continue;
        }
        if (!is_blank(*p))
            strbuf_putc(b, *p);
        p++;
    }
}

static void line(struct strbuf *b, int level)
{
    strbuf_printf(b, "\n%*s", level * 2, "");
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

/* An opening bracket; of an empty container both. */
static const char *open_copy(struct strbuf *b, const char *p, const char *end, int *level)
{
    const char *next = skip_blanks(p + 1, end);

    strbuf_putc(b, *p);
    if (next < end && (*next == '}' || *next == ']')) {
        strbuf_putc(b, *next);
        return next + 1;
    }
    line(b, ++*level);
    return next;
}

void jsontext_pretty(struct strbuf *b, struct span json, int level)
{
    const char *p = json.p, *end = json.p + json.len;

    while ((p = skip_blanks(p, end)) < end) {
        if (*p == '"') {
            p = string_copy(b, p, end);
            continue;
        }
        if (*p == '{' || *p == '[') {
            p = open_copy(b, p, end, &level);
            continue;
        }
        if (*p == '}' || *p == ']')
            line(b, --level);
        strbuf_putc(b, *p);
        if (*p == ',')
            line(b, level);
        else if (*p == ':')
            strbuf_putc(b, ' ');
        p++;
    }
}

void jsontext_string(struct strbuf *b, struct arena *a, const char *text)
{
    struct strbuf quoted;

    strbuf_init(&quoted, a, SIZE_MAX);
    json_quote(&quoted, text, strlen(text));
    string_copy(b, quoted.buf, quoted.buf + quoted.len);
}
