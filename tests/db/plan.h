/* Queries of the Data Manager and their plans. */
#ifndef LABELD_TESTS_DB_PLAN_H
#define LABELD_TESTS_DB_PLAN_H

#include "dm/query.h"
#include "fixture.h"

/* A query from JSON that must be good; it lives as long as the test. */
struct dm_query plan_query(const struct dm_context *c, const char *json);
/* What the planner would do for all that it finds, or for the first hundred tasks. */
const char *plan_of(struct db *db, const struct dm_query *q, bool first_page);

/* One filter. */
#define PLAN_FILTER(column, operator, type, value) \
    "{\"filters\": {\"conjunction\": \"and\", \"items\": [{\"filter\": \"filter:tasks:" column "\", \"operator\": \"" operator "\", " \
    "\"type\": \"" type "\", \"value\": " value "}]}}"

#endif
