/* Proving and mending the stored figures of tasks, projects and annotators (`labeld-admin verify-counters`). */
#ifndef LABELD_CORE_COUNTER_H
#define LABELD_CORE_COUNTER_H

#include "db/db.h"

/* Receives one line per difference, for people. */
typedef void counter_report(void *to, const char *line);

/* Count everything anew and compare. *differing: how many figures are wrong (of tasks: counted up to 1,000, the first 20 named).
 * Labelling may go on meanwhile. */
err *counter_verify(struct db *db, counter_report *report, void *to, int64_t *differing) __attribute__((warn_unused_result));
/* Mend what counter_verify would report. */
err *counter_repair(struct db *db) __attribute__((warn_unused_result));

#endif
