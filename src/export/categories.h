/* Categories of the picture formats: the labels of the configuration with numbers, and labels that only results have. */
#ifndef LABELD_EXPORT_CATEGORIES_H
#define LABELD_EXPORT_CATEGORIES_H

#include "export/names.h"
#include "json/jw.h"
#include "labelconfig/lc.h"

struct exp_category {
    const char *name;
    int64_t id;
};

struct exp_categories {
    struct arena *a; /* must not be rewound meanwhile */
    struct exp_category *all;
    size_t n, room;
    struct exp_names names; /* of all, in the same order */
    const char **keypoints; /* labels of KeyPointLabels, in the order of the configuration */
    const int64_t *places;  /* place of each in a list of points; NULL when no label has a model_index */
    size_t n_keypoints;
    bool corrected;         /* ids never collide */
};

/* Labels with category="N" first, then the others by code point with the smallest numbers left. boxes: only those of RectangleLabels, in
 * the order of the configuration, numbered from 0. */
void exp_categories_read(struct arena *a, const struct lc *lc, bool boxes, bool corrected, struct exp_categories *out);
/* Id of a label; one that the configuration lacks is appended. */
int64_t exp_category_of(struct exp_categories *c, const char *label);
void exp_category_add(struct exp_categories *c, const char *name, int64_t id);
void exp_category_drop(struct exp_categories *c, const char *label);
/* The keypoint that has this label; false when it is none. */
bool exp_keypoint_of(const struct exp_categories *c, const char *label, size_t *place);
bool exp_has_control(const struct lc *lc, const char *type);

#endif
