/* Running composed statements. */
#ifndef LABELD_DM_RUN_H
#define LABELD_DM_RUN_H

#include "core/scope.h"
#include "db/sqlb.h"

/* Run in a transaction (or in the one that is open), with a plan made for the very values.
 * Errors: VALIDATION (a regular expression that is none), TIMEOUT. */
err *dm_run(struct scope *s, struct sqlb *b, struct rows *rows) __attribute__((warn_unused_result));

/* The same for what people only want to know beside something else: given up after so long (DM_BRIEF_MS), and *in_time is false. The
 * transaction goes on. */
enum { DM_BRIEF_MS = 3000 };
err *dm_run_brief(struct scope *s, struct sqlb *b, int ms, struct rows *rows, bool *in_time) __attribute__((warn_unused_result));

/* The same by hand: until the transaction ends or the planner is bound again, statements are planned for their values and may read whole
 * tables when that is the way. The web pool's settings are made for prepared statements that go by index. */
err *dm_planner_free(struct db *db) __attribute__((warn_unused_result));
err *dm_planner_bind(struct db *db) __attribute__((warn_unused_result));
/* A pattern that PostgreSQL does not take is the client's mistake, told in its words. */
err *dm_explain(struct scope *s, err *e) __attribute__((warn_unused_result));

#endif
