/* A sample task for previews: generated for what the tags read, then overlaid with the JSON of the
 * first comment of the XML that holds an object. That JSON goes out as its source text. */
#include "labelconfig/lc_priv.h"

#include <math.h>

#include "json/jin.h"
#include "json/jw.h"

enum { COMMENT_DEPTH = 100, SERIES_POINTS = 100 };

struct entry {
    const char *key, *json;
    struct entry *next;
};

struct sample {
    struct arena *a;
    struct entry *first, **last;
    json_t *index; /* key -> address of its entry: a hash */
};

/* Texts of tags and of data keys with a known meaning, as JSON. */
static const char *const by_key[][2] = {
    {"longText",
     "\"Sample: A longer text to read through, for classifying it or for marking words in it.\""},
    {"corefText", "\"Sample: Ann met Bob. She told him about it.\""},
    {"pdf", "\"<embed src='/static/samples/sample.pdf' width='100%' height='600px'/>\""},
    {"website", "\"<iframe src='https://labelstud.io' width='100%' height='600px'/>\""},
    {"headlessCsv", "\"/static/samples/sample-task-sin-headless.csv\""},
    {"humanMachineDialogue",
     "[{\"author\":\"Human\",\"text\":\"Sample: Hello, robot.\"},"
     "{\"author\":\"Robot\",\"text\":\"Sample: Hello! What can I do for you?\"},"
     "{\"author\":\"Human\",\"text\":\"Sample: Order a pizza, please.\"}]"},
    {"videoHack", "\"<video src='/static/samples/opossum_snow.mp4' width=100% controls>\""},
    {"respone", "\"Sample: Response #1\""},
    {"resptwo", "\"Sample: Response #2\""},
    {"respthree", "\"Sample: Response #3\""},
    {"ocr", "\"/static/samples/sample.jpg\""},
    {"ner", "\"Sample: Ann Smith moved from Berlin to Paris in 2019.\""},
    {"captioning", "\"/static/samples/trees_in_snow.jpg\""},
    {"pairText1", "\"Sample: Text #1\""},
    {"pairText2", "\"Sample: Text #2\""},
};

static const char *const by_tag[][2] = {
    {"Text", "\"Sample: Your text will go here.\""},
    {"Header", "\"Sample: Header text\""},
    {"Image", "\"/static/samples/sample.jpg\""},
    {"Audio", "\"/static/samples/game.wav\""},
    {"AudioPlus", "\"/static/samples/game.wav\""},
    {"Video", "\"/static/samples/opossum_snow.mp4\""},
    {"Table", "{\"Card number\":18799210,\"First name\":\"Sample\",\"Last name\":\"Text\"}"},
    {"List", "[{\"id\":1,\"title\":\"Sample: First\",\"body\":\"The first item of the list.\"},"
             "{\"id\":2,\"title\":\"Sample: Second\",\"body\":\"The second item of the list.\"},"
             "{\"id\":3,\"title\":\"Sample: Third\",\"body\":\"The third item of the list.\"}]"},
};

static const char text_url[] = "\"https://htx-pub.s3.amazonaws.com/example.txt\"";
static const char hypertext[] =
    "\"<div style=\\\"max-width: 750px\\\"><p><b>Ann</b>: Sample text with <i>markup</i>.</p>"
    "<p><b>Bob</b>: And an answer to it.</p></div>\"";
static const char labels[] = "[{\"value\":\"DynamicLabel1\",\"background\":\"#ff0000\"},"
                             "{\"value\":\"DynamicLabel2\",\"background\":\"#0000ff\"}]";
static const char choices[] = "[{\"value\":\"DynamicChoice1\"},{\"value\":\"DynamicChoice2\"},{"
                              "\"value\":\"DynamicChoice3\"}]";
static const char nested_choices[] =
    "[{\"value\":\"DynamicChoiceHeader1\",\"children\":[{\"value\":\"DynamicChoice1.1\"},{"
    "\"value\":\"DynamicChoice1.2\"}]},"
    "{\"value\":\"DynamicChoiceHeader2\",\"children\":[{\"value\":\"DynamicChoice2.1\"},{\"value\":"
    "\"DynamicChoice2.2\"},"
    "{\"value\":\"DynamicChoice2.3\"}]}]";

static const char *look_up(const char *const (*table)[2], size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i][0], name) == 0)
            return table[i][1];
    return NULL;
}

static void put(struct sample *s, const char *key, const char *json)
{
    json_t *known = json_object_get(s->index, key);
    struct entry *e =
        known ? (struct entry *)(intptr_t)json_integer_value(known) : ARENA_NEW(s->a, struct entry);

    e->key = key;
    e->json = json;
    if (known)
        return;
    json_object_set_new(s->index, key, json_integer((json_int_t)(intptr_t)e));
    *s->last = e;
    s->last = &e->next;
}

/* The attribute, also in lower case; NULL when absent or empty. */
static const char *attr(const struct lc_node *n, const char *name, const char *lower)
{
    const char *v = lc_node_attr(n, name);

    if (!v || !*v)
        v = lc_node_attr(n, lower);
    return v && *v ? v : NULL;
}

static const char *quoted(struct arena *a, const char *text)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    json_quote(&b, text, strlen(text));
    return b.buf;
}

/* application/x-www-form-urlencoded: like a path's escapes, but a blank is "+". */
static void put_form(struct strbuf *b, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            strchr("_.-~", c))
            strbuf_putc(b, *s);
        else if (c == ' ')
            strbuf_putc(b, '+');
        else
            strbuf_printf(b, "%%%02X", c);
    }
}

static void put_param(struct strbuf *b, const char *name, const char *value)
{
    strbuf_printf(b, "%s%s=", strchr(b->buf, '=') ? "&" : "?", name);
    put_form(b, value);
}

/* --- tags with a form of their own --- */

static const char *paragraphs(struct arena *a, const struct lc_node *n, bool url)
{
    const char *name_key = attr(n, "nameKey", "namekey"), *text_key = attr(n, "textKey", "textkey");
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX);
    name_key = name_key ? name_key : "author";
    text_key = text_key ? text_key : "text";
    if (url) {
        strbuf_puts(&b, "/samples/paragraphs.json");
        put_param(&b, "nameKey", name_key);
        put_param(&b, "textKey", text_key);
        return quoted(a, b.buf);
    }
    jw_init_strbuf(&w, &b);
    jw_arr(&w);
    for (int i = 1; i <= 5; i++) {
        jw_obj(&w);
        jw_kstr(&w, name_key, i % 2 ? "Alice" : "Bob");
        if (strcmp(name_key, text_key) != 0)
            jw_kstr(&w, text_key, arena_printf(a, "Sample: Text #%d", i));
        jw_end(&w);
    }
    jw_end(&w);
    return b.buf;
}

static bool below(const struct lc_node *n, const struct lc_node *top)
{
    while (n && n != top)
        n = n->parent;
    return n;
}

/* Columns of the Channel tags below a TimeSeries, one after the other: pass NULL for the first. */
static const struct lc_node *next_channel(const struct lc_node *series, const struct lc_node *after)
{
    for (const struct lc_node *n = after ? after->next : series->next; n && below(n, series);
         n = n->next)
        if (strcmp(n->tag, "Channel") == 0 && lc_node_attr(n, "column"))
            return n;
    return NULL;
}

static const char *series_url(struct arena *a, const struct lc_node *n)
{
    const char *time = lc_node_attr(n, "timeColumn"), *sep = attr(n, "sep", "sep"),
               *format = attr(n, "timeFormat", "timeFormat");
    struct strbuf columns, b;

    strbuf_init(&columns, a, SIZE_MAX);
    for (const struct lc_node *c = next_channel(n, NULL); c; c = next_channel(n, c))
        strbuf_printf(&columns, "%s%s", columns.len ? "," : "", lc_node_attr(c, "column"));
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_puts(&b, "/samples/time-series.csv");
    put_param(&b, "time", time ? time : "None"); /* so the reference writes it */
    put_param(&b, "values", columns.buf);
    if (sep)
        put_param(&b, "sep", sep);
    if (format)
        put_param(&b, "tf", format);
    return quoted(a, b.buf);
}

/* Seconds per step: the finest unit that the time format shows. */
static int64_t series_step(const char *format)
{
    static const struct {
        char unit;
        int seconds;
    } units[] = {{'f', 1}, {'S', 1}, {'T', 1}, {'s', 1}, {'M', 60}, {'H', 3600}, {'I', 3600}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strstr(format, (const char[]){'%', units[i].unit, '\0'}))
            return units[i].seconds;
    return 86400;
}

/* Times from 2020-01-01 in that format, as far as they grow as text. Only plain conversions are
 * expanded. */
static int write_times(struct jw *w, const char *format)
{
    time_t t = 1577836800;
    char now[128], before[128] = "";
    int n = 0;

    for (; n < SERIES_POINTS; n++, t += series_step(format)) {
        struct tm tm;

        gmtime_r(&t, &tm);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        if (strftime(now, sizeof now, format, &tm) == 0)
            break;
#pragma GCC diagnostic pop
        if (n && strcmp(now, before) <= 0)
            break;
        jw_str(w, now);
        memcpy(before, now, sizeof now);
    }
    return n;
}

/* A wave per column, so that a preview shows something; the same at every call. */
static void write_wave(struct jw *w, int points, int phase)
{
    jw_arr(w);
    for (int i = 0; i < points; i++)
        jw_f64(w, round(1000 * (sin(i * 0.3 + phase) + 0.3 * sin(i * 1.7))) / 1000);
    jw_end(w);
}

static const char *time_format(const struct lc_node *n)
{
    const char *format = lc_node_attr(n, "timeFormat");

    if (format && strcmp(format, "yyyy-MM-dd") == 0)
        return "%Y-%m-%d";
    return format && strchr(format, '%') && strlen(format) < 64 ? format : NULL;
}

static const char *series_json(struct arena *a, const struct lc_node *n)
{
    const char *time = lc_node_attr(n, "timeColumn"), *format = time_format(n);
    int points = SERIES_POINTS, phase = 0;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_key(&w, time ? time : "null");
    jw_arr(&w);
    if (format)
        points = write_times(&w, format);
    for (int i = 0; !format && i < points; i++)
        jw_i64(&w, i);
    jw_end(&w);
    for (const struct lc_node *c = next_channel(n, NULL); c; c = next_channel(n, c)) {
        jw_key(&w, lc_node_attr(c, "column"));
        write_wave(&w, points, phase++);
    }
    jw_end(&w);
    return b.buf;
}

static bool ends_in_labels(const char *tag)
{
    size_t n = strlen(tag);

    return n >= 6 && lc_ascii_same(tag + n - 6, "labels");
}

/* The example for one tag, as JSON; *whole: not to be wrapped into a list even for valueList. */
static const char *example(struct arena *a, const struct lc_node *n, const char *key, bool *whole)
{
    const char *known = look_up(by_key, sizeof by_key / sizeof *by_key, key);
    const char *type = attr(n, "valueType", "valuetype"),
               *nested = attr(n, "allowNested", "allownested");
    bool url = type && strcmp(type, "url") == 0;

    if (known)
        return known;
    *whole = true;
    if (strcmp(n->tag, "HyperText") == 0)
        return strcmp(key, "video") == 0
                   ? look_up(by_key, sizeof by_key / sizeof *by_key, "videoHack")
               : url ? "\"/static/samples/hypertext.html\""
                     : hypertext;
    if (strcmp(n->tag, "Paragraphs") == 0)
        return paragraphs(a, n, url);
    if (strcmp(n->tag, "TimeSeries") == 0)
        return url || !type ? series_url(a, n) : series_json(a, n);
    if (ends_in_labels(n->tag))
        return labels;
    if (lc_ascii_same(n->tag, "choices"))
        return nested && strcmp(nested, "true") == 0 ? nested_choices : choices;
    *whole = strcmp(n->tag, "List") == 0;
    if (strcmp(n->tag, "Text") == 0 && url)
        return text_url;
    known = look_up(by_tag, sizeof by_tag / sizeof *by_tag, n->tag);
    return known ? known : "\"Something\"";
}

/* "imgs[{{idx}}].url" -> "imgs": [{"url": x}, {"url": x}]; without a dot behind the bracket "imgs":
 * [x, x]. */
static void put_repeated(struct sample *s, const char *key, const char *json)
{
    const char *bracket = strchr(key, '['), *close = strchr(key, ']');
    const char *base = arena_strndup(s->a, key, (size_t)(bracket - key));

    if (close && close[1] == '.') {
        const char *name = arena_strndup(s->a, close + 2, strcspn(close + 2, "]"));

        json = arena_printf(s->a, "{%s:%s}", quoted(s->a, name), json);
    }
    put(s, base, arena_printf(s->a, "[%s,%s]", json, json));
}

static void add_tag(struct sample *s, const struct lc_node *n, const char *from)
{
    const char *value = lc_node_attr(n, "value"), *json;
    bool whole = false;

    if (!value || !*value)
        value = lc_node_attr(n, from);
    if (!value || value[0] != '$')
        return;
    json = example(s->a, n, value + 1, &whole);
    if (!whole && lc_node_attr(n, "valueList"))
        json = arena_printf(s->a, "[%s]", json);
    if (strchr(value, '['))
        put_repeated(s, value + 1, json);
    else
        put(s, value + 1, json);
}

/* --- the comment --- */

static struct span first_comment(const char *xml)
{
    const char *start = strstr(xml, "<!-- {"), *end;

    if (!start)
        start = strstr(xml, "<!--{");
    if (!start)
        return (struct span){NULL, 0};
    start += 4;
    end = strstr(start, "-->");
    return end ? (struct span){start, (size_t)(end - start)} : (struct span){NULL, 0};
}

/* What the comment says about data: its "data", or all of it unless it is a task with annotations
 * or predictions. */
static struct span comment_data(struct arena *a, const char *xml)
{
    struct span body = first_comment(xml), data;

    if (!body.p || jspan_check(a, body, COMMENT_DEPTH))
        return (struct span){NULL, 0};
    data = jspan_member(a, body, "data");
    if (data.p)
        return data;
    if (jspan_member(a, body, "annotations").p || jspan_member(a, body, "predictions").p)
        return (struct span){NULL, 0};
    return body;
}

static void overlay(struct sample *s, struct span data)
{
    struct jspan walk;
    struct span value;
    const char *key;
    bool more = true;

    if (!data.p || jspan_type(data) != JSON_T_OBJECT ||
        jspan_open(&walk, s->a, data, COMMENT_DEPTH))
        return;
    while (!jspan_next(&walk, &more, &key, &value) && more)
        put(s, key, span_dup(s->a, value));
}

static const char *write_all(struct sample *s)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (const struct entry *e = s->first; e; e = e->next)
        jw_kraw(&w, e->key, e->json);
    jw_end(&w);
    return b.buf;
}

const char *lc_sample_task(const struct lc *lc, struct arena *a)
{
    struct sample s = {.a = a, .index = json_object()};

    s.last = &s.first;
    for (const struct lc_node *n = lc->root->next; n; n = n->next)
        if (lc_node_attr(n, "value"))
            add_tag(&s, n, "value");
    for (const struct lc_node *n = lc->root->next; n; n = n->next)
        if (lc_node_attr(n, "valueList"))
            add_tag(&s, n, "valueList");
    overlay(&s, comment_data(a, lc->xml));
    json_decref(s.index);
    return write_all(&s);
}
