/* The jobs "trash" (periodic) and "trash_purge". The first marks what has been in the trash for long enough and queues its removal, the
 * second removes the marked tasks and annotations of one project, with a choice of people after marking those. Payload of the second:
 * {"project": id}, and for a choice what jobs/trash_chosen.c says. */
#include "base/cfg.h"
#include "base/log.h"
#include "db/queue.h"
#include "jobs/job.h"
#include "jobs/project_delete.h"
#include "jobs/trash.sql.h"
#include "jobs/trash_chosen.h"

enum { MARKS_PER_STEP = 2000, TASKS_PER_STEP = 1000, ANNOTATIONS_PER_STEP = 1000, PROJECTS_PER_STEP = 100 };

struct trash {
    struct job *j;
    int64_t project, removed;
    struct trash_chosen chosen;
    bool more;
};

static err *repeat(struct trash *t, tx_fn *step)
{
    struct arena_mark m = arena_mark(t->j->a);

    for (;;) {
        TRY(tx_run(t->j->db, TX_WRITE, step, t));
        if (!t->more)
            return OK;
        TRY(job_go_on(t->j));
        arena_rewind(t->j->a, m);
    }
}

/* ---------------------------------------------------------------- what is over */

static struct db_arg keep(void)
{
    return db_f64((double)cfg.trash_keep_s);
}

static err *queue(struct trash *t, const char *kind, int64_t organization, int64_t project)
{
    struct arena *a = t->j->a;

    return queue_add(t->j->db, kind, organization, arena_printf(a, "{\"project\":%lld}", (long long)project),
                     arena_printf(a, "%lld", (long long)project), NULL);
}

static err *tasks_expire(struct db *db, void *arg)
{
    struct trash *t = arg;
    struct row r;

    TRY(db_one(db, SQL_trash_expire_tasks, DB_ARGS(keep(), db_i64(MARKS_PER_STEP)), &r));
    t->more = row_i64(&r, TRASH_EXPIRE_TASKS_N) > 0;
    if (t->more)
        TRY(queue(t, "trash_purge", 0, row_i64(&r, TRASH_EXPIRE_TASKS_PROJECT)));
    return job_beat(t->j, NULL, NULL);
}

static err *annotations_expire(struct db *db, void *arg)
{
    struct trash *t = arg;
    struct row r;

    TRY(db_one(db, SQL_trash_expire_pick, DB_ARGS(keep(), db_i64(MARKS_PER_STEP)), &r));
    t->more = row_i64(&r, TRASH_EXPIRE_PICK_N) > 0;
    if (t->more) {
        TRY(db_exec(db, SQL_trash_lock_tasks, DB_ARGS(db_text(row_text(&r, TRASH_EXPIRE_PICK_TASKS))), NULL));
        TRY(db_exec(db, SQL_trash_expire_annotations, DB_ARGS(db_text(row_text(&r, TRASH_EXPIRE_PICK_IDS))), NULL));
        TRY(queue(t, "trash_purge", 0, row_i64(&r, TRASH_EXPIRE_PICK_PROJECT)));
    }
    return job_beat(t->j, NULL, NULL);
}

static err *projects_expire(struct db *db, void *arg)
{
    struct trash *t = arg;
    struct rows rows;

    TRY(db_many(db, SQL_trash_expire_projects, DB_ARGS(keep(), db_i64(PROJECTS_PER_STEP)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        TRY(queue(t, "project_delete", row_i64(&r, TRASH_EXPIRE_PROJECTS_ORGANIZATION), row_i64(&r, TRASH_EXPIRE_PROJECTS_ID)));
    }
    t->more = rows.n == PROJECTS_PER_STEP;
    return job_beat(t->j, NULL, NULL);
}

err *job_trash(struct job *j)
{
    struct trash t = {.j = j};

    TRY(repeat(&t, projects_expire));
    TRY(repeat(&t, tasks_expire));
    return repeat(&t, annotations_expire);
}

/* ---------------------------------------------------------------- for good */

static err *remember(struct trash *t, int64_t n)
{
    t->removed += n;
    if (t->chosen.given)
        return trash_chosen_beat(&t->chosen, t->removed, false);
    return job_beat(t->j, NULL, arena_printf(t->j->a, "{\"removed\":%lld}", (long long)t->removed));
}

/* Children first, some thousands of rows per transaction. */
static err *tasks_remove(struct db *db, void *arg)
{
    struct trash *t = arg;
    const char *ids;
    struct row r;
    bool all;

    TRY(db_one(db, SQL_trash_marked_tasks, DB_ARGS(db_i64(t->project), db_i64(TASKS_PER_STEP)), &r));
    t->more = row_i64(&r, TRASH_MARKED_TASKS_N) > 0;
    if (!t->more)
        return OK;
    ids = row_text(&r, TRASH_MARKED_TASKS_IDS);
    TRY(db_exec(db, SQL_trash_lock_tasks, DB_ARGS(db_text(ids)), NULL));
    TRY(project_delete_children(db, ids, &all));
    if (all)
        TRY(db_exec(db, SQL_trash_remove_tasks, DB_ARGS(db_text(ids)), NULL));
    return remember(t, all ? row_i64(&r, TRASH_MARKED_TASKS_N) : 0);
}

static err *annotations_remove(struct db *db, void *arg)
{
    struct trash *t = arg;
    struct db_arg ids;
    struct row r;

    TRY(db_one(db, SQL_trash_marked_annotations, DB_ARGS(db_i64(t->project), db_i64(ANNOTATIONS_PER_STEP)), &r));
    t->more = row_i64(&r, TRASH_MARKED_ANNOTATIONS_N) > 0;
    if (!t->more)
        return OK;
    ids = db_text(row_text(&r, TRASH_MARKED_ANNOTATIONS_IDS));
    TRY(db_exec(db, SQL_trash_lock_tasks, DB_ARGS(db_text(row_text(&r, TRASH_MARKED_ANNOTATIONS_TASKS))), NULL));
    TRY(db_exec(db, SQL_trash_remove_drafts, DB_ARGS(ids), NULL));
    TRY(db_exec(db, SQL_trash_remove_annotations, DB_ARGS(ids), NULL));
    return remember(t, row_i64(&r, TRASH_MARKED_ANNOTATIONS_N));
}

err *job_trash_purge(struct job *j)
{
    struct trash t = {.j = j};

    if (!job_number(j, j->payload, "project", &t.project))
        return err_new(j->a, ERR_BAD_REQUEST, "No project in the payload");
    TRY(trash_chosen_run(j, true, &t.chosen));
    t.removed = t.chosen.done;
    TRY(repeat(&t, tasks_remove));
    TRY(repeat(&t, annotations_remove));
    if (t.chosen.given)
        TRY(trash_chosen_beat(&t.chosen, t.chosen.total, true));
    log_msg(LOG_INFO, "trash removed", "project=%lld rows=%lld", (long long)t.project, (long long)t.removed);
    return OK;
}
