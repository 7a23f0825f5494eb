/* One pass over valid JSON text; nothing is parsed into a tree, so numbers stay as they are
 * written. */
#include "export/jsontext.h"

#include <string.h>
#include <time.h>

#include "json/jw.h"

/* A character past ASCII as \uXXXX, of those past 16 bits two. The text is valid UTF-8. */
static const char *escape_put(struct strbuf *b, const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t n = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
    unsigned code = u[0] & (0xFFu >> (n + 1));

    for (size_t i = 1; i < n; i++)
        code = code << 6 | (u[i] & 0x3Fu);
    if (code >= 0x10000)
        strbuf_printf(b, "\\u%04x\\u%04x", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
    else
        strbuf_printf(b, "\\u%04x", code);
    return p + n;
}

static const char *ascii_copy(struct strbuf *b, const char *p, const char *end, bool slashes)
{
    strbuf_putc(b, *p++);
    while (p < end && *p != '"') {
        size_t n = *p == '\\' && p + 1 < end ? 2 : 1;
        if ((unsigned char)*p >= 0x80) {
            p = escape_put(b, p);
            continue;
        }
        if (*p == '/' && slashes)
            strbuf_putc(b, '\\');
        strbuf_add(b, p, n);
        p += n;
    }
    strbuf_putc(b, '"');
    return p < end ? p + 1 : end;
}

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

static void pretty(struct strbuf *b, struct span json, int level, bool ascii)
{
    const char *p = json.p, *end = json.p + json.len;

    while ((p = skip_blanks(p, end)) < end) {
        if (*p == '"') {
            p = ascii ? ascii_copy(b, p, end, true) : string_copy(b, p, end);
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

void jsontext_pretty(struct strbuf *b, struct span json, int level)
{
    pretty(b, json, level, false);
}

void jsontext_ascii(struct strbuf *b, struct span json, int level)
{
    pretty(b, json, level, true);
}

void jsontext_line(struct strbuf *b, struct span json)
{
    const char *p = json.p, *end = json.p + json.len;

    while ((p = skip_blanks(p, end)) < end) {
        if (*p == '"') {
            p = ascii_copy(b, p, end, false);
            continue;
        }
        strbuf_putc(b, *p);
        if (*p == ',' || *p == ':')
            strbuf_putc(b, ' ');
        p++;
    }
}

int64_t jsontext_year(void)
{
    time_t now = time(NULL);
    struct tm tm;

    gmtime_r(&now, &tm);
    return tm.tm_year + 1900;
}

const char *jsontext_now(struct arena *a)
{
    struct timespec now;
    struct tm tm;
    char day[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &tm);
    return arena_printf(a, "%s.%06ld", day, now.tv_nsec / 1000);
}

void jsontext_string(struct strbuf *b, struct arena *a, const char *text)
{
    struct strbuf quoted;

    strbuf_init(&quoted, a, SIZE_MAX);
    json_quote(&quoted, text, strlen(text));
    string_copy(b, quoted.buf, quoted.buf + quoted.len);
}

bool jsontext_is_formula(struct span text)
{
    return text.len > 0 && memchr("=+-@\t\r", text.p[0], 6) != NULL;
}
