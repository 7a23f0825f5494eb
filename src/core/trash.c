/* The trash: what is in it, and the two ways out. */
#include "core/trash.h"

#include "base/cfg.h"
#include "base/clock.h"
#include "core/fields.h"
#include "core/overlap.h"
#include "core/project.h"
#include "core/trash.sql.h"
#include "db/queue.h"

enum {
    TRASH_AT_ONCE = 2000,               /* rows per transaction */
    TRASH_REQUEST_MOST = 5000,          /* a request that has done as many, or has worked for that long, leaves the rest to a job */
    TRASH_REQUEST_US = 1000 * 1000,
    JOB_BODY_MOST = 256 << 20
};

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

#define CHOICE_ARGS(r) \
    DB_ARGS(db_i64((r)->project), keep(), db_text((r)->choice.ids), db_text((r)->choice.moment), db_text((r)->choice.until), db_i64(TRASH_AT_ONCE))

static err *tasks_step(struct trash_run *run, int64_t *picked)
{
    struct db_arg ids;
    struct row r;

    TRY(db_one(run->db, SQL_trash_task_lock, CHOICE_ARGS(run), &r));
    run->step.tasks = *picked = row_i64(&r, TRASH_TASK_LOCK_N);
    if (*picked == 0)
        return OK;
    ids = db_text(row_text(&r, TRASH_TASK_LOCK_IDS));
    if (run->purge)
        return db_exec(run->db, SQL_trash_task_mark, DB_ARGS(ids), NULL);
    return db_exec(run->db, SQL_trash_task_restore, DB_ARGS(ids, db_i64(run->by)), NULL);
}

static err *annotations_step(struct trash_run *run, int64_t *picked)
{
    struct db_arg ids, tasks;
    struct row r;

    TRY(db_one(run->db, SQL_trash_annotation_pick, CHOICE_ARGS(run), &r));
    run->step.annotations = *picked = row_i64(&r, TRASH_ANNOTATION_PICK_N);
    if (*picked == 0)
        return OK;
    ids = db_text(row_text(&r, TRASH_ANNOTATION_PICK_IDS));
    tasks = db_text(row_text(&r, TRASH_ANNOTATION_PICK_TASKS));
    TRY(db_exec(run->db, SQL_trash_annotation_lock, DB_ARGS(tasks), NULL));
    if (run->purge)
        return db_exec(run->db, SQL_trash_annotation_mark, DB_ARGS(ids), NULL);
    TRY(db_exec(run->db, SQL_trash_annotation_restore, DB_ARGS(ids, db_i64(run->by), keep()), &run->step.annotations));
    return db_exec(run->db, SQL_trash_recount, DB_ARGS(tasks, db_i64(run->by)), NULL);
}

static int64_t both(const struct trash_counts *n)
{
    return n->tasks + n->annotations;
}

err *trash_step(struct trash_run *run)
{
    bool tasks = run->choice.tasks && !run->tasks_over;
    int64_t picked = 0;

    run->step = (struct trash_counts){0};
    if (tasks)
        TRY(tasks_step(run, &picked));
    else if (run->choice.annotations)
        TRY(annotations_step(run, &picked));
    run->full = picked == TRASH_AT_ONCE && both(&run->step) > 0;
    run->more = run->full || (tasks && run->choice.annotations);
    if (!run->more && !run->purge && run->n.tasks + run->step.tasks > 0)
        return overlap_redraw(run->db, run->project, NULL);
    return OK;
}

void trash_stepped(struct trash_run *run)
{
    run->n.tasks += run->step.tasks;
    run->n.annotations += run->step.annotations;
    run->tasks_over = run->tasks_over || !run->full;
}

err *trash_chosen(struct trash_run *run, int64_t *n)
{
    struct row r;

    TRY(db_one(run->db, SQL_trash_chosen,
               DB_ARGS(db_i64(run->project), keep(), db_text(run->choice.ids), db_text(run->choice.moment), db_text(run->choice.until),
                       db_bool(run->choice.tasks), db_bool(run->choice.annotations)), &r));
    *n = row_i64(&r, TRASH_CHOSEN_N);
    return OK;
}

/* ---- within a request, or with a job for what it does not get done ---- */

struct request {
    struct scope *s;
    struct trash_run run;
    int64_t until_us;
    struct trash_done *out;
};

/* What a request has not done goes on as a job, in the transaction of its last step; what is deleted from now on is not meant. */
static err *later(struct request *q)
{
    const struct trash_run *run = &q->run;
    struct strbuf b;
    struct jw w;
    struct row r;

    TRY(db_one(run->db, SQL_trash_now, NULL, 0, &r));
    strbuf_init(&b, q->s->a, JOB_BODY_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "project", run->project);
    jw_ki64(&w, "by", run->by);
    jw_kbool(&w, "of_tasks", run->choice.tasks);
    jw_kbool(&w, "of_annotations", run->choice.annotations);
    jw_kstr(&w, "ids", run->choice.ids);
    jw_kstr(&w, "moment", run->choice.moment);
    jw_kstr(&w, "until", row_text(&r, TRASH_NOW_MOMENT));
    jw_ki64(&w, "tasks", run->n.tasks + run->step.tasks);
    jw_ki64(&w, "annotations", run->n.annotations + run->step.annotations);
    jw_end(&w);
    TRY(strbuf_check(&b));
    q->out->later = true;
    return queue_add(run->db, run->purge ? "trash_purge" : "trash_restore", q->s->organization, b.buf, NULL, &q->out->job);
}

static err *request_step(struct db *db, void *arg)
{
    struct request *q = arg;
    struct trash_run *run = &q->run;

    (void)db;
    q->out->later = false;
    TRY(trash_step(run));
    if (run->more && (both(&run->n) + both(&run->step) >= TRASH_REQUEST_MOST || clock_mono_us() > q->until_us))
        return later(q);
    if (!run->purge || both(&run->step) == 0)
        return OK;
    return queue_add(run->db, "trash_purge", q->s->organization, payload_of(q->s->a, run->project), key_of(q->s->a, run->project), &q->out->job);
}

static err *take_out(struct scope *s, int64_t project, const struct trash_choice *c, bool purge, struct trash_done *out)
{
    struct request q = {.s = s, .out = out, .until_us = clock_mono_us() + TRASH_REQUEST_US,
                        .run = {.db = s->db, .project = project, .by = s->user, .choice = *c, .purge = purge, .more = true}};

    *out = (struct trash_done){.later = false};
    TRY(project_check_visible(s, project));
    while (q.run.more && !out->later) {
        struct arena_mark m = arena_mark(s->a);
        TRY(tx_run(s->db, TX_WRITE, request_step, &q));
        trash_stepped(&q.run);
        arena_rewind(s->a, m);
    }
    out->n = q.run.n;
    return OK;
}

err *trash_restore(struct scope *s, int64_t project, const struct trash_choice *c, struct trash_done *out)
{
    return take_out(s, project, c, false, out);
}

err *trash_purge(struct scope *s, int64_t project, const struct trash_choice *c, struct trash_done *out)
{
    return take_out(s, project, c, true, out);
}
