/* Format COCO: result.json with pictures, categories and regions as boxes, polygons and keypoints. */
#include <math.h>

#include "export/categories.h"
#include "export/coco.h"
#include "export/jsontext.h"
#include "export/shape.h"

struct coco {
    struct exp_pictures p; /* first: callbacks get its address */
    struct exp_categories categories;
    struct coco_list images, annotations;
    bool keypoints;
    int64_t points_category;
};

/* A picture and what is drawn on it. */
struct picture {
    struct coco *c;
    int64_t id;
    double width, height;
    struct exp_point *points; /* by place */
    bool *there, any;
};

static void begin(struct jw *w, struct strbuf *b, struct arena *a)
{
    strbuf_init(b, a, SIZE_MAX);
    jw_init_strbuf(w, b);
    jw_obj(w);
}

static struct span ended(struct jw *w, const struct strbuf *b)
{
    jw_end(w);
    return (struct span){b->buf, b->len};
}

/* ---- pictures ---- */

/* From the first region that tells it, as is seen in what clients send. */
static err *size_find(struct arena *a, const struct exp_item *it, const struct exp_file *f, struct picture *p, bool *known)
{
    struct imgsize size;
    const char *const *labels;
    struct exp_shape s;
    size_t n;

    *known = exp_file_size(a, f, &size);
    if (*known) {
        p->width = size.width;
        p->height = size.height;
    }
    for (size_t i = 0; i < it->n_groups && !*known; i++)
        for (size_t k = 0; k < it->groups[i].n && !*known; k++) {
            TRY(exp_shape_read(a, &it->groups[i].regions[k], &s));
            TRY(exp_shape_labels(a, &s, LABELS_BRUSH, &labels, &n));
            *known = n > 0 && s.has_size;
            p->width = s.original_width;
            p->height = s.original_height;
        }
    return OK;
}

static err *image_add(struct coco *c, const struct picture *p, bool known, const char *value, const struct exp_file *f)
{
    struct arena *a = c->p.s->a;
    struct strbuf b;
    struct jw w;

    begin(&w, &b, a);
    if (known) {
        coco_size(&w, "width", p->width);
        coco_size(&w, "height", p->height);
    } else {
        jw_knull(&w, "width");
        jw_knull(&w, "height");
    }
    jw_ki64(&w, "id", p->id);
    jw_kstr(&w, "file_name", f->is_known || c->p.o->corrected ? arena_printf(a, "images/%s", f->name) : value);
    return coco_add(a, &c->images, ended(&w, &b));
}

/* ---- regions ---- */

static void box_write(struct jw *w, double x, double y, double width, double height)
{
    jw_key(w, "bbox");
    jw_arr(w);
    jw_f64(w, x);
    jw_f64(w, y);
    jw_f64(w, width);
    jw_f64(w, height);
    jw_end(w);
}

static void annotation_begin(struct jw *w, struct strbuf *b, const struct picture *p, int64_t category)
{
    begin(w, b, p->c->p.s->a);
    jw_ki64(w, "id", p->c->annotations.n);
    jw_ki64(w, "image_id", p->id);
    jw_ki64(w, "category_id", category);
}

static void annotation_end(struct jw *w, double area)
{
    jw_ki64(w, "ignore", 0);
    jw_ki64(w, "iscrowd", 0);
    jw_kf64(w, "area", area);
}

/* A turned box becomes the upright one around it. The turn is in per cent, as the reference does it, so it fits square pictures only. */
static err *box_add(struct picture *p, const struct exp_shape *s, const char *label)
{
    double w = s->original_width / 100, h = s->original_height / 100, x = s->x, y = s->y, width = s->width, height = s->height;
    struct strbuf b;
    struct jw out;

    if (s->rotation != 0 && p->c->p.o->corrected) {
        struct exp_corners c = exp_box_turn(x * w, y * h, width * w, height * h, s->rotation);
        exp_points_box(c.p, 4, &x, &y, &width, &height);
        w = h = 1;
    } else if (s->rotation != 0) {
        struct exp_corners c = exp_box_turn(x, y, width, height, s->rotation);
        exp_points_box(c.p, 4, &x, &y, &width, &height);
    }
    annotation_begin(&out, &b, p, exp_category_of(&p->c->categories, label));
    jw_kraw(&out, "segmentation", "[]");
    box_write(&out, x * w, y * h, width * w, height * h);
    annotation_end(&out, width * w * (height * h));
    return coco_add(p->c->p.s->a, &p->c->annotations, ended(&out, &b));
}

static double area_of(const struct exp_point *p, size_t n)
{
    double twice = 0;

    for (size_t i = 0; i < n; i++)
        twice += p[i].x * p[(i + 1) % n].y - p[(i + 1) % n].x * p[i].y;
    return fabs(twice) / 2;
}

static err *polygon_add(struct picture *p, const struct exp_shape *s, const char *label)
{
    struct arena *a = p->c->p.s->a;
    double x, y, width, height;
    struct exp_point *all;
    struct strbuf b;
    struct jw w;
    size_t n;

    TRY(exp_shape_points(a, s, &all, &n));
    if (n == 0)
        return OK;
    for (size_t i = 0; i < n; i++)
        all[i] = (struct exp_point){all[i].x / 100 * p->width, all[i].y / 100 * p->height};
    annotation_begin(&w, &b, p, exp_category_of(&p->c->categories, label));
    jw_key(&w, "segmentation");
    jw_arr(&w);
    jw_arr(&w);
    for (size_t i = 0; i < n; i++) {
        jw_f64(&w, all[i].x);
        jw_f64(&w, all[i].y);
    }
    jw_end(&w);
    jw_end(&w);
    exp_points_box(all, n, &x, &y, &width, &height);
    box_write(&w, x, y, width, height);
    annotation_end(&w, area_of(all, n));
    return coco_add(a, &p->c->annotations, ended(&w, &b));
}

static void point_take(struct picture *p, const struct exp_shape *s, const char *label)
{
    size_t place;

    if (!s->has_point || !exp_keypoint_of(&p->c->categories, label, &place))
        return;
    p->points[place] = (struct exp_point){nearbyint(s->x * p->width / 100), nearbyint(s->y * p->height / 100)};
    p->there[place] = p->any = true;
}

static err *region_add(struct picture *p, const struct exp_region *r)
{
    struct arena *a = p->c->p.s->a;
    const char *const *labels;
    struct exp_shape s;
    size_t n;

    TRY(exp_shape_read(a, r, &s));
    TRY(exp_shape_labels(a, &s, LABELS_BRUSH, &labels, &n));
    if (n == 0)
        return OK;
    if (s.labels[LABELS_KEYPOINT].p) {
        point_take(p, &s, labels[0]);
        return OK;
    }
    if (s.points.p)
        return s.labels[LABELS_POLYGON].p || p->c->p.o->corrected ? polygon_add(p, &s, labels[0]) : OK;
    return s.has_box && s.has_size ? box_add(p, &s, labels[0]) : OK;
}

/* ---- keypoints ---- */

static void points_write(struct jw *w, const struct picture *p, struct exp_point *there, size_t *n)
{
    *n = 0;
    jw_key(w, "keypoints");
    jw_arr(w);
    for (size_t i = 0; i < p->c->categories.n_keypoints; i++) {
        jw_i64(w, p->there[i] ? (int64_t)p->points[i].x : 0);
        jw_i64(w, p->there[i] ? (int64_t)p->points[i].y : 0);
        jw_i64(w, p->there[i] ? 2 : 0);
        if (p->there[i])
            there[(*n)++] = p->points[i];
    }
    jw_end(w);
}

/* All points of a picture are one annotation, after its boxes. */
static err *points_add(struct picture *p)
{
    struct arena *a = p->c->p.s->a;
    struct exp_point *there = arena_array(a, p->c->categories.n_keypoints + 1, sizeof *there);
    double x, y, width, height;
    struct strbuf b;
    struct jw w;
    size_t n;

    annotation_begin(&w, &b, p, p->c->points_category);
    points_write(&w, p, there, &n);
    exp_points_box(there, n, &x, &y, &width, &height);
    jw_ki64(&w, "num_keypoints", (int64_t)n);
    jw_key(&w, "bbox");
    jw_arr(&w);
    jw_i64(&w, (int64_t)x);
    jw_i64(&w, (int64_t)y);
    jw_i64(&w, (int64_t)width);
    jw_i64(&w, (int64_t)height);
    jw_end(&w);
    jw_ki64(&w, "iscrowd", 0);
    return coco_add(a, &p->c->annotations, ended(&w, &b));
}

static err *item_out(struct exp_pictures *pictures, const struct exp_item *it, const struct exp_file *f)
{
    struct coco *c = (struct coco *)pictures;
    struct arena *a = c->p.s->a;
    size_t n = c->categories.n_keypoints + 1;
    struct picture p = {.c = c, .id = c->images.n, .points = arena_array(a, n, sizeof *p.points), .there = arena_array(a, n, sizeof *p.there)};
    bool known;

    TRY(size_find(a, it, f, &p, &known));
    if (!known && it->n_groups > 0)
        return OK;
    TRY(image_add(c, &p, known, exp_data_text(a, it, c->p.key), f));
    for (size_t i = 0; i < it->n_groups; i++)
        for (size_t k = 0; k < it->groups[i].n; k++)
            TRY(region_add(&p, &it->groups[i].regions[k]));
    return p.any ? points_add(&p) : OK;
}

/* ---- the document ---- */

/* Labels of keypoints are one category together. */
static void merge_keypoints(struct coco *c)
{
    int64_t most = -1;

    c->keypoints = c->categories.n_keypoints > 0;
    for (size_t i = 0; i < c->categories.n_keypoints; i++)
        exp_category_drop(&c->categories, c->categories.keypoints[i]);
    for (size_t i = 0; i < c->categories.n; i++)
        most = c->categories.all[i].id > most ? c->categories.all[i].id : most;
    c->points_category = most + 1;
    if (c->keypoints)
        exp_category_add(&c->categories, "default", most + 1);
}

static void category_write(struct jw *w, const struct coco *c, const struct exp_category *k)
{
    jw_obj(w);
    jw_ki64(w, "id", k->id);
    jw_kstr(w, "name", k->name);
    if (c->keypoints && k->id == c->points_category) {
        jw_kstr(w, "supercategory", "default");
        jw_key(w, "keypoints");
        jw_arr(w);
        for (size_t i = 0; i < c->categories.n_keypoints; i++)
            jw_str(w, c->categories.keypoints[i]);
        jw_end(w);
        jw_kraw(w, "skeleton", "[]");
    }
    jw_end(w);
}

static struct span categories_json(const struct coco *c)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, c->p.a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_arr(&w);
    for (size_t i = 0; i < c->categories.n; i++)
        category_write(&w, c, &c->categories.all[i]);
    jw_end(&w);
    return (struct span){b.buf, b.len};
}

static struct span info_json(struct arena *a)
{
    struct strbuf b;
    struct jw w;

    begin(&w, &b, a);
    jw_ki64(&w, "year", jsontext_year());
    jw_kstr(&w, "version", "1.0");
    jw_kstr(&w, "description", "");
    jw_kstr(&w, "contributor", "Label Studio");
    jw_kstr(&w, "url", "");
    jw_kstr(&w, "date_created", jsontext_now(a));
    return ended(&w, &b);
}

static err *write(struct scope *s, const struct exp_options *o, const struct exp_out *out, bool pictures)
{
    struct coco c = {0};

    TRY(exp_pictures_open(s, o, out, pictures, &c.p));
    exp_categories_read(c.p.a, c.p.lc, false, o->corrected, &c.categories);
    merge_keypoints(&c);
    TRY(exp_spool_open(c.p.a, &c.images.spool));
    TRY(exp_spool_open(c.p.a, &c.annotations.spool));
    TRY(exp_pictures_each(&c.p, item_out));
    TRY(coco_write(c.p.a, c.p.zip, "result.json",
                   (const struct coco_part[]){{"images", &c.images, {0}},
                                              {"categories", NULL, categories_json(&c)},
                                              {"annotations", &c.annotations, {0}},
                                              {"info", NULL, info_json(c.p.a)}},
                   4));
    return exp_zip_end(c.p.zip);
}

err *exp_coco_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return write(s, o, out, false);
}

err *exp_coco_images_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return write(s, o, out, true);
}
