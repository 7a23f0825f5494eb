/* Format BRUSH_TO_COCO: outlines of masks as polygons, beside polygons and boxes, in result_coco.json. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/cfg.h"
#include "export/coco.h"
#include "export/contours.h"
#include "export/jsontext.h"
#include "export/names.h"
#include "export/shape.h"

struct brush_coco {
    struct exp_pictures p;
    struct coco_list images, annotations;
    struct exp_names categories; /* by id, from 1 */
    int64_t items;
};

struct drawing {
    struct brush_coco *c;
    const struct exp_item *item;
    bool any, known;
    double width, height;
};

static int64_t category_of(struct brush_coco *c, const char *label)
{
    int64_t known = exp_names_find(&c->categories, label);

    if (known >= 0)
        return known + 1;
    exp_names_add(&c->categories, arena_strdup(c->p.a, label));
    return (int64_t)c->categories.n;
}

/* ---- pictures ---- */

static bool is_picture(const char *value)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".gif", ".bmp"};
    size_t len = strlen(value);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (len >= n && strcasecmp(value + len - n, endings[i]) == 0)
            return true;
    }
    return false;
}

/* The first value of the data that ends as pictures do. */
static err *path_find(struct arena *a, const struct exp_item *it, const char **out)
{
    struct jspan walk;
    struct span value;
    bool more;

    *out = NULL;
    TRY(jspan_open(&walk, a, it->data, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, &(const char *){NULL}, &value));
        if (!more)
            return OK;
        if (jspan_type(value) == JSON_T_STRING && is_picture(exp_text(a, value))) {
            *out = exp_text(a, value);
            return OK;
        }
    }
}

static err *image_add(const struct drawing *d, const char *path, int64_t id)
{
    struct arena *a = d->c->p.s->a;
    const char *slash = strrchr(path, '/');
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "id", id);
    jw_kstr(&w, "file_name", slash ? slash + 1 : path);
    jw_kstr(&w, "path", path);
    coco_size(&w, "width", d->width);
    coco_size(&w, "height", d->height);
    jw_end(&w);
    return coco_add(a, &d->c->images, (struct span){b.buf, b.len});
}

/* ---- regions ---- */

static void numbers(struct jw *w, const double *v, size_t n, bool whole)
{
    jw_arr(w);
    for (size_t i = 0; i < n; i++) {
        if (whole)
            jw_i64(w, (int64_t)v[i]);
        else
            jw_f64(w, v[i]);
    }
    jw_end(w);
}

static err *annotation_add(struct drawing *d, int64_t category, const double *points, size_t n, const double *box, double area)
{
    struct brush_coco *c = d->c;
    struct arena *a = c->p.s->a;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "id", c->annotations.n);
    jw_ki64(&w, "image_id", c->items);
    jw_ki64(&w, "category_id", category);
    jw_key(&w, "segmentation");
    jw_arr(&w);
    if (n)
        numbers(&w, points, n, true);
    jw_end(&w);
    if (n)
        jw_ki64(&w, "area", (int64_t)area);
    else
        jw_kf64(&w, "area", area);
    jw_key(&w, "bbox");
    numbers(&w, box, 4, n > 0);
    jw_ki64(&w, "iscrowd", 0);
    jw_kstr(&w, "annotator", exp_annotator(a, d->item));
    jw_end(&w);
    d->any = true;
    return coco_add(a, &c->annotations, (struct span){b.buf, b.len});
}

/* Corners in whole pixels; the box around them counts the pixels on its border. */
static err *outline_add(struct drawing *d, int64_t category, const struct exp_point *p, size_t n)
{
    double *flat = arena_array(d->c->p.s->a, 2 * n, sizeof *flat), box[4], twice = 0;

    for (size_t i = 0; i < n; i++) {
        flat[2 * i] = p[i].x;
        flat[2 * i + 1] = p[i].y;
        twice += p[i].x * p[(i + 1) % n].y - p[(i + 1) % n].x * p[i].y;
    }
    exp_points_box(p, n, &box[0], &box[1], &box[2], &box[3]);
    box[2]++;
    box[3]++;
    return annotation_add(d, category, flat, 2 * n, box, floor(fabs(twice) / 2));
}

static err *mask_add(struct drawing *d, const struct exp_shape *s, int64_t category)
{
    struct arena *a = d->c->p.s->a;
    struct arena_mark m = arena_mark(a);
    unsigned char *alpha;
    struct contour *all;
    size_t width, height, n;

    TRY(exp_awake(d->c->p.s, d->c->p.out, &d->c->p.awake_us));
    exp_shape_mask(a, s, &alpha, &width, &height);
    if (alpha) {
        contours_find(a, alpha, width, height, &all, &n);
        for (size_t i = 0; i < n; i++)
            if (all[i].n >= 3)
                TRY(outline_add(d, category, all[i].points, all[i].n));
    }
    arena_rewind(a, m);
    return OK;
}

static err *polygon_add(struct drawing *d, const struct exp_shape *s, int64_t category)
{
    struct exp_point *p;
    size_t n;

    TRY(exp_shape_points(d->c->p.s->a, s, &p, &n));
    for (size_t i = 0; i < n; i++)
        p[i] = (struct exp_point){nearbyint(p[i].x / 100 * s->original_width), nearbyint(p[i].y / 100 * s->original_height)};
    return n >= 3 ? outline_add(d, category, p, n) : OK;
}

static err *box_add(struct drawing *d, const struct exp_shape *s, int64_t category)
{
    double w = s->original_width / 100, h = s->original_height / 100;
    struct exp_corners c = exp_box_turn(s->x * w, s->y * h, s->width * w, s->height * h, d->c->p.o->corrected ? s->rotation : 0);
    double box[4];

    exp_points_box(c.p, 4, &box[0], &box[1], &box[2], &box[3]);
    return annotation_add(d, category, NULL, 0, box, box[2] * box[3]);
}

static err *shape_add(struct drawing *d, const struct exp_shape *s, const char *label)
{
    int64_t category = category_of(d->c, label);

    if (s->rle.p)
        return d->c->p.o->corrected || s->labels[LABELS_BRUSH].p ? mask_add(d, s, category) : OK;
    if (s->points.p)
        return polygon_add(d, s, category);
    return s->has_box ? box_add(d, s, category) : OK;
}

static err *region_add(struct drawing *d, const struct exp_region *r)
{
    struct arena *a = d->c->p.s->a;
    const char *const *labels;
    struct exp_shape s;
    size_t n;

    TRY(exp_shape_read(a, r, &s));
    TRY(exp_shape_labels(a, &s, LABEL_KINDS, &labels, &n));
    if (s.has_size && !d->known) {
        d->known = true;
        d->width = s.original_width;
        d->height = s.original_height;
    }
    for (size_t i = 0; i < n && s.has_size; i++)
        TRY(shape_add(d, &s, labels[i]));
    return OK;
}

static err *item_out(void *to, const struct exp_item *it)
{
    struct drawing d = {.c = to, .item = it};
    struct brush_coco *c = to;
    const char *path;

    TRY(path_find(c->p.s->a, it, &path));
    for (size_t i = 0; i < it->n_groups && path; i++)
        for (size_t k = 0; k < it->groups[i].n; k++)
            TRY(region_add(&d, &it->groups[i].regions[k]));
    if (d.any)
        TRY(image_add(&d, path, c->items));
    c->items++;
    return OK;
}

/* ---- the document ---- */

/* A colour that stays the same for a label. */
static unsigned colour_of(const char *label)
{
    unsigned h = 2166136261u;

    for (; *label; label++)
        h = (h ^ (unsigned char)*label) * 16777619u;
    return h & 0xffffff;
}

static struct span categories_json(const struct brush_coco *c)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, c->p.a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_arr(&w);
    for (size_t i = 0; i < c->categories.n; i++) {
        jw_obj(&w);
        jw_ki64(&w, "id", (int64_t)i + 1);
        jw_kstr(&w, "name", c->categories.all[i]);
        jw_kstr(&w, "supercategory", "");
        jw_kstr(&w, "color", arena_printf(c->p.a, "#%06x", colour_of(c->categories.all[i])));
        jw_kraw(&w, "metadata", "{}");
        jw_end(&w);
    }
    jw_end(&w);
    return (struct span){b.buf, b.len};
}

static struct span info_json(struct arena *a)
{
    const char *text = arena_printf(a,
                                    "{\"year\":%lld,\"version\":\"1.0\",\"description\":\"Converted from Label Studio\","
                                    "\"contributor\":\"Label Studio Converter\",\"date_created\":\"%s\"}",
                                    (long long)jsontext_year(), jsontext_now(a));

    return (struct span){text, strlen(text)};
}

err *exp_brush_coco_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct brush_coco c = {0};

    TRY(exp_pictures_open(s, o, out, false, &c.p));
    exp_names_init(&c.categories, c.p.a);
    TRY(exp_spool_open(c.p.a, &c.images.spool));
    TRY(exp_spool_open(c.p.a, &c.annotations.spool));
    TRY(exp_zip_directory(c.p.zip, "images/"));
    TRY(exp_items(s, o, c.p.lc, out, item_out, &c));
    TRY(coco_write(c.p.a, c.p.zip, "result_coco.json",
                   (const struct coco_part[]){{"images", &c.images, {0}},
                                              {"annotations", &c.annotations, {0}},
                                              {"categories", NULL, categories_json(&c)},
                                              {"info", NULL, info_json(c.p.a)}},
                   4));
    return exp_zip_end(c.p.zip);
}
