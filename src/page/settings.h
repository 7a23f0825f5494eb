/* The tabs of a project's settings: each fills the context of its template and saves its form. settings.c has the table of them.
 *
 * fill: r is the project's row (PROJECT_BY_IDS_…); ctx the context of the page.
 * save: done: what to tell afterwards. Errors that people can mend are VALIDATION; the page is shown again with them. */
#ifndef LABELD_PAGE_SETTINGS_H
#define LABELD_PAGE_SETTINGS_H

#include "page/page.h"

struct row;

#define SETTINGS_TAB(name)                                                                                    \
    err *settings_##name##_fill(struct rq *rq, const struct row *r, json_t *ctx) __attribute__((warn_unused_result)); \
    err *settings_##name##_save(struct rq *rq, const char **done) __attribute__((warn_unused_result));
SETTINGS_TAB(general)
SETTINGS_TAB(instructions)
SETTINGS_TAB(annotation)
SETTINGS_TAB(review)
SETTINGS_TAB(labeling)
SETTINGS_TAB(ml)
SETTINGS_TAB(predictions)
SETTINGS_TAB(storage)
SETTINGS_TAB(members)
SETTINGS_TAB(danger)
SETTINGS_TAB(indexes)
#undef SETTINGS_TAB

/* Save in one transaction. */
err *settings_tx(struct rq *rq, err *(*save)(struct rq *rq, const char **done), const char **done) __attribute__((warn_unused_result));
/* The label configuration that the form means: an empty field means the chosen template. */
const char *settings_config_sent(const struct rq *rq);
/* Was the form of the danger zone the one that deletes the project? */
bool settings_deletes(const struct rq *rq);

#endif
