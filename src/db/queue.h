/* Adding to the job queue (table job). The runner polls; nothing here notifies inside a transaction. */
#ifndef LABELD_DB_QUEUE_H
#define LABELD_DB_QUEUE_H

#include "db/db.h"

/* Put a job into the queue in the caller's transaction.
 * kind          handler name, see jobs/jobs.def
 * organization  0 = none
 * payload       JSON object text; NULL = {}
 * key           unique among waiting jobs of the kind (a second add with it changes nothing), or NULL. A job that already runs does
 *               not count: the work is queued again, since it may have looked before this change. Callers with the same key wait for each
 *               other's transaction, so a key is for rare things, not for every annotation of a project.
 * id            out: job id (of the existing one when the key matched); may be NULL */
err *queue_add(struct db *db, const char *kind, int64_t organization, const char *payload, const char *key, int64_t *id) __attribute__((warn_unused_result));
/* The same, not to be run before delay_s seconds have passed; higher priorities go first (0 is usual). */
err *queue_add_later(struct db *db, const char *kind, int64_t organization, const char *payload, const char *key, double delay_s,
                     int priority, int64_t *id) __attribute__((warn_unused_result));

#endif
