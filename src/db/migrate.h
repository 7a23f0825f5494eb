/* Forward-only migrations from cfg.sql_dir/migrations: NNNN_name.sql, one transaction each, sha256 remembered in schema_migration. */
#ifndef LABELD_DB_MIGRATE_H
#define LABELD_DB_MIGRATE_H

#include "db/db.h"

/* Apply what is missing, under a lock so that two callers do not collide. Creates schema cfg.db_schema. *applied counts files run.
 * Errors: CONFLICT when an applied file changed or the database is newer than this program. */
err *migrate_run(struct db *db, int *applied) __attribute__((warn_unused_result));
/* Is the schema at the version of this program? (`/ready`) */
err *migrate_current(struct db *db, bool *current) __attribute__((warn_unused_result));

#endif
