/* Regions to results. A region goes to the first control of a fitting kind that knows its label; outlines and masks become the boxes around
 * them where a configuration has nothing but boxes. */
#include "import/labelmap.h"

#include <stdio.h>
#include <string.h>

/* The tag for a shape, the key of its labels in results, and what it is in words. Labels serve where their object shows the item. */
static const struct {
    const char *tag, *words;
} kinds[SHAPES] = {
    [SHAPE_BOX] = {"RectangleLabels", "boxes"},
    [SHAPE_POLYGON] = {"PolygonLabels", "polygons"},
    [SHAPE_MASK] = {"BrushLabels", "masks"},
    [SHAPE_POINT] = {"KeyPointLabels", "points"},
    [SHAPE_SPAN] = {"Labels", "marked texts"},
};

enum { LABELS_TOLD = 10 };

static bool shows(const struct labelmap *m, const struct lc_control *c)
{
    return c->n_to_name > 0 && strcmp(c->to_name[0], m->object) == 0;
}

static bool takes(const struct labelmap *m, const struct lc_control *c, enum shape shape)
{
    return shows(m, c) && (strcmp(c->type, kinds[shape].tag) == 0 || strcmp(c->type, "Labels") == 0);
}

static const struct lc_control *control_of(const struct labelmap *m, enum shape shape, const char *label)
{
    for (size_t i = 0; i < lc_control_count(m->lc); i++) {
        const struct lc_control *c = lc_control_at(m->lc, i);
        if (takes(m, c, shape) && (!label || c->dynamic_labels || lc_control_has_label(c, label)))
            return c;
    }
    return NULL;
}

/* The shape that it gets: what encloses it, when the configuration has boxes only. */
static enum shape shape_in(const struct labelmap *m, const struct foreign_region *r)
{
    bool enclosed = r->shape == SHAPE_POLYGON || r->shape == SHAPE_MASK;

    return enclosed && !control_of(m, r->shape, NULL) && control_of(m, SHAPE_BOX, NULL) ? SHAPE_BOX : r->shape;
}

bool labelmap_open(struct labelmap *m, struct arena *a, const struct lc *lc, bool text, const char **why)
{
    const char *tag = text ? "Text" : "Image";

    *m = (struct labelmap){.lc = lc};
    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        for (size_t j = 0; j < c->n_inputs; j++)
            if (strcmp(c->inputs[j].type, tag) == 0 && c->inputs[j].value && !c->inputs[j].is_list) {
                m->object = c->inputs[j].name;
                m->key = c->inputs[j].value;
                return true;
            }
    }
    *why = arena_printf(a, "the label configuration of this project has no %s that labels could be put on", tag);
    return false;
}

static void labels_tell(struct strbuf *b, const struct lc_control *c)
{
    strbuf_printf(b, "; %s \"%s\" has", c->type, c->name);
    for (size_t i = 0; i < c->n_labels && i < LABELS_TOLD; i++)
        strbuf_printf(b, "%s %s", i ? "," : "", c->labels[i].key);
    if (c->n_labels > LABELS_TOLD)
        strbuf_printf(b, " and %zu more", c->n_labels - LABELS_TOLD);
}

const char *labelmap_problem(const struct labelmap *m, struct arena *a, const struct foreign_region *r)
{
    enum shape shape = shape_in(m, r);
    const struct lc_control *any = control_of(m, shape, NULL);
    struct strbuf b;

    if (any && control_of(m, shape, r->label))
        return NULL;
    if (!any)
        return arena_printf(a, "the label configuration has no %s for %s", kinds[r->shape].tag, kinds[r->shape].words);
    strbuf_init(&b, a, 1 << 20);
    strbuf_printf(&b, "the label configuration does not know \"%s\"", r->label);
    labels_tell(&b, any);
    return b.buf;
}

bool labelmap_spares(const struct labelmap *m, const struct foreign_region *r)
{
    return r->beside_boxes && !control_of(m, SHAPE_MASK, NULL);
}

/* ---- results ---- */

static void points_write(struct jw *w, const struct foreign_region *r)
{
    jw_key(w, "points");
    jw_arr(w);
    for (size_t i = 0; i + 1 < r->n_points; i += 2) {
        jw_arr(w);
        jw_f64(w, r->points[i]);
        jw_f64(w, r->points[i + 1]);
        jw_end(w);
    }
    jw_end(w);
    jw_kbool(w, "closed", true);
}

static void rle_write(struct jw *w, const struct foreign_region *r)
{
    jw_kstr(w, "format", "rle");
    jw_key(w, "rle");
    jw_arr(w);
    for (size_t i = 0; i < r->rle.len; i++)
        jw_i64(w, (unsigned char)r->rle.p[i]);
    jw_end(w);
}

static void box_write(struct jw *w, const struct foreign_region *r)
{
    jw_kf64(w, "x", r->x);
    jw_kf64(w, "y", r->y);
    jw_kf64(w, "width", r->width);
    jw_kf64(w, "height", r->height);
    jw_kf64(w, "rotation", r->rotation);
}

static void span_write(struct jw *w, const struct foreign_region *r)
{
    jw_ki64(w, "start", r->start);
    jw_ki64(w, "end", r->end);
    jw_key(w, "text");
    jw_strn(w, r->text.p, r->text.len);
}

static void geometry_write(struct jw *w, const struct foreign_region *r, enum shape shape)
{
    if (shape == SHAPE_BOX)
        box_write(w, r);
    else if (shape == SHAPE_POLYGON)
        points_write(w, r);
    else if (shape == SHAPE_MASK)
        rle_write(w, r);
    else if (shape == SHAPE_SPAN)
        span_write(w, r);
    else {
        jw_kf64(w, "x", r->x);
        jw_kf64(w, "y", r->y);
        jw_kf64(w, "width", 0.5);
    }
}

/* "RectangleLabels" → "rectanglelabels" */
static void lower(char out[32], const char *tag)
{
    size_t n = 0;

    for (; tag[n] && n < 31; n++)
        out[n] = (char)(tag[n] | 0x20);
    out[n] = '\0';
}

/* What nothing takes is gone; ids go up. */
static bool has_region(const struct foreign_item *it, size_t id)
{
    size_t low = 0, high = it->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (it->regions[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < it->n && it->regions[low].id == id;
}

static void id_write(struct jw *w, const char *key, size_t id)
{
    char text[24];

    snprintf(text, sizeof text, "r%zu", id);
    jw_kstr(w, key, text);
}

static void region_write(const struct labelmap *m, struct jw *w, const struct foreign_item *it, size_t i)
{
    const struct foreign_region *r = &it->regions[i];
    enum shape shape = shape_in(m, r);
    const struct lc_control *c = control_of(m, shape, r->label);
    char type[32];

    lower(type, c->type);
    jw_obj(w);
    id_write(w, "id", r->id);
    if (r->parent && has_region(it, r->parent))
        id_write(w, "parentID", r->parent);
    jw_kstr(w, "from_name", c->name);
    jw_kstr(w, "to_name", m->object);
    jw_kstr(w, "type", type);
    if (it->image && it->width > 0 && it->height > 0) {
        jw_ki64(w, "original_width", it->width);
        jw_ki64(w, "original_height", it->height);
        jw_ki64(w, "image_rotation", 0);
    }
    if (r->has_score)
        jw_kf64(w, "score", r->score);
    jw_key(w, "value");
    jw_obj(w);
    geometry_write(w, r, shape);
    jw_key(w, type);
    jw_arr(w);
    jw_str(w, r->label);
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

/* Of a prediction the mean of what its regions have. */
static void score_write(struct jw *w, const struct foreign_item *it)
{
    double sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < it->n; i++)
        if (it->regions[i].has_score) {
            sum += it->regions[i].score;
            n++;
        }
    if (n)
        jw_kf64(w, "score", sum / (double)n);
}

static void child_write(const struct labelmap *m, struct jw *w, const struct foreign_item *it, const struct labelmap_options *o)
{
    jw_key(w, o->predictions ? "predictions" : "annotations");
    jw_arr(w);
    jw_obj(w);
    if (o->predictions) {
        jw_kstr(w, "model_version", o->model_version);
        score_write(w, it);
    } else {
        jw_kbool(w, "ground_truth", false);
    }
    jw_key(w, "result");
    jw_arr(w);
    for (size_t i = 0; i < it->n; i++)
        region_write(m, w, it, i);
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

/* What else is known of the item, unless the configuration reads something else there. */
static void more_write(const struct labelmap *m, struct jw *w, const struct foreign_item *it)
{
    json_t *one;
    size_t i;

    if (it->split.len && strcmp(m->key, "split") != 0) {
        jw_key(w, "split");
        jw_strn(w, it->split.p, it->split.len);
    }
    if (!it->captions || strcmp(m->key, "captions") == 0)
        return;
    jw_key(w, "captions");
    jw_arr(w);
    json_array_foreach(it->captions, i, one)
    {
        jw_str(w, json_string_value(one));
    }
    jw_end(w);
}

void labelmap_write(const struct labelmap *m, struct jw *w, const struct foreign_item *it, const char *address, const struct labelmap_options *o)
{
    jw_obj(w);
    jw_key(w, "data");
    jw_obj(w);
    jw_key(w, m->key);
    if (it->image)
        jw_str(w, address);
    else
        jw_strn(w, it->text.p, it->text.len);
    more_write(m, w, it);
    jw_end(w);
    if (it->n)
        child_write(m, w, it, o);
    jw_end(w);
}
