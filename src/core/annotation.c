/* Annotations: submit, skip, change, delete, and their effect on the task, the stream and the counters.
 * Deleted annotations stay in the trash; every read leaves them out. */
#include "core/annotation.h"

#include <string.h>

#include "core/annotation.sql.h"
#include "core/args.h"
#include "core/comment.h"
#include "core/draft.h"
#include "core/event.h"
#include "core/names.h"
#include "core/pause.h"
#include "core/review.h"
#include "core/task.h"
#include "core/wire.h"
#include "json/verr.h"

static struct db_arg own_only(const struct scope *s)
{
    return db_opt_i64(scope_own_only(s), s->user);
}

err *annotation_rows(struct scope *s, const int64_t *tasks, size_t n, bool skipped, struct rows *out)
{
    return db_many(s->db, SQL_annotation_by_tasks, DB_ARGS(db_i64s(s->a, tasks, n), db_i64(s->user), db_text(s->role), own_only(s), db_bool(skipped)), out);
}

err *annotation_ahead(struct scope *s, int64_t task)
{
    return db_ahead(s->db, SQL_annotation_by_tasks, DB_ARGS(db_i64s(s->a, &task, 1), db_i64(s->user), db_text(s->role), own_only(s), db_bool(true)));
}

err *annotation_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_annotation_by_id, DB_ARGS(SCOPE_ARGS(s), own_only(s), db_i64(id)), out, &found));
    return found ? OK : err_new(s->a, ERR_NOT_FOUND, "No Annotation matches the given query.");
}

const int annotation_result_col = ANNOTATION_BY_TASKS_RESULT;
const int annotation_lead_time_col = ANNOTATION_BY_TASKS_LEAD_TIME;

int64_t annotation_id(const struct row *r)
{
    return row_i64(r, ANNOTATION_BY_TASKS_ID);
}

int64_t annotation_author(const struct row *r)
{
    return row_null(r, ANNOTATION_BY_TASKS_CREATED_BY) ? 0 : row_i64(r, ANNOTATION_BY_TASKS_CREATED_BY);
}

/* ---------------------------------------------------------------- writing */

static void user_write(struct jw *w, const struct row *r)
{
    const char *first = row_text(r, ANNOTATION_BY_TASKS_FIRST_NAME);
    const char *last = row_text(r, ANNOTATION_BY_TASKS_LAST_NAME);

    if (row_null(r, ANNOTATION_BY_TASKS_CREATED_BY)) {
        jw_null(w);
        return;
    }
    jw_obj(w);
    wire_ki64(w, "id", r, ANNOTATION_BY_TASKS_CREATED_BY);
    jw_kstr(w, "first_name", first);
    jw_kstr(w, "last_name", last);
    wire_kstr(w, "avatar", r, ANNOTATION_BY_TASKS_AVATAR);
    wire_kstr(w, "email", r, ANNOTATION_BY_TASKS_EMAIL);
    wire_kinitials(w, first, last, row_text(r, ANNOTATION_BY_TASKS_USERNAME), row_text(r, ANNOTATION_BY_TASKS_EMAIL));
    jw_end(w);
}

void annotation_write_open(struct jw *w, const struct row *r, enum annotation_shape shape)
{
    jw_obj(w);
    wire_ki64(w, "id", r, ANNOTATION_BY_TASKS_ID);
    wire_kraw(w, "result", r, ANNOTATION_BY_TASKS_RESULT);
    wire_kusername(w, "created_username", true, row_text(r, ANNOTATION_BY_TASKS_FIRST_NAME),
                   row_text(r, ANNOTATION_BY_TASKS_LAST_NAME), row_text(r, ANNOTATION_BY_TASKS_EMAIL),
                   row_text(r, ANNOTATION_BY_TASKS_CREATED_BY));
    jw_key(w, "created_ago");
    wire_ago(w, r, ANNOTATION_BY_TASKS_CREATED_AT);
    jw_key(w, "completed_by");
    if (shape == ANNOTATION_USER_OBJECT)
        user_write(w, r);
    else
        jw_raw(w, row_text(r, ANNOTATION_BY_TASKS_CREATED_BY));
    wire_kbool(w, "was_cancelled", r, ANNOTATION_BY_TASKS_WAS_CANCELLED);
    wire_kbool(w, "ground_truth", r, ANNOTATION_BY_TASKS_GROUND_TRUTH);
    wire_ktime(w, "created_at", r, ANNOTATION_BY_TASKS_CREATED_AT);
    wire_ktime(w, "updated_at", r, ANNOTATION_BY_TASKS_UPDATED_AT);
    wire_ktime(w, "draft_created_at", r, ANNOTATION_BY_TASKS_DRAFT_CREATED_AT);
    wire_kf64(w, "lead_time", r, ANNOTATION_BY_TASKS_LEAD_TIME);
    wire_ki64(w, "import_id", r, ANNOTATION_BY_TASKS_IMPORT_ID);
    wire_kstr(w, "last_action", r, ANNOTATION_BY_TASKS_LAST_ACTION);
    wire_kbool(w, "bulk_created", r, ANNOTATION_BY_TASKS_BULK_CREATED);
    wire_ki64(w, "task", r, ANNOTATION_BY_TASKS_TASK);
    wire_ki64(w, "project", r, ANNOTATION_BY_TASKS_PROJECT);
    wire_ki64(w, "updated_by", r, ANNOTATION_BY_TASKS_UPDATED_BY);
    wire_ki64(w, "parent_prediction", r, ANNOTATION_BY_TASKS_PARENT_PREDICTION);
    wire_ki64(w, "parent_annotation", r, ANNOTATION_BY_TASKS_PARENT_ANNOTATION);
    wire_ki64(w, "last_created_by", r, ANNOTATION_BY_TASKS_LAST_CREATED_BY);
}

void annotation_write(struct jw *w, const struct row *r, enum annotation_shape shape)
{
    annotation_write_open(w, r, shape);
    jw_end(w);
}

/* ---------------------------------------------------------------- input */

static err *result_list(struct scope *s, json_t *list)
{
    size_t i;
    json_t *item;

    if (!json_is_array(list))
        return verr_one(s->a, "result", "annotation \"result\" field in annotation must be list");
    json_array_foreach(list, i, item)
        if (!json_is_object(item))
            return verr_one(s->a, "result", "annotation \"result\" list must hold objects, item %zu is %s", i, jin_type_name(item));
    return OK;
}

err *annotation_result(struct scope *s, const struct jin *in, const char **out)
{
    json_t *tree = jin_tree(in, "result"), *parsed;
    struct span text;

    *out = NULL;
    if (!jin_has(in, "result"))
        return OK;
    if (!json_is_string(tree)) {
        *out = jin_json(in, "result");
        return result_list(s, tree);
    }
    text = (struct span){json_string_value(tree), json_string_length(tree)};
    if (jin_parse(s->a, text, 200, &parsed))
        return verr_one(s->a, "result", "annotation \"result\" text is not valid JSON");
    if (jspan_unstorable(text))
        return verr_one(s->a, "result", "%s", jspan_unstorable(text));
    *out = span_dup(s->a, text);
    return result_list(s, parsed);
}

/* The people and objects that a body refers to must exist within reach of the caller. */
static err *refs_check(struct scope *s, const struct jin *in, int64_t task)
{
    static const struct {
        const char *name;
        int ok;
    } refs[] = {{"completed_by", ANNOTATION_REFS_CHECK_USER_OK}, {"parent_prediction", ANNOTATION_REFS_CHECK_PREDICTION_OK},
                {"parent_annotation", ANNOTATION_REFS_CHECK_ANNOTATION_OK}, {"last_created_by", ANNOTATION_REFS_CHECK_LAST_OK}};
    bool any = false;
    struct row r;

    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++)
        any = any || (jin_has(in, refs[i].name) && !jin_is_null(in, refs[i].name));
    if (!any)
        return OK;
    if (jin_int(in, "completed_by", s->user) != s->user && !scope_can(s, PERM_TASKS_CHANGE))
        return err_new(s->a, ERR_PERMISSION, "You may submit annotations in your own name only.");
    TRY(db_one(s->db, SQL_annotation_refs_check,
               DB_ARGS(db_i64(s->organization), arg_int(in, "completed_by"), arg_int(in, "parent_prediction"),
                       arg_int(in, "parent_annotation"), db_i64(task), arg_int(in, "last_created_by")), &r));
    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++)
        if (!row_bool(&r, refs[i].ok))
            return verr_one(s->a, refs[i].name, "Invalid pk \"%lld\" - object does not exist.", (long long)jin_int(in, refs[i].name, 0));
    return OK;
}

/* Annotators do not decide what the truth is; the editor sends the flag with all they do, so in their bodies it is passed over. */
static bool truth_given(const struct scope *s, const struct jin *in)
{
    return jin_has(in, "ground_truth") && !scope_own_only(s);
}

static bool truth_claimed(const struct scope *s, const struct jin *in)
{
    return truth_given(s, in) && jin_bool(in, "ground_truth", false);
}

/* ---------------------------------------------------------------- create */

/* The draft that a submission consumes. */
struct consumed {
    int64_t id;              /* 0 = none */
    const char *created;     /* when it was begun, or NULL */
    bool discussed;          /* somebody commented on it */
};

/* It must be the caller's and of this task; an unknown id is ignored. */
static err *draft_consume(struct scope *s, int64_t task, int64_t draft, struct consumed *out)
{
    struct row r;
    bool found;

    *out = (struct consumed){0};
    if (!draft)
        return OK;
    TRY(draft_find(s, draft, &r, &found));
    if (!found)
        return OK;
    if (draft_owner(&r) != s->user || draft_task(&r) != task)
        return err_new(s->a, ERR_PERMISSION, "You have no permission to access this draft");
    *out = (struct consumed){draft, draft_created(&r), draft_discussed(&r)};
    return OK;
}

/* What the history calls a new annotation: what the client says that it was made from counts before its parents. */
static const char *first_action(const struct jin *in, bool skipped)
{
    const char *last = jin_text(in, "last_action");

    if (skipped)
        return "skipped";
    if (last)
        return strcmp(last, "prediction") == 0 || strcmp(last, "propagated_annotation") == 0 ? last : "submitted";
    if (arg_given(in, "parent_prediction"))
        return "prediction";
    return arg_given(in, "parent_annotation") ? "propagated_annotation" : "submitted";
}

/* An empty one is none. */
static const char *comment(const struct jin *in)
{
    const char *text = jin_text(in, "comment");

    return text && *text ? text : NULL;
}

/* Some projects want to know why a task is skipped: said with the skip, or in a comment before it. */
static err *skip_said(struct scope *s, const struct jin *in, int64_t annotation, const struct consumed *draft, bool *said)
{
    *said = comment(in) != NULL;
    if (*said || (!annotation && !draft->discussed))
        return OK;
    return comment_said(s, annotation, draft->id, said);
}

static err *skip_refused(struct scope *s, int64_t task, bool *refused)
{
    struct row r;

    TRY(db_opt(s->db, SQL_annotation_skip_needs_comment, DB_ARGS(db_i64(task)), &r, refused));
    *refused = *refused && row_bool(&r, ANNOTATION_SKIP_NEEDS_COMMENT_NEEDED);
    return OK;
}

static err *skip_silent(struct scope *s)
{
    return verr_one(s->a, "comment", "Please leave a comment before you skip a task.");
}

static err *not_inserted(struct scope *s, int64_t task, bool silent)
{
    bool refused = false;

    if (silent)
        TRY(skip_refused(s, task, &refused));
    return refused ? skip_silent(s) : task_missing(s);
}

static err *insert(struct scope *s, int64_t task, const struct jin *in, bool skipped, const struct consumed *draft, struct row *r)
{
    const char *result;
    bool found, said = true;

    if (skipped)
        TRY(skip_said(s, in, 0, draft, &said));

    TRY(annotation_result(s, in, &result));
    TRY(db_opt(s->db, SQL_annotation_insert,
               DB_ARGS(SCOPE_ARGS(s), db_i64(task), db_text(result),
                       db_i64(jin_int(in, "completed_by", s->user)),
                       db_bool(skipped), db_bool(truth_claimed(s, in)),
                       arg_float(in, "lead_time"), db_text(jin_text(in, "unique_id")), arg_int(in, "import_id"),
                       db_text(jin_text(in, "last_action")), arg_int(in, "parent_prediction"), arg_int(in, "parent_annotation"),
                       arg_int(in, "last_created_by"), db_bool(jin_bool(in, "bulk_created", false)),
                       db_text(draft->created ? draft->created : jin_text(in, "draft_created_at")), db_text(first_action(in, skipped)),
                       db_opt_i64(draft->id != 0, draft->id), db_text(comment(in)), db_bool(!said)), r, &found));
    return found ? OK : not_inserted(s, task, !said);
}

err *annotation_create(struct scope *s, int64_t task, const struct jin *in, bool skipped, int64_t *id)
{
    struct consumed draft;
    struct row r;

    TRY(pause_check_task(s, task));
    TRY(refs_check(s, in, task));
    TRY(draft_consume(s, task, jin_int(in, "draft_id", 0), &draft));
    TRY(insert(s, task, in, skipped, &draft, &r));
    *id = row_i64(&r, ANNOTATION_INSERT_ID);
    if (truth_claimed(s, in))
        TRY(db_exec(s->db, SQL_annotation_truth_alone, DB_ARGS(db_i64(task), db_i64(*id)), NULL));
    TRY(task_recount_one(s, task));
    TRY(db_later(s->db, SQL_annotation_settle,
                 DB_ARGS(db_i64(task), db_i64(s->user), db_i64(*id), db_opt_i64(draft.id != 0, draft.id),
                         db_i64(row_i64(&r, ANNOTATION_INSERT_PROJECT)))));
    return event_annotation(s, "ANNOTATION_CREATED", *id);
}

/* ---------------------------------------------------------------- change */

static void opt_write(struct jw *w, const struct jin *in, const char *name, char type)
{
    if (!jin_has(in, name))
        return;
    if (type == 'b')
        jw_kbool(w, name, jin_bool(in, name, false));
    else if (jin_is_null(in, name))
        jw_knull(w, name);
    else if (type == 'i')
        jw_ki64(w, name, jin_int(in, name, 0));
    else if (type == 'f')
        jw_kf64(w, name, jin_float(in, name, 0));
    else
        jw_kstr(w, name, jin_text(in, name));
}

static err *change_build(struct scope *s, const struct jin *in, const char **out)
{
    struct strbuf b;
    struct jw w;
    const char *result;

    TRY(annotation_result(s, in, &result));
    strbuf_init(&b, s->a, 512u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (result)
        jw_kraw(&w, "result", result);
    opt_write(&w, in, "completed_by", 'i');
    opt_write(&w, in, "was_cancelled", 'b');
    if (truth_given(s, in))
        opt_write(&w, in, "ground_truth", 'b');
    opt_write(&w, in, "lead_time", 'f');
    opt_write(&w, in, "unique_id", 's');
    opt_write(&w, in, "import_id", 'i');
    opt_write(&w, in, "last_action", 's');
    opt_write(&w, in, "parent_prediction", 'i');
    opt_write(&w, in, "parent_annotation", 'i');
    opt_write(&w, in, "last_created_by", 'i');
    opt_write(&w, in, "bulk_created", 'b');
    opt_write(&w, in, "draft_created_at", 's');
    if (jin_has(in, "task"))
        jw_ki64(&w, "task_id", jin_int(in, "task", 0));
    jw_end(&w);
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}

/* Does the body bring another version? Ground truth and where it came from are no part of one. */
static bool is_version(const struct jin *in)
{
    return jin_has(in, "result") || jin_has(in, "lead_time") || jin_has(in, "was_cancelled") || jin_has(in, "last_action");
}

/* Where a changed annotation is and will be; the same task unless it moves. */
struct place {
    int64_t from, to;
    bool reviewed;       /* a review of the task counts */
};

/* Lock its task, and in the order of their ids also the one that it moves to. from = 0: it is not visible. to = 0: no such task. */
static err *tasks_lock(struct scope *s, int64_t id, int64_t target, struct place *out)
{
    struct rows rows;

    *out = (struct place){0};
    TRY(db_many(s->db, SQL_annotation_task_lock, DB_ARGS(SCOPE_ARGS(s), db_i64(id), db_opt_i64(target != 0, target)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        int64_t task = row_i64(&r, ANNOTATION_TASK_LOCK_ID);

        out->reviewed = out->reviewed || row_bool(&r, ANNOTATION_TASK_LOCK_REVIEWED);
        if (row_bool(&r, ANNOTATION_TASK_LOCK_IS_TARGET) && row_bool(&r, ANNOTATION_TASK_LOCK_OURS))
            out->to = task;
        if (!row_bool(&r, ANNOTATION_TASK_LOCK_IS_TARGET) || rows.n == 1)
            out->from = task;
    }
    if (!target)
        out->to = out->from;
    return OK;
}

/* The annotation as it is once nobody else can change it. It may have been moved before its task was locked: then once more. */
static err *row_for_change(struct scope *s, int64_t id, int64_t target, struct row *out, struct place *at)
{
    enum { ATTEMPTS = 5 };

    for (int i = 0; i < ATTEMPTS; i++) {
        TRY(tasks_lock(s, id, target, at));
        TRY(annotation_row(s, id, out));
        if (row_i64(out, ANNOTATION_BY_ID_TASK) == at->from)
            return pause_check_task(s, at->from);
    }
    return err_new(s->a, ERR_CONFLICT, "The annotation is being moved by others.");
}

err *annotation_lock(struct scope *s, int64_t id, struct row *out)
{
    struct place at;

    return row_for_change(s, id, 0, out, &at);
}

static err *move_check(struct scope *s, const struct place *at, int64_t target)
{
    if (at->from == at->to)
        return OK;
    if (!scope_can(s, PERM_TASKS_CHANGE))
        return err_new(s->a, ERR_PERMISSION, "You may not move annotations to another task.");
    return at->to ? OK : verr_one(s->a, "task", "Invalid pk \"%lld\" - object does not exist.", (long long)target);
}

static err *moved(struct scope *s, int64_t id, const struct place *at)
{
    if (at->from == at->to)
        return OK;
    return db_exec(s->db, SQL_annotation_unlisted, DB_ARGS(db_i64(id), db_i64(at->to)), NULL);
}

/* An annotation that is skipped by a change is one that was not. */
static err *skip_check(struct scope *s, const struct row *r, const struct jin *in)
{
    int64_t task = row_i64(r, ANNOTATION_BY_ID_TASK);
    bool refused, said;

    if (!jin_bool(in, "was_cancelled", false) || row_bool(r, ANNOTATION_BY_ID_WAS_CANCELLED))
        return OK;
    TRY(skip_refused(s, task, &refused));
    if (!refused)
        return OK;
    TRY(skip_said(s, in, row_i64(r, ANNOTATION_BY_ID_ID), &(struct consumed){0}, &said));
    return said ? OK : skip_silent(s);
}

err *annotation_update(struct scope *s, int64_t id, const struct jin *in)
{
    int64_t target = jin_int(in, "task", 0);
    const char *change;
    struct place at;
    struct row r;

    TRY(row_for_change(s, id, target, &r, &at));
    TRY(move_check(s, &at, target));
    TRY(refs_check(s, in, at.to));
    TRY(skip_check(s, &r, in));
    TRY(change_build(s, in, &change));
    TRY(db_exec(s->db, SQL_annotation_update, DB_ARGS(db_i64(id), db_text(change), db_i64(s->user), db_bool(is_version(in)), db_text(comment(in))), NULL));
    TRY(db_exec(s->db, SQL_annotation_drafts_delete, DB_ARGS(db_i64(id)), NULL));
    TRY(moved(s, id, &at));
    if (at.reviewed && (is_version(in) || jin_has(in, "completed_by")))
        TRY(review_supersede(s, id));
    if (truth_claimed(s, in) || at.from != at.to)
        TRY(db_exec(s->db, SQL_annotation_truth_alone, DB_ARGS(db_i64(at.to), db_i64(id)), NULL));
    TRY(task_recount(s, (const int64_t[]){at.to, at.from}, at.from == at.to ? 1 : 2));
    return event_annotation(s, "ANNOTATION_UPDATED", id);
}

err *annotation_delete(struct scope *s, int64_t id)
{
    struct place at;
    struct row r;

    TRY(row_for_change(s, id, 0, &r, &at));
    TRY(db_exec(s->db, SQL_annotation_drafts_delete, DB_ARGS(db_i64(id)), NULL));
    TRY(db_exec(s->db, SQL_annotation_trash, DB_ARGS(db_i64(id), db_i64(s->user)), NULL));
    TRY(task_recount_one(s, at.from));
    return event_annotations_gone(s, row_i64(&r, ANNOTATION_BY_ID_PROJECT), db_i64s(s->a, &id, 1));
}

err *annotation_to_draft(struct scope *s, int64_t id, int64_t *draft)
{
    const char *result;
    struct place at;
    struct row r;

    TRY(row_for_change(s, id, 0, &r, &at));
    result = row_json(&r, ANNOTATION_BY_ID_RESULT);
    TRY(draft_insert(s, at.from, 0, result ? result : "[]",
                     row_null(&r, ANNOTATION_BY_ID_LEAD_TIME) ? db_null() : db_f64(row_f64(&r, ANNOTATION_BY_ID_LEAD_TIME)),
                     false, db_null(), draft));
    TRY(comment_to_draft(s, id, *draft));
    return annotation_delete(s, id);
}
