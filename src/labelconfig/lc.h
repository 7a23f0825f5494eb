/* The labelling configuration: parse the XML, derive what a project stores beside it, and judge
 * tasks, results and changes of configuration against it. Pure: no database, no HTTP; everything
 * lives in the arena given to lc_parse. */
#ifndef LABELD_LABELCONFIG_LC_H
#define LABELD_LABELCONFIG_LC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* Bounds on what a stored configuration may be; past them lc_parse refuses it. */
enum {
    LC_MAX_BYTES = 4 * 1024 * 1024,
    LC_MAX_DEPTH = 100,
    LC_MAX_NODES = 200000,
    LC_MAX_ATTRIBUTES = 200, /* of one tag */
    LC_MAX_TARGETS = 1000    /* names in one toName */
};

struct lc; /* immutable once parsed; may be cached and shared by requests of one process */

struct lc_attr {
    const char *name, *value;
};

/* One label of a control: the value results carry (alias, else value, else valueList) and the tag's
 * attributes as written. */
struct lc_label {
    const char *key;
    const struct lc_attr *attrs;
    size_t n_attrs;
};

/* An object that a control points at. */
struct lc_input {
    const char *name;       /* of the object tag */
    const char *type;       /* its tag */
    const char *value_type; /* valueType, or NULL */
    const char *value;      /* value or valueList without leading $ */
    bool is_list;           /* it was valueList */
};

struct lc_control {
    const char *name;
    const char *type; /* tag name as written */
    const char *const *to_name;
    size_t n_to_name;
    const struct lc_input *inputs;
    size_t n_inputs;
    const struct lc_label *labels; /* document order, keys unique */
    size_t n_labels;
    const char *const *sorted_labels; /* their keys in byte order, for lc_control_has_label */
    const struct lc_attr *attrs;      /* of the control tag itself */
    size_t n_attrs;
    const char *condition_kind; /* perRegion controls: "tag", "label", "choice"; else NULL */
    const char *condition;
    const char *const *
        flags; /* indexFlag texts of enclosing Repeaters that occur in to_name, such as "{{idx}}" */
    size_t n_flags;
    bool dynamic_labels;
};

/* A task data key that the configuration reads, and the tag that reads it. */
struct lc_data_key {
    const char *key; /* may contain dots and brackets */
    const char *tag;
};

/* Validate (well-formed, schema, names, toName, tag attributes: in this order, first failure
 * answers) and parse.
 *
 * xml      the text as stored; NULL answers "can only parse strings"
 * field    field of the validation error: "label_config", or NULL for non_field_errors
 * out      lives in a; needs nothing of xml afterwards
 *
 * Errors: VALIDATION, texts as the reference words them (XML errors: kind of error, line and
 * column). */
err *lc_parse(struct arena *a, const char *xml, const char *field, struct lc **out)
    __attribute__((warn_unused_result));

/* --- what the configuration says --- */

/* Controls in document order, as parsed_label_config lists them. */
size_t lc_control_count(const struct lc *lc);
const struct lc_control *lc_control_at(const struct lc *lc, size_t i);
/* The control of that exact name, or one whose Repeater pattern matches it; NULL when there is
 * none. */
const struct lc_control *lc_control_find(const struct lc *lc, const char *from_name);
bool lc_control_has_label(const struct lc_control *c, const char *label);
const char *lc_attr_get(const struct lc_attr *attrs, size_t n,
                        const char *name); /* NULL when absent */

/* Task data keys with the tag that reads each (data_types), in document order. */
const struct lc_data_key *lc_data_keys(const struct lc *lc, size_t *n);
/* The key that "$undefined$" stands for: the first data key, or NULL when the configuration reads
 * no data. */
const char *lc_first_data_key(const struct lc *lc);

/* --- derived project fields --- */

bool lc_has_controls(const struct lc *lc);
bool lc_bulk_suitable(const struct lc *lc);
/* parsed_label_config as JSON text. */
const char *lc_parsed_json(const struct lc *lc, struct arena *a);
/* control_weights as JSON text; numbers known in `old_json` (JSON text or NULL) are kept, new ones
 * are 1.0. */
const char *lc_control_weights(const struct lc *lc, struct arena *a, const char *old_json);

/* --- task data --- */

/* What is wrong with one task, in the reference's words, or NULL. `item` is a task with "data" (and
 * annotations, predictions, meta) or the bare data object; *wrapped (may be NULL) tells which. A
 * "$undefined$" key counts as the first data key; renaming it in what is stored is the caller's
 * part. lc NULL checks the shape only. The message includes the "[assume: …]" suffix where the
 * reference adds it. */
const char *lc_task_problem(const struct lc *lc, struct arena *a, json_t *item, bool *wrapped);
/* lc_task_problem as an error under non_field_errors. Errors: VALIDATION. */
err *lc_check_task(const struct lc *lc, struct arena *a, json_t *item)
    __attribute__((warn_unused_result));
/* One line of the list that a refused import answers: "Error at item N: <problem> :: <item as
 * Python text>" (the reference writes two blanks after "Error"). */
const char *lc_item_error(struct arena *a, int64_t index, const char *problem, json_t *item);
/* A JSON value as Python prints it: {'a': 1, 'b': [True, None]}. Long texts are kept whole. */
const char *lc_python_repr(struct arena *a, json_t *value);

/* --- changing the configuration of a project with data --- */

struct lc_usage { /* what the project holds; JSON texts of project.summary, NULL or "{}" when empty
                   */
    int64_t tasks;
    const char *created_annotations;   /* {"from|to|type": regions} */
    const char *created_labels;        /* {"from": {"label": regions}} */
    const char *created_labels_drafts; /* the same for drafts */
    const char *linked_labels; /* JSON list of Labels-manager values of the project (each a text or
                                  a path), or NULL */
};

/* May `next` replace the present configuration? strict: labels in use may not go (project-bound
 * validate); otherwise only controls in use are protected (PATCH). Errors: VALIDATION under `field`
 * (NULL = non_field_errors). */
err *lc_check_annotations_change(const struct lc *next, struct arena *a,
                                 const struct lc_usage *used, bool strict, const char *field)
    __attribute__((warn_unused_result));
/* Labels in use that `next` has no more, of controls that it still has; in the order of the usage. What protects them when strict. */
struct lc_lost {
    const char *control, *label;
    int64_t annotations, drafts; /* regions */
};
size_t lc_lost_labels(const struct lc *next, struct arena *a, const struct lc_usage *used,
                      struct lc_lost **out);
/* config_essential_data_has_changed: a control is new, has another type or inputs, or lost labels.
 */
bool lc_essential_change(const struct lc *old, const struct lc *next);

/* --- samples --- */

/* Data of a sample task as JSON text: generated, then overlaid with the first <!-- { … } -->
 * comment of the XML. */
const char *lc_sample_task(const struct lc *lc, struct arena *a);

/* {"data","annotations","predictions"}: the sample task with one annotation by that user and one
 * prediction, all controls filled with values of their shape. */
const char *lc_sample_full(const struct lc *lc, struct arena *a, int64_t completed_by);

/* --- results --- */

struct lc_problems {
    const char **text; /* "Region 0: 'from_name' 'zz' not found in configuration" */
    size_t n;
};

/* Judge the `result` of a prediction (a list of regions). Returns NULL when it fits, else every
 * problem found. */
const struct lc_problems *lc_check_result(const struct lc *lc, struct arena *a, json_t *result);
/* The same for a whole prediction object: result, score in [0,1]. */
const struct lc_problems *lc_check_prediction(const struct lc *lc, struct arena *a,
                                              json_t *prediction);

/* Key of project.summary.created_annotations for a region, "from|to|type"; NULL when the region is
 * not counted there (no type, relation, pairwise). */
const char *lc_region_tuple(struct arena *a, json_t *region);
/* Label texts of a region as created_labels counts them; *n may be 0. */
const char *const *lc_region_labels(struct arena *a, json_t *region, size_t *n);

#endif
