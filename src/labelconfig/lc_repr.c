/* Values as Python prints them: messages of the reference quote data that way, and clients see the
 * text. */
#include "labelconfig/lc_priv.h"

#include <math.h>

#include "json/jw.h"

/* Code points Python writes as escapes: controls, separators, format characters, surrogates,
 * private use. */
static bool is_printable(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } hidden[] = {
        {0x00, 0x1f},     {0x7f, 0xa0},       {0xad, 0xad},        {0x600, 0x605},
        {0x61c, 0x61c},   {0x6dd, 0x6dd},     {0x70f, 0x70f},      {0x1680, 0x1680},
        {0x180e, 0x180e}, {0x2000, 0x200f},   {0x2028, 0x202f},    {0x205f, 0x206f},
        {0x3000, 0x3000}, {0xd800, 0xf8ff},   {0xfeff, 0xfeff},    {0xfff0, 0xfffb},
        {0xfffe, 0xffff}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
    };

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (c >= hidden[i].from && c <= hidden[i].to)
            return false;
    return true;
}

/* One code point of valid UTF-8; a stray byte counts as itself. */
static size_t next_point(const unsigned char *s, size_t left, uint32_t *c)
{
    size_t n = s[0] < 0xc0 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

    if (n > left)
        n = 1;
    *c = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        *c = *c << 6 | (s[i] & 0x3f);
    return n;
}

static void put_escape(struct strbuf *b, uint32_t c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        strbuf_puts(b, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
    else if (c <= 0xff)
        strbuf_printf(b, "\\x%02x", (unsigned)c);
    else if (c <= 0xffff)
        strbuf_printf(b, "\\u%04x", (unsigned)c);
    else
        strbuf_printf(b, "\\U%08x", (unsigned)c);
}

void lc_python_put_text(struct strbuf *b, const char *s, size_t len)
{
    char quote = memchr(s, '\'', len) && !memchr(s, '"', len) ? '"' : '\'';
    uint32_t c;

    strbuf_putc(b, quote);
    for (size_t i = 0, n; i < len; i += n) {
        n = next_point((const unsigned char *)s + i, len - i, &c);
        if (c == '\\' || c == (unsigned char)quote)
            strbuf_printf(b, "\\%c", (char)c);
        else if (is_printable(c))
            strbuf_add(b, s + i, n);
        else
            put_escape(b, c);
    }
    strbuf_putc(b, quote);
}

static void put_number(struct strbuf *b, double v)
{
    struct jw w;

    if (isnan(v) || isinf(v)) {
        strbuf_puts(b, isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
        return;
    }
    jw_init_strbuf(&w, b);
    jw_f64(&w, v);
}

const char *lc_python_number(struct arena *a, double v)
{
    struct strbuf b;

    strbuf_init(&b, a, 64);
    put_number(&b, v);
    return b.buf;
}

static void put_value(struct strbuf *b, json_t *v);

static void put_list(struct strbuf *b, json_t *list)
{
    strbuf_putc(b, '[');
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i)
            strbuf_puts(b, ", ");
        put_value(b, json_array_get(list, i));
    }
    strbuf_putc(b, ']');
}

static void put_dict(struct strbuf *b, json_t *dict)
{
    const char *key;
    json_t *v;
    bool first = true;

    strbuf_putc(b, '{');
    json_object_foreach(dict, key, v) {
        if (!first)
            strbuf_puts(b, ", ");
        first = false;
        lc_python_put_text(b, key, strlen(key));
        strbuf_puts(b, ": ");
        put_value(b, v);
    }
    strbuf_putc(b, '}');
}

static void put_value(struct strbuf *b, json_t *v)
{
    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_OBJECT:
        put_dict(b, v);
        break;
    case JSON_ARRAY:
        put_list(b, v);
        break;
    case JSON_STRING:
        lc_python_put_text(b, json_string_value(v), json_string_length(v));
        break;
    case JSON_INTEGER:
        strbuf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        break;
    case JSON_REAL:
        put_number(b, json_real_value(v));
        break;
    case JSON_TRUE:
        strbuf_puts(b, "True");
        break;
    case JSON_FALSE:
        strbuf_puts(b, "False");
        break;
    case JSON_NULL:
        strbuf_puts(b, "None");
        break;
    }
}

const char *lc_python_repr(struct arena *a, json_t *value)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX); /* as large as the value, which the body limit bounds */
    put_value(&b, value);
    return b.buf;
}

const char *lc_python_texts(struct arena *a, const char *const *texts, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_putc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            strbuf_puts(&b, ", ");
        lc_python_put_text(&b, texts[i], strlen(texts[i]));
    }
    strbuf_putc(&b, ']');
    return b.buf;
}
