/* The job "project_delete": a project in the trash was already invisible when the request was answered; here its rows and files go,
 * some thousands per transaction, so that neither locks nor dead rows pile up. Payload: {"project": id}. */
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "base/text.h"
#include "jobs/job.h"
#include "jobs/project_delete.h"
#include "jobs/project_delete.sql.h"

enum {
    TASKS_PER_STEP = 1000,
    ROWS_PER_STEP = 5000,
    FILES_PER_STEP = 1000,
};

struct reached {
    int64_t after;        /* inner_id: everything up to it is gone */
    int64_t tasks;        /* removed so far */
    bool more;
};

/* A step may run twice when the database asks for it, so it changes only `next`; its commit makes that `done`. */
struct removal {
    struct job *j;
    int64_t project;
    struct reached done, next;
};

static err *remember(struct removal *r)
{
    struct arena *a = r->j->a;

    return job_beat(r->j, arena_printf(a, "{\"after\":%lld,\"tasks\":%lld}", (long long)r->next.after,
                                          (long long)r->next.tasks),
                    arena_printf(a, "{\"tasks\":%lld}", (long long)r->next.tasks));
}

/* Rows that refer to the batch's tasks, at most ROWS_PER_STEP. *all says whether none is left. */
err *project_delete_children(struct db *db, const char *ids, bool *all)
{
    static const struct sql_query *const kinds[] = {
        SQL_project_delete_history, SQL_project_delete_changes, SQL_project_delete_events, SQL_project_delete_drafts, SQL_project_delete_annotations,
        SQL_project_delete_predictions, SQL_project_delete_locks, SQL_project_delete_assignments,
    };
    int64_t left = ROWS_PER_STEP;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && left > 0; i++) {
        int64_t n;

        TRY(db_exec(db, kinds[i], DB_ARGS(db_text(ids), db_i64(left)), &n));
        left -= n;
    }
    *all = left > 0;
    return OK;
}

/* True when the project is still to be removed. */
static err *check(struct removal *r, bool *there)
{
    struct row row;

    TRY(db_opt(r->j->db, SQL_project_delete_check, DB_ARGS(db_i64(r->project)), &row, there));
    if (*there && !row_bool(&row, PROJECT_DELETE_CHECK_DELETED))
        return err_new(r->j->a, ERR_NOT_FOUND, "Project %lld is not in the trash", (long long)r->project);
    return OK;
}

static err *remove_batch(struct removal *r, const struct row *batch)
{
    struct db *db = r->j->db;
    const char *ids = row_text(batch, PROJECT_DELETE_BATCH_IDS);
    bool all;

    TRY(project_delete_children(db, ids, &all));
    if (all) {
        TRY(db_exec(db, SQL_project_delete_tasks, DB_ARGS(db_text(ids)), NULL));
        TRY(db_exec(db, SQL_project_delete_draws,
                    DB_ARGS(db_i64(r->project), db_i64(r->next.after), db_i64(row_i64(batch, PROJECT_DELETE_BATCH_LAST))), NULL));
        r->next.after = row_i64(batch, PROJECT_DELETE_BATCH_LAST);
        r->next.tasks += row_i64(batch, PROJECT_DELETE_BATCH_N);
    }
    return remember(r);
}

/* First of all: without cursors the triggers do not note every removed annotation as a task to be seen again. */
static err *stream_step(struct db *db, void *arg)
{
    struct removal *r = arg;
    int64_t n;

    r->next = r->done;
    TRY(check(r, &r->next.more));
    if (!r->next.more)
        return OK;
    TRY(db_exec(db, SQL_project_delete_cursors, DB_ARGS(db_i64(r->project)), NULL));
    TRY(db_exec(db, SQL_project_delete_revisits, DB_ARGS(db_i64(r->project), db_i64(ROWS_PER_STEP)), &n));
    r->next.more = n == ROWS_PER_STEP;
    return remember(r);
}

static err *task_step(struct db *db, void *arg)
{
    struct removal *r = arg;
    struct row batch;

    r->next = r->done;
    TRY(check(r, &r->next.more));
    if (!r->next.more)
        return OK;
    TRY(db_one(db, SQL_project_delete_batch, DB_ARGS(db_i64(r->project), db_i64(r->next.after), db_i64(TASKS_PER_STEP)), &batch));
    if (row_i64(&batch, PROJECT_DELETE_BATCH_N) > 0)
        return remove_batch(r, &batch);
    /* Once more from the start before it is believed: an import may have been on its way when the project was deleted. */
    r->next.more = r->next.after > 0;
    r->next.after = 0;
    return remember(r);
}

/* Before the rows: a file without a row would stay for ever, a row without a file only until the next attempt. */
static void remove_file(struct removal *r, const char *file)
{
    const char *path = arena_printf(r->j->a, "%s/%s", cfg.data_dir, file);

    if (!text_starts(file, "upload/") || strstr(file, "..")) {
        log_msg(LOG_WARNING, "file outside the upload directory left alone", "file=\"%s\"", file);
        return;
    }
    if (unlink(path) < 0 && errno != ENOENT)
        log_msg(LOG_WARNING, "could not remove file", "file=\"%s\" reason=\"%s\"", path, strerror(errno));
}

static err *file_step(struct db *db, void *arg)
{
    struct removal *r = arg;
    struct rows files;
    int64_t *ids;

    r->next = r->done;
    TRY(db_many(db, SQL_project_delete_files, DB_ARGS(db_i64(r->project), db_i64(FILES_PER_STEP)), &files));
    r->next.more = files.n > 0;
    if (!r->next.more)
        return OK;
    ids = arena_array(r->j->a, (size_t)files.n, sizeof(*ids));
    for (int i = 0; i < files.n; i++) {
        struct row f = rows_at(&files, i);

        ids[i] = row_i64(&f, PROJECT_DELETE_FILES_ID);
        remove_file(r, row_text(&f, PROJECT_DELETE_FILES_FILE));
    }
    TRY(db_exec(db, SQL_project_delete_file_rows, DB_ARGS(db_i64s(r->j->a, ids, (size_t)files.n)), NULL));
    return remember(r);
}

static err *last_step(struct db *db, void *arg)
{
    static const struct sql_query *const rest[] = {
        SQL_project_delete_row, SQL_project_delete_block_rows, SQL_project_delete_counters, SQL_project_delete_user_counters,
        SQL_project_delete_summary,
    };
    struct removal *r = arg;

    for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++)
        TRY(db_exec(db, rest[i], DB_ARGS(db_i64(r->project)), NULL));
    return remember(r);
}

static err *repeat(struct removal *r, tx_fn *step)
{
    struct arena_mark m = arena_mark(r->j->a);

    for (;;) {
        TRY(tx_run(r->j->db, TX_WRITE, step, r));
        r->done = r->next;
        if (!r->done.more)
            return OK;
        TRY(job_go_on(r->j));
        arena_rewind(r->j->a, m);
    }
}

/* Without its project no file can get a row any more: those that a dying server left there go too, and so do its snapshots. */
static void remove_directory(struct removal *r, const char *root)
{
    const char *path = arena_printf(r->j->a, "%s/%s/%lld", cfg.data_dir, root, (long long)r->project);
    DIR *dir = opendir(path);
    struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir)))
        (void)unlinkat(dirfd(dir), entry->d_name, 0);      /* no directories */
    closedir(dir);
    (void)rmdir(path);
}

err *job_project_delete(struct job *j)
{
    struct removal r = {.j = j};

    if (!job_number(j, j->payload, "project", &r.project))
        return err_new(j->a, ERR_BAD_REQUEST, "No project in the payload");
    if (j->checkpoint && job_number(j, j->checkpoint, "after", &r.done.after))
        (void)job_number(j, j->checkpoint, "tasks", &r.done.tasks);
    TRY(repeat(&r, stream_step));
    TRY(repeat(&r, task_step));
    TRY(repeat(&r, file_step));
    TRY(tx_run(j->db, TX_WRITE, last_step, &r));
    remove_directory(&r, "upload");
    remove_directory(&r, "export");
    remove_directory(&r, "import");
    remove_directory(&r, "part");
    return OK;
}
