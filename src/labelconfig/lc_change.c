/* May a configuration replace another while the project holds annotations made with it? Names
 * inside Repeaters match by pattern; everything else compares exactly. */
#include "labelconfig/lc_priv.h"

#include "json/jin.h"
#include "json/verr.h"

enum { USAGE_DEPTH = 8 };

struct change {
    const struct lc *lc;
    struct arena *a;
    json_t *annotations, *labels, *drafts, *linked;
};

static json_t *tree_of(struct arena *a, const char *json)
{
    json_t *tree = NULL;

    if (!json || jin_parse(a, (struct span){json, strlen(json)}, USAGE_DEPTH, &tree))
        return NULL;
    return tree;
}

/* --- controls in use --- */

struct triple {
    const char *from, *to, *type;
};

static bool split_triple(struct arena *a, const char *key, struct triple *t)
{
    const char *first = strchr(key, '|'), *last = strrchr(key, '|');

    if (!first || first == last)
        return false;
    t->from = arena_strndup(a, key, (size_t)(first - key));
    t->to = arena_strndup(a, first + 1, (size_t)(last - first - 1));
    t->type = last + 1;
    return true;
}

static bool joins_to(const struct lc_control *c, const char *to)
{
    for (size_t i = 0; i < c->n_to_name; i++) {
        size_t n = strlen(c->to_name[i]);

        if (strncmp(to, c->to_name[i], n) != 0)
            return false;
        to += n;
        if (i + 1 < c->n_to_name && *to++ != ',')
            return false;
    }
    return *to == '\0';
}

static bool is_present(const struct lc *lc, const struct triple *t)
{
    for (size_t i = 0; i < lc->n_controls; i++) {
        const struct lc_control *c = &lc->controls[i];

        if (strcmp(c->name, t->from) == 0 && lc_ascii_same(c->type, t->type) && joins_to(c, t->to))
            return true;
    }
    return false;
}

static bool some_target_matches(const struct lc *lc, const char *to)
{
    for (size_t i = 0; i < lc->n_controls; i++)
        for (size_t k = 0; k < lc->controls[i].n_to_name; k++)
            if (lc_pattern_match(&lc->controls[i], lc->controls[i].to_name[k], to))
                return true;
    return false;
}

static bool some_type(const struct lc *lc, const char *type)
{
    for (size_t i = 0; i < lc->n_controls; i++)
        if (lc_ascii_same(lc->controls[i].type, type))
            return true;
    return false;
}

/* Text areas may stand anywhere, and a chat message points at its own tag. */
static bool is_exempt(const struct triple *t)
{
    return strcmp(t->type, "textarea") == 0 ||
           (strcmp(t->type, "chatmessage") == 0 && strcmp(t->from, t->to) == 0);
}

static bool fits(const struct lc *lc, const struct triple *t)
{
    return is_present(lc, t) || is_exempt(t) ||
           (lc_control_find(lc, t->from) && some_target_matches(lc, t->to) &&
            some_type(lc, t->type));
}

static const char *annotations_problem(const struct change *w)
{
    struct strbuf b;
    const char *key;
    json_t *n;

    strbuf_init(&b, w->a, 1024 * 1024);
    json_object_foreach(w->annotations, key, n) {
        struct triple t;

        if (split_triple(w->a, key, &t) && !fits(w->lc, &t))
            strbuf_printf(&b, "\n%lld with from_name=%s, to_name=%s, type=%s",
                          (long long)json_integer_value(n), t.from, t.to, t.type);
    }
    if (!b.len)
        return NULL;
    return arena_printf(
        w->a, "Created annotations are incompatible with provided labeling schema, we found:%s",
        b.buf);
}

/* --- labels in use --- */

static void put_labels(json_t *set, const struct lc_control *c)
{
    for (size_t i = 0; i < c->n_labels; i++)
        json_object_set_new(set, c->labels[i].key, json_true());
}

/* Labels managed outside the configuration: each a text, or a path of texts. */
static void put_linked(json_t *set, json_t *linked)
{
    size_t i;
    json_t *v;

    json_array_foreach(linked, i, v) {
        if (json_is_array(v))
            put_linked(set, v);
        else if (json_is_string(v))
            json_object_set_new(set, json_string_value(v), json_true());
    }
}

static bool has_type(const struct lc *lc, const char *type)
{
    for (size_t i = 0; i < lc->n_controls; i++)
        if (strcmp(lc->controls[i].type, type) == 0)
            return true;
    return false;
}

/* A VideoRectangle has no labels of its own: all controls' labels count for every control then. */
static json_t *offered_labels(const struct change *w, const struct lc_control *c)
{
    bool pooled = has_type(w->lc, "VideoRectangle");
    json_t *set = json_object();

    arena_defer(w->a, (void (*)(void *))json_decref, set);
    for (size_t i = 0; i < w->lc->n_controls; i++)
        if (pooled || &w->lc->controls[i] == c)
            put_labels(set, &w->lc->controls[i]);
    if (has_type(w->lc, "Taxonomy"))
        put_linked(set, w->linked);
    return set;
}

static void put_count(struct strbuf *b, long long n, const char *what)
{
    if (n)
        strbuf_printf(b, "%s%lld %s%s", b->len ? ", " : "", n, what, n > 1 ? "s" : "");
}

static long long used(json_t *labels, const char *control, const char *label)
{
    return (long long)json_integer_value(json_object_get(json_object_get(labels, control), label));
}

static void put_lost(const struct change *w, struct strbuf *lost, const char *control,
                     const char *label)
{
    struct strbuf counts;

    strbuf_init(&counts, w->a, 128);
    put_count(&counts, used(w->labels, control, label), "annotation");
    put_count(&counts, used(w->drafts, control, label), "draft");
    if (counts.len)
        strbuf_printf(lost, "%s (%s)\n", label, counts.buf);
}

static void find_lost(const struct change *w, struct strbuf *lost, json_t *offered,
                      const char *control, json_t *labels, json_t *not_in)
{
    const char *label;
    json_t *n;

    json_object_foreach(labels, label, n)
        if (!json_object_get(offered, label) && !json_object_get(not_in, label))
            put_lost(w, lost, control, label);
}

static long long sum(json_t *labels)
{
    const char *label;
    json_t *n;
    long long total = 0;

    json_object_foreach(labels, label, n)
        total += json_integer_value(n);
    return total;
}

static const char *control_labels_problem(const struct change *w, const char *control, bool strict)
{
    json_t *labels = json_object_get(w->labels, control),
           *drafts = json_object_get(w->drafts, control);
    const struct lc_control *c = lc_control_find(w->lc, control);
    struct strbuf lost;
    json_t *offered;

    if (!json_object_size(labels) && !json_object_size(drafts))
        return NULL;
    if (!c)
        return arena_printf(
            w->a, "There are %lld annotation(s) created with tag \"%s\", you can't remove it",
            sum(labels) + sum(drafts), control);
    if (!strict || c->dynamic_labels)
        return NULL;
    strbuf_init(&lost, w->a, 1024 * 1024);
    offered = offered_labels(w, c);
    find_lost(w, &lost, offered, control, labels, NULL);
    find_lost(w, &lost, offered, control, drafts, labels);
    if (!lost.len)
        return NULL;
    return arena_printf(w->a,
                        "These labels still exist in annotations or drafts:\n%sPlease add labels "
                        "to tag with name=\"%s\".",
                        lost.buf, control);
}

static const char *labels_problem(const struct change *w, bool strict)
{
    json_t *const both[] = {w->labels, w->drafts};
    const char *control, *problem;
    json_t *v;

    for (size_t i = 0; i < 2; i++) {
        json_object_foreach(both[i], control, v) {
            problem = control_labels_problem(w, control, strict);
            if (problem)
                return problem;
        }
    }
    return NULL;
}

err *lc_check_annotations_change(const struct lc *next, struct arena *a,
                                 const struct lc_usage *used_by, bool strict, const char *field)
{
    struct change w = {.lc = next, .a = a};
    const char *problem;

    if (!used_by->tasks || !next->n_keys || !next->n_controls)
        return OK;
    w.annotations = tree_of(a, used_by->created_annotations);
    w.labels = tree_of(a, used_by->created_labels);
    w.drafts = tree_of(a, used_by->created_labels_drafts);
    w.linked = tree_of(a, used_by->linked_labels);
    problem = annotations_problem(&w);
    if (!problem)
        problem = labels_problem(&w, strict);
    return problem ? verr_one(a, field, "%s", problem) : OK;
}

/* --- which labels are lost --- */

struct lost_list {
    struct lc_lost *items;
    size_t n, room;
};

static void lost_add(const struct change *w, struct lost_list *l, const char *control,
                     const char *label)
{
    struct lc_lost item = {.control = control, .label = label,
                           .annotations = used(w->labels, control, label),
                           .drafts = used(w->drafts, control, label)};

    if ((item.annotations || item.drafts) && l->n < l->room)
        l->items[l->n++] = item;
}

static void lost_of_control(const struct change *w, struct lost_list *l, const char *control)
{
    const struct lc_control *c = lc_control_find(w->lc, control);
    json_t *labels = json_object_get(w->labels, control),
           *drafts = json_object_get(w->drafts, control), *offered, *n;
    const char *label;

    if (!c || c->dynamic_labels)
        return;
    offered = offered_labels(w, c);
    json_object_foreach(labels, label, n)
        if (!json_object_get(offered, label))
            lost_add(w, l, control, label);
    json_object_foreach(drafts, label, n)
        if (!json_object_get(offered, label) && !json_object_get(labels, label))
            lost_add(w, l, control, label);
}

static size_t count_labels(json_t *controls)
{
    const char *control;
    json_t *labels;
    size_t n = 0;

    json_object_foreach(controls, control, labels)
        n += json_object_size(labels);
    return n;
}

size_t lc_lost_labels(const struct lc *next, struct arena *a, const struct lc_usage *used_by,
                      struct lc_lost **out)
{
    struct change w = {.lc = next, .a = a};
    struct lost_list l = {0};
    const char *control;
    json_t *v;

    w.labels = tree_of(a, used_by->created_labels);
    w.drafts = tree_of(a, used_by->created_labels_drafts);
    w.linked = tree_of(a, used_by->linked_labels);
    l.room = count_labels(w.labels) + count_labels(w.drafts);
    l.items = arena_array(a, l.room + 1, sizeof *l.items);
    json_object_foreach(w.labels, control, v)
        lost_of_control(&w, &l, control);
    json_object_foreach(w.drafts, control, v)
        if (!json_object_get(w.labels, control))
            lost_of_control(&w, &l, control);
    *out = l.items;
    return l.n;
}
