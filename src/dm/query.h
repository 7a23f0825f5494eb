/* A Data Manager query: filters, ordering and selection as clients send them in JSON, checked and ready to become SQL. */
#ifndef LABELD_DM_QUERY_H
#define LABELD_DM_QUERY_H

#include <jansson.h>
#include <stdint.h>

#include "db/sqlb.h"
#include "dm/columns.h"

/* What a query is asked about, and for whom. */
struct dm_context {
    int64_t project;
    int64_t own;                    /* > 0: this annotator sees only tasks they worked on, and only their own work in them */
    bool assigned_only;             /* and of those only the ones that they were assigned */
    bool has_assignments;           /* somebody was assigned to a task of the project */
    bool all_tasks;                 /* what they could be given to work on, not the list that they see */
    bool has_reviews;               /* there are reviews in the project */
    bool review_queue;              /* and what waits for one is in the queue */
    bool one_accepts;               /* one accepted annotation makes a task reviewed, not a review of each */
    bool hide_predictions;          /* from that annotator */
    bool hide_annotators;           /* a reviewer is not to know who annotated */
    const char *model_version;      /* whose scores count: that the project shows, also ""; NULL: of all */
    const char *undefined_key;      /* the data key that some task keeps under $undefined$, NULL: none does */
};

enum dm_op {
#define OPERATOR(name, base, negated)
#define BASE(base, classes) DM_OP_##base,
#include "dm/operators.def"
#undef OPERATOR
#undef BASE
    DM_OPS
};

/* How a value goes into SQL. */
enum dm_cast { DM_INT8, DM_FLOAT8, DM_NUMERIC, DM_TIMESTAMP, DM_BOOLEAN, DM_STRING, DM_JSONB };

struct dm_term {
    const struct dm_column *column;
    enum dm_class class;            /* of the column; task data asked as numbers: DM_NUMBER */
    const char *key;                /* of task data */
    enum dm_op op;
    bool negated;
    enum dm_cast cast;
    struct db_arg value, most;      /* most: the upper end of BETWEEN; lists are arrays in their text form */
    bool is_string;                 /* JSON comparison with a string: goes by the order of people, not of bytes */
    bool flag;                      /* EMPTY: true or false; CONTAINS in versions: an empty list, which asks nothing */
    struct dm_term *child;          /* AND, about the same row of the relation; NULL when there is none */
};

struct dm_selection {
    bool given, all;
    const int64_t *ids;             /* included, or with `all` excluded */
    size_t n;
};

struct dm_query {
    const struct dm_context *context;
    bool any;                       /* "or" */
    struct dm_term *terms;
    size_t n;
    const struct dm_column *order;  /* NULL: by id */
    const char *order_key;
    bool descending, order_number;
    bool last_first;                /* of tasks that are alike in the order, the latest first */
    struct dm_selection selection;
    unsigned computed;              /* figures that the answer shows (enum task_figure) */
};

/* Check a query and prepare it: `json` has any of filters, ordering, selectedItems, columnsDisplayType and hiddenColumns (NULL or
 * null: nothing is asked). `c` and `json` must outlive `out`.
 * Errors: VALIDATION, with a text that says what is wrong with which item. */
err *dm_compile(struct arena *a, const struct dm_context *c, const json_t *json, struct dm_query *out) __attribute__((warn_unused_result));
/* Does it neither filter nor order nor select? */
bool dm_plain(const struct dm_query *q);
/* Chosen, but nothing: {"all": false} without ids. Lists show everything then, as the reference API does; what changes or deletes
 * tasks must not. */
bool dm_selects_nothing(const struct dm_query *q);

/* The query as SQL over `task t`: a condition (project and trash included), and what follows ORDER BY. */
void dm_where(struct sqlb *b, const struct dm_query *q);
void dm_order(struct sqlb *b, const struct dm_query *q);
/* What a column (not of task data) holds, as JSON: of rows beside the task a list, or null. */
void dm_value(struct sqlb *b, const struct dm_context *c, const struct dm_column *column);
/* What a key of the task data is in SQL: its JSON or its text, and the forms that filters and orders use and that indexes are made of. */
void dm_data(struct sqlb *b, const struct dm_context *c, const char *key, bool text);
void dm_data_number(struct sqlb *b, const struct dm_context *c, const char *key);
void dm_data_lower(struct sqlb *b, const struct dm_context *c, const char *key);
void dm_data_rank(struct sqlb *b, const struct dm_context *c, const char *key);
/* Of a pattern for LIKE one that matches at least as much of texts whose ASCII letters alone are in lower case, as_json: of task data as JSON.
 * NULL: there is none. */
const char *dm_glance_pattern(struct arena *a, const char *pattern, bool as_json);
/* Of the pattern %text%: can the text be told from what stands between the values of a JSON list, besides quotes? */
bool dm_pattern_within_values(const char *pattern);
/* An order by a whole number as one int8 that holds the id in its lower 31 bits: sorted in half the time. */
bool dm_order_packs(const struct dm_query *q);
void dm_order_packed(struct sqlb *b, const struct dm_query *q);
/* Can each task be judged, and put into order, by what its own row holds without much ado? Then to look at all of them twice takes less
 * than to keep them all. */
bool dm_filters_plain(const struct dm_query *q);
bool dm_orders_by_kept_people(const struct dm_query *q);
bool dm_orders_plain(const struct dm_query *q);
/* Is the order by id, up or down? */
bool dm_by_id(const struct dm_query *q);
/* Is the order that of the list without a query? */
bool dm_in_list_order(const struct dm_query *q);

#endif
