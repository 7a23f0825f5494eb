/* Adding to the job queue (table job). The runner polls; nothing here notifies inside a transaction. */
#ifndef LABELD_DB_QUEUE_H
#define LABELD_DB_QUEUE_H

#include "db/db.h"

/* Put a job into the queue in the caller's transaction.
 * kind      handler name, see jobs/jobs.def
 * payload   JSON object text
 * key       unique among waiting jobs of the kind (a second add with it changes nothing), or NULL
 * id        out: job id (of the existing one when the key matched); may be NULL */
err *queue_add(struct db *db, const char *kind, int64_t organization, const char *payload, const char *key, int64_t *id) __attribute__((warn_unused_result));

#endif
