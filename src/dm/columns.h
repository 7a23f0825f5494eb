/* The table of columns (columns.def) and its look-up. */
#ifndef LABELD_DM_COLUMNS_H
#define LABELD_DM_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

enum dm_class {
    DM_INT,
    DM_FLOAT,
    DM_TIME,
    DM_BOOL,
    DM_TEXT,
    DM_WHOLE,       /* a JSON column, searched as text */
    DM_DATA,        /* a key of the task's data, compared as JSON */
    DM_NUMBER,      /* the same, read as a number */
    DM_USER,        /* people: membership only */
    DM_RESULT,      /* results: their JSON */
    DM_IDS,         /* ids of annotations */
    DM_VERSIONS     /* model versions */
};

enum dm_relation { DM_NONE, DM_ANNOTATION, DM_PREDICTION, DM_REVIEWER, DM_COMMENT };

enum dm_empty { DM_EMPTY_NULLS, DM_EMPTY_TEXT, DM_EMPTY_ZERO, DM_EMPTY_ROWS };

struct dm_column {
    const char *name;
    enum dm_class class;
    enum dm_relation relation;
    const char *sql;
    const char *order_sql;
    enum dm_empty empty;
    unsigned computed;     /* enum task_figure: what lists show only when somebody looks at it */
};

/* NULL when there is none of that name; "data.<key>" gives the column of task data, whose key is what follows. */
const struct dm_column *dm_column_find(const char *name, const char **key);
/* Does it say who annotated, commented or changed a task? */
bool dm_column_names_annotators(const char *name);
/* " FROM … WHERE …" of the rows that a column speaks of. */
const char *dm_relation_sql(enum dm_relation r);

enum dm_schema { DM_SCHEMA_NONE, DM_SCHEMA_USERS, DM_SCHEMA_VERSIONS };
/* Where a column is offered: everywhere, or where there are such things in the project. */
enum dm_use { DM_USE_ALWAYS, DM_USE_REVIEWS, DM_USE_COMMENTS };
/* What the columns list says of a column. */
struct dm_listed {
    const char *name, *title, *type, *help;
    bool explore, labeling;
    enum dm_schema schema;
    enum dm_use use;
};
extern const struct dm_listed dm_listed[];
extern const size_t dm_listed_n;

#endif
