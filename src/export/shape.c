/* Values of regions, read in one walk. What has another type than its tag writes counts as not there. */
#include "export/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "base/rle.h"
#include "json/jnum.h"

/* Beyond any place or moment: what is computed from such numbers may not be finite. */
static const double FARTHEST = 1e15, SIDE_MOST = 1e6;

static bool number(struct span v, double *out)
{
    double n;

    if (!v.p || jspan_type(v) != JSON_T_NUMBER)
        return false;
    n = jnum_value(v);
    if (!(fabs(n) <= FARTHEST))
        return false;
    *out = n;
    return true;
}

static bool is_side(double length)
{
    return length >= 1 && length <= SIDE_MOST;
}

static const char *const label_keys[LABEL_KINDS] = {"rectanglelabels", "polygonlabels", "keypointlabels", "labels", "brushlabels", "ellipselabels"};

static bool labels_take(struct exp_shape *s, const char *key, struct span value)
{
    for (size_t i = 0; i < LABEL_KINDS; i++)
        if (strcmp(key, label_keys[i]) == 0 && jspan_type(value) == JSON_T_ARRAY) {
            s->labels[i] = value;
            return true;
        }
    return false;
}

enum { X = 1, Y = 2, WIDTH = 4, HEIGHT = 8, START = 16, END = 32 };

static void number_take(struct exp_shape *s, const char *key, struct span value, unsigned *seen)
{
    const struct {
        const char *key;
        double *to;
        unsigned bit;
    } all[] = {{"x", &s->x, X},          {"y", &s->y, Y},           {"width", &s->width, WIDTH},
               {"height", &s->height, HEIGHT}, {"start", &s->start, START}, {"end", &s->end, END}};

    if (strcmp(key, "radiusX") == 0)
        (void)number(value, &s->radius_x);
    if (strcmp(key, "radiusY") == 0)
        (void)number(value, &s->radius_y);
    if (strcmp(key, "rotation") == 0)
        s->has_rotation = number(value, &s->rotation);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(key, all[i].key) == 0 && number(value, all[i].to))
            *seen |= all[i].bit;
}

static void member_take(struct exp_shape *s, const char *key, struct span value, unsigned *seen)
{
    if (strcmp(key, "points") == 0 && jspan_type(value) == JSON_T_ARRAY)
        s->points = value;
    else if (strcmp(key, "rle") == 0 && jspan_type(value) == JSON_T_ARRAY)
        s->rle = value;
    else if (strcmp(key, "text") == 0)
        s->text = value;
    else if (!labels_take(s, key, value))
        number_take(s, key, value, seen);
}

err *exp_shape_read(struct arena *a, const struct exp_region *r, struct exp_shape *out)
{
    struct jspan walk;
    struct span value;
    unsigned seen = 0;
    const char *key;
    bool more;

    *out = (struct exp_shape){0};
    out->has_size = number(r->width, &out->original_width) && number(r->height, &out->original_height) && is_side(out->original_width) &&
                    is_side(out->original_height);
    TRY(jspan_open(&walk, a, r->value, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            break;
        member_take(out, key, value, &seen);
    }
    out->has_point = (seen & (X | Y)) == (X | Y);
    out->has_box = (seen & (X | Y | WIDTH | HEIGHT)) == (X | Y | WIDTH | HEIGHT);
    out->has_range = (seen & (START | END)) == (START | END);
    return OK;
}

err *exp_texts(struct arena *a, struct span list, const char *const **out, size_t *n)
{
    const char **texts = NULL;
    size_t room = 0;
    struct jspan walk;
    struct span value;
    bool more;

    *n = 0;
    *out = NULL;
    if (!list.p || jspan_type(list) != JSON_T_ARRAY)
        return OK;
    TRY(jspan_open(&walk, a, list, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        if (jspan_type(value) != JSON_T_STRING)
            continue;
        texts = exp_room(a, texts, *n, &room, sizeof *texts);
        texts[(*n)++] = exp_text(a, value);
        *out = texts;
    }
}

err *exp_shape_labels(struct arena *a, const struct exp_shape *s, enum exp_label_kind kinds, const char *const **out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < (size_t)kinds && *n == 0; i++)
        TRY(exp_texts(a, s->labels[i], out, n));
    return OK;
}

/* In the member that bears the name of the tag, of TextArea "text", else in "labels". */
err *exp_region_labels(struct arena *a, const struct exp_group *g, const struct exp_region *r, const char *const **out, size_t *n)
{
    char *key = arena_strdup(a, g->control->type);

    for (char *p = key; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 'a' - 'A' : *p);
    TRY(exp_texts(a, jspan_member(a, r->value, strcmp(key, "textarea") == 0 ? "text" : key), out, n));
    return *n ? OK : exp_texts(a, jspan_member(a, r->value, "labels"), out, n);
}

/* [x, y] */
static err *point_read(struct arena *a, struct span pair, struct exp_point *p, bool *good)
{
    struct span x = {0}, y = {0};
    struct jspan walk;
    bool more;

    *good = false;
    if (jspan_type(pair) != JSON_T_ARRAY)
        return OK;
    TRY(jspan_open(&walk, a, pair, (int)cfg.json_max_depth));
    TRY(jspan_next(&walk, &more, NULL, &x));
    if (more)
        TRY(jspan_next(&walk, &more, NULL, &y));
    *good = more && number(x, &p->x) && number(y, &p->y);
    return OK;
}

err *exp_shape_points(struct arena *a, const struct exp_shape *s, struct exp_point **out, size_t *n)
{
    struct jspan walk;
    struct span value;
    size_t room = 0;
    bool more, good;

    *n = 0;
    *out = NULL;
    if (!s->points.p)
        return OK;
    TRY(jspan_open(&walk, a, s->points, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        *out = exp_room(a, *out, *n, &room, sizeof **out);
        TRY(point_read(a, value, &(*out)[*n], &good));
        *n += good;
    }
}

struct exp_corners exp_box_turn(double x, double y, double width, double height, double degrees)
{
    double angle = degrees * M_PI / 180, c = cos(angle), s = sin(angle);

    return (struct exp_corners){{{x, y},
                                 {x + width * c, y + width * s},
                                 {x + width * c - height * s, y + width * s + height * c},
                                 {x - height * s, y + height * c}}};
}

void exp_points_box(const struct exp_point *p, size_t n, double *x, double *y, double *width, double *height)
{
    double left = p[0].x, top = p[0].y, right = left, bottom = top;

    for (size_t i = 1; i < n; i++) {
        left = fmin(left, p[i].x);
        right = fmax(right, p[i].x);
        top = fmin(top, p[i].y);
        bottom = fmax(bottom, p[i].y);
    }
    *x = left;
    *y = top;
    *width = right - left;
    *height = bottom - top;
}

/* Bytes of "[0, 0, 3, 192]"; 0 when there is anything else in it. */
static size_t bytes_of(struct span list, unsigned char *out)
{
    const char *p = list.p + 1, *end = list.p + list.len - 1;
    size_t n = 0;

    while (p < end) {
        unsigned v = 0;
        const char *first = p += strspn(p, " \t\r\n");

        while (p < end && *p >= '0' && *p <= '9' && v < 256)
            v = v * 10 + (unsigned)(*p++ - '0');
        p += strspn(p, " \t\r\n");
        if (v > 255 || p == first || (p < end && *p != ','))
            return 0;
        out[n++] = (unsigned char)v;
        p++;
    }
    return n;
}

bool exp_mask_size(const struct exp_shape *s, size_t *width, size_t *height)
{
    if (!s->has_size || s->original_width * s->original_height > MASK_PIXELS_MOST)
        return false;
    *width = (size_t)s->original_width;
    *height = (size_t)s->original_height;
    return true;
}

void exp_shape_mask(struct arena *a, const struct exp_shape *s, unsigned char **alpha, size_t *width, size_t *height)
{
    unsigned char *bytes;
    uint32_t values;
    size_t n;

    *alpha = NULL;
    if (!s->rle.p || !exp_mask_size(s, width, height))
        return;
    bytes = arena_alloc(a, s->rle.len);
    n = bytes_of(s->rle, bytes);
    if (!rle_values(bytes, n, &values) || values != *width * *height * 4)
        return;
    *alpha = arena_alloc(a, *width * *height);
    if (!rle_alpha(bytes, n, *alpha, *width * *height))
        *alpha = NULL;
}
