/* The lines of a filter: what stands in the address of the Data Manager page, and the API's JSON of the same meaning. Pure; which columns
 * and operators people are offered, and in which words, is dm_words.c.
 *
 * Line N of an address (1 …): fN column, oN operator of the API, vN value (several of a list), wN the other end of a range, tN type where
 * it is not the column's own, pN the line whose rows it speaks of too (a child filter), jN the value as JSON where a text cannot say it,
 * kN a line of the open tab that is kept as it is: its value would be too long here.
 * match=or: one line is enough. drop=N leaves a line out, with those that belong to it. */
#ifndef LABELD_PAGE_DM_LINES_H
#define LABELD_PAGE_DM_LINES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "dm/columns.h"
#include "http/rq.h"

struct dm_line {
    int number;                 /* in the address; lines are in order of it */
    const char *column;         /* "total_annotations", "data.text"; "" while none is chosen */
    const char *op;             /* of the API; "" while none is chosen */
    const char *type;
    const char **v;
    size_t n_v;
    const char *w;              /* NULL: none */
    const char *json;           /* NULL: v and w say all */
    int parent;                 /* number of the line that it is a child of, 0: none */
    int kept;                   /* number of the tab's line that it is, 0: none */
};

struct dm_lines {
    bool any;
    struct dm_line *line;
    size_t n;
};

/* Is it a parameter that speaks of a filter's lines? */
bool dm_lines_name(const char *parameter);
/* From the parameters of an address. */
void dm_lines_read(struct arena *a, const struct rq_pair *query, size_t n, struct dm_lines *out);
/* From the API's JSON: {"conjunction", "items"}, or NULL. What is no filter at all is left out. Its lines can be kept. */
void dm_lines_of_json(struct arena *a, const json_t *filters, struct dm_lines *out);
/* Lines that are kept become those of the tab; one that is gone is a fault. */
void dm_lines_keep(struct dm_lines *l, const struct dm_lines *tab);
/* The API's JSON; NULL without a complete line. What lines say wrongly stays wrong, so that dm_compile tells. Tied to the arena. */
json_t *dm_lines_json(struct arena *a, const struct dm_lines *l);
/* One line without its children. New reference. */
json_t *dm_line_json(struct arena *a, const struct dm_line *line);
/* "match=or&f1=…": complete lines only; "filter=none" without any. */
const char *dm_lines_query(struct arena *a, const struct dm_lines *l);
/* The same lines without one of them and its children. */
struct dm_lines dm_lines_without(struct arena *a, const struct dm_lines *l, int number);

/* Do column, operator and value say something? */
bool dm_line_complete(const struct dm_line *line);
/* Is it kept and not repeated in addresses? */
bool dm_line_long(const struct dm_line *line);
const struct dm_line *dm_lines_find(const struct dm_lines *l, int number);
/* The class of values that it compares; texts for a column that is unknown. */
enum dm_class dm_line_class(const struct dm_line *line);
/* The type that clients send for a column. */
const char *dm_column_type(const char *column);
bool dm_op_lists(const char *op);
bool dm_op_spans(const char *op);

#endif
