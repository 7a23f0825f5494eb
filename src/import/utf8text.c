/* Faults of UTF-8 named as Python names them, and line breaks as Python knows them. Checking alone
 * is base/text.c. */
#include "import/utf8text.h"

#include <string.h>

#include "base/filemap.h"
#include "base/strbuf.h"
#include "base/text.h"

enum {
    SHOWN = 40, /* bytes before and after the fault */
    PIECE = 1 << 20
};

struct fault {
    size_t at, end;
    const char *what;
};

/* Continuation bytes that must follow, and the narrower range of the first of them; 0 for what
 * begins nothing. */
static size_t lead(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    *high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (c >= 0xC2 && c <= 0xDF)
        return 1;
    if (c >= 0xE0 && c <= 0xEF)
        return 2;
    return c >= 0xF0 && c <= 0xF4 ? 3 : 0;
}

/* Is the sequence at `at` whole? *end is behind it, or behind the bytes of it that are good. */
static const char *sequence(struct span text, size_t at, size_t *end)
{
    const unsigned char *p = (const unsigned char *)text.p;
    unsigned char low, high;
    size_t n = lead(p[at], &low, &high);

    *end = at + 1;
    if (p[at] < 0x80)
        return NULL;
    if (n == 0)
        return "invalid start byte";
    for (; n > 0; n--, low = 0x80, high = 0xBF) {
        if (*end == text.len)
            return "unexpected end of data";
        if (p[*end] < low || p[*end] > high)
            return "invalid continuation byte";
        ++*end;
    }
    return NULL;
}

static bool find(struct span text, struct fault *f)
{
    for (f->at = 0; f->at < text.len; f->at = f->end)
        if ((f->what = sequence(text, f->at, &f->end)))
            return true;
    return false;
}

/* As Python prints bytes. */
static void bytes_put(struct strbuf *b, struct span s)
{
    static const char special[] = "\t\n\r\\'";

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];
        const char *at = strchr(special, c);

        if (c && at)
            strbuf_printf(b, "\\%c", "tnr\\'"[at - special]);
        else if (c >= 0x20 && c < 0x7f)
            strbuf_putc(b, (char)c);
        else
            strbuf_printf(b, "\\x%02x", c);
    }
}

/* In pieces that end between characters: of a long file only one is in memory. */
static bool is_valid(struct span text)
{
    while (text.len > PIECE) {
        size_t n = PIECE;

        while (n > PIECE - 4 && (text.p[n] & 0xC0) == 0x80)
            n--;
        if (!utf8_valid(text.p, n))
            return false;
        text.p += n;
        text.len -= n;
        filemap_passed(text.p);
    }
    return utf8_valid(text.p, text.len);
}

const char *utf8text_problem(struct arena *a, struct span text)
{
    struct strbuf b;
    struct fault f;
    size_t from;

    if (is_valid(text) || !find(text, &f))
        return NULL;
    from = f.at > SHOWN ? f.at - SHOWN : 0;
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_puts(&b, "utf-8 b'");
    bytes_put(&b, (struct span){text.p + from,
                                (text.len < f.end + SHOWN ? text.len : f.end + SHOWN) - from});
    strbuf_printf(&b, "' %zu %zu %s", f.at - from, f.end - from, f.what);
    return b.buf;
}

/* Length of the line break at the beginning of s; 0 = none. */
static size_t break_length(struct span s)
{
    static const char *const wide[] = {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    unsigned char c = (unsigned char)*s.p;

    if (c == '\r')
        return s.len > 1 && s.p[1] == '\n' ? 2 : 1;
    if ((c >= '\n' && c <= '\f') || (c >= 0x1c && c <= 0x1e))
        return 1;
    if (c == 0xC2 || c == 0xE2)
        for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
            if (s.len >= strlen(wide[i]) && memcmp(s.p, wide[i], strlen(wide[i])) == 0)
                return strlen(wide[i]);
    return 0;
}

bool utf8text_line(struct span *rest, struct span *line)
{
    size_t n = 0, gap = 0;

    if (rest->len == 0)
        return false;
    while (n < rest->len && (gap = break_length((struct span){rest->p + n, rest->len - n})) == 0)
        n++;
    *line = (struct span){rest->p, n};
    rest->p += n + gap;
    rest->len -= n + gap;
    return true;
}
