/* Rendering: walks the nodes of a compiled template over a JSON context and writes escaped text.
 * Which escape is right was decided by the compiler; here only the values are looked up. */
#include <assert.h>
#include <unistd.h>

#include "tmpl/markup.h"
#include "tmpl/node.h"
#include "json/jw.h"

struct renderer {
    const struct tmpl_set *set;
    struct arena *a;
    struct strbuf *out;
    json_t *stack[TMPL_DEPTH * 3];
    size_t depth;
    int partials;
    size_t href; /* where the value of the open URL attribute starts in `out` */
};

/* One random key per process: JSON from outside cannot hold it. */
static const char *mark_key(const char *kind)
{
    static char keys[2][40];
    static bool made;
    unsigned char r[16];
    size_t i, k;

    if (!made) {
        if (getentropy(r, sizeof r) != 0)
            abort();
        for (k = 0; k < 2; k++) {
            keys[k][0] = k ? 'j' : 'h';
            for (i = 0; i < sizeof r; i++)
                snprintf(keys[k] + 1 + 2 * i, 3, "%02x", r[i]);
        }
        made = true;
    }
    return keys[*kind == 'j'];
}

static json_t *mark_new(const char *kind, const char *text)
{
    json_t *v = json_object();

    if (!v || json_object_set_new(v, mark_key(kind), json_string(text)) != 0)
        abort();
    return v;
}

json_t *tmpl_html(const char *sanitised)
{
    return mark_new("html", sanitised);
}

json_t *tmpl_json(const char *json)
{
    return mark_new("json", json);
}

const char *mark_html(const json_t *v)
{
    return json_string_value(json_object_get(v, mark_key("html")));
}

const char *mark_json(const json_t *v)
{
    return json_string_value(json_object_get(v, mark_key("json")));
}

static void percent(struct strbuf *b, const char *p, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c && strchr("-._~", c))) {
            strbuf_putc(b, (char)c);
            continue;
        }
        strbuf_putc(b, '%');
        strbuf_putc(b, hex[c >> 4]);
        strbuf_putc(b, hex[c & 15]);
    }
}

static json_t *lookup(const struct renderer *r, const struct node *n)
{
    json_t *v = NULL;
    size_t i;

    if (!n->path)
        return r->stack[r->depth - 1];
    for (i = r->depth; i-- && !v;)
        v = json_object_get(r->stack[i], n->path[0]);
    for (i = 1; i < n->npath && v; i++)
        v = json_object_get(v, n->path[i]);
    return v;
}

/* The text of a value as people see it: strings, numbers, true. Lists and objects have none. */
static const char *text_of(const json_t *v, char *num, size_t size, size_t *len)
{
    const char *s = num;

    num[0] = '\0';
    if (json_is_string(v)) {
        *len = json_string_length(v);
        return json_string_value(v);
    }
    if (json_is_integer(v))
        snprintf(num, size, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    else if (json_is_real(v))
        snprintf(num, size, "%.10g", json_real_value(v));
    else if (json_is_true(v))
        s = "true";
    else if (mark_html(v))
        s = mark_html(v);
    *len = strlen(s);
    return s;
}

static bool is_empty(const json_t *v)
{
    const char *marked = mark_html(v);

    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_STRING:
        return json_string_length(v) == 0;
    case JSON_ARRAY:
        return json_array_size(v) == 0;
    case JSON_INTEGER:
        return json_integer_value(v) == 0;
    case JSON_REAL:
        return !(json_real_value(v) < 0 || json_real_value(v) > 0);
    case JSON_OBJECT:
        return marked && !*marked;
    case JSON_TRUE:
        return false;
    default:
        return true;
    }
}

/* JSON inside <script> must not hold "</script" or "<!--"; outside strings these bytes do not occur
 * in JSON. */
static void json_sink(void *to, const char *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (p[i] == '<' || p[i] == '>' || p[i] == '&')
            strbuf_printf(to, "\\u%04x", (unsigned)p[i]);
        else
            strbuf_putc(to, p[i]);
    }
}

static void json_put(struct jw *w, json_t *v)
{
    const char *key;
    json_t *item;
    size_t i;

    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_OBJECT:
        if (mark_json(v)) {
            jw_raw(w, mark_json(v));
            return;
        }
        if (mark_html(v)) {
            jw_str(w, mark_html(v));
            return;
        }
        jw_obj(w);
        json_object_foreach(v, key, item)
        {
            jw_key(w, key);
            json_put(w, item);
        }
        jw_end(w);
        return;
    case JSON_ARRAY:
        jw_arr(w);
        json_array_foreach(v, i, item) json_put(w, item);
        jw_end(w);
        return;
    case JSON_STRING:
        jw_strn(w, json_string_value(v), json_string_length(v));
        return;
    case JSON_INTEGER:
        jw_i64(w, json_integer_value(v));
        return;
    case JSON_REAL:
        jw_f64(w, json_real_value(v));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        jw_bool(w, json_is_true(v));
        return;
    default:
        jw_null(w);
    }
}

/* Browsers drop blanks and control characters before a scheme and tabs and line ends inside it. */
static bool href_safe(const char *p, const char *end)
{
    static const char *const safe[] = {"http", "https", "mailto", "tel", NULL};
    char scheme[12];
    size_t n = 0, i;

    for (; p < end && *p != ':' && !strchr("/?#&", *p); p++) {
        if ((unsigned char)*p <= ' ' && (n == 0 || strchr("\t\n\r", *p)))
            continue;
        if (n < sizeof scheme - 1)
            scheme[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    }
    scheme[n] = '\0';
    if (p == end || *p != ':')
        return true;
    for (i = 0; safe[i]; i++)
        if (strcmp(scheme, safe[i]) == 0)
            return true;
    return false;
}

static void href_check(struct renderer *r)
{
    struct strbuf *b = r->out;

    if (b->overflow || href_safe(b->buf + r->href, b->buf + b->len))
        return;
    b->len = r->href;
    b->buf[b->len] = '\0';
    strbuf_putc(b, '#');
}

static void value_put(struct renderer *r, const struct node *n)
{
    json_t *v = lookup(r, n);
    char num[40];
    size_t len;
    const char *s;
    struct jw w;

    switch (n->type) {
    case NODE_JSON:
        jw_init(&w, json_sink, r->out);
        json_put(&w, v);
        return;
    case NODE_HTML:
        if (mark_html(v))
            strbuf_puts(r->out, mark_html(v));
        return;
    default:
        s = text_of(v, num, sizeof num, &len);
        if (n->type == NODE_URL)
            percent(r->out, s, len);
        else
            markup_put(r->out, s, len);
    }
}

static err *nodes_put(struct renderer *r, const struct tmpl *t, size_t from, size_t to);

static err *section_item(struct renderer *r, const struct tmpl *t, size_t at, json_t *v)
{
    err *e;

    assert(r->depth < sizeof r->stack / sizeof r->stack[0]);
    r->stack[r->depth++] = v;
    e = nodes_put(r, t, at + 1, t->nodes[at].end);
    r->depth--;
    return e;
}

static err *section_put(struct renderer *r, const struct tmpl *t, size_t at)
{
    json_t *v = lookup(r, &t->nodes[at]), *item;
    size_t i;

    if (t->nodes[at].type == NODE_INVERTED)
        return is_empty(v) ? nodes_put(r, t, at + 1, t->nodes[at].end) : OK;
    if (is_empty(v))
        return OK;
    if (!json_is_array(v))
        return json_is_true(v) ? nodes_put(r, t, at + 1, t->nodes[at].end)
                               : section_item(r, t, at, v);
    json_array_foreach(v, i, item) TRY(section_item(r, t, at, item));
    return OK;
}

static err *partial_put(struct renderer *r, const char *name)
{
    const struct tmpl *t = tmpl_find(r->set, name);
    err *e;

    if (!t)
        return err_new(r->a, ERR_NOT_FOUND, "no template \"%s\"", name);
    if (r->partials == 8 || r->depth >= TMPL_DEPTH * 2)
        return err_internal(r->a, "partials nested too deep at \"%s\"", name);
    r->partials++;
    e = nodes_put(r, t, 0, t->n);
    r->partials--;
    return e;
}

static err *nodes_put(struct renderer *r, const struct tmpl *t, size_t from, size_t to)
{
    size_t i;

    for (i = from; i < to; i++) {
        const struct node *n = &t->nodes[i];

        switch (n->type) {
        case NODE_TEXT:
            strbuf_add(r->out, n->text, n->len);
            break;
        case NODE_SECTION:
        case NODE_INVERTED:
            TRY(section_put(r, t, i));
            i = n->end;
            break;
        case NODE_PARTIAL:
            TRY(partial_put(r, n->text));
            break;
        case NODE_HREF_BEGIN:
            r->href = r->out->len;
            break;
        case NODE_HREF_END:
            href_check(r);
            break;
        case NODE_END:
            break;
        default:
            value_put(r, n);
        }
    }
    return strbuf_check(r->out);
}

err *tmpl_render(const struct tmpl_set *set, struct arena *a, const char *name, json_t *ctx,
                 struct strbuf *out)
{
    struct renderer r = {.set = set, .a = a, .out = out};

    r.stack[r.depth++] = ctx;
    return partial_put(&r, name);
}
