/* From tags to controls, objects, labels and data keys: who points at whom, which labels belong to
 * which control. */
#include "labelconfig/lc_priv.h"

#include <jansson.h>
#include <strings.h>

enum { MAX_FLAGS = 64 };

struct collect {
    struct arena *a;
    struct lc *lc;
    struct lc_control *controls, *implied;
    struct lc_input *objects;
    struct lc_data_key *keys;
    json_t *key_index; /* data key -> its index */
    const char *flags[MAX_FLAGS];
    size_t n_flags;
};

const char *lc_attr_get(const struct lc_attr *attrs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(attrs[i].name, name) == 0)
            return attrs[i].value;
    return NULL;
}

const char *lc_node_attr(const struct lc_node *n, const char *name)
{
    return lc_attr_get(n->attrs, n->n_attrs, name);
}

bool lc_ascii_same(const char *x, const char *y)
{
    return strcasecmp(x, y) == 0;
}

static bool has(const struct lc_node *n, const char *name)
{
    const char *v = lc_node_attr(n, name);

    return v && *v;
}

static bool is_control(const struct lc_node *n)
{
    return has(n, "name") && has(n, "toName") && strcmp(n->tag, "Filter") != 0;
}

static bool is_object(const struct lc_node *n)
{
    return has(n, "name") && !is_control(n) && (has(n, "value") || has(n, "valueList"));
}

/* Tags that annotate themselves: the result points from the tag to itself. */
static const char *self_type(const struct lc_node *n)
{
    if (!has(n, "name"))
        return NULL;
    if (lc_ascii_same(n->tag, "chat"))
        return "ChatMessage";
    return lc_ascii_same(n->tag, "reactcode") ? "ReactCode" : NULL;
}

static bool is_label(const struct lc_node *n)
{
    return strcmp(n->tag, "Label") == 0 || strcmp(n->tag, "Choice") == 0 ||
           strcmp(n->tag, "Relation") == 0;
}

static const char *const *split(struct arena *a, const char *list, size_t *n)
{
    const char **parts;

    *n = 1;
    for (const char *p = list; *p; p++)
        *n += *p == ',';
    parts = arena_array(a, *n, sizeof *parts);
    for (size_t i = 0; i < *n; i++) {
        size_t len = strcspn(list, ",");

        parts[i] = arena_strndup(a, list, len);
        list += len + 1;
    }
    return parts;
}

/* "$" and then only letters and underscores; a digit spoils it, as in the reference. */
static bool is_variable(const char *value)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

    return value && value[0] == '$' && value[1] && value[1 + strspn(value + 1, letters)] == '\0';
}

static bool in_targets(const struct lc_control *c, const char *flag)
{
    for (size_t i = 0; i < c->n_to_name; i++)
        if (strstr(c->to_name[i], flag))
            return true;
    return false;
}

static void take_flags(struct collect *w, struct lc_control *c)
{
    const char **flags = w->n_flags ? arena_array(w->a, w->n_flags, sizeof *flags) : NULL;

    for (size_t i = 0; i < w->n_flags; i++)
        if (in_targets(c, w->flags[i]))
            flags[c->n_flags++] = w->flags[i];
    c->flags = flags;
}

static void take_condition(struct lc_control *c, const struct lc_node *n)
{
    static const char *const kinds[][2] = {
        {"whenTagName", "tag"}, {"whenLabelValue", "label"}, {"whenChoiceValue", "choice"}};
    const char *per_region = lc_node_attr(n, "perRegion");

    if (!per_region || strcmp(per_region, "true") != 0)
        return;
    for (size_t i = 0; i < 3 && !c->condition; i++) {
        if (!has(n, kinds[i][0]))
            continue;
        c->condition_kind = kinds[i][1];
        c->condition = lc_node_attr(n, kinds[i][0]);
    }
}

static void add_control(struct collect *w, struct lc_node *n)
{
    struct lc_control *c = &w->controls[w->lc->n_controls++];

    n->control = w->lc->n_controls;
    c->name = lc_node_attr(n, "name");
    c->type = n->tag;
    c->attrs = n->attrs;
    c->n_attrs = n->n_attrs;
    c->to_name = split(w->a, lc_node_attr(n, "toName"), &c->n_to_name);
    c->dynamic_labels = is_variable(lc_node_attr(n, "value")) || has(n, "apiUrl");
    take_flags(w, c);
    take_condition(c, n);
}

static void add_implied(struct collect *w, const struct lc_node *n)
{
    struct lc_control *c = &w->implied[w->lc->n_implied++];
    const char **self = arena_array(w->a, 1, sizeof *self);

    c->name = self[0] = lc_node_attr(n, "name");
    c->type = self_type(n);
    c->to_name = self;
    c->n_to_name = 1;
    c->attrs = n->attrs;
    c->n_attrs = n->n_attrs;
}

static void add_object(struct collect *w, const struct lc_node *n)
{
    struct lc_input *o = &w->objects[w->lc->n_objects++];
    const char *value = lc_node_attr(n, "value");

    o->name = lc_node_attr(n, "name");
    o->type = n->tag;
    o->value_type = lc_node_attr(n, "valueType");
    o->is_list = !value;
    if (o->is_list)
        value = lc_node_attr(n, "valueList");
    if (is_object(n))
        o->value = value + strspn(value, "$");
}

static void add_flag(struct collect *w, const char *flag)
{
    if (!flag || !*flag || w->n_flags == MAX_FLAGS)
        return;
    for (size_t i = 0; i < w->n_flags; i++)
        if (strcmp(w->flags[i], flag) == 0)
            return;
    w->flags[w->n_flags++] = flag;
}

/* --- data keys --- */

static size_t word_length(const char *s)
{
    size_t n = 0;

    while ((s[n] >= '0' && s[n] <= '9') || (s[n] >= 'a' && s[n] <= 'z') ||
           (s[n] >= 'A' && s[n] <= 'Z') || s[n] == '_' || (unsigned char)s[n] >= 0x80)
        n++;
    return n;
}

/* "$key" as a whole, else the first $word inside the text. */
static const char *data_key(struct arena *a, const char *value)
{
    if (value[0] == '$' && value[1])
        return value + 1;
    for (const char *p = strchr(value, '$'); p; p = strchr(p + 1, '$')) {
        size_t n = word_length(p + 1);

        if (n)
            return arena_strndup(a, p + 1, n);
    }
    return NULL;
}

/* Of several tags that read one key the last one says the type, but Video keeps it. */
static void add_key(struct collect *w, const struct lc_node *n)
{
    const char *value = lc_node_attr(n, "value");
    const char *key = value && has(n, "name") && n != w->lc->root ? data_key(w->a, value) : NULL;
    json_t *known;

    if (!key)
        return;
    known = json_object_get(w->key_index, key);
    if (known) {
        struct lc_data_key *k = &w->keys[json_integer_value(known)];

        if (strcmp(k->tag, "Video") != 0)
            k->tag = n->tag;
        return;
    }
    json_object_set_new(w->key_index, key, json_integer((json_int_t)w->lc->n_keys));
    w->keys[w->lc->n_keys++] = (struct lc_data_key){.key = key, .tag = n->tag};
}

/* --- labels --- */

static const char *label_key(const struct lc_node *n)
{
    static const char *const from[] = {"alias", "value", "valueList"};

    for (size_t i = 0; i < 3; i++)
        if (has(n, from[i]))
            return lc_node_attr(n, from[i]);
    return NULL;
}

static size_t owner_of(const struct lc_node *n)
{
    for (n = n->parent; n; n = n->parent)
        if (n->control)
            return n->control;
    return 0;
}

/* Two passes over the document: count the labels of each control, then fill. */
static size_t *count_labels(struct collect *w)
{
    size_t *n = arena_array(w->a, w->lc->n_controls + 1, sizeof *n);

    for (const struct lc_node *t = w->lc->root; t; t = t->next)
        if (is_label(t) && label_key(t))
            n[owner_of(t)]++;
    return n;
}

static void add_label(struct lc_control *c, struct lc_label *labels, json_t *index,
                      const struct lc_node *t)
{
    const char *key = label_key(t);
    json_t *known = json_object_get(index, key);
    struct lc_label *l = known ? &labels[json_integer_value(known)] : &labels[c->n_labels];

    if (!known)
        json_object_set_new(index, key, json_integer((json_int_t)c->n_labels++));
    *l = (struct lc_label){.key = key, .attrs = t->attrs, .n_attrs = t->n_attrs};
}

static void collect_labels(struct collect *w)
{
    size_t *n = count_labels(w);
    struct lc_label **labels = arena_array(w->a, w->lc->n_controls + 1, sizeof *labels);
    json_t **index = arena_array(w->a, w->lc->n_controls + 1, sizeof *index);

    for (size_t i = 1; i <= w->lc->n_controls; i++) {
        w->controls[i - 1].labels = labels[i] =
            n[i] ? arena_array(w->a, n[i], sizeof **labels) : NULL;
        index[i] = n[i] ? json_object() : NULL;
    }
    for (const struct lc_node *t = w->lc->root; t; t = t->next) {
        size_t i = is_label(t) && label_key(t) ? owner_of(t) : 0;

        if (i)
            add_label(&w->controls[i - 1], labels[i], index[i], t);
    }
    for (size_t i = 1; i <= w->lc->n_controls; i++)
        json_decref(index[i]);
}

static int by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void sort_labels(struct collect *w, struct lc_control *c)
{
    const char **keys = arena_array(w->a, c->n_labels, sizeof *keys);

    for (size_t i = 0; i < c->n_labels; i++)
        keys[i] = c->labels[i].key;
    if (c->n_labels)
        qsort(keys, c->n_labels, sizeof *keys, by_text);
    c->sorted_labels = keys;
}

/* --- inputs --- */

/* A Chat without value is there for results to point at, but no input. */
static json_t *index_objects(const struct collect *w)
{
    json_t *index = json_object();

    for (size_t i = 0; i < w->lc->n_objects; i++)
        if (w->objects[i].value)
            json_object_set_new(index, w->objects[i].name, json_integer((json_int_t)i));
    return index;
}

static void link_inputs(struct collect *w, struct lc_control *c, json_t *index)
{
    struct lc_input *inputs = arena_array(w->a, c->n_to_name, sizeof *inputs);

    for (size_t i = 0; i < c->n_to_name; i++) {
        json_t *at = json_object_get(index, c->to_name[i]);

        if (at)
            inputs[c->n_inputs++] = w->objects[json_integer_value(at)];
    }
    c->inputs = inputs;
}

/* --- the whole --- */

static void collect_tag(struct collect *w, struct lc_node *n)
{
    add_flag(w, lc_node_attr(n, "indexFlag"));
    add_key(w, n);
    if (is_control(n))
        add_control(w, n);
    else if (self_type(n))
        add_implied(w, n);
    if (is_object(n) || self_type(n))
        add_object(w, n);
}

void lc_collect(struct arena *a, struct lc *lc)
{
    struct collect w = {.a = a, .lc = lc};
    json_t *index;
    size_t n = 0;

    for (const struct lc_node *t = lc->root; t; t = t->next)
        n += has(t, "name");
    lc->controls = w.controls = arena_array(a, n, sizeof *w.controls);
    lc->implied = w.implied = arena_array(a, n, sizeof *w.implied);
    lc->objects = w.objects = arena_array(a, n, sizeof *w.objects);
    lc->keys = w.keys = arena_array(a, n, sizeof *w.keys);
    w.key_index = json_object();
    for (struct lc_node *t = lc->root; t; t = t->next)
        collect_tag(&w, t);
    json_decref(w.key_index);
    collect_labels(&w);
    index = index_objects(&w);
    for (size_t i = 0; i < lc->n_controls; i++) {
        sort_labels(&w, &w.controls[i]);
        link_inputs(&w, &w.controls[i], index);
    }
    json_decref(index);
}

/* --- looking things up --- */

size_t lc_control_count(const struct lc *lc)
{
    return lc->n_controls;
}

const struct lc_control *lc_control_at(const struct lc *lc, size_t i)
{
    return i < lc->n_controls ? &lc->controls[i] : NULL;
}

bool lc_control_has_label(const struct lc_control *c, const char *label)
{
    return c->n_labels &&
           bsearch(&label, c->sorted_labels, c->n_labels, sizeof *c->sorted_labels, by_text);
}

static const char *flag_at(const struct lc_control *c, const char *p)
{
    for (size_t i = 0; i < c->n_flags; i++)
        if (strncmp(p, c->flags[i], strlen(c->flags[i])) == 0)
            return c->flags[i];
    return NULL;
}

/* Wildcard match that keeps only the last flag to return to, so its cost is at most pattern times
 * text. */
bool lc_pattern_match(const struct lc_control *c, const char *pattern, const char *text)
{
    const char *retry_pattern = NULL, *retry_text = NULL;

    while (*text) {
        const char *flag = *pattern ? flag_at(c, pattern) : NULL;

        if (flag) {
            retry_pattern = pattern += strlen(flag);
            retry_text = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (retry_pattern) {
            pattern = retry_pattern;
            text = ++retry_text;
        } else {
            return false;
        }
    }
    for (const char *flag; *pattern && (flag = flag_at(c, pattern));)
        pattern += strlen(flag);
    return *pattern == '\0';
}

const struct lc_control *lc_control_find(const struct lc *lc, const char *from_name)
{
    for (size_t i = 0; i < lc->n_controls; i++)
        if (strcmp(lc->controls[i].name, from_name) == 0)
            return &lc->controls[i];
    for (size_t i = 0; i < lc->n_controls; i++)
        if (lc->controls[i].n_flags &&
            lc_pattern_match(&lc->controls[i], lc->controls[i].name, from_name))
            return &lc->controls[i];
    return NULL;
}

const struct lc_input *lc_object_find(const struct lc *lc, const char *name)
{
    for (size_t i = 0; i < lc->n_objects; i++)
        if (strcmp(lc->objects[i].name, name) == 0)
            return &lc->objects[i];
    return NULL;
}

const struct lc_data_key *lc_data_keys(const struct lc *lc, size_t *n)
{
    *n = lc->n_keys;
    return lc->keys;
}

const char *lc_first_data_key(const struct lc *lc)
{
    return lc->n_keys ? lc->keys[0].key : NULL;
}
