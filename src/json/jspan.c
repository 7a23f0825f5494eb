/* Cutting JSON text into elements without a tree, and the checks on whole texts.
 * Grammar, decoding and messages come from jscan.c. */
#include "json/jspan.h"

#include "json/jnum.h"
#include "json/jscan.h"

enum json_type jspan_type(struct span text)
{
    const char *end = span_end(text);
    const char *p = jscan_blanks(text.p, end);

    if (p == end)
        return JSON_T_NONE;
    switch (*p) {
    case '{':
        return JSON_T_OBJECT;
    case '[':
        return JSON_T_ARRAY;
    case '"':
        return JSON_T_STRING;
    case 't':
        return JSON_T_TRUE;
    case 'f':
        return JSON_T_FALSE;
    case 'n':
        return JSON_T_NULL;
    default:
        return *p == '-' || (*p >= '0' && *p <= '9') ? JSON_T_NUMBER : JSON_T_NONE;
    }
}

/* A byte order mark would otherwise be reported as an unexpected value. */
static err *refuse_bom(struct arena *a, struct span text)
{
    struct jscan s = {.end = span_end(text), .at = text.p, .what = "Unexpected UTF-8 BOM (decode using utf-8-sig)"};

    if (text.len < 3 || memcmp(text.p, "\xef\xbb\xbf", 3) != 0)
        return OK;
    return jscan_err(a, &s, text.p);
}

err *jspan_open(struct jspan *s, struct arena *a, struct span text, int max_depth)
{
    enum json_type t = jspan_type(text);
    struct jscan scan = {.end = span_end(text)};

    TRY(refuse_bom(a, text));
    scan.at = jscan_blanks(text.p, scan.end);
    scan.what = t == JSON_T_NONE ? "Expecting value" : "Expecting an array or an object";
    if (t != JSON_T_OBJECT && t != JSON_T_ARRAY)
        return jscan_err(a, &scan, text.p);
    *s = (struct jspan){
        .a = a,
        .p = scan.at + 1,
        .end = scan.end,
        .start = text.p,
        .index = -1,
        .max_depth = max_depth,
        .object = t == JSON_T_OBJECT,
    };
    return OK;
}

/* Blanks up to the end of the text; NULL when something else follows. */
static const char *at_end(struct jscan *scan, const char *p)
{
    p = jscan_blanks(p, scan->end);
    if (p == scan->end)
        return p;
    scan->at = p;
    scan->what = "Extra data";
    return NULL;
}

/* Before an element: the comma, or the closing bracket, which ends the walk. */
static const char *separator(struct jspan *s, struct jscan *scan)
{
    const char *p = jscan_blanks(s->p, s->end);
    bool first = s->index < 0;

    if (p < s->end && *p == (s->object ? '}' : ']')) {
        s->done = true;
        return at_end(scan, p + 1);
    }
    if (first)
        return p;
    if (p < s->end && *p == ',')
        return p + 1;
    scan->at = p;
    scan->what = "Expecting ',' delimiter";
    return NULL;
}

/* One step; `key` gets the source bytes between the quotes. */
static err *next_raw(struct jspan *s, bool *more, struct span *key, struct span *value)
{
    struct jscan scan = {.end = s->end};
    const char *p;

    *more = false;
    if (s->done)
        return OK;
    p = separator(s, &scan);
    if (p && s->done)
        return OK;
    if (p && s->object)
        p = jscan_key(&scan, p, key);
    if (p) {
        value->p = jscan_blanks(p, s->end);
        p = jscan_value(&scan, p, s->max_depth - 1);
    }
    if (!p)
        return jscan_err(s->a, &scan, s->start);
    value->len = (size_t)(p - value->p);
    s->p = p;
    s->index++;
    *more = true;
    return OK;
}

err *jspan_next(struct jspan *s, bool *more, const char **key, struct span *value)
{
    struct jscan_odd odd;
    struct span raw = {NULL, 0};

    TRY(next_raw(s, more, &raw, value));
    if (*more && key)
        *key = s->object ? jscan_text(s->a, raw, &odd) : NULL;
    return OK;
}

err *jspan_check(struct arena *a, struct span text, int max_depth)
{
    struct jscan scan = {.end = span_end(text)};
    const char *p;

    TRY(refuse_bom(a, text));
    p = jscan_value(&scan, text.p, max_depth);
    if (p)
        p = at_end(&scan, p);
    return p ? OK : jscan_err(a, &scan, text.p);
}

static bool key_is(struct arena *a, struct span raw, const char *key)
{
    struct jscan_odd odd;
    struct arena_mark m;
    bool same;

    if (!memchr(raw.p, '\\', raw.len))
        return strlen(key) == raw.len && memcmp(raw.p, key, raw.len) == 0;
    m = arena_mark(a);
    same = strcmp(jscan_text(a, raw, &odd), key) == 0;
    arena_rewind(a, m);
    return same;
}

struct span jspan_member(struct arena *a, struct span object, const char *key)
{
    struct span found = {NULL, 0}, raw, value;
    struct jspan s;
    bool more = true;

    if (jspan_type(object) != JSON_T_OBJECT || jspan_open(&s, a, object, JSCAN_DEPTH))
        return found;
    while (!next_raw(&s, &more, &raw, &value) && more)
        if (key_is(a, raw, key))
            found = value;
    return s.done ? found : (struct span){NULL, 0};
}

const char *jspan_unstorable(struct span text)
{
    struct jscan_odd odd = jscan_odd(text);
    struct span num;

    if (odd.nul)
        return "Null characters are not allowed.";
    if (odd.surrogate)
        return "Value must be valid JSON.";
    while (jnum_next(&text, &num))
        if (!jnum_storable(num))
            return "Value must be valid JSON.";
    return NULL;
}

char *span_dup(struct arena *a, struct span s)
{
    return arena_memdup(a, s.p, s.len);
}
