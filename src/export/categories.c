/* Numbers of labels. */
#include "export/categories.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "export/items.h"

bool exp_has_control(const struct lc *lc, const char *type)
{
    for (size_t i = 0; i < lc_control_count(lc); i++)
        if (strcmp(lc_control_at(lc, i)->type, type) == 0)
            return true;
    return false;
}

void exp_category_add(struct exp_categories *c, const char *name, int64_t id)
{
    c->all = exp_room(c->a, c->all, c->n, &c->room, sizeof *c->all);
    c->all[c->n++] = (struct exp_category){name, id};
    exp_names_add(&c->names, name);
}

static struct exp_category *find(const struct exp_categories *c, const char *name)
{
    int64_t i = exp_names_find(&c->names, name);

    return i < 0 ? NULL : &c->all[i];
}

static bool is_taken(const struct exp_categories *c, int64_t id)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->all[i].id == id)
            return true;
    return false;
}

static bool number_of(const struct lc_label *l, const char *attribute, int64_t *out)
{
    const char *text = lc_attr_get(l->attrs, l->n_attrs, attribute);

    return text && int_parse(text, INT32_MIN, INT32_MAX, out);
}

/* The order in which the database keeps the keys of an object, and the reference server numbers them. */
static int stored_order(const char *x, const char *y)
{
    size_t xn = strlen(x), yn = strlen(y);

    return xn != yn ? (xn > yn) - (xn < yn) : strcmp(x, y);
}

struct place {
    const char *control;
    const struct lc_label *label;
};

static int by_stored_order(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    int order = stored_order(a->control, b->control);

    return order ? order : stored_order(a->label->key, b->label->key);
}

static int by_text(const void *x, const void *y)
{
    return strcmp(((const struct place *)x)->label->key, ((const struct place *)y)->label->key);
}

static size_t labels_of(struct arena *a, const struct lc *lc, const char *type, struct place **out)
{
    size_t n = 0;

    for (size_t i = 0; i < lc_control_count(lc); i++)
        n += lc_control_at(lc, i)->n_labels;
    *out = arena_array(a, n + 1, sizeof **out);
    n = 0;
    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        for (size_t k = 0; k < c->n_labels && (!type || strcmp(c->type, type) == 0); k++)
            (*out)[n++] = (struct place){c->name, &c->labels[k]};
    }
    return n;
}

static void all_read(struct exp_categories *c, const struct lc *lc)
{
    struct place *p;
    size_t n = labels_of(c->a, lc, NULL, &p);
    int64_t id, next = 0;

    qsort(p, n, sizeof *p, by_stored_order);
    for (size_t i = 0; i < n; i++)
        if (number_of(p[i].label, "category", &id) && !find(c, p[i].label->key))
            exp_category_add(c, p[i].label->key, id);
    qsort(p, n, sizeof *p, by_text);
    for (size_t i = 0; i < n; i++) {
        if (find(c, p[i].label->key))
            continue;
        while (is_taken(c, next))
            next++;
        exp_category_add(c, p[i].label->key, next);
    }
}

static void keypoints_read(struct exp_categories *c, const struct lc *lc)
{
    struct place *p;
    size_t n = labels_of(c->a, lc, "KeyPointLabels", &p);
    int64_t *places = arena_array(c->a, n + 1, sizeof *places);

    c->keypoints = arena_array(c->a, n + 1, sizeof *c->keypoints);
    c->n_keypoints = n;
    for (size_t i = 0; i < n; i++) {
        c->keypoints[i] = p[i].label->key;
        if (number_of(p[i].label, "model_index", &places[i]))
            c->places = places;
        else
            places[i] = -1;
    }
}

void exp_categories_read(struct arena *a, const struct lc *lc, bool boxes, bool corrected, struct exp_categories *out)
{
    *out = (struct exp_categories){.a = a, .corrected = corrected};
    exp_names_init(&out->names, a);
    keypoints_read(out, lc);
    if (!boxes) {
        all_read(out, lc);
        return;
    }
    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        for (size_t k = 0; k < c->n_labels && strcmp(c->type, "RectangleLabels") == 0; k++)
            if (!find(out, c->labels[k].key))
                exp_category_add(out, c->labels[k].key, (int64_t)out->n);
    }
}

int64_t exp_category_of(struct exp_categories *c, const char *label)
{
    const struct exp_category *known = find(c, label);
    int64_t id = (int64_t)c->n;

    if (known)
        return known->id;
    while (c->corrected && is_taken(c, id))
        id++;
    exp_category_add(c, arena_strdup(c->a, label), id);
    return id;
}

void exp_category_drop(struct exp_categories *c, const char *label)
{
    struct exp_category *known = find(c, label);

    if (!known)
        return;
    exp_names_drop(&c->names, (size_t)(known - c->all));
    c->n--;
    memmove(known, known + 1, (size_t)(c->all + c->n - known) * sizeof *known);
}

bool exp_keypoint_of(const struct exp_categories *c, const char *label, size_t *place)
{
    for (size_t i = 0; i < c->n_keypoints; i++)
        if (strcmp(c->keypoints[i], label) == 0) {
            int64_t at = c->places ? c->places[i] : (int64_t)i;
            *place = at >= 0 && (size_t)at < c->n_keypoints ? (size_t)at : i;
            return true;
        }
    return false;
}
