/* The periodic job "data_index": makes the indexes on task data that queries or people wish for, beside running work, and drops what is
 * unused, unfinished or of another configuration. A dead runner leaves an index that is not valid: dropped and made again. */
#include <string.h>

#include "base/cfg.h"
#include "base/log.h"
#include "dm/index.h"
#include "jobs/data_index.sql.h"
#include "jobs/job.h"

enum { INDEXES_MOST = 1000 };      /* made by one job; the next goes on */

/* Between two looks at a statement that runs on a connection of its own. */
static err *alive(struct db *db, void *arg)
{
    struct job *j = arg;

    (void)db;
    TRY(job_beat(j, NULL, NULL));
    return job_go_on(j);
}

static err *apart(struct job *j, const char *text)
{
    return db_run_apart(j->db, text, alive, j);
}

static err *definition(struct job *j, const struct row *r, int undefined_key, int trigrams, const char **out)
{
    struct dm_context c = {.project = row_i64(r, DATA_INDEX_NEXT_PROJECT), .undefined_key = row_text(r, undefined_key)};

    return dm_index_definition(j->a, &c, row_text(r, DATA_INDEX_NEXT_KEY), row_text(r, DATA_INDEX_NEXT_KIND), row_text(r, trigrams), out);
}

_Static_assert((int)DATA_INDEX_NEXT_PROJECT == (int)DATA_INDEX_MADE_PROJECT && (int)DATA_INDEX_NEXT_KEY == (int)DATA_INDEX_MADE_KEY &&
                   (int)DATA_INDEX_NEXT_KIND == (int)DATA_INDEX_MADE_KIND,
               "column lists differ");

/* ---------------------------------------------------------------- dropping */

/* Other data or another configuration may have made the first key's tasks look elsewhere: then the index serves nobody. */
static err *renew_changed(struct job *j)
{
    struct rows rows;

    TRY(db_many(j->db, SQL_data_index_made, DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        const char *was = row_text(&r, DATA_INDEX_MADE_DEFINITION), *is;

        if (strcmp(row_text(&r, DATA_INDEX_MADE_KIND), "contains") == 0 && row_null(&r, DATA_INDEX_MADE_TRIGRAMS))
            continue;
        TRY(definition(j, &r, DATA_INDEX_MADE_UNDEFINED_KEY, DATA_INDEX_MADE_TRIGRAMS, &is));
        if (!was || strcmp(was, is) != 0)
            TRY(db_exec(j->db, SQL_data_index_renew, DB_ARGS(db_i64(row_i64(&r, DATA_INDEX_MADE_ID))), NULL));
    }
    return OK;
}

static err *drop(struct job *j, const char *name)
{
    TRY(apart(j, arena_printf(j->a, "DROP INDEX CONCURRENTLY IF EXISTS %s", name)));
    log_msg(LOG_INFO, "index on task data dropped", "index=%s", name);
    return OK;
}

static err *drop_orphans(struct job *j)
{
    struct rows rows;

    TRY(db_many(j->db, SQL_data_index_orphans, DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        TRY(drop(j, row_text(&r, DATA_INDEX_ORPHANS_NAME)));
    }
    return OK;
}

/* Is there room for one more? The longest unused goes, but for what was used within the hour: else two would take turns for ever. */
static err *make_room(struct job *j, bool *room)
{
    for (;;) {
        struct row r;
        int64_t n;

        TRY(db_one(j->db, SQL_data_index_taken, DB_NOARGS, &r));
        *room = row_i64(&r, DATA_INDEX_TAKEN_N) < cfg.data_indexes_most && row_i64(&r, DATA_INDEX_TAKEN_BYTES) < cfg.data_index_bytes;
        if (*room)
            return OK;
        TRY(db_exec(j->db, SQL_data_index_yield, DB_NOARGS, &n));
        if (n == 0)
            return OK;
        TRY(drop_orphans(j));
    }
}

/* ---------------------------------------------------------------- making */

/* Trouble of the moment, which the job's next attempt may not meet. */
static bool passes(const struct job *j, const err *e)
{
    return j->lost || j->handed_back || e->kind == ERR_UNAVAILABLE || e->kind == ERR_RETRY;
}

/* The planner keeps no statistics of an index that is for a part of the rows; its guesses do. */
static err *create(struct job *j, int64_t id, const char *what)
{
    return apart(j, arena_printf(j->a, "CREATE INDEX CONCURRENTLY data_index_%lld ON task %s", (long long)id, what));
}

static err *make(struct job *j, const struct row *r)
{
    int64_t id = row_i64(r, DATA_INDEX_NEXT_ID), n;
    const char *what, *why = NULL;
    err *e;

    TRY(definition(j, r, DATA_INDEX_NEXT_UNDEFINED_KEY, DATA_INDEX_NEXT_TRIGRAMS, &what));
    TRY(db_exec(j->db, SQL_data_index_begin, DB_ARGS(db_i64(id), db_text(what)), &n));
    if (n == 0)
        return OK;
    e = create(j, id, what);
    if (e && passes(j, e))
        return e;
    if (e) {
        log_err(e, "index on task data");
        why = e->internal ? e->internal : e->detail;
    }
    TRY(db_exec(j->db, SQL_data_index_end, DB_ARGS(db_i64(id), db_text(why)), &n));
    if (!why && n > 0)
        log_msg(LOG_INFO, "index on task data made", "index=data_index_%lld project=%lld kind=%s", (long long)id,
                (long long)row_i64(r, DATA_INDEX_NEXT_PROJECT), row_text(r, DATA_INDEX_NEXT_KIND));
    return why || n == 0 ? drop_orphans(j) : OK;
}

static err *make_next(struct job *j, bool *more)
{
    struct row r;

    TRY(db_opt(j->db, SQL_data_index_next, DB_NOARGS, &r, more));
    if (*more)
        TRY(make_room(j, more));
    return *more ? make(j, &r) : OK;
}

err *job_data_index(struct job *j)
{
    struct row r;
    bool more = true;

    TRY(db_one(j->db, SQL_data_index_alone, DB_ARGS(db_i64(j->id)), &r));
    if (!row_bool(&r, DATA_INDEX_ALONE_ALONE))
        return OK;
    TRY(db_exec(j->db, SQL_data_index_of_trash, DB_NOARGS, NULL));
    TRY(db_exec(j->db, SQL_data_index_settle, DB_NOARGS, NULL));
    TRY(renew_changed(j));
    TRY(drop_orphans(j));
    for (int i = 0; more && i < INDEXES_MOST; i++) {
        TRY(make_next(j, &more));
        TRY(job_beat(j, NULL, NULL));
        TRY(job_go_on(j));
    }
    return OK;
}
