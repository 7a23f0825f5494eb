/* Does a named query fit the schema and its own header? */
#ifndef LABELD_DB_CHECKSQL_H
#define LABELD_DB_CHECKSQL_H

#include "db/db.h"

/* Prepare the query and compare parameters and columns. *problem is NULL when all is well, else what differs.
 * Needs a direct connection (the prepared statement must survive the call). Errors: UNAVAILABLE. */
err *checksql_query(struct db *db, const struct sql_query *q, const char **problem) __attribute__((warn_unused_result));

#endif
