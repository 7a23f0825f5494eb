/* The strict scanner (RFC 8259) that everything on its way to Postgres passes: no recursion, one bit per open bracket.
 * It keeps no values; jspan.c cuts with it, jin.c decodes with it. */
#include "json/jscan.h"

#include "base/filemap.h"
#include "base/text.h"

enum { PIECE = 1 << 20 };

static const char *fail(struct jscan *s, const char *at, const char *what)
{
    s->at = at;
    s->what = what;
    return NULL;
}

const char *jscan_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

static bool is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

static const char *digits(const char *p, const char *end)
{
    while (is_digit(p, end))
        p++;
    return p;
}

/* ---- strings ---- */

/* Ends the run of bytes that stand for themselves: ASCII but quote, backslash and controls. Eight at a time: long texts
 * are most of what an import brings. */
static const char *plain_run(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;

    for (; end - p >= 8; p += 8) {
        uint64_t w, quote, slash;

        memcpy(&w, p, 8);
        quote = w ^ ones * '"';
        slash = w ^ ones * '\\';
        if ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & highs)
            break;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
        p++;
    return p;
}

static int hex4(const char *p, const char *end)
{
    unsigned char b[2];

    if (end - p < 4 || !hex_decode(p, 4, b))
        return -1;
    return b[0] << 8 | b[1];
}

/* p at the backslash. Places of the errors as Python reports them. */
static const char *escape(struct jscan *s, const char *p, const char *quote)
{
    if (s->end - p < 2)
        return fail(s, quote, "Unterminated string starting at");
    if (p[1] != 'u')
        return p[1] && strchr("\"\\/bfnrt", p[1]) ? p + 2 : fail(s, p, "Invalid \\escape");
    return hex4(p + 2, s->end) >= 0 && s->end - p > 6 ? p + 6 : fail(s, p + 1, "Invalid \\uXXXX escape");
}

/* p at a byte from 0x80 up. Sequences never leave the run of such bytes, so the run is checked as a whole. */
static const char *utf8_run(struct jscan *s, const char *p)
{
    const char *q = p;
    size_t n = 1;

    while (q < s->end && (unsigned char)*q >= 0x80)
        q++;
    if (utf8_valid(p, (size_t)(q - p)))
        return q;
    while (n <= 4 && p + n <= q) {
        bool whole = utf8_valid(p, n);

        p += whole ? n : 0;
        n = whole ? 1 : n + 1;
    }
    s->utf8 = true;
    return fail(s, p, "malformed UTF-8");
}

const char *jscan_string(struct jscan *s, const char *p)
{
    const char *quote = p++;

    while (p) {
        p = plain_run(p, s->end);
        if (p == s->end)
            return fail(s, quote, "Unterminated string starting at");
        if (*p == '"')
            return p + 1;
        if ((unsigned char)*p < 0x20)
            return fail(s, p, "Invalid control character at");
        p = *p == '\\' ? escape(s, p, quote) : utf8_run(s, p);
    }
    return NULL;
}

const char *jscan_skip_string(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        p = plain_run(p, end);
        if (p == end || *p == '"')
            break;
        p += *p == '\\' && end - p > 1;
    }
    return p < end ? p + 1 : end;
}

/* ---- scalars ---- */

static const char *number(struct jscan *s, const char *p)
{
    const char *q = p + (*p == '-'), *e;

    if (!is_digit(q, s->end))
        return fail(s, p, "Expecting value");
    q = *q == '0' ? q + 1 : digits(q, s->end);
    if (q < s->end && *q == '.' && is_digit(q + 1, s->end))
        q = digits(q + 1, s->end);
    if (q == s->end || (*q != 'e' && *q != 'E'))
        return q;
    e = q + 1;
    e += e < s->end && (*e == '+' || *e == '-');
    return is_digit(e, s->end) ? digits(e, s->end) : q;
}

static bool at_word(const struct jscan *s, const char *p, const char *word)
{
    size_t n = strlen(word);

    return (size_t)(s->end - p) >= n && memcmp(p, word, n) == 0;
}

/* Python's own literals are named in the message, as the reference does. */
static const char *not_finite(struct jscan *s, const char *p)
{
    static const struct {
        const char *word;
        const char *what;
    } words[] = {
        {"NaN", "Out of range float values are not JSON compliant: 'NaN'"},
        {"Infinity", "Out of range float values are not JSON compliant: 'Infinity'"},
        {"-Infinity", "Out of range float values are not JSON compliant: '-Infinity'"},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (at_word(s, p, words[i].word)) {
            s->placeless = true;
            return fail(s, p, words[i].what);
        }
    }
    return fail(s, p, "Expecting value");
}

static const char *scalar(struct jscan *s, const char *p)
{
    if (is_digit(p, s->end) || (*p == '-' && is_digit(p + 1, s->end)))
        return number(s, p);
    if (at_word(s, p, "true") || at_word(s, p, "null"))
        return p + 4;
    if (at_word(s, p, "false"))
        return p + 5;
    return not_finite(s, p);
}

/* ---- nesting ---- */

struct nest {
    int depth, most;
    uint64_t objects[JSCAN_DEPTH / 64];   /* one bit per level: object or array */
};

static void nest_push(struct nest *n, bool object)
{
    uint64_t bit = UINT64_C(1) << n->depth % 64;
    uint64_t *word = &n->objects[n->depth++ / 64];

    *word = object ? *word | bit : *word & ~bit;
}

static bool nest_object(const struct nest *n)
{
    return n->objects[(n->depth - 1) / 64] >> (n->depth - 1) % 64 & 1;
}

const char *jscan_key(struct jscan *s, const char *p, struct span *key)
{
    p = jscan_blanks(p, s->end);
    if (p == s->end || *p != '"')
        return fail(s, p, "Expecting property name enclosed in double quotes");
    key->p = p + 1;
    p = jscan_string(s, p);
    if (!p)
        return NULL;
    key->len = (size_t)(p - key->p) - 1;
    p = jscan_blanks(p, s->end);
    if (p == s->end || *p != ':')
        return fail(s, p, "Expecting ':' delimiter");
    return p + 1;
}

/* p at the bracket. Up to the first value inside, or past the closing bracket when there is none. */
static const char *open_bracket(struct jscan *s, struct nest *n, const char *p, bool *complete)
{
    bool object = *p == '{';
    struct span key;

    if (n->depth >= n->most)
        return fail(s, p, "Nested too deeply");
    p = jscan_blanks(p + 1, s->end);
    *complete = p < s->end && *p == (object ? '}' : ']');
    if (*complete)
        return p + 1;
    nest_push(n, object);
    return object ? jscan_key(s, p, &key) : p;
}

static const char *begin_value(struct jscan *s, struct nest *n, const char *p, bool *complete)
{
    p = jscan_blanks(p, s->end);
    *complete = true;
    if (p == s->end)
        return fail(s, p, "Expecting value");
    if (*p == '"')
        return jscan_string(s, p);
    if (*p == '{' || *p == '[')
        return open_bracket(s, n, p, complete);
    return scalar(s, p);
}

/* After a value: past closing brackets, and up to the next value if there is one. */
static const char *end_value(struct jscan *s, struct nest *n, const char *p)
{
    struct span key;

    while (n->depth) {
        bool object = nest_object(n);

        p = jscan_blanks(p, s->end);
        if (p == s->end || (*p != ',' && *p != (object ? '}' : ']')))
            return fail(s, p, "Expecting ',' delimiter");
        if (*p++ == ',')
            return object ? jscan_key(s, p, &key) : p;
        n->depth--;
    }
    return p;
}

const char *jscan_value(struct jscan *s, const char *p, int max_depth)
{
    struct nest n;
    bool complete;

    n.depth = 0;
    n.most = max_depth < JSCAN_DEPTH ? max_depth : JSCAN_DEPTH;
    do {
        p = begin_value(s, &n, p, &complete);
        if (p && complete)
            p = end_value(s, &n, p);
    } while (p && n.depth);
    return p;
}

/* ---- errors ---- */

static err *utf8_err(struct arena *a, const struct jscan *s, const char *start)
{
    unsigned char c = (unsigned char)*s->at;
    size_t need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    const char *why = "invalid continuation byte";

    if (c < 0xc2 || c > 0xf4)
        why = "invalid start byte";
    else if ((size_t)(s->end - s->at) < need)
        why = "unexpected end of data";
    return err_new(a, ERR_PARSE, "JSON parse error - 'utf-8' codec can't decode byte 0x%02x in position %td: %s", c,
                   s->at - start, why);
}

struct place {
    size_t line, column, chars;
};

/* In pieces, so that the error at the end of a mapped file does not bring all of it into memory. */
static struct place place_of(const char *p, const char *at)
{
    struct place place = {1, 1, 0};

    while (p < at) {
        const char *end = at - p > PIECE ? p + PIECE : at, *eol;
        size_t n;

        while ((eol = memchr(p, '\n', (size_t)(end - p)))) {
            place.chars += utf8_count(p, (size_t)(eol + 1 - p));
            place.column = 1;
            place.line++;
            p = eol + 1;
        }
        n = utf8_count(p, (size_t)(end - p));
        place.chars += n;
        place.column += n;
        p = end;
        filemap_passed(p);
    }
    return place;
}

err *jscan_err(struct arena *a, const struct jscan *s, const char *start)
{
    struct place place;

    if (s->utf8)
        return utf8_err(a, s, start);
    if (s->placeless)
        return err_new(a, ERR_PARSE, "JSON parse error - %s", s->what);
    place = place_of(start, s->at);
    return err_new(a, ERR_PARSE, "JSON parse error - %s: line %zu column %zu (char %zu)", s->what, place.line, place.column,
                   place.chars);
}

/* ---- decoding ---- */

static size_t utf8_put(char *out, unsigned c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* p at \u. The character it (and a following low surrogate) stands for. */
static const char *unicode_escape(const char *p, const char *end, unsigned *c, struct jscan_odd *odd)
{
    int first = hex4(p + 2, end), second = -1;

    if (first < 0) {
        *c = 0xfffd;
        return end - p > 2 ? p + 2 : end;   /* only in text that was never checked */
    }
    if (first >= 0xd800 && first < 0xdc00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u')
        second = hex4(p + 8, end);
    if (second >= 0xdc00 && second < 0xe000) {
        *c = 0x10000 + ((unsigned)(first - 0xd800) << 10) + (unsigned)(second - 0xdc00);
        return p + 12;
    }
    *c = (unsigned)first;
    if (first >= 0xd800 && first < 0xe000) {
        *c = 0xfffd;
        odd->surrogate = odd->surrogate ? odd->surrogate : (unsigned)first;
    }
    if (first == 0) {
        *c = 0xfffd;
        odd->nul = true;
    }
    return p + 6;
}

static char short_escape(char c)
{
    static const char pairs[] = "b\bf\fn\nr\rt\t";

    for (const char *p = pairs; *p; p += 2)
        if (*p == c)
            return p[1];
    return c;
}

size_t jscan_decode(struct span in, char *out, struct jscan_odd *odd)
{
    const char *p = in.p, *end = span_end(in);
    char *w = out;
    unsigned c;

    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t run = (size_t)((slash ? slash : end) - p);

        memcpy(w, p, run);
        w += run;
        p += run;
        if (end - p < 2)
            break;
        if (p[1] == 'u') {
            p = unicode_escape(p, end, &c, odd);
            w += utf8_put(w, c);
        } else {
            *w++ = short_escape(p[1]);
            p += 2;
        }
    }
    return (size_t)(w - out);
}

char *jscan_text(struct arena *a, struct span in, struct jscan_odd *odd)
{
    char *out = arena_alloc(a, in.len + 1);

    *odd = (struct jscan_odd){0};
    out[jscan_decode(in, out, odd)] = '\0';
    return out;
}

struct jscan_odd jscan_odd(struct span text)
{
    const char *p = text.p, *end = span_end(text);
    struct jscan_odd odd = {0};
    unsigned c;

    while (p < end && (p = memchr(p, '\\', (size_t)(end - p))) && end - p >= 2)
        p = p[1] == 'u' ? unicode_escape(p, end, &c, &odd) : p + 2;
    return odd;
}
