/* The trash: what is in it, and the two ways out. */
#include "core/trash.h"

#include "base/cfg.h"
#include "core/fields.h"
#include "core/overlap.h"
#include "core/project.h"
#include "core/trash.sql.h"
#include "db/queue.h"

enum { TRASH_AT_ONCE = 2000 };      /* rows per transaction */

static struct db_arg keep(void)
{
    return db_f64((double)cfg.trash_keep_s);
}

static const char *payload_of(struct arena *a, int64_t project)
{
    return arena_printf(a, "{\"project\":%lld}", (long long)project);
}

static const char *key_of(struct arena *a, int64_t project)
{
    return arena_printf(a, "%lld", (long long)project);
}

/* ---------------------------------------------------------------- projects */

err *trash_projects(struct scope *s, const char *before, int64_t before_id, int64_t most, struct rows *out)
{
    return db_many(s->db, SQL_trash_projects, DB_ARGS(SCOPE_ARGS(s), keep(), db_text(before), db_i64(before_id), db_null(), db_i64(most)), out);
}

err *trash_project(struct scope *s, int64_t project, struct rows *out)
{
    return db_many(s->db, SQL_trash_projects, DB_ARGS(SCOPE_ARGS(s), keep(), db_null(), db_null(), db_i64(project), db_i64(1)), out);
}

static err *no_project(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
}

err *trash_project_restore(struct scope *s, int64_t project)
{
    struct row r;
    int64_t n;

    TRY(db_exec(s->db, SQL_trash_project_restore, DB_ARGS(SCOPE_ARGS(s), db_i64(project), keep()), &n));
    if (n == 0)
        return no_project(s);
    TRY(db_one(s->db, SQL_trash_project_change, DB_ARGS(db_i64(project)), &r));
    if (!row_bool(&r, TRASH_PROJECT_CHANGE_FOUND))
        return OK;
    return queue_add(s->db, "overlap", s->organization, payload_of(s->a, project), key_of(s->a, project), NULL);
}

err *trash_project_purge(struct scope *s, int64_t project, int64_t *job)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_trash_project_purge, DB_ARGS(SCOPE_ARGS(s), db_i64(project)), &n));
    if (n == 0)
        return no_project(s);
    return queue_add(s->db, "project_delete", s->organization, payload_of(s->a, project), key_of(s->a, project), job);
}

/* ---------------------------------------------------------------- what is in it */

err *trash_counts(struct scope *s, int64_t project, struct trash_counts *out)
{
    struct row r;

    TRY(db_one(s->db, SQL_trash_counts, DB_ARGS(db_i64(project), keep()), &r));
    *out = (struct trash_counts){row_i64(&r, TRASH_COUNTS_TASKS), row_i64(&r, TRASH_COUNTS_ANNOTATIONS)};
    return OK;
}

err *trash_groups(struct scope *s, int64_t project, const char *before, int64_t most, struct rows *out)
{
    return db_many(s->db, SQL_trash_groups, DB_ARGS(db_i64(project), keep(), db_text(before), db_i64(most)), out);
}

static const struct field task_fields[] = {
    {"id", TRASH_TASKS_ID, 'i'},
    {"inner_id", TRASH_TASKS_INNER_ID, 'i'},
    {"annotations", TRASH_TASKS_ANNOTATIONS, 'i'},
    {"deleted_at", TRASH_TASKS_DELETED_AT, 't'},
    {"expires_at", TRASH_TASKS_EXPIRES_AT, 't'},
    {"deleted_by", TRASH_TASKS_DELETED_BY, 'i'},
    {0}};
static const struct field annotation_fields[] = {
    {"id", TRASH_ANNOTATIONS_ID, 'i'},
    {"task", TRASH_ANNOTATIONS_TASK, 'i'},
    {"completed_by", TRASH_ANNOTATIONS_COMPLETED_BY, 'i'},
    {"deleted_at", TRASH_ANNOTATIONS_DELETED_AT, 't'},
    {"expires_at", TRASH_ANNOTATIONS_EXPIRES_AT, 't'},
    {"deleted_by", TRASH_ANNOTATIONS_DELETED_BY, 'i'},
    {0}};

static err *page_write(struct scope *s, struct jw *w, int64_t project, const struct sql_query *q, const struct field *fields, int moment,
                       struct trash_page *p)
{
    struct rows rows;

    TRY(db_many(s->db, q, DB_ARGS(db_i64(project), keep(), db_text(p->before), db_i64(p->before_id), db_i64(p->most)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        jw_obj(w);
        for (const struct field *f = fields; f->key; f++)
            field_write(w, &r, f);
        jw_end(w);
        p->last = row_text(&r, moment);
        p->last_id = row_i64(&r, fields[0].col);
    }
    jw_end(w);
    if (rows.n < p->most)
        p->last = NULL;
    return OK;
}

err *trash_tasks_write(struct scope *s, struct jw *w, int64_t project, struct trash_page *page)
{
    return page_write(s, w, project, SQL_trash_tasks, task_fields, TRASH_TASKS_DELETED_AT, page);
}

err *trash_annotations_write(struct scope *s, struct jw *w, int64_t project, struct trash_page *page)
{
    return page_write(s, w, project, SQL_trash_annotations, annotation_fields, TRASH_ANNOTATIONS_DELETED_AT, page);
}

/* ---------------------------------------------------------------- out of it */

struct run {
    struct scope *s;
    int64_t project;
    const struct trash_choice *c;
    bool purge;
    int64_t picked, n;            /* by the step, and how many of these it was not too late for */
};

#define CHOICE_ARGS(run) \
    DB_ARGS(db_i64((run)->project), keep(), db_text((run)->c->ids), db_text((run)->c->moment), db_i64(TRASH_AT_ONCE))

static err *tasks_step(struct db *db, void *arg)
{
    struct run *run = arg;
    struct db_arg ids;
    struct row r;

    TRY(db_one(db, SQL_trash_task_lock, CHOICE_ARGS(run), &r));
    run->picked = run->n = row_i64(&r, TRASH_TASK_LOCK_N);
    if (run->n == 0)
        return OK;
    ids = db_text(row_text(&r, TRASH_TASK_LOCK_IDS));
    if (run->purge)
        return db_exec(db, SQL_trash_task_mark, DB_ARGS(ids), NULL);
    return db_exec(db, SQL_trash_task_restore, DB_ARGS(ids, db_i64(run->s->user)), NULL);
}

static err *annotations_step(struct db *db, void *arg)
{
    struct run *run = arg;
    struct db_arg ids, tasks;
    struct row r;

    TRY(db_one(db, SQL_trash_annotation_pick, CHOICE_ARGS(run), &r));
    run->picked = run->n = row_i64(&r, TRASH_ANNOTATION_PICK_N);
    if (run->n == 0)
        return OK;
    ids = db_text(row_text(&r, TRASH_ANNOTATION_PICK_IDS));
    tasks = db_text(row_text(&r, TRASH_ANNOTATION_PICK_TASKS));
    TRY(db_exec(db, SQL_trash_annotation_lock, DB_ARGS(tasks), NULL));
    if (run->purge)
        return db_exec(db, SQL_trash_annotation_mark, DB_ARGS(ids), NULL);
    TRY(db_exec(db, SQL_trash_annotation_restore, DB_ARGS(ids, db_i64(run->s->user), keep()), &run->n));
    return db_exec(db, SQL_trash_recount, DB_ARGS(tasks, db_i64(run->s->user)), NULL);
}

static err *repeat(struct run *run, tx_fn *step, int64_t *all)
{
    *all = 0;
    do {
        struct arena_mark m = arena_mark(run->s->a);
        TRY(tx_run(run->s->db, TX_WRITE, step, run));
        *all += run->n;
        arena_rewind(run->s->a, m);
    } while (run->picked == TRASH_AT_ONCE && run->n > 0);
    return OK;
}

static err *take_out(struct run *run, struct trash_counts *n)
{
    *n = (struct trash_counts){0};
    TRY(project_check_visible(run->s, run->project));
    if (run->c->tasks)
        TRY(repeat(run, tasks_step, &n->tasks));
    return run->c->annotations ? repeat(run, annotations_step, &n->annotations) : OK;
}

err *trash_restore(struct scope *s, int64_t project, const struct trash_choice *c, struct trash_counts *n)
{
    TRY(take_out(&(struct run){.s = s, .project = project, .c = c}, n));
    return n->tasks > 0 ? overlap_redraw(s->db, project, NULL) : OK;
}

err *trash_purge(struct scope *s, int64_t project, const struct trash_choice *c, struct trash_counts *n, int64_t *job)
{
    *job = 0;
    TRY(take_out(&(struct run){.s = s, .project = project, .c = c, .purge = true}, n));
    if (n->tasks + n->annotations == 0)
        return OK;
    return queue_add(s->db, "trash_purge", s->organization, payload_of(s->a, project), key_of(s->a, project), job);
}
