/* Duplicates of projects. Annotations, predictions, views and exports are not copied. */
#include "core/duplicate.h"

#include <string.h>

#include "core/args.h"
#include "core/duplicate.sql.h"
#include "core/event.h"
#include "core/workspace.h"
#include "db/queue.h"

static err *queue_tasks(struct scope *s, int64_t from, int64_t to, int64_t upto, int64_t *job)
{
    return queue_add(s->db, "project_duplicate", s->organization,
                     arena_printf(s->a, "{\"from\":%lld,\"to\":%lld,\"upto\":%lld,\"by\":%lld}", (long long)from, (long long)to,
                                  (long long)upto, (long long)s->user),
                     NULL, job);
}

err *duplicate_start(struct scope *s, int64_t project, const struct jin *in, int64_t *id, int64_t *job)
{
    bool with_data = strcmp(jin_text(in, "mode"), "settings") != 0, found;
    struct row r;

    *job = 0;
    if (arg_given(in, "workspace"))
        TRY(workspace_check_target(s, jin_int(in, "workspace", 0), "workspace"));
    TRY(db_opt(s->db, SQL_duplicate_project,
               DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_text(jin_text(in, "title")), db_text(jin_text(in, "description")),
                       arg_int(in, "workspace"), db_bool(with_data)),
               &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
    *id = row_i64(&r, DUPLICATE_PROJECT_ID);
    if (jin_bool(in, "include_members", false))
        TRY(db_exec(s->db, SQL_duplicate_members, DB_ARGS(db_i64(project), db_i64(*id)), NULL));
    TRY(event_project(s, "PROJECT_CREATED", *id));
    return with_data ? queue_tasks(s, project, *id, row_i64(&r, DUPLICATE_PROJECT_UPTO), job) : OK;
}

err *duplicate_tasks(struct db *db, int64_t from, int64_t to, int64_t after, int64_t upto, int64_t most, int64_t *next, int64_t *n)
{
    struct row r;

    TRY(db_one(db, SQL_duplicate_tasks, DB_ARGS(db_i64(from), db_i64(to), db_i64(after), db_i64(upto), db_i64(most)), &r));
    *n = row_i64(&r, DUPLICATE_TASKS_N);
    *next = row_i64(&r, DUPLICATE_TASKS_REACHED);
    return OK;
}

err *duplicate_done(struct db *db, int64_t to)
{
    return db_exec(db, SQL_duplicate_done, DB_ARGS(db_i64(to)), NULL);
}
