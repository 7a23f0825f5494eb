/* Names of the classes of a YOLO data set. */
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

#endif
