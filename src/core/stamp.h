/* The time stamp that optimistic writers compare: updated_at as the API writes it. */
#ifndef LABELD_CORE_STAMP_H
#define LABELD_CORE_STAMP_H

#include "core/scope.h"

/* Asked in the transaction that changes an object, for those that ask other servers before it begins. */
struct stamp_guard {
    err *(*check)(void *arg);
    void *arg;
};

enum stamp_kind { STAMP_PROJECT, STAMP_TASK, STAMP_ANNOTATION };

/* Lock a visible object in the running transaction and read its stamp. Errors: NOT_FOUND. */
err *stamp_lock(struct scope *s, enum stamp_kind kind, int64_t id, const char **stamp) __attribute__((warn_unused_result));
/* What tells versions of a row apart, of a table that has an id: updated_at where there is one. NULL: no such row. */
err *stamp_version(struct scope *s, const char *table, int64_t id, bool locked, const char **out) __attribute__((warn_unused_result));
/* The same of one permission of an organization. */
err *stamp_permission(struct scope *s, int64_t organization, const char *permission, bool locked, const char **out) __attribute__((warn_unused_result));
/* Is the time x earlier than y? Both as the API writes times. */
bool stamp_before(const char *x, const char *y);

#endif
