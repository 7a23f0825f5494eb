/* Results against the configuration: every region of a prediction must name a control and object
 * that exist, have that control's type, and a value of its shape with its labels. Also how regions
 * are counted in a project's summary. */
#include "labelconfig/lc_priv.h"

#include "json/jin.h"

struct check {
    const struct lc *lc;
    struct arena *a;
    json_t *result;
    struct lc_problems *found;
    size_t cap;
    json_t *good_ids; /* of regions without problems: relations may point at these */
};

static void report(struct check *w, const char *text)
{
    struct lc_problems *p = w->found;

    if (p->n == w->cap) {
        const char **grown = arena_array(w->a, w->cap ? w->cap * 2 : 8, sizeof *grown);

        if (p->n)
            memcpy(grown, p->text, p->n * sizeof *grown);
        p->text = grown;
        w->cap = w->cap ? w->cap * 2 : 8;
    }
    p->text[p->n++] = text;
}

static const char *shown(struct check *w, json_t *v)
{
    return json_is_string(v) ? json_string_value(v) : lc_python_repr(w->a, v);
}

static char *lower(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);

    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return copy;
}

/* --- labels --- */

static bool labels_known(const struct lc_control *c, json_t *labels)
{
    size_t i;
    json_t *v;

    json_array_foreach(labels, i, v)
        if (!(json_is_array(v)
                  ? labels_known(c, v)
                  : json_is_string(v) && lc_control_has_label(c, json_string_value(v))))
            return false;
    return true;
}

/* A control without labels, or whose labels come from the task, takes any. */
static bool labels_fit(const struct lc_control *c, const struct lc_tag *t, json_t *value)
{
    json_t *labels;

    if (!t->labels)
        return true;
    labels = json_object_get(value, t->labels);
    if (!labels && strcmp(t->name, "videorectangle") == 0)
        return c->n_labels == 0;
    if (!labels)
        return false;
    return c->n_labels == 0 || !json_is_array(labels) || labels_known(c, labels);
}

/* --- a Labels control beside a plain geometry control --- */

static bool share_object(const struct lc_control *x, const struct lc_control *y)
{
    for (size_t i = 0; i < x->n_to_name; i++)
        for (size_t k = 0; k < y->n_to_name; k++)
            if (strcmp(x->to_name[i], y->to_name[k]) == 0)
                return true;
    return false;
}

/* The editor writes Labels + Rectangle as one region of type "rectanglelabels": which tag is the
 * geometry? */
static const struct lc_tag *merged_geometry(struct check *w, const struct lc_control *c,
                                            const char *type)
{
    size_t n = strlen(type), suffix = strlen("labels");
    const char *geometry;

    if (!lc_ascii_same(c->type, "labels") || n <= suffix ||
        strcmp(type + n - suffix, "labels") != 0)
        return NULL;
    geometry = arena_strndup(w->a, type, n - suffix);
    for (size_t i = 0; i < w->lc->n_controls; i++) {
        const struct lc_control *o = &w->lc->controls[i];

        if (o != c && lc_ascii_same(o->type, geometry) && share_object(c, o))
            return lc_tag_find(geometry);
    }
    return NULL;
}

static bool merged_fits(const struct lc_control *c, const struct lc_tag *geometry, const char *type,
                        json_t *value)
{
    json_t *labels = json_object_get(value, type);

    if (!labels)
        labels = json_object_get(value, "labels");
    return json_array_size(labels) > 0 && labels_known(c, labels) &&
           lc_value_fits(geometry->value, value);
}

/* Or as two regions with the same id, one with the geometry and one with the labels. */
static const struct lc_tag *partner_geometry(struct check *w, json_t *region)
{
    const char *own_type = json_string_value(json_object_get(region, "type"));
    json_t *id = json_object_get(region, "id"), *r;
    size_t i;

    if (!own_type || !lc_ascii_same(own_type, "labels") || !id || json_is_null(id))
        return NULL;
    json_array_foreach(w->result, i, r) {
        const char *type = json_string_value(json_object_get(r, "type"));
        const struct lc_tag *t = type ? lc_tag_find(type) : NULL;

        if (t && (t->traits & LC_GEOMETRY) && json_equal(json_object_get(r, "id"), id))
            return t;
    }
    return NULL;
}

/* --- one value --- */

static bool rating_fits(const struct lc_control *c, json_t *value)
{
    const char *most = lc_attr_get(c->attrs, c->n_attrs, "maxRating");
    double rating;

    return lc_value_number(json_object_get(value, "rating"), &rating) &&
           rating <= (most ? strtod(most, NULL) : 5);
}

static bool value_fits(struct check *w, const struct lc_control *c, json_t *region, json_t *value)
{
    const struct lc_tag *t = lc_tag_find(c->type), *shape = t;
    json_t *nested = json_object_get(value, c->name);

    if (!t)
        return true;
    if (json_is_object(nested) && strcmp(t->name, "ranker") != 0)
        value = nested; /* payload under the control's name is taken too */
    if (!labels_fit(c, t, value))
        return false;
    if (strcmp(t->name, "labels") == 0) {
        const struct lc_tag *geometry = partner_geometry(w, region);

        shape = geometry ? geometry : t;
    }
    if (strcmp(t->name, "rating") == 0 && !rating_fits(c, value))
        return false;
    return lc_value_fits(shape->value, value);
}

/* Rectangles get a clearer message when a number lies outside of the image. */
static const char *out_of_bounds(struct check *w, const char *tag, json_t *value)
{
    static const char *const keys[] = {"x", "y", "width", "height"};
    struct strbuf b;

    if (strcmp(tag, "rectangle") != 0 && strcmp(tag, "rectanglelabels") != 0)
        return NULL;
    strbuf_init(&b, w->a, SIZE_MAX);
    for (size_t i = 0; i < 4; i++) {
        json_t *v = json_object_get(value, keys[i]);
        double d = -1;

        if (v && !(lc_value_number(v, &d) && d >= 0 && d <= 100))
            strbuf_printf(&b, "%s%s %s", b.len ? ", " : "", keys[i], shown(w, v));
    }
    return b.len ? b.buf : NULL;
}

static const char *valid_options(struct check *w, const struct lc_control *c)
{
    const struct lc_tag *t = lc_tag_find(c->type);
    const char **labels = arena_array(w->a, c->n_labels, sizeof *labels);
    struct strbuf b;

    for (size_t i = 0; i < c->n_labels; i++)
        labels[i] = c->labels[i].key;
    strbuf_init(&b, w->a, SIZE_MAX);
    if (t)
        strbuf_printf(&b, "expected fields: %s", lc_value_fields(w->a, t->value));
    if (c->n_labels)
        strbuf_printf(&b, "%svalid labels: %s", b.len ? "; " : "",
                      lc_python_texts(w->a, labels, c->n_labels));
    return b.len ? b.buf : "no specific validation rules";
}

static void report_value(struct check *w, size_t i, const struct lc_control *c, json_t *value)
{
    const char *bounds = out_of_bounds(w, lower(w->a, c->type), value);

    if (bounds)
        report(w,
               arena_printf(
                   w->a, "Region %zu: Invalid geometry for control '%s': %s out of bounds [0, 100]",
                   i, c->name, bounds));
    else
        report(w,
               arena_printf(
                   w->a, "Region %zu: Invalid value for control '%s'. Got: %s. Valid options: %s",
                   i, c->name, lc_python_repr(w->a, value), valid_options(w, c)));
}

/* --- one region --- */

static const struct lc_control *control_of(const struct lc *lc, const char *from_name)
{
    const struct lc_control *c = lc_control_find(lc, from_name);

    for (size_t i = 0; !c && i < lc->n_implied; i++)
        if (strcmp(lc->implied[i].name, from_name) == 0)
            c = &lc->implied[i];
    return c;
}

static bool control_targets(const struct lc_control *c, const char *to_name)
{
    for (size_t i = 0; i < c->n_to_name; i++)
        if (lc_pattern_match(c, c->to_name[i], to_name))
            return true;
    return false;
}

/* Is there such an object, by name or by the pattern of a Repeater? */
static bool object_exists(const struct lc *lc, const char *to_name)
{
    if (lc_object_find(lc, to_name))
        return true;
    for (size_t i = 0; i < lc->n_controls; i++)
        for (size_t k = 0; k < lc->controls[i].n_inputs; k++)
            if (lc->controls[i].n_flags &&
                lc_pattern_match(&lc->controls[i], lc->controls[i].inputs[k].name, to_name))
                return true;
    return false;
}

static bool report_missing(struct check *w, const char *kind, size_t i, json_t *region,
                           const char *const *fields, size_t n)
{
    bool missing = false;

    for (size_t k = 0; k < n; k++) {
        if (json_object_get(region, fields[k]))
            continue;
        missing = true;
        report(w, arena_printf(w->a, "%s %zu: Missing required field '%s'", kind, i, fields[k]));
    }
    return missing;
}

static void report_unknown(struct check *w, size_t i, const char *field, json_t *name)
{
    report(w, arena_printf(w->a, "Region %zu: '%s' '%s' not found in configuration", i, field,
                           shown(w, name)));
}

static void check_against(struct check *w, size_t i, json_t *region, const struct lc_control *c)
{
    const char *to_name = json_string_value(json_object_get(region, "to_name"));
    json_t *type_value = json_object_get(region, "type"), *value = json_object_get(region, "value");
    const char *type = lower(w->a, shown(w, type_value)), *expected = lower(w->a, c->type);
    const struct lc_tag *geometry = merged_geometry(w, c, type);

    if (strcmp(type, expected) != 0 && !geometry)
        report(w,
               arena_printf(
                   w->a, "Region %zu: Type '%s' does not match expected type '%s' for control '%s'",
                   i, type, expected, c->name));
    if (!control_targets(c, to_name))
        report(w, arena_printf(
                      w->a,
                      "Region %zu: 'to_name' '%s' is not valid for control '%s'. Valid options: %s",
                      i, to_name, c->name, lc_python_texts(w->a, c->to_name, c->n_to_name)));
    if (geometry ? !merged_fits(c, geometry, type, value) : !value_fits(w, c, region, value))
        report_value(w, i, c, value);
}

static void check_region(struct check *w, size_t i, json_t *region)
{
    static const char *const fields[] = {"from_name", "to_name", "type", "value"};
    json_t *from = json_object_get(region, "from_name"), *to = json_object_get(region, "to_name");
    const struct lc_control *c;

    if (report_missing(w, "Region", i, region, fields, 4))
        return;
    c = json_is_string(from) ? control_of(w->lc, json_string_value(from)) : NULL;
    if (!c)
        report_unknown(w, i, "from_name", from);
    else if (!json_is_string(to) || !object_exists(w->lc, json_string_value(to)))
        report_unknown(w, i, "to_name", to);
    else
        check_against(w, i, region, c);
}

static void check_and_remember(struct check *w, size_t i, json_t *region)
{
    const char *id = json_string_value(json_object_get(region, "id"));
    size_t before = w->found->n;

    check_region(w, i, region);
    if (id && w->found->n == before)
        json_object_set_new(w->good_ids, id, json_true());
}

/* --- relations --- */

static void check_end(struct check *w, size_t i, json_t *relation, const char *field)
{
    json_t *id = json_object_get(relation, field);

    if (!json_is_string(id) || !json_object_get(w->good_ids, json_string_value(id)))
        report(w, arena_printf(w->a, "Relation %zu: '%s' '%s' not found in regions", i, field,
                               shown(w, id)));
}

static void check_relation(struct check *w, size_t i, json_t *relation)
{
    static const char *const fields[] = {"type", "direction", "from_id", "to_id"};
    const char *direction = json_string_value(json_object_get(relation, "direction"));

    report_missing(w, "Relation", i, relation, fields, 4);
    if (!direction || (strcmp(direction, "left") != 0 && strcmp(direction, "right") != 0 &&
                       strcmp(direction, "bi") != 0))
        report(w,
               arena_printf(
                   w->a, "Relation %zu: Direction must be one of ('left', 'right', 'bi'), got '%s'",
                   i, shown(w, json_object_get(relation, "direction"))));
    check_end(w, i, relation, "from_id");
    check_end(w, i, relation, "to_id");
}

static bool is_relation(json_t *region)
{
    const char *type = json_string_value(json_object_get(region, "type"));

    return type && strcmp(type, "relation") == 0;
}

/* --- the whole --- */

static void check_regions(struct check *w)
{
    size_t i;
    json_t *r;

    json_array_foreach(w->result, i, r) {
        if (!json_is_object(r))
            report(w, arena_printf(w->a, "Region must be a dictionary. Got <class '%s'>: %s",
                                   jin_type_name(r), shown(w, r)));
        else if (!is_relation(r))
            check_and_remember(w, i, r);
    }
    json_array_foreach(w->result, i, r)
        if (is_relation(r))
            check_relation(w, i, r);
}

static void check_result(struct check *w)
{
    if (!w->result)
        report(w, "Missing required field 'result'");
    else if (!json_is_array(w->result))
        report(w, "'result' must be a list");
    else
        check_regions(w);
}

/* Numbers may come as text. */
static bool score_of(json_t *score, double *d)
{
    const char *text = json_string_value(score);
    char *end;

    *d = text ? strtod(text, &end) : json_number_value(score);
    return text ? *text && !*end && strspn(text, "0123456789+-.eE") == strlen(text)
                : json_is_number(score);
}

static void check_score(struct check *w, json_t *score)
{
    double d;

    if (!score || json_is_null(score))
        return;
    if (!score_of(score, &d))
        report(w, arena_printf(w->a, "Score must be a valid number, got %s", shown(w, score)));
    else if (d < 0 || d > 1)
        report(w, arena_printf(w->a, "Score must be between 0.00 and 1.00 inclusive, got %s",
                               lc_python_number(w->a, d)));
}

static const struct lc_problems *judge(const struct lc *lc, struct arena *a, json_t *result,
                                       json_t *score)
{
    struct check w = {
        .lc = lc, .a = a, .result = result, .found = ARENA_NEW(a, struct lc_problems)};

    w.good_ids = json_object();
    if (json_is_array(result))
        check_score(&w, score);
    check_result(&w);
    json_decref(w.good_ids);
    return w.found->n ? w.found : NULL;
}

const struct lc_problems *lc_check_result(const struct lc *lc, struct arena *a, json_t *result)
{
    return judge(lc, a, result, NULL);
}

const struct lc_problems *lc_check_prediction(const struct lc *lc, struct arena *a,
                                              json_t *prediction)
{
    return judge(lc, a, json_object_get(prediction, "result"),
                 json_object_get(prediction, "score"));
}

/* --- summary --- */

static const char *joined(struct arena *a, json_t *names)
{
    struct strbuf b;
    size_t i;
    json_t *v;

    if (!json_is_array(names))
        return json_string_value(names);
    strbuf_init(&b, a, SIZE_MAX);
    json_array_foreach(names, i, v) {
        if (i)
            strbuf_putc(&b, ',');
        strbuf_puts(&b, json_is_string(v) ? json_string_value(v) : "");
    }
    return b.buf;
}

const char *lc_region_tuple(struct arena *a, json_t *region)
{
    const char *type = json_string_value(json_object_get(region, "type"));
    const char *from = json_string_value(json_object_get(region, "from_name"));
    const char *to = joined(a, json_object_get(region, "to_name"));

    if (!type || !from || !to || strcmp(type, "relation") == 0 || strcmp(type, "pairwise") == 0)
        return NULL;
    return arena_printf(a, "%s|%s|%s", from, to, lower(a, type));
}

static size_t count_labels(json_t *list, bool flatten)
{
    size_t i, n = 0;
    json_t *v;

    json_array_foreach(list, i, v)
        n += flatten && json_is_array(v) ? json_array_size(v) : 1;
    return n;
}

/* str() of each label, paths of a taxonomy taken apart. */
static size_t take_labels(struct arena *a, json_t *list, bool flatten, const char **out)
{
    size_t i, n = 0;
    json_t *v;

    json_array_foreach(list, i, v) {
        if (flatten && json_is_array(v))
            n += take_labels(a, v, false, out + n);
        else
            out[n++] = json_is_string(v) ? json_string_value(v) : lc_python_repr(a, v);
    }
    return n;
}

const char *const *lc_region_labels(struct arena *a, json_t *region, size_t *n)
{
    const char *type = json_string_value(json_object_get(region, "type"));
    const char **labels;
    bool taxonomy;
    json_t *list;

    *n = 0;
    if (!type || strcmp(type, "text") == 0)
        return NULL;
    list = json_object_get(json_object_get(region, "value"),
                           strcmp(type, "videorectangle") == 0 ? "labels" : type);
    taxonomy = strcmp(type, "taxonomy") == 0;
    if (!json_is_array(list))
        return NULL;
    labels = arena_array(a, count_labels(list, taxonomy), sizeof *labels);
    *n = take_labels(a, list, taxonomy, labels);
    return labels;
}
