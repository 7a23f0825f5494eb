/* What a project stores or shows beside its configuration: parsed form, control weights, flags,
 * essential changes. */
#include "labelconfig/lc_priv.h"

#include "json/jin.h"
#include "json/jw.h"

enum { WEIGHTS_DEPTH = 32 };

static const struct lc_tag tags[] = {
#define LC_CONTROL(name, labels, value, traits) {name, labels, value, traits},
#define LC_OBJECT(name, types)
#include "labelconfig/lc_tags.def"
#undef LC_CONTROL
#undef LC_OBJECT
};

static const char *const data_types[][2] = {
#define LC_CONTROL(name, labels, value, traits)
#define LC_OBJECT(name, types) {name, types},
#include "labelconfig/lc_tags.def"
#undef LC_CONTROL
#undef LC_OBJECT
};

const struct lc_tag *lc_tag_find(const char *tag)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (lc_ascii_same(tags[i].name, tag))
            return &tags[i];
    return NULL;
}

const char *lc_tag_data_types(const char *tag)
{
    for (size_t i = 0; i < sizeof data_types / sizeof *data_types; i++)
        if (strcmp(data_types[i][0], tag) == 0)
            return data_types[i][1];
    return "str";
}

bool lc_has_controls(const struct lc *lc)
{
    return lc->n_controls > 0;
}

/* --- parsed_label_config --- */

static void write_attrs(struct jw *w, const struct lc_attr *attrs, size_t n)
{
    jw_obj(w);
    for (size_t i = 0; i < n; i++)
        jw_kstr(w, attrs[i].name, attrs[i].value);
    jw_end(w);
}

static void write_input(struct jw *w, const struct lc_input *in)
{
    jw_obj(w);
    jw_kstr(w, "type", in->type);
    jw_kstr(w, "valueType", in->value_type);
    jw_kstr(w, in->is_list ? "valueList" : "value", in->value);
    jw_end(w);
}

static void write_optional(struct jw *w, const struct lc_control *c)
{
    if (c->n_flags) {
        jw_key(w, "regex");
        jw_obj(w);
        for (size_t i = 0; i < c->n_flags; i++)
            jw_kstr(w, c->flags[i], ".*");
        jw_end(w);
    }
    if (c->condition) {
        jw_key(w, "conditionals");
        jw_obj(w);
        jw_kstr(w, "type", c->condition_kind);
        jw_kstr(w, "name", c->condition);
        jw_end(w);
    }
    if (c->dynamic_labels)
        jw_kbool(w, "dynamic_labels", true);
}

static void write_labels(struct jw *w, const struct lc_control *c)
{
    jw_key(w, "labels");
    jw_arr(w);
    for (size_t i = 0; i < c->n_labels; i++)
        jw_str(w, c->labels[i].key);
    jw_end(w);
    jw_key(w, "labels_attrs");
    jw_obj(w);
    for (size_t i = 0; i < c->n_labels; i++) {
        jw_key(w, c->labels[i].key);
        write_attrs(w, c->labels[i].attrs, c->labels[i].n_attrs);
    }
    jw_end(w);
}

static void write_control(struct jw *w, const struct lc_control *c)
{
    jw_key(w, c->name);
    jw_obj(w);
    jw_kstr(w, "type", c->type);
    jw_key(w, "to_name");
    jw_arr(w);
    for (size_t i = 0; i < c->n_to_name; i++)
        jw_str(w, c->to_name[i]);
    jw_end(w);
    write_optional(w, c);
    jw_key(w, "inputs");
    jw_arr(w);
    for (size_t i = 0; i < c->n_inputs; i++)
        write_input(w, &c->inputs[i]);
    jw_end(w);
    write_labels(w, c);
    jw_end(w);
}

const char *lc_parsed_json(const struct lc *lc, struct arena *a)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX); /* a small multiple of the configuration */
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (size_t i = 0; i < lc->n_controls; i++)
        write_control(&w, &lc->controls[i]);
    jw_end(&w);
    return b.buf;
}

/* --- control_weights --- */

static void write_weight(struct jw *w, const char *key, json_t *old)
{
    if (json_is_integer(old))
        jw_ki64(w, key, json_integer_value(old));
    else
        jw_kf64(w, key, json_is_real(old) ? json_real_value(old) : 1.0);
}

static void write_weights(struct jw *w, const struct lc_control *c, json_t *old)
{
    json_t *labels = json_object_get(old, "labels");

    jw_key(w, c->name);
    jw_obj(w);
    write_weight(w, "overall", json_object_get(old, "overall"));
    jw_kstr(w, "type", c->type);
    jw_key(w, "labels");
    jw_obj(w);
    for (size_t i = 0; i < c->n_labels; i++)
        write_weight(w, c->labels[i].key, json_object_get(labels, c->labels[i].key));
    jw_end(w);
    jw_end(w);
}

const char *lc_control_weights(const struct lc *lc, struct arena *a, const char *old_json)
{
    json_t *old = NULL;
    struct strbuf b;
    struct jw w;

    if (old_json && jin_parse(a, (struct span){old_json, strlen(old_json)}, WEIGHTS_DEPTH, &old))
        old = NULL;
    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (size_t i = 0; i < lc->n_controls; i++)
        write_weights(&w, &lc->controls[i], json_object_get(old, lc->controls[i].name));
    jw_end(&w);
    return b.buf;
}

/* --- config_suitable_for_bulk_annotation --- */

static bool attr_true(const struct lc_control *c, const char *name)
{
    const char *v = lc_attr_get(c->attrs, c->n_attrs, name);

    return v && lc_ascii_same(v, "true");
}

static bool attr_given(const struct lc_control *c, const char *name)
{
    return lc_attr_get(c->attrs, c->n_attrs, name);
}

static bool control_suits_bulk(const struct lc_control *c)
{
    const struct lc_tag *t = lc_tag_find(c->type);

    if (!t)
        return true;
    if (t->traits & LC_NO_BULK)
        return false;
    if ((t->traits & LC_BULK_CHECK) && (attr_true(c, "perRegion") || attr_true(c, "perItem")))
        return false;
    if ((t->traits & LC_STATIC_BULK) && attr_given(c, "value"))
        return false;
    return !lc_ascii_same(t->name, "taxonomy") ||
           !(attr_true(c, "labeling") || attr_given(c, "apiUrl"));
}

bool lc_bulk_suitable(const struct lc *lc)
{
    for (size_t i = 0; i < lc->n_controls; i++)
        if (!control_suits_bulk(&lc->controls[i]))
            return false;
    return true;
}

/* --- config_essential_data_has_changed --- */

static bool same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

static bool same_inputs(const struct lc_control *x, const struct lc_control *y)
{
    if (x->n_inputs != y->n_inputs)
        return false;
    for (size_t i = 0; i < x->n_inputs; i++) {
        const struct lc_input *p = &x->inputs[i], *q = &y->inputs[i];

        if (!same_text(p->type, q->type) || !same_text(p->value_type, q->value_type) ||
            !same_text(p->value, q->value) || p->is_list != q->is_list)
            return false;
    }
    return true;
}

static bool lost_label(const struct lc_control *old, const struct lc_control *next)
{
    json_t *kept = json_object();
    bool lost = false;

    for (size_t i = 0; i < next->n_labels; i++)
        json_object_set_new(kept, next->labels[i].key, json_true());
    for (size_t i = 0; i < old->n_labels && !lost; i++)
        lost = !json_object_get(kept, old->labels[i].key);
    json_decref(kept);
    return lost;
}

bool lc_essential_change(const struct lc *old, const struct lc *next)
{
    json_t *by_name = json_object();
    bool changed = false;

    for (size_t i = 0; i < old->n_controls; i++)
        json_object_set_new(by_name, old->controls[i].name, json_integer((json_int_t)i));
    for (size_t i = 0; i < next->n_controls && !changed; i++) {
        const struct lc_control *n = &next->controls[i];
        json_t *at = json_object_get(by_name, n->name);
        const struct lc_control *o = at ? &old->controls[json_integer_value(at)] : NULL;

        changed = !o || strcmp(o->type, n->type) != 0 || !same_inputs(o, n) || lost_label(o, n);
    }
    json_decref(by_name);
    return changed;
}
