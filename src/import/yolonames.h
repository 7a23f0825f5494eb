/* Names of the classes of a YOLO data set, and of the points of its poses. */
#ifndef LABELD_IMPORT_YOLONAMES_H
#define LABELD_IMPORT_YOLONAMES_H

#include <jansson.h>

#include "json/jspan.h"

enum yolonames_kind {
    YOLONAMES_NOTES, /* notes.json: {"categories": [{"id": 0, "name": "cat"}]} */
    YOLONAMES_YAML,  /* data.yaml: names, as a list or by number */
    YOLONAMES_LIST   /* classes.txt: a name in each line */
};

/* Put number → name into `out`; what has no names adds none. False when it cannot be read. */
bool yolonames_read(struct arena *a, struct span text, enum yolonames_kind kind, json_t *out) __attribute__((warn_unused_result));

/* The points that follow each box. */
struct yolopoints {
    int64_t n;     /* 0 = none */
    int64_t each;  /* numbers of a point: its place, and with 3 whether it is seen */
    json_t *names; /* number of a class as text → list of its points' names; may lack some */
};

/* Into `out`, whose names are an empty object: the keypoints of notes.json's categories, or kpt_shape and kpt_names of data.yaml. False when
 * what stands there cannot be used. */
bool yolonames_points(struct arena *a, struct span text, enum yolonames_kind kind, struct yolopoints *out) __attribute__((warn_unused_result));

#endif
