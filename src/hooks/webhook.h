/* Webhooks as people and API see them, and the log of what was sent. Sending is deliver.c. */
#ifndef LABELD_HOOKS_WEBHOOK_H
#define LABELD_HOOKS_WEBHOOK_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

enum { WEBHOOK_DELIVERIES_MOST = 100 };

struct webhook_action {
    const char *name, *title, *key;
    bool organization_only;
};
/* Ended by a row without a name. */
extern const struct webhook_action webhook_actions[];

/* Which of the caller's: project 0 and !without_project = all. Columns WEBHOOK_LIST_…. */
err *webhook_rows(struct scope *s, int64_t project, bool without_project, struct rows *out)
    __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *webhook_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* The same of one of this project. */
err *webhook_row_of(struct scope *s, int64_t project, int64_t id, struct row *out) __attribute__((warn_unused_result));
void webhook_write(struct jw *w, const struct row *r);
/* Errors: VALIDATION; NOT_FOUND without a project; PERMISSION for an address in a reserved network. */
err *webhook_create(struct scope *s, const struct jin *in, int64_t *id)
    __attribute__((warn_unused_result));
/* Like the reference server, it takes actions that are not given for none. */
err *webhook_update(struct scope *s, int64_t id, const struct jin *in)
    __attribute__((warn_unused_result));
err *webhook_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* Newest first; before 0 = from the newest. */
err *webhook_deliveries(struct scope *s, int64_t id, int64_t before, struct rows *out)
    __attribute__((warn_unused_result));
void webhook_delivery_write(struct jw *w, const struct row *r);
/* Send it the action WEBHOOK_TEST, in the name of a project. In a transaction. Errors: NOT_FOUND. */
err *webhook_test(struct scope *s, int64_t id, int64_t project) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *webhook_redeliver(struct scope *s, int64_t id, int64_t delivery, int64_t *again)
    __attribute__((warn_unused_result));

#endif
