/* Pauses of project members. */
#include "core/pause.h"

#include <string.h>

#include "core/fields.h"
#include "core/pause.sql.h"
#include "json/verr.h"

/* ---------------------------------------------------------------- their effect */

/* Of the roles only these two can be paused. */
static bool can_be_paused(const struct scope *s)
{
    return scope_own_only(s) || strcmp(s->role, "RE") == 0;
}

static err *check(struct scope *s, const struct sql_query *query, int64_t id)
{
    const char *reason;
    bool found;
    struct row r;

    if (!can_be_paused(s))
        return OK;
    TRY(db_opt(s->db, query, DB_ARGS(db_i64(id), db_i64(s->user)), &r, &found));
    if (!found)
        return OK;
    reason = row_text(&r, PAUSE_ACTIVE_VERBOSE_REASON);
    return err_new(s->a, ERR_PERMISSION, "%s", *reason ? reason : "Your work in this project is paused.");
}

err *pause_check(struct scope *s, int64_t project)
{
    return check(s, SQL_pause_active, project);
}

err *pause_check_task(struct scope *s, int64_t task)
{
    return check(s, SQL_pause_of_task, task);
}

/* ---------------------------------------------------------------- reading */

static err *missing(struct scope *s, const char *what)
{
    return err_new(s->a, ERR_NOT_FOUND, "No %s matches the given query.", what);
}

static err *member_check(struct scope *s, const struct pause_of *of)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_pause_member, DB_ARGS(SCOPE_ARGS(s), db_i64(of->project), db_i64(of->user)), &r, &found));
    return found ? OK : missing(s, "User");
}

static void row_write(struct jw *w, const struct row *r)
{
    static const struct field fields[] = {
        {"id", PAUSE_LIST_ID, 'i'},
        {"project", PAUSE_LIST_PROJECT, 'i'},
        {"user", PAUSE_LIST_USER_ID, 'i'},
        {"reason", PAUSE_LIST_REASON, 's'},
        {"verbose_reason", PAUSE_LIST_VERBOSE_REASON, 's'},
        {"paused_by", PAUSE_LIST_PAUSED_BY, 'j'},
        {"created_at", PAUSE_LIST_CREATED_AT, 't'},
        {"updated_at", PAUSE_LIST_UPDATED_AT, 't'},
        {"deleted_at", PAUSE_LIST_DELETED_AT, 't'},
        {"deleted_by", PAUSE_LIST_DELETED_BY, 'i'},
    };

    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_end(w);
}

err *pause_list_write(struct scope *s, struct jw *w, const struct pause_of *of, bool ended, bool newest_first)
{
    struct rows rows;

    TRY(member_check(s, of));
    TRY(db_many(s->db, SQL_pause_list, DB_ARGS(db_i64(of->project), db_i64(of->user), db_bool(ended), db_bool(newest_first), db_null()), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        row_write(w, &r);
    }
    jw_end(w);
    return OK;
}

static err *find(struct scope *s, const struct pause_of *of, int64_t id, struct row *out)
{
    struct rows rows;

    TRY(member_check(s, of));
    TRY(db_many(s->db, SQL_pause_list, DB_ARGS(db_i64(of->project), db_i64(of->user), db_bool(true), db_bool(false), db_i64(id)), &rows));
    if (rows.n == 0)
        return missing(s, "ProjectMemberPause");
    *out = rows_at(&rows, 0);
    return OK;
}

err *pause_write(struct scope *s, struct jw *w, const struct pause_of *of, int64_t id)
{
    struct row r;

    TRY(find(s, of, id, &r));
    row_write(w, &r);
    return OK;
}

/* ---------------------------------------------------------------- writing */

/* A custom script runs as the annotator whom it pauses; every other reason is a manager's to give, and every pause theirs to end. */
static err *may_pause(struct scope *s, const struct pause_of *of, const char *reason)
{
    if (of->user == s->user && reason && strcmp(reason, "CUSTOM_SCRIPT") == 0)
        return OK;
    return scope_need(s, PERM_PROJECTS_CHANGE);
}

err *pause_add(struct scope *s, const struct pause_of *of, const struct jin *in, int64_t *id)
{
    struct row r;

    TRY(member_check(s, of));
    TRY(may_pause(s, of, jin_text(in, "reason")));
    if (!jin_has(in, "reason"))
        return verr_one(s->a, "reason", "This field is required.");
    TRY(db_one(s->db, SQL_pause_add,
               DB_ARGS(db_i64(of->project), db_i64(of->user), db_text(jin_text(in, "reason")), db_text(jin_text(in, "verbose_reason")),
                       db_i64(s->user)), &r));
    *id = row_i64(&r, PAUSE_ADD_ID);
    return OK;
}

err *pause_change(struct scope *s, const struct pause_of *of, int64_t id, const struct jin *in)
{
    struct row r;

    TRY(find(s, of, id, &r));
    TRY(may_pause(s, of, NULL));
    return db_exec(s->db, SQL_pause_change,
                   DB_ARGS(db_i64(id), db_text(jin_text(in, "reason")), db_bool(jin_has(in, "verbose_reason")),
                           db_text(jin_text(in, "verbose_reason"))), NULL);
}

err *pause_end(struct scope *s, const struct pause_of *of, int64_t id)
{
    struct row r;

    TRY(find(s, of, id, &r));
    TRY(may_pause(s, of, NULL));
    return db_exec(s->db, SQL_pause_end, DB_ARGS(db_i64(id), db_i64(s->user)), NULL);
}
