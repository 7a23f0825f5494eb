/* Formats YOLO and YOLO_OBB: classes.txt, notes.json, and for each picture a text file with one line for each region. As in VOC, of several
 * annotations of one picture the one that comes last is kept. */
#include <math.h>
#include <string.h>

#include "export/categories.h"
#include "export/jsontext.h"
#include "export/pictures.h"
#include "export/shape.h"
#include "export/yolo.h"
#include "json/jnum.h"

static void number(struct strbuf *b, double v)
{
    char text[JNUM_BYTES];

    strbuf_putc(b, ' ');
    strbuf_add(b, text, jnum_f64(text, v));
}

/* ---- regions ---- */

/* Corner by corner; the turn happens in pixels. */
static void turned(struct strbuf *b, const struct exp_shape *s)
{
    double w = s->original_width, h = s->original_height;
    struct exp_corners c = exp_box_turn(s->x / 100 * w, s->y / 100 * h, s->width / 100 * w, s->height / 100 * h, s->rotation);

    for (size_t i = 0; i < 4; i++) {
        number(b, c.p[i].x / w);
        number(b, c.p[i].y / h);
    }
}

static void upright(struct strbuf *b, const struct exp_shape *s, bool corrected)
{
    double x = s->x, y = s->y, width = s->width, height = s->height, h = s->has_size ? s->original_height / s->original_width : 1;

    if (corrected && s->rotation != 0) {
        struct exp_corners c = exp_box_turn(x, y * h, width, height * h, s->rotation);
        exp_points_box(c.p, 4, &x, &y, &width, &height);
        y /= h;
        height /= h;
    }
    number(b, (x + width / 2) / 100);
    number(b, (y + height / 2) / 100);
    number(b, width / 100);
    number(b, height / 100);
}

static err *polygon(struct arena *a, struct strbuf *b, const struct exp_shape *s)
{
    struct exp_point *p;
    size_t n;

    TRY(exp_shape_points(a, s, &p, &n));
    for (size_t i = 0; i < n; i++) {
        number(b, p[i].x / 100);
        number(b, p[i].y / 100);
    }
    return OK;
}

/* A box as the four corners of a polygon, for segmentation. */
static void box_polygon(struct strbuf *b, const struct exp_shape *s)
{
    double h = s->has_size ? s->original_height / s->original_width : 1;
    struct exp_corners c = exp_box_turn(s->x, s->y * h, s->width, s->height * h, s->rotation);

    for (size_t i = 0; i < 4; i++) {
        number(b, c.p[i].x / 100);
        number(b, c.p[i].y / h / 100);
    }
}

static err *shape_out(const struct exp_yolo *y, struct strbuf *b, const struct exp_shape *s)
{
    if (s->points.p)
        return polygon(y->p.s->a, b, s);
    if (y->kind == YOLO_SEGMENTS)
        box_polygon(b, s);
    else if (y->kind == YOLO_TURNED)
        turned(b, s);
    else
        upright(b, s, y->p.o->corrected);
    return OK;
}

static bool fits(const struct exp_yolo *y, const struct exp_shape *s)
{
    if (s->points.p) /* the reference server leaves polygons of plain Labels out */
        return s->labels[LABELS_POLYGON].p || y->kind == YOLO_SEGMENTS || y->p.o->corrected;
    return s->has_box && (y->kind != YOLO_TURNED || (s->has_rotation && s->has_size));
}

static err *region_out(struct exp_yolo *y, struct strbuf *b, const struct exp_region *r)
{
    struct arena *a = y->p.s->a;
    const char *const *labels;
    struct exp_shape s;
    size_t n;

    TRY(exp_shape_read(a, r, &s));
    TRY(exp_shape_labels(a, &s, y->kind == YOLO_SEGMENTS ? LABEL_KINDS : LABELS_BRUSH, &labels, &n));
    if (n > 0 && s.rle.p && y->kind == YOLO_SEGMENTS) {
        yolo_mask(y, b, &s, labels, n);
        return OK;
    }
    for (size_t i = 0; i < n && fits(y, &s); i++) {
        strbuf_printf(b, "%lld", (long long)exp_category_of(&y->categories, labels[i]));
        TRY(shape_out(y, b, &s));
        strbuf_putc(b, '\n');
    }
    return OK;
}

/* ---- keypoints ---- */

struct keypoints {
    struct exp_point *p; /* by place */
    bool *there;
};

static bool is_child(const struct exp_region *r, const struct exp_region *of)
{
    return r->parent.p && of->id.p && r->parent.len == of->id.len && memcmp(r->parent.p, of->id.p, of->id.len) == 0;
}

static err *point_take(const struct exp_yolo *y, const struct exp_region *r, struct keypoints *k)
{
    struct arena *a = y->p.s->a;
    const char *const *labels;
    struct exp_shape s;
    size_t n, place;

    TRY(exp_shape_read(a, r, &s));
    TRY(exp_texts(a, s.labels[LABELS_KEYPOINT], &labels, &n));
    if (n == 0 || !s.has_point || !exp_keypoint_of(&y->categories, labels[0], &place))
        return OK;
    k->p[place] = (struct exp_point){s.x, s.y};
    k->there[place] = true;
    return OK;
}

static err *points_take(const struct exp_yolo *y, const struct exp_item *it, const struct exp_region *box, struct keypoints *k)
{
    for (size_t i = 0; i < it->n_groups; i++)
        for (size_t j = 0; j < it->groups[i].n; j++)
            if (is_child(&it->groups[i].regions[j], box))
                TRY(point_take(y, &it->groups[i].regions[j], k));
    return OK;
}

/* A box with the points that belong to it; those of no box are nowhere. */
static err *box_out(struct exp_yolo *y, struct strbuf *b, const struct exp_item *it, const struct exp_region *r)
{
    struct arena *a = y->p.s->a;
    size_t n, points = y->categories.n_keypoints;
    struct keypoints k = {arena_array(a, points + 1, sizeof *k.p), arena_array(a, points + 1, sizeof *k.there)};
    const char *const *labels;
    struct exp_shape s;

    TRY(exp_shape_read(a, r, &s));
    TRY(exp_texts(a, s.labels[LABELS_RECTANGLE], &labels, &n));
    if (n == 0 || !s.has_box)
        return OK;
    TRY(points_take(y, it, r, &k));
    strbuf_printf(b, "%s%lld", b->len ? "\n" : "", (long long)exp_category_of(&y->categories, labels[0]));
    upright(b, &s, y->p.o->corrected);
    for (size_t i = 0; i < points; i++) {
        number(b, k.there[i] ? k.p[i].x / 100 : 0);
        number(b, k.there[i] ? k.p[i].y / 100 : 0);
        strbuf_puts(b, k.there[i] ? " 2" : " 0");
    }
    return OK;
}

/* ---- files ---- */

static err *item_out(struct exp_pictures *p, const struct exp_item *it, const struct exp_file *f)
{
    struct exp_yolo *y = (struct exp_yolo *)p;
    const char *path = arena_printf(p->s->a, "labels/%s.txt", exp_stem(p->s->a, f->name));
    struct strbuf b;

    if (it->n_groups == 0 && exp_parts_has(p->parts, path))
        return OK;
    strbuf_init(&b, p->s->a, SIZE_MAX);
    for (size_t i = 0; i < it->n_groups; i++)
        for (size_t k = 0; k < it->groups[i].n; k++)
            TRY(y->keypoints ? box_out(y, &b, it, &it->groups[i].regions[k]) : region_out(y, &b, &it->groups[i].regions[k]));
    return exp_parts_put(p->parts, path, b.buf, b.len);
}

static void category_write(struct jw *w, const struct exp_yolo *y, const struct exp_category *c)
{
    jw_obj(w);
    jw_ki64(w, "id", c->id);
    jw_kstr(w, "name", c->name);
    if (y->keypoints) {
        jw_key(w, "keypoints");
        jw_arr(w);
        for (size_t i = 0; i < y->categories.n_keypoints; i++)
            jw_str(w, y->categories.keypoints[i]);
        jw_end(w);
    }
    jw_end(w);
}

static err *notes_out(struct exp_yolo *y)
{
    struct strbuf b, text;
    struct jw w;

    strbuf_init(&b, y->p.a, SIZE_MAX);
    strbuf_init(&text, y->p.a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_key(&w, "categories");
    jw_arr(&w);
    for (size_t i = 0; i < y->categories.n; i++)
        category_write(&w, y, &y->categories.all[i]);
    jw_end(&w);
    jw_key(&w, "info");
    jw_obj(&w);
    jw_ki64(&w, "year", jsontext_year());
    jw_kstr(&w, "version", "1.0");
    jw_kstr(&w, "contributor", "Label Studio");
    jw_end(&w);
    jw_end(&w);
    jsontext_ascii(&text, (struct span){b.buf, b.len}, 0);
    return exp_zip_bytes(y->p.zip, "notes.json", text.buf, text.len);
}

static err *classes_out(struct exp_yolo *y)
{
    struct strbuf b;

    strbuf_init(&b, y->p.a, SIZE_MAX);
    for (size_t i = 0; i < y->categories.n; i++)
        strbuf_printf(&b, "%s\n", y->categories.all[i].name);
    return exp_zip_bytes(y->p.zip, "classes.txt", b.buf, b.len);
}

/* The line of a class is its number. */
static void renumber(struct exp_categories *c)
{
    for (size_t i = 0; i < c->n; i++)
        c->all[i].id = (int64_t)i;
}

err *yolo_write(struct scope *s, const struct exp_options *o, const struct exp_out *out, enum yolo_kind kind, bool pictures)
{
    struct exp_yolo y = {.kind = kind};

    TRY(exp_pictures_open(s, o, out, pictures, &y.p));
    y.keypoints = exp_has_control(y.p.lc, "KeyPointLabels") && kind != YOLO_SEGMENTS;
    exp_categories_read(y.p.a, y.p.lc, y.keypoints, o->corrected || kind == YOLO_SEGMENTS, &y.categories);
    if (y.categories.corrected)
        renumber(&y.categories);
    TRY(exp_zip_directory(y.p.zip, "labels/"));
    TRY(exp_pictures_each(&y.p, item_out));
    TRY(exp_parts_each(y.p.parts, exp_zip_part, y.p.zip));
    TRY(classes_out(&y));
    TRY(notes_out(&y));
    return exp_zip_end(y.p.zip);
}

err *exp_yolo_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return yolo_write(s, o, out, YOLO_BOXES, false);
}

err *exp_yolo_images_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return yolo_write(s, o, out, YOLO_BOXES, true);
}

err *exp_yolo_obb_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return yolo_write(s, o, out, YOLO_TURNED, false);
}

err *exp_yolo_obb_images_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return yolo_write(s, o, out, YOLO_TURNED, true);
}
