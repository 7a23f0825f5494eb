/* Indexes on keys of the task data: which ones queries would use, what they are made of, and how people see and change them. The job
 * "data_index" (jobs/data_index.c) makes and drops them. */
#ifndef LABELD_DM_INDEX_H
#define LABELD_DM_INDEX_H

#include "core/scope.h"
#include "dm/query.h"
#include "json/jw.h"

/* Note that `q` was run in a big project: the indexes it can use were used; where it took long, those that are missing are wished for. */
err *dm_index_used(struct scope *s, const struct dm_query *q, int64_t cost_ms) __attribute__((warn_unused_result));

/* The kind of index that a term would go by; NULL: none helps. */
const char *dm_index_kind(const struct dm_term *t);
/* How many tasks a project has, and the state of one of its indexes ("" without it). */
struct dm_index_standing {
    int64_t tasks;
    const char *state;
};
err *dm_index_standing(struct scope *s, int64_t project, const char *key, const char *kind, struct dm_index_standing *out)
    __attribute__((warn_unused_result));

/* The indexes that a query would go by, whether they are there or not. */
struct dm_index_use {
    const char *key, *kind, *state;     /* "" without it */
};
err *dm_index_uses(struct scope *s, const struct dm_query *q, struct dm_index_use **out, size_t *n) __attribute__((warn_unused_result));

/* What follows CREATE INDEX … ON task, without values as parameters. `kind` as in table data_index; trigrams: the schema of pg_trgm's
 * operators, quoted (kind contains only). */
err *dm_index_definition(struct arena *a, const struct dm_context *c, const char *key, const char *kind, const char *trigrams,
                         const char **out) __attribute__((warn_unused_result));

/* The indexes of a project, which must be visible, with what they take and how often PostgreSQL used them. */
err *dm_index_list_write(struct scope *s, struct jw *w, int64_t project) __attribute__((warn_unused_result));
err *dm_index_write(struct scope *s, struct jw *w, int64_t project, int64_t id) __attribute__((warn_unused_result));
/* Ask for one, or again for one that failed or was turned off. Errors: VALIDATION. */
err *dm_index_want(struct scope *s, int64_t project, const char *key, const char *kind, int64_t *id) __attribute__((warn_unused_result));
/* Turn one off: it is dropped and does not come back by itself. One that is off is forgotten. Errors: NOT_FOUND. */
err *dm_index_remove(struct scope *s, int64_t project, int64_t id) __attribute__((warn_unused_result));

#endif
