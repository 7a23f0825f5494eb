/* What every page below /projects/{id}/ shows: name, figures, tabs. */
#ifndef LABELD_PAGE_PROJECT_PAGE_H
#define LABELD_PAGE_PROJECT_PAGE_H

#include "labelconfig/lc.h"
#include "page/page.h"

/* The project's row (PROJECT_BY_IDS_…) and a context with `project`, `tab` and crumbs.
 * tab    "data", "import", "export" or "settings"
 * title  of the page, for example "Import"; NULL for the project itself
 * Errors: NOT_FOUND. */
err *project_page(struct rq *rq, const char *tab, const char *title, struct row *r, json_t **ctx)
    __attribute__((warn_unused_result));

/* Its title, or "Project 12" when that is empty. */
const char *project_page_title(struct arena *a, const struct row *r);
/* Tasks that wait for the caller; 0 when the configuration asks for nothing. */
int64_t project_page_waiting(const struct row *r);
/* "/projects/12/data", followed by more. */
const char *project_page_href(struct arena *a, int64_t id, const char *more);
/* "118", "1,000+"; NULL for none. */
const char *project_page_today(struct arena *a, int64_t annotations);
/* "text, image": the data keys that a configuration shows; NULL when it shows none. */
const char *project_page_fields(struct arena *a, const struct lc *lc);

/* Does this project keep its table of tasks from reviewers, and is the caller one of them? */
bool project_page_table_hidden(struct rq *rq, const struct row *r);

#endif
