/* The streaming JSON writer and the quoting of strings.
 * It knows nothing of where the bytes go: a sink takes them, a response or a strbuf. */
#include "json/jw.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "json/jnum.h"

/* State of one nesting level, as bits. Level 0 is the document: one value. */
enum { IN_OBJECT = 1, SOME = 2 /* something was written here */, KEYED = 4 /* a key waits for its value */ };

void jw_init(struct jw *w, jw_sink *sink, void *to)
{
    *w = (struct jw){.sink = sink, .to = to};
}

static void strbuf_sink(void *to, const char *p, size_t len)
{
    strbuf_add(to, p, len);
}

void jw_init_strbuf(struct jw *w, struct strbuf *b)
{
    jw_init(w, strbuf_sink, b);
}

static void put(struct jw *w, const char *p, size_t len)
{
    w->sink(w->to, p, len);
}

/* What goes before a value: nothing, or the comma of an array. */
static void before_value(struct jw *w)
{
    unsigned char *s = &w->state[w->depth];

    if (*s & IN_OBJECT) {
        assert((*s & KEYED) && "value without key");
        *s &= (unsigned char)~KEYED;
        return;
    }
    assert((w->depth || !(*s & SOME)) && "second value at the top");
    if (*s & SOME)
        put(w, ",", 1);
    *s |= SOME;
}

static void open_level(struct jw *w, const char *bracket, unsigned char state)
{
    before_value(w);
    assert(w->depth + 1 < JW_DEPTH);
    w->state[++w->depth] = state;
    put(w, bracket, 1);
}

void jw_obj(struct jw *w)
{
    open_level(w, "{", IN_OBJECT);
}

void jw_arr(struct jw *w)
{
    open_level(w, "[", 0);
}

void jw_end(struct jw *w)
{
    unsigned char s = w->state[w->depth];

    assert(w->depth > 0 && !(s & KEYED));
    w->depth--;
    put(w, s & IN_OBJECT ? "}" : "]", 1);
}

/* ---- strings ---- */

/* Bytes that end a run of plain ones: quote, backslash, controls, and the lead byte of U+2028/2029. */
static bool special(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0xe2;
}

/* The escape for the character at s, its text in out (room for 8) and its source length in *used; 0 when it stays as it is. */
static size_t escape(const char *s, size_t len, char *out, size_t *used)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    unsigned char c = (unsigned char)*s;

    *used = 1;
    for (const char *p = shorts; *p; p += 2) {
        if ((unsigned char)p[0] == c) {
            out[0] = '\\';
            out[1] = p[1];
            return 2;
        }
    }
    if (c < 0x20)
        return (size_t)snprintf(out, 8, "\\u%04x", c);
    if (len < 3 || (unsigned char)s[1] != 0x80 || ((unsigned char)s[2] & 0xfe) != 0xa8)
        return 0;
    *used = 3;
    return (size_t)snprintf(out, 8, "\\u202%x", (unsigned char)s[2] & 0x0f);
}

static void quote(jw_sink *sink, void *to, const char *s, size_t len)
{
    size_t run = 0;

    sink(to, "\"", 1);
    while (run < len) {
        char esc[8];
        size_t n, used;

        if (!special((unsigned char)s[run])) {
            run++;
            continue;
        }
        n = escape(s + run, len - run, esc, &used);
        if (!n) {
            run++;
            continue;
        }
        if (run)
            sink(to, s, run);
        sink(to, esc, n);
        s += run + used;
        len -= run + used;
        run = 0;
    }
    if (run)
        sink(to, s, run);
    sink(to, "\"", 1);
}

void json_quote(struct strbuf *b, const char *s, size_t len)
{
    quote(strbuf_sink, b, s, len);
}

void jw_key(struct jw *w, const char *key)
{
    unsigned char *s = &w->state[w->depth];

    assert((*s & IN_OBJECT) && !(*s & KEYED) && "key outside an object, or after a key");
    if (*s & SOME)
        put(w, ",", 1);
    *s |= SOME | KEYED;
    quote(w->sink, w->to, key, strlen(key));
    put(w, ":", 1);
}

/* ---- values ---- */

void jw_rawn(struct jw *w, const char *json, size_t len)
{
    assert(len > 0);
    before_value(w);
    put(w, json, len);
}

void jw_raw(struct jw *w, const char *json)
{
    if (!json)
        json = "null";
    jw_rawn(w, json, strlen(json));
}

void jw_strn(struct jw *w, const char *s, size_t len)
{
    before_value(w);
    quote(w->sink, w->to, s, len);
}

void jw_str(struct jw *w, const char *s)
{
    if (s)
        jw_strn(w, s, strlen(s));
    else
        jw_null(w);
}

void jw_i64(struct jw *w, int64_t v)
{
    char text[24];

    jw_rawn(w, text, (size_t)snprintf(text, sizeof text, "%" PRId64, v));
}

void jw_f64(struct jw *w, double v)
{
    char text[JNUM_BYTES];

    if (!isfinite(v)) {
        jw_null(w);
        return;
    }
    jw_rawn(w, text, jnum_f64(text, v));
}

void jw_bool(struct jw *w, bool v)
{
    jw_raw(w, v ? "true" : "false");
}

void jw_null(struct jw *w)
{
    jw_raw(w, "null");
}

void jw_kstr(struct jw *w, const char *key, const char *s)
{
    jw_key(w, key);
    jw_str(w, s);
}

void jw_ki64(struct jw *w, const char *key, int64_t v)
{
    jw_key(w, key);
    jw_i64(w, v);
}

void jw_kf64(struct jw *w, const char *key, double v)
{
    jw_key(w, key);
    jw_f64(w, v);
}

void jw_kbool(struct jw *w, const char *key, bool v)
{
    jw_key(w, key);
    jw_bool(w, v);
}

void jw_knull(struct jw *w, const char *key)
{
    jw_key(w, key);
    jw_null(w);
}

void jw_kraw(struct jw *w, const char *key, const char *json)
{
    jw_key(w, key);
    jw_raw(w, json);
}

bool jw_done(const struct jw *w)
{
    return w->depth == 0 && (w->state[0] & SOME);
}
