/* What the filter of the Data Manager page offers: columns with their titles, operators in words by the kind of column, and what can be
 * chosen as a value. What a query may be beyond that is src/dm/; the page shows and keeps it. */
#ifndef LABELD_PAGE_DM_WORDS_H
#define LABELD_PAGE_DM_WORDS_H

#include "core/scope.h"
#include "labelconfig/lc.h"
#include "page/dm_lines.h"

struct dm_word_column {
    const char *name;           /* "total_annotations", "data.text" */
    const char *title;
    const char *group;          /* "Data" or "Task" */
    enum dm_class class;
};

struct dm_words {
    struct scope *s;
    int64_t project;
    const struct lc *lc;
    struct dm_word_column *column;
    size_t n;
    json_t *people, *versions, *labels;    /* [{value, text}]; NULL: not asked for yet */
};

enum dm_input { DM_INPUT_NONE, DM_INPUT_TEXT, DM_INPUT_NUMBER, DM_INPUT_TIME, DM_INPUT_LINES, DM_INPUT_CHOICE };

/* An operator as people choose it. */
struct dm_word {
    unsigned classes;           /* bits of enum dm_class */
    const char *op;             /* of the API */
    const char *word;           /* what forms send where that is not `op`: "not_empty", "label" */
    const char *text;
    enum dm_input input;
};

/* The columns that the project has. It must be visible. */
err *dm_words_read(struct scope *s, int64_t project, struct dm_words *out) __attribute__((warn_unused_result));
const struct dm_word_column *dm_words_find(const struct dm_words *o, const char *column);
/* Its title, or its name when it is not offered. */
const char *dm_words_title(const struct dm_words *o, const char *column);
/* [{label, ops[{value, text, selected}]}]: the operators of a line's column, the line's own chosen. New reference. */
json_t *dm_words_ops(struct arena *a, const struct dm_words *o, const struct dm_line *line);
/* The operator of a line in words; NULL when forms do not offer it, or not with such a value: the line is then shown and kept. */
const struct dm_word *dm_words_op(const struct dm_words *o, const struct dm_line *line);
/* The first operator that is offered for a line's column. */
const char *dm_words_first(const struct dm_words *o, const struct dm_line *line);
/* What can be chosen as the value of a line: [{value, text}], borrowed. NULL: nothing, or more than one can choose from. */
err *dm_words_choices(struct dm_words *o, const struct dm_line *line, const json_t **out) __attribute__((warn_unused_result));
/* Is it asked whether something is true? */
bool dm_words_is_flag(const struct dm_line *line);
/* A value as forms send it: a label without the quotes that it has in results. */
const char *dm_words_value(struct arena *a, const struct dm_line *line, const char *value);

#endif
