/* What the form, the chips and the faults of the Data Manager's filter are made of: between dm_filter.c, dm_filter_check.c and dm_chips.c. */
#ifndef LABELD_PAGE_DM_FILTER_VIEW_H
#define LABELD_PAGE_DM_FILTER_VIEW_H

#include "dm/query.h"
#include "page/dm_filter.h"
#include "page/dm_words.h"

struct dm_filter_view {
    struct rq *rq;
    struct arena *a;
    const struct dm_state *state;
    const struct dm_context *context;
    struct dm_words words;
    struct dm_lines lines;
    bool editing;               /* lines may be unfinished */
    bool alone;                 /* the form without the table */
};

/* What is wrong with a line, in words; *error NULL: nothing is. hint, where its reading all tasks could be spared: {text, href|null},
 * else null; a new reference. */
err *dm_filter_check(struct dm_filter_view *v, const struct dm_line *line, const char **error, json_t **hint) __attribute__((warn_unused_result));
/* The first of the two alone. */
err *dm_filter_fault(struct dm_filter_view *v, const struct dm_line *line, const char **error) __attribute__((warn_unused_result));
/* The chips of all lines that say something: [{parts, join|null, edit_href, remove_href}]. New reference. */
err *dm_chips_make(struct dm_filter_view *v, json_t **out) __attribute__((warn_unused_result));
/* A value that no form offers, in the API's words. */
const char *dm_chips_kept(struct arena *a, const struct dm_line *line);

#endif
