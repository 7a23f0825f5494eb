/* Shapes as masks. Each row is crossed by the outline at some places; between every other two of them lie the pixels inside. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export/shape.h"

enum { ELLIPSE_CORNERS = 180 };

/* ---- outlines, in pixels ---- */

static err *polygon(struct arena *a, const struct exp_shape *s, struct exp_point **out, size_t *n)
{
    TRY(exp_shape_points(a, s, out, n));
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (struct exp_point){(*out)[i].x / 100 * s->original_width, (*out)[i].y / 100 * s->original_height};
    return OK;
}

static struct exp_point *box(struct arena *a, const struct exp_shape *s, size_t *n)
{
    double w = s->original_width / 100, h = s->original_height / 100;
    struct exp_corners c = exp_box_turn(s->x * w, s->y * h, s->width * w, s->height * h, s->rotation);
    struct exp_point *out = arena_array(a, 4, sizeof *out);

    memcpy(out, c.p, sizeof c.p);
    *n = 4;
    return out;
}

static struct exp_point *ellipse(struct arena *a, const struct exp_shape *s, size_t *n)
{
    double w = s->original_width / 100, h = s->original_height / 100, turn = s->rotation * M_PI / 180;
    struct exp_point *out = arena_array(a, ELLIPSE_CORNERS, sizeof *out);

    for (size_t i = 0; i < ELLIPSE_CORNERS; i++) {
        double angle = 2 * M_PI * (double)i / ELLIPSE_CORNERS, x = s->radius_x * w * cos(angle), y = s->radius_y * h * sin(angle);
        out[i] = (struct exp_point){s->x * w + x * cos(turn) - y * sin(turn), s->y * h + x * sin(turn) + y * cos(turn)};
    }
    *n = ELLIPSE_CORNERS;
    return out;
}

static err *outline(struct arena *a, const struct exp_shape *s, struct exp_point **out, size_t *n)
{
    *n = 0;
    if (s->points.p)
        return polygon(a, s, out, n);
    if (s->has_point && s->radius_x > 0 && s->radius_y > 0)
        *out = ellipse(a, s, n);
    else if (s->has_box)
        *out = box(a, s, n);
    return OK;
}

/* ---- rows ---- */

/* Each row looks at each side of the outline; more looks than this are not worth a picture. */
enum { CROSSINGS_MOST = 1 << 29 };

static int by_place(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

static size_t crossings(const struct exp_point *p, size_t n, double y, double *out)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        const struct exp_point *a = &p[i], *b = &p[(i + 1) % n];
        if ((a->y <= y) != (b->y <= y))
            out[found++] = a->x + (y - a->y) / (b->y - a->y) * (b->x - a->x);
    }
    qsort(out, found, sizeof *out, by_place);
    return found;
}

/* Pixels whose middle lies between two places. */
static void row_fill(unsigned char *row, size_t width, double from, double to)
{
    double first = fmax(ceil(from - 0.5), 0), last = fmin(ceil(to - 0.5), (double)width);

    if (first < last)
        memset(row + (size_t)first, 255, (size_t)(last - first));
}

err *exp_shape_paint(struct arena *a, const struct exp_shape *s, unsigned char **alpha, size_t *width, size_t *height)
{
    struct exp_point *p;
    double *places;
    size_t n;

    *alpha = NULL;
    if (!exp_mask_size(s, width, height))
        return OK;
    TRY(outline(a, s, &p, &n));
    if (n < 3 || n > CROSSINGS_MOST / *height)
        return OK;
    *alpha = arena_alloc(a, *width * *height);
    places = arena_array(a, n, sizeof *places);
    for (size_t y = 0; y < *height; y++) {
        size_t found = crossings(p, n, (double)y + 0.5, places);
        for (size_t i = 0; i + 1 < found; i += 2)
            row_fill(*alpha + y * *width, *width, places[i], places[i + 1]);
    }
    return OK;
}
