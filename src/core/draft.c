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
                   DB_ARGS(db_i64s(s->a, tasks, n), db_opt_i64(mine || scope_own_only(s), s->user), db_i64(s->user), db_text(s->role)), out);
}

err *draft_tasks(struct scope *s, const int64_t *tasks, size_t n, struct rows *out)
{
    return db_many(s->db, SQL_draft_tasks, DB_ARGS(db_i64s(s->a, tasks, n), db_opt_i64(scope_own_only(s), s->user)), out);
}

err *draft_find(struct scope *s, int64_t id, struct row *out, bool *found)
{
    return db_opt(s->db, SQL_draft_by_id, DB_ARGS(SCOPE_ARGS(s), db_null(), db_i64(id)), out, found);
}

static err *draft_missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No AnnotationDraft matches the given query.");
}

err *draft_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(draft_find(s, id, out, &found));
    if (!found || (scope_own_only(s) && draft_owner(out) != s->user))
        return draft_missing(s);
    return OK;
}

int64_t draft_row_id(const struct row *r)
{
    return row_i64(r, DRAFT_BY_TASKS_ID);
}

int64_t draft_owner(const struct row *r)
{
    return row_i64(r, DRAFT_BY_TASKS_USER_ID);
}

int64_t draft_task(const struct row *r)
{
    return row_i64(r, DRAFT_BY_TASKS_TASK);
}

bool draft_discussed(const struct row *r)
{
    return row_bool(r, DRAFT_BY_ID_HAS_COMMENTS);
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
    return draft_insert(s, task, annotation, jin_json(in, "result"), arg_float(in, "lead_time"),
                        jin_bool(in, "was_postponed", false), arg_int(in, "import_id"), id);
}

/* The annotation that a draft is to change is one of its task that the caller sees. */
static err *annotation_check(struct scope *s, const struct jin *in, int64_t task)
{
    int64_t id = jin_int(in, "annotation", 0);
    struct row r;
    bool found;

    if (!arg_given(in, "annotation"))
        return OK;
    TRY(db_opt(s->db, SQL_draft_annotation, DB_ARGS(db_i64(id), db_i64(task), db_opt_i64(scope_own_only(s), s->user)), &r, &found));
    return found ? OK : verr_one(s->a, "annotation", "Invalid pk \"%lld\" - object does not exist.", (long long)id);
}

/* owner: 0 = as before. */
static void change_write(struct jw *w, const struct jin *in, int64_t owner)
{
    jw_obj(w);
    if (owner)
        jw_ki64(w, "user_id", owner);
    if (jin_has(in, "result"))
        jw_kraw(w, "result", jin_json(in, "result"));
    arg_kf64(w, in, "lead_time", "lead_time");
    if (jin_has(in, "was_postponed"))
        jw_kbool(w, "was_postponed", jin_bool(in, "was_postponed", false));
    arg_ki64(w, in, "import_id", "import_id");
    arg_ki64(w, in, "annotation", "annotation_id");      /* null: the editor detaches it when a skip is cancelled */
    jw_end(w);
}

err *draft_update(struct scope *s, int64_t id, const struct jin *in, bool whole)
{
    struct strbuf b;
    struct jw w;
    struct row r;

    TRY(draft_row(s, id, &r));
    TRY(annotation_check(s, in, draft_task(&r)));
    strbuf_init(&b, s->a, 512u << 20);
    jw_init_strbuf(&w, &b);
    change_write(&w, in, whole ? s->user : 0);
    TRY(strbuf_check(&b));
    return db_exec(s->db, SQL_draft_update, DB_ARGS(db_i64(id), db_text(b.buf)), NULL);
}

err *draft_delete(struct scope *s, int64_t id)
{
    struct row r;
    int64_t n;

    TRY(draft_row(s, id, &r));
    TRY(db_exec(s->db, SQL_draft_delete, DB_ARGS(db_i64(id)), &n));
    return n ? OK : draft_missing(s);
}
