/* Format JSON_MIN: one flat object per item, with the task's data, one key per control and five
 * keys about the annotation. */
#include <string.h>

#include "base/cfg.h"
#include "core/project.h"
#include "export/items.h"
#include "export/jsontext.h"

struct min {
    struct scope *s;
    const struct exp_out *out;
    bool first;
};

/* Written after the data and the controls, whose keys of these names they replace. */
static const char *const last_keys[] = {"annotator", "annotation_id", "created_at", "updated_at",
                                        "lead_time"};

static bool is_last(const char *key)
{
    for (size_t i = 0; i < sizeof last_keys / sizeof *last_keys; i++)
        if (strcmp(last_keys[i], key) == 0)
            return true;
    return false;
}

static bool is_control(const struct exp_item *it, const char *key)
{
    for (size_t i = 0; i < it->n_groups; i++)
        if (strcmp(it->groups[i].name, key) == 0)
            return true;
    return false;
}

static void key_put(struct strbuf *b, struct arena *a, const char *key)
{
    strbuf_puts(b, b->len > 1 ? ",\n  " : "\n  ");
    jsontext_string(b, a, key);
    strbuf_puts(b, ": ");
}

static err *data_put(struct strbuf *b, struct arena *a, const struct exp_item *it)
{
    struct jspan walk;
    struct span value;
    const char *key;
    bool more;

    TRY(jspan_open(&walk, a, it->data, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            return OK;
        if (strcmp(key, "id") == 0 || is_last(key) || is_control(it, key))
            continue;
        key_put(b, a, key);
        jsontext_pretty(b, value, 1);
    }
}

static void id_put(struct strbuf *b, struct arena *a, const char *key, bool has, int64_t id)
{
    key_put(b, a, key);
    if (has)
        strbuf_printf(b, "%lld", (long long)id);
    else
        strbuf_puts(b, "null");
}

static void text_put(struct strbuf *b, struct arena *a, const char *key, const char *text)
{
    key_put(b, a, key);
    if (text)
        jsontext_string(b, a, text);
    else
        strbuf_puts(b, "null");
}

static void number_put(struct strbuf *b, struct arena *a, const char *key, bool has, double v)
{
    struct jw w;

    key_put(b, a, key);
    jw_init_strbuf(&w, b);
    if (has)
        jw_f64(&w, v);
    else
        jw_null(&w);
}

static err *item_put(void *to, const struct exp_item *it)
{
    struct min *m = to;
    struct arena *a = m->s->a;
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_putc(&b, '{');
    TRY(data_put(&b, a, it));
    if (!is_control(it, "id"))
        id_put(&b, a, "id", true, it->task);
    for (size_t i = 0; i < it->n_groups; i++) {
        if (is_last(it->groups[i].name))
            continue;
        key_put(&b, a, it->groups[i].name);
        jsontext_pretty(&b, exp_simple(a, &it->groups[i]), 1);
    }
    if (it->annotator_email)
        text_put(&b, a, "annotator", it->annotator_email);
    else
        id_put(&b, a, "annotator", it->annotated && it->has_annotator, it->annotator);
    id_put(&b, a, "annotation_id", it->annotated, it->annotation);
    text_put(&b, a, "created_at", it->created_at);
    text_put(&b, a, "updated_at", it->updated_at);
    number_put(&b, a, "lead_time", it->has_lead_time, it->lead_time);
    strbuf_puts(&b, "\n}");
    if (!m->first)
        m->out->put(m->out->to, ",\n", 2);
    m->first = false;
    m->out->put(m->out->to, b.buf, b.len);
    return OK;
}

err *exp_min_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct min m = {.s = s, .out = out, .first = true};
    const struct lc *lc;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    out->put(out->to, "[\n", 2);
    TRY(exp_items(s, o, lc, out, item_put, &m));
    out->put(out->to, "\n]", 2);
    return OK;
}
