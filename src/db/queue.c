/* Adding to the job queue. */
#include "db/queue.h"

#include "db/queue.sql.h"

err *queue_add_later(struct db *db, const char *kind, int64_t organization, const char *payload, const char *key, double delay_s,
                     int priority, int64_t *id)
{
    struct row r;

    TRY(db_one(db, SQL_queue_add, DB_ARGS(db_text(kind), db_opt_i64(organization != 0, organization),
                                          db_text(payload ? payload : "{}"), db_text(key), db_f64(delay_s), db_i64(priority)),
               &r));
    if (id)
        *id = row_i64(&r, QUEUE_ADD_ID);
    return OK;
}

err *queue_add(struct db *db, const char *kind, int64_t organization, const char *payload, const char *key, int64_t *id)
{
    return queue_add_later(db, kind, organization, payload, key, 0, 0, id);
}
