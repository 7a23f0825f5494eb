/* Drafts: saved while somebody works, consumed by the submission. */
#include "core/draft.h"

#include <string.h>

#include "core/args.h"
#include "core/draft.sql.h"
#include "core/names.h"
#include "core/task.h"
#include "core/wire.h"
#include "json/verr.h"

_Static_assert((int)DRAFT_BY_TASKS_EMAIL == (int)DRAFT_BY_ID_EMAIL, "column lists differ");

err *draft_rows(struct scope *s, const int64_t *tasks, size_t n, bool mine, struct rows *out)
{
    return db_many(s->db, SQL_draft_by_tasks,
                   DB_ARGS(db_i64s(s->a, tasks, n), db_opt_i64(mine || scope_own_only(s), s->user)), out);
}

err *draft_find(struct scope *s, int64_t id, struct row *out, bool *found)
{
    return db_opt(s->db, SQL_draft_by_id, DB_ARGS(SCOPE_ARGS(s), db_null(), db_i64(id)), out, found);
}

err *draft_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(draft_find(s, id, out, &found));
    if (!found || (scope_own_only(s) && draft_owner(out) != s->user))
        return err_new(s->a, ERR_NOT_FOUND, "No AnnotationDraft matches the given query.");
    return OK;
}

int64_t draft_owner(const struct row *r)
{
    return row_i64(r, DRAFT_BY_TASKS_USER_ID);
}

int64_t draft_task(const struct row *r)
{
    return row_i64(r, DRAFT_BY_TASKS_TASK);
}

const char *draft_created(const struct row *r)
{
    return row_text(r, DRAFT_BY_TASKS_CREATED_AT);
}

void draft_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, DRAFT_BY_TASKS_ID);
    wire_kstr(w, "user", r, DRAFT_BY_TASKS_EMAIL);
    wire_kusername(w, "created_username", false, row_text(r, DRAFT_BY_TASKS_FIRST_NAME), row_text(r, DRAFT_BY_TASKS_LAST_NAME),
                   row_text(r, DRAFT_BY_TASKS_EMAIL), row_text(r, DRAFT_BY_TASKS_USER_ID));
    jw_key(w, "created_ago");
    wire_ago(w, r, DRAFT_BY_TASKS_CREATED_AT);
    wire_kraw(w, "result", r, DRAFT_BY_TASKS_RESULT);
    wire_kf64(w, "lead_time", r, DRAFT_BY_TASKS_LEAD_TIME);
    wire_kbool(w, "was_postponed", r, DRAFT_BY_TASKS_WAS_POSTPONED);
    wire_ki64(w, "import_id", r, DRAFT_BY_TASKS_IMPORT_ID);
    wire_ktime(w, "created_at", r, DRAFT_BY_TASKS_CREATED_AT);
    wire_ktime(w, "updated_at", r, DRAFT_BY_TASKS_UPDATED_AT);
    wire_ki64(w, "task", r, DRAFT_BY_TASKS_TASK);
    wire_ki64(w, "annotation", r, DRAFT_BY_TASKS_ANNOTATION);
    jw_end(w);
}

err *draft_insert(struct scope *s, int64_t task, int64_t annotation, const char *result, struct db_arg lead_time, bool postponed,
                  struct db_arg import_id, int64_t *id)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_draft_insert,
               DB_ARGS(SCOPE_ARGS(s), db_i64(task), db_opt_i64(annotation != 0, annotation), db_text(result), lead_time,
                       db_bool(postponed), import_id), &r, &found));
    if (!found)
        return task_missing(s);
    *id = row_i64(&r, DRAFT_INSERT_ID);
    return OK;
}

err *draft_create(struct scope *s, int64_t task, int64_t annotation, const struct jin *in, int64_t *id)
{
    if (!jin_has(in, "result"))
        return verr_one(s->a, "result", "This field is required.");
    return draft_insert(s, task, annotation, jin_json(in, "result"), arg_float(in, "lead_time"),
                        jin_bool(in, "was_postponed", false), arg_int(in, "import_id"), id);
}

err *draft_update(struct scope *s, int64_t id, const struct jin *in)
{
    struct strbuf b;
    struct jw w;
    struct row r;

    TRY(draft_row(s, id, &r));
    strbuf_init(&b, s->a, 512u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (jin_has(in, "result"))
        jw_kraw(&w, "result", jin_json(in, "result"));
    if (jin_has(in, "lead_time") && !jin_is_null(in, "lead_time"))
        jw_kf64(&w, "lead_time", jin_float(in, "lead_time", 0));
    if (jin_has(in, "was_postponed"))
        jw_kbool(&w, "was_postponed", jin_bool(in, "was_postponed", false));
    if (jin_has(in, "annotation") && jin_is_null(in, "annotation"))
        jw_knull(&w, "annotation_id");      /* the editor detaches a draft when a skip is cancelled */
    jw_end(&w);
    TRY(strbuf_check(&b));
    return db_exec(s->db, SQL_draft_update, DB_ARGS(db_i64(id), db_text(b.buf)), NULL);
}

err *draft_delete(struct scope *s, int64_t id)
{
    struct row r;

    TRY(draft_row(s, id, &r));
    return db_exec(s->db, SQL_draft_delete, DB_ARGS(db_i64(id)), NULL);
}
