/* What the removal of a project shares with that of single tasks. */
#ifndef LABELD_JOBS_PROJECT_DELETE_H
#define LABELD_JOBS_PROJECT_DELETE_H

#include "db/db.h"

/* Remove rows that refer to these tasks (an int4[] text, all of one project), a bounded number of them. *all says whether none is left. */
err *project_delete_children(struct db *db, const char *ids, bool *all) __attribute__((warn_unused_result));

#endif
