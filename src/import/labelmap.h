/* Regions of other tools and label configurations: which control takes which region, items as tasks, and the configuration that fits labels
 * that were met. Pure: no database. */
#ifndef LABELD_IMPORT_LABELMAP_H
#define LABELD_IMPORT_LABELMAP_H

#include <jansson.h>

#include "import/foreign.h"
#include "json/jw.h"
#include "labelconfig/lc.h"

/* ---- labels that were met ---- */

/* More of one shape are not counted: no label configuration would take them. */
enum { SURVEY_LABELS_MOST = 100000 };

struct label_survey {
    json_t *labels[SHAPES]; /* label → how many regions have it, in the order in which they were met */
    json_t *points;         /* the reader's (struct foreign), for a configuration that has all of them */
    int64_t items, regions, pictures;
};

void survey_init(struct label_survey *s, struct arena *a);
void survey_item(struct label_survey *s, const struct foreign_item *it);
/* Labels of all shapes, each once. */
size_t survey_label_count(const struct label_survey *s);
void survey_labels_write(struct jw *w, const struct label_survey *s);
/* The configuration that takes all of them, NULL when they are too many; text: the items are texts. */
const char *survey_config(struct arena *a, const struct label_survey *s, bool text);

/* ---- into a configuration ---- */

struct labelmap {
    const struct lc *lc;
    const char *object; /* tag that shows the items */
    const char *key;    /* data key that it reads */
};

/* What shows the items; false when nothing does (*why says it). */
bool labelmap_open(struct labelmap *m, struct arena *a, const struct lc *lc, bool text, const char **why);
/* Does a control take the region? NULL when one does, else why not. */
const char *labelmap_problem(const struct labelmap *m, struct arena *a, const struct foreign_region *r);

/* May it be left out, as nothing takes what it is? */
bool labelmap_spares(const struct labelmap *m, const struct foreign_region *r);

struct labelmap_options {
    bool predictions;
    const char *model_version;
};
/* The item as a task. address: of its picture. Regions that no control takes must be gone. */
void labelmap_write(const struct labelmap *m, struct jw *w, const struct foreign_item *it, const char *address, const struct labelmap_options *o);

#endif
