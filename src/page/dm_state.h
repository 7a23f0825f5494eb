/* What the address of the Data Manager page says: which tab, filters, order, columns, which page of which form. Everything that the page
 * shows follows from it, so that any state can be kept as a link; templates/README lists the parameters. */
#ifndef LABELD_PAGE_DM_STATE_H
#define LABELD_PAGE_DM_STATE_H

#include <jansson.h>

#include "db/db.h"
#include "http/rq.h"

/* Said by the address itself, and not by the tab. */
enum dm_given {
    DM_GIVEN_FILTERS = 1,
    DM_GIVEN_ORDERING = 2,
    DM_GIVEN_COLUMNS = 4,
    DM_GIVEN_TYPE = 8,
    DM_GIVEN_SIZE = 16
};

struct dm_state {
    int64_t project;
    struct rows tabs;              /* views that the caller sees, VIEW_TABS_… */
    int tab_row;                   /* the open one of them; -1: none */
    int64_t tab;                   /* its id; 0 */
    json_t *view;                  /* its data (title, type, hiddenColumns …); NULL */
    unsigned given;                /* enum dm_given; the rest is the tab's, or left out */
    const struct rq_pair *lines;   /* the filter's parameters as they were sent: match, filter, f1, o1, v1 … (dm_filter.c) */
    size_t n_lines;
    json_t *tab_filters;           /* of the tab, where the address says others; borrowed */
    json_t *filters;               /* {"conjunction", "items"} of the API; NULL: none */
    json_t *selected;              /* selectedItems of the tab; NULL */
    const char *state;             /* "done" or "todo", beside the filters; NULL */
    const char *q;                 /* text that is looked for in the data; NULL */
    const char *ordering;          /* COLUMN, or -COLUMN; NULL: by id */
    bool as_number;                /* a data column is put in order as numbers */
    const char *columns;           /* names and commas, in the order of the table; NULL: not said */
    bool grid;                     /* cards in place of a table */
    const char *size;              /* of the cards: "s", "m" or "l" */
    int64_t page;                  /* from 1; more than there are is the last */
    int64_t after, at;             /* of a list by state: the inner id that its page begins behind, and how many rows lie before */
    int64_t quick;                 /* the task in the quick view; 0 */
    const char *problem;           /* why there is no list: a filter that cannot be; NULL */
};

/* The project must be visible. A tab that is gone counts as none. */
err *dm_state_read(struct rq *rq, int64_t project, struct dm_state *out) __attribute__((warn_unused_result));
/* The same of a form that is sent to an address of the page: its body is read, too. Errors: NOT_FOUND (project). */
err *dm_state_form(struct rq *rq, struct dm_state *out) __attribute__((warn_unused_result));
/* The query string that says the same, "?" at least. To lead elsewhere, change a copy (what it says by itself is in `given`). */
const char *dm_state_href(struct arena *a, const struct dm_state *s);
/* The same on its first page: filters, order and looks change what page 3 is. */
const char *dm_state_first(struct arena *a, const struct dm_state *s);
/* The same as hidden fields of a GET form: [{name, value}]. New reference. */
json_t *dm_state_fields(struct arena *a, const struct dm_state *s);
/* And any query string ("a=1&b=2") so. New reference. */
json_t *dm_query_fields(struct arena *a, const char *query);
/* JSON for dm_compile; tied to the arena. */
json_t *dm_state_question(struct arena *a, const struct dm_state *s);
/* Is anything left out of the list? */
bool dm_state_filters(const struct dm_state *s);
/* Does the open tab say something else? */
bool dm_state_changed(const struct dm_state *s);
/* Is this parameter one of the state? (Not those that open a task.) */
bool dm_state_names(const char *parameter);

#endif
