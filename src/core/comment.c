/* Comments: reading them, and writing them under the lock of their task. */
#include "core/comment.h"

#include "core/args.h"
#include "core/auth.h"
#include "core/cell.h"
#include "core/comment.sql.h"
#include "core/feedback.h"
#include "core/fields.h"
#include "core/names.h"
#include "core/pause.h"
#include "core/wire.h"
#include "json/verr.h"

_Static_assert((int)COMMENT_ROW_AVATAR == (int)COMMENT_OF_TARGET_AVATAR && (int)COMMENT_ROW_AVATAR == (int)COMMENT_OF_PROJECTS_AVATAR,
               "column lists differ");

/* ---------------------------------------------------------------- reading */

#define FILTER_ARGS(f) \
    db_opt_i64((f)->annotation != 0, (f)->annotation), db_opt_i64((f)->draft != 0, (f)->draft), db_text((f)->projects), db_text((f)->annotators)

err *comment_list(struct scope *s, const struct comment_filter *f, struct db_cursor *out)
{
    const struct sql_query *q = f->annotation || f->draft ? SQL_comment_of_target : SQL_comment_of_projects;

    return db_stream(s->db, q, DB_ARGS(SCOPE_ARGS(s), FILTER_ARGS(f), db_bool(f->by_change), db_bool(f->descending)), out);
}

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Comment matches the given query.");
}

err *comment_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_comment_row, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), out, &found));
    return found ? OK : missing(s);
}

static void author_write(struct jw *w, const struct row *r)
{
    const char *first = row_text(r, COMMENT_ROW_FIRST_NAME), *last = row_text(r, COMMENT_ROW_LAST_NAME);

    if (row_null(r, COMMENT_ROW_CREATED_BY)) {
        jw_null(w);
        return;
    }
    jw_obj(w);
    wire_ki64(w, "id", r, COMMENT_ROW_CREATED_BY);
    jw_kstr(w, "first_name", first);
    jw_kstr(w, "last_name", last);
    wire_kstr(w, "username", r, COMMENT_ROW_USERNAME);
    wire_kstr(w, "email", r, COMMENT_ROW_EMAIL);
    wire_kstr(w, "avatar", r, COMMENT_ROW_AVATAR);
    wire_kinitials(w, first, last, row_text(r, COMMENT_ROW_USERNAME), row_text(r, COMMENT_ROW_EMAIL));
    jw_end(w);
}

void comment_write(struct jw *w, const struct row *r, bool expand)
{
    static const struct field fields[] = {
        {"id", COMMENT_ROW_ID, 'i'},
        {"annotation", COMMENT_ROW_ANNOTATION, 'i'},
        {"draft", COMMENT_ROW_DRAFT, 'i'},
        {"task", COMMENT_ROW_TASK, 'i'},
        {"project", COMMENT_ROW_PROJECT, 'i'},
        {"text", COMMENT_ROW_TEXT, 's'},
        {"region_ref", COMMENT_ROW_REGION_REF, 'j'},
        {"classifications", COMMENT_ROW_CLASSIFICATIONS, 'j'},
        {"is_resolved", COMMENT_ROW_IS_RESOLVED, 'b'},
        {"resolved_at", COMMENT_ROW_RESOLVED_AT, 't'},
        {"created_at", COMMENT_ROW_CREATED_AT, 't'},
        {"updated_at", COMMENT_ROW_UPDATED_AT, 't'},
    };

    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_key(w, "created_by");
    if (expand)
        author_write(w, r);
    else
        jw_raw(w, row_null(r, COMMENT_ROW_CREATED_BY) ? "null" : row_text(r, COMMENT_ROW_CREATED_BY));
    jw_knull(w, "state");
    jw_end(w);
}

static err *zone_check(struct scope *s, const char *zone)
{
    struct row r;

    if (!zone)
        return OK;
    TRY(db_one(s->db, SQL_comment_zone_known, DB_ARGS(db_text(zone)), &r));
    return row_bool(&r, COMMENT_ZONE_KNOWN_KNOWN) ? OK : verr_one(s->a, "tz", "\"%s\" is not the name of a time zone.", zone);
}

err *comment_table(struct scope *s, const struct comment_filter *f, const char *zone, struct db_cursor *out)
{
    TRY(zone_check(s, zone));
    return db_stream(s->db, SQL_comment_table, DB_ARGS(SCOPE_ARGS(s), FILTER_ARGS(f), db_text(zone ? zone : "UTC")), out);
}

void comment_csv_line(struct strbuf *b, const struct row *r)
{
    if (!r) {
        strbuf_puts(b, "id,project,task,annotation,draft,text,region_ref,classifications,is_resolved,resolved_at,created_by,created_at,updated_at\r\n");
        return;
    }
    for (int col = COMMENT_TABLE_ID; col <= COMMENT_TABLE_UPDATED_AT; col++) {
        if (!row_null(r, col))
            cell_add(b, row_text(r, col));
        strbuf_puts(b, col == COMMENT_TABLE_UPDATED_AT ? "\r\n" : ",");
    }
}

/* ---------------------------------------------------------------- writing */

static err *target_missing(struct scope *s, const struct jin *in)
{
    const char *name = arg_given(in, "draft") ? "draft" : "annotation";

    return verr_one(s->a, name, "Invalid pk \"%lld\" - object does not exist.", (long long)jin_int(in, name, 0));
}

/* A comment is about one thing, and says something. */
static err *body_check(struct scope *s, const struct jin *in)
{
    const char *text = jin_text(in, "text");

    if (arg_given(in, "annotation") == arg_given(in, "draft"))
        return verr_one(s->a, NULL, "A comment belongs to an annotation or to a draft: name one of them.");
    if ((!text || !*text) && !arg_given(in, "classifications"))
        return verr_one(s->a, "text", text ? "This field may not be blank." : "This field is required.");
    return OK;
}

err *comment_create(struct scope *s, const struct jin *in, int64_t *id)
{
    const char *text = jin_text(in, "text");
    struct row target, r;
    bool found;

    TRY(body_check(s, in));
    TRY(db_opt(s->db, SQL_comment_target, DB_ARGS(SCOPE_ARGS(s), arg_int(in, "annotation"), arg_int(in, "draft")), &target, &found));
    if (!found)
        return target_missing(s, in);
    TRY(auth_enter_project(s, arena_printf(s->a, "%lld", (long long)row_i64(&target, COMMENT_TARGET_PROJECT))));
    TRY(scope_need(s, PERM_ANNOTATIONS_CREATE));
    TRY(pause_check(s, row_i64(&target, COMMENT_TARGET_PROJECT)));
    TRY(db_opt(s->db, SQL_comment_insert,
               DB_ARGS(db_i64(row_i64(&target, COMMENT_TARGET_PROJECT)), arg_int(in, "annotation"), arg_int(in, "draft"), db_text(text ? text : ""),
                       db_text(arg_given(in, "region_ref") ? jin_json(in, "region_ref") : NULL),
                       db_text(arg_given(in, "classifications") ? jin_json(in, "classifications") : NULL),
                       db_bool(jin_bool(in, "is_resolved", false)), db_i64(s->user)), &r, &found));
    if (!found)
        return target_missing(s, in);
    *id = row_i64(&r, COMMENT_INSERT_ID);
    return feedback_recount(s, row_i64(&target, COMMENT_TARGET_TASK));
}

static bool is_own(const struct scope *s, const struct row *r)
{
    return !row_null(r, COMMENT_ROW_CREATED_BY) && row_i64(r, COMMENT_ROW_CREATED_BY) == s->user;
}

static err *may_change(struct scope *s, const struct row *r, const struct jin *in)
{
    bool says = jin_has(in, "text") || jin_has(in, "region_ref") || jin_has(in, "classifications");

    if (is_own(s, r) || (!says && !scope_own_only(s)))
        return OK;
    return err_new(s->a, ERR_PERMISSION, says ? "You may change your own comments only." : "You may resolve your own comments only.");
}

/* The comment as it is under its task's lock. */
static err *locked_row(struct scope *s, int64_t id, struct row *out)
{
    TRY(comment_row(s, id, out));
    TRY(db_exec(s->db, SQL_comment_task_lock, DB_ARGS(db_i64(row_i64(out, COMMENT_ROW_TASK))), NULL));
    return comment_row(s, id, out);
}

static struct db_arg json_arg(const struct jin *in, const char *name)
{
    return db_text(arg_given(in, name) ? jin_json(in, name) : NULL);
}

/* A change leaves a text or a classification. */
static err *still_says(struct scope *s, const struct row *r, const struct jin *in)
{
    const char *text = jin_text(in, "text");
    bool classified = jin_has(in, "classifications") ? arg_given(in, "classifications") : !row_null(r, COMMENT_ROW_CLASSIFICATIONS);

    if (!text)
        text = row_text(r, COMMENT_ROW_TEXT);
    return *text || classified ? OK : verr_one(s->a, "text", "This field may not be blank.");
}

err *comment_update(struct scope *s, int64_t id, const struct jin *in)
{
    struct row r;

    TRY(locked_row(s, id, &r));
    TRY(may_change(s, &r, in));
    TRY(still_says(s, &r, in));
    TRY(db_exec(s->db, SQL_comment_update,
                DB_ARGS(db_i64(id), db_text(jin_text(in, "text")), db_bool(jin_has(in, "region_ref")), json_arg(in, "region_ref"),
                        db_bool(jin_has(in, "classifications")), json_arg(in, "classifications"), arg_bool(in, "is_resolved")), NULL));
    return feedback_recount(s, row_i64(&r, COMMENT_ROW_TASK));
}

err *comment_delete(struct scope *s, int64_t id)
{
    int64_t gone;
    struct row r;

    TRY(locked_row(s, id, &r));
    if (!is_own(s, &r))
        return err_new(s->a, ERR_PERMISSION, "You may delete your own comments only.");
    TRY(db_exec(s->db, SQL_comment_delete, DB_ARGS(db_i64(id)), &gone));
    return gone ? feedback_recount(s, row_i64(&r, COMMENT_ROW_TASK)) : missing(s);
}

/* ---------------------------------------------------------------- beside the work on annotations */

err *comment_said(struct scope *s, int64_t annotation, int64_t draft, bool *said)
{
    struct row r;

    TRY(db_one(s->db, SQL_comment_said, DB_ARGS(db_i64(s->user), db_i64(annotation), db_i64(draft)), &r));
    *said = row_bool(&r, COMMENT_SAID_SAID);
    return OK;
}

err *comment_to_draft(struct scope *s, int64_t annotation, int64_t draft)
{
    return db_exec(s->db, SQL_comment_to_draft, DB_ARGS(db_i64(annotation), db_i64(draft)), NULL);
}
