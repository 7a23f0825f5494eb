/* What formats read of a region's value: geometry, labels, masks. */
#ifndef LABELD_EXPORT_SHAPE_H
#define LABELD_EXPORT_SHAPE_H

#include "export/items.h"

enum exp_label_kind { LABELS_RECTANGLE, LABELS_POLYGON, LABELS_KEYPOINT, LABELS_PLAIN, LABELS_BRUSH, LABELS_ELLIPSE, LABEL_KINDS };

struct exp_shape {
    bool has_box, has_point, has_rotation, has_size;
    double x, y, width, height, rotation; /* per cent of the picture; degrees */
    double original_width, original_height;
    double radius_x, radius_y; /* of an ellipse around (x, y); 0 = none */
    struct span points, rle, text; /* JSON; {NULL,0} = not there */
    struct span labels[LABEL_KINDS];
    bool has_range; /* of a text, sound or video */
    double start, end;
};

struct exp_point {
    double x, y;
};

/* Four corners, clockwise from the one that x and y name. */
struct exp_corners {
    struct exp_point p[4];
};

err *exp_shape_read(struct arena *a, const struct exp_region *r, struct exp_shape *out) __attribute__((warn_unused_result));
/* The labels of the first kind (in the order of the enum, up to `kinds`) that has any; n is 0 when there are none. */
err *exp_shape_labels(struct arena *a, const struct exp_shape *s, enum exp_label_kind kinds, const char *const **out, size_t *n)
    __attribute__((warn_unused_result));
/* What a region says in words, whatever its control: labels, choices, texts. */
err *exp_region_labels(struct arena *a, const struct exp_group *g, const struct exp_region *r, const char *const **out, size_t *n)
    __attribute__((warn_unused_result));
/* Points of a polygon in per cent; fewer than one is not a polygon. */
err *exp_shape_points(struct arena *a, const struct exp_shape *s, struct exp_point **out, size_t *n) __attribute__((warn_unused_result));
/* Texts of a JSON list; what is no text in it is left out. */
err *exp_texts(struct arena *a, struct span list, const char *const **out, size_t *n) __attribute__((warn_unused_result));
/* A box turned about its first corner, in the units of its arguments. */
struct exp_corners exp_box_turn(double x, double y, double width, double height, double degrees);
/* The smallest upright box around points. */
void exp_points_box(const struct exp_point *p, size_t n, double *x, double *y, double *width, double *height);
/* Alpha of each pixel of a mask; NULL when it is none or its size is unlikely. */
void exp_shape_mask(struct arena *a, const struct exp_shape *s, unsigned char **alpha, size_t *width, size_t *height);
/* The same of a polygon, a box or an ellipse: pixels whose middle lies inside are 255 (paint.c). */
err *exp_shape_paint(struct arena *a, const struct exp_shape *s, unsigned char **alpha, size_t *width, size_t *height)
    __attribute__((warn_unused_result));
/* Whole pixels of a picture's sides; false when they are unknown, or too many to be painted. */
bool exp_mask_size(const struct exp_shape *s, size_t *width, size_t *height);
enum { MASK_PIXELS_MOST = 1 << 26 };

#endif
