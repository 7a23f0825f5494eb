/* Items: what all formats but JSON are made of. Each annotation that is not skipped is one, newest
 * first within its task; a task without any annotation is one without output; a task whose
 * annotations are all skipped gives none. */
#ifndef LABELD_EXPORT_ITEMS_H
#define LABELD_EXPORT_ITEMS_H

#include "export/exp.h"
#include "json/jspan.h"

/* One element of a result: its value, and the size of the picture it was drawn on where it says so.
 */
struct exp_region {
    struct span value;         /* a JSON object */
    struct span width, height; /* {NULL,0} = not stated */
    struct span id, parent;    /* of the region and of the one that it belongs to; {NULL,0} = not stated */
};

/* The elements of one control, in order. */
struct exp_group {
    const char *name; /* from_name as written: a Repeater's controls have many */
    const struct lc_control *control;
    struct exp_region *regions;
    size_t n, room;
};

struct exp_item {
    int64_t task;
    struct span data; /* a JSON object */
    bool annotated;   /* the next five are set */
    int64_t annotation;
    bool has_annotator, has_lead_time;
    int64_t annotator;
    const char *annotator_email; /* NULL unless the snapshot names people in full */
    double lead_time;
    const char *created_at, *updated_at;
    struct span result; /* as stored, JSON; {NULL,0} = none */
    int64_t prediction; /* whose result it is, instead of an annotation's (exp_options.predictions); 0 = of none */
    struct exp_group *groups; /* by first appearance; elements of what is no control are left out if there are controls */
    size_t n_groups;
};

typedef err *exp_item_fn(void *to, const struct exp_item *item);

/* Call fn for every item; what it allocates in s->a is gone after the call. out: only flushed,
 * after each batch. */
err *exp_items(struct scope *s, const struct exp_options *o, const struct lc *lc,
               const struct exp_out *out, exp_item_fn *fn, void *to)
    __attribute__((warn_unused_result));

/* The same for the tasks of a snapshot (items_snapshot.c); exp_items calls it where there is one. */
err *exp_items_of_snapshot(struct scope *s, const struct exp_options *o, const struct lc *lc,
                           const struct exp_out *out, exp_item_fn *fn, void *to)
    __attribute__((warn_unused_result));
/* How many tasks the look ahead (exp_options.ahead) is before the present one. */
enum { EXP_AHEAD = 32 };

/* Put the elements of a result (JSON text) into the groups of an item. */
err *exp_groups_read(struct arena *a, const struct lc *lc, struct exp_item *it, struct span result)
    __attribute__((warn_unused_result));
/* Text of a JSON string, decoded. */
const char *exp_text(struct arena *a, struct span json);

/* Room for one more element behind n of them: the same array, or a longer copy. */
void *exp_room(struct arena *a, void *old, size_t n, size_t *room, size_t size);
/* The data key that the first control reads, NULL when none reads any; *single: there is no other. Formats for one kind of object go by it. */
const char *exp_data_key(const struct lc *lc, bool *single);
/* Its value when it is a text; NULL otherwise. */
const char *exp_data_text(struct arena *a, const struct exp_item *it, const char *key);

/* Messages of a Chat, and what was said in them: a line "role: content" for each. */
bool exp_is_chat(const struct exp_group *g);
const char *exp_transcript(struct arena *a, const struct exp_group *g);

/* A group as the text formats show it, as JSON text: one choice or text stands for itself, several
 * for their object; all else is a list of values. */
struct span exp_simple(struct arena *a, const struct exp_group *g);

/* The control that a result belongs to, NULL: it is left out. A configuration without controls says nothing about results: then all of
 * them are kept as they are, with a control without a type. */
const struct lc_control *exp_control_find(const struct lc *lc, const char *from_name);

#endif
