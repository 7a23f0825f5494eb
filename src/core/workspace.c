/* Workspaces. Who sees which is visible_workspace(); what a workspace makes visible is visible_project(). */
#include "core/workspace.h"

#include "core/args.h"
#include "core/wire.h"
#include "core/workspace.sql.h"
#include "json/verr.h"

static err *no_workspace(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Workspace matches the given query.");
}

static err *find(struct scope *s, int64_t id, bool *personal)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_workspace_get, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &r, &found));
    if (!found)
        return no_workspace(s);
    *personal = row_bool(&r, WORKSPACE_GET_IS_PERSONAL);
    return OK;
}

err *workspace_check(struct scope *s, int64_t id)
{
    bool personal;

    return find(s, id, &personal);
}

/* A sandbox is one person's. */
static err *check_shared(struct scope *s, int64_t id)
{
    bool personal;

    TRY(find(s, id, &personal));
    return personal ? verr_one(s->a, NULL, "A personal workspace has no other members and cannot be deleted.") : OK;
}

/* ---- reading ---- */

static void write_one(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, WORKSPACE_LIST_ID);
    wire_kstr(w, "title", r, WORKSPACE_LIST_TITLE);
    wire_kstr(w, "description", r, WORKSPACE_LIST_DESCRIPTION);
    wire_kstr(w, "color", r, WORKSPACE_LIST_COLOR);
    wire_kbool(w, "is_personal", r, WORKSPACE_LIST_IS_PERSONAL);
    wire_kbool(w, "is_archived", r, WORKSPACE_LIST_IS_ARCHIVED);
    wire_ki64(w, "created_by", r, WORKSPACE_LIST_CREATED_BY);
    wire_kraw(w, "created_by_user", r, WORKSPACE_LIST_CREATED_BY_USER);
    wire_ki64(w, "projects_count", r, WORKSPACE_LIST_PROJECTS_COUNT);
    wire_kraw(w, "membership", r, WORKSPACE_LIST_MEMBERSHIP);
    wire_ktime(w, "created_at", r, WORKSPACE_LIST_CREATED_AT);
    wire_ktime(w, "updated_at", r, WORKSPACE_LIST_UPDATED_AT);
    jw_end(w);
}

static err *list(struct scope *s, const struct workspace_filter *f, struct rows *out)
{
    return db_many(s->db, SQL_workspace_list,
                   DB_ARGS(SCOPE_ARGS(s), db_opt_i64(f->id != 0, f->id), f->archived, f->personal, db_text(f->ordering),
                           db_bool(f->everybody)),
                   out);
}

err *workspace_list_write(struct scope *s, struct jw *w, const struct workspace_filter *f)
{
    struct rows rows;

    TRY(list(s, f, &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        write_one(w, &r);
    }
    jw_end(w);
    return OK;
}

err *workspace_write(struct scope *s, struct jw *w, int64_t id)
{
    const struct workspace_filter f = {.id = id, .archived = db_null(), .personal = db_null()};
    struct rows rows;
    struct row r;

    TRY(list(s, &f, &rows));
    if (rows.n == 0)
        return no_workspace(s);
    r = rows_at(&rows, 0);
    write_one(w, &r);
    return OK;
}

/* ---- changing ---- */

err *workspace_create(struct scope *s, const struct jin *in, int64_t *id)
{
    struct row r;

    TRY(db_one(s->db, SQL_workspace_insert,
               DB_ARGS(db_i64(s->organization), db_i64(s->user), db_text(jin_text(in, "title")), db_text(jin_text(in, "description")),
                       db_text(jin_text(in, "color")), arg_bool(in, "is_personal"), arg_bool(in, "is_archived")),
               &r));
    *id = row_i64(&r, WORKSPACE_INSERT_ID);
    return OK;
}

err *workspace_change(struct scope *s, int64_t id, const struct jin *in)
{
    TRY(workspace_check(s, id));
    return db_exec(s->db, SQL_workspace_update,
                   DB_ARGS(db_i64(id), db_text(jin_text(in, "title")), db_text(jin_text(in, "description")),
                           db_text(jin_text(in, "color")), arg_bool(in, "is_archived")),
                   NULL);
}

err *workspace_delete(struct scope *s, int64_t id)
{
    struct row r;
    int64_t n;

    TRY(check_shared(s, id));
    TRY(db_one(s->db, SQL_workspace_lock, DB_ARGS(db_i64(id)), &r));
    if (row_i64(&r, WORKSPACE_LOCK_PROJECTS) > 0)
        return verr_one(s->a, NULL, "The workspace still has projects. Move or delete them first.");
    TRY(db_exec(s->db, SQL_workspace_trash, DB_ARGS(db_i64(id)), &n));
    return n ? OK : no_workspace(s);
}

/* ---- members ---- */

err *workspace_members(struct scope *s, int64_t id, const struct workspace_people *f, int64_t **users, size_t *n, int64_t *total)
{
    struct rows rows;

    TRY(workspace_check(s, id));
    TRY(db_many(s->db, SQL_workspace_members,
                DB_ARGS(db_i64(s->organization), db_i64(id), db_text(f->search), db_text(f->ids), db_i64(f->skip),
                        db_opt_i64(f->most > 0, f->most)),
                &rows));
    *users = arena_array(s->a, (size_t)rows.n, sizeof **users);
    *n = (size_t)rows.n;
    *total = 0;
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        (*users)[i] = row_i64(&r, WORKSPACE_MEMBERS_USER_ID);
        *total = row_i64(&r, WORKSPACE_MEMBERS_TOTAL);
    }
    return OK;
}

static err *move_people(struct scope *s, const struct sql_query *q, int64_t id, const struct pick *who, int64_t *n)
{
    struct row r;

    TRY(check_shared(s, id));
    TRY(db_one(s->db, q,
               DB_ARGS(db_i64(s->organization), db_i64(id), db_bool(who->all), db_text(who->included), db_text(who->excluded),
                       db_text(who->search)),
               &r));
    *n = row_i64(&r, WORKSPACE_JOIN_N);
    return OK;
}

_Static_assert((int)WORKSPACE_JOIN_N == (int)WORKSPACE_LEAVE_N, "one function reads both");

err *workspace_join(struct scope *s, int64_t id, const struct pick *who, int64_t *n)
{
    return move_people(s, SQL_workspace_join, id, who, n);
}

err *workspace_leave(struct scope *s, int64_t id, const struct pick *who, int64_t *n)
{
    return move_people(s, SQL_workspace_leave, id, who, n);
}

static struct pick one_person(struct scope *s, int64_t user)
{
    return (struct pick){.included = arena_printf(s->a, "{%lld}", (long long)user)};
}

err *workspace_join_one(struct scope *s, int64_t id, int64_t user)
{
    const struct pick who = one_person(s, user);
    struct workspace_people f = {.ids = who.included};
    int64_t *users, n, total;
    size_t found;

    TRY(workspace_join(s, id, &who, &n));
    TRY(workspace_members(s, id, &f, &users, &found, &total));
    return found ? OK : verr_one(s->a, "user", "Invalid pk \"%lld\" - object does not exist.", (long long)user);
}

err *workspace_leave_one(struct scope *s, int64_t id, int64_t user)
{
    const struct pick who = one_person(s, user);
    int64_t n;

    TRY(workspace_leave(s, id, &who, &n));
    return n ? OK : err_new(s->a, ERR_NOT_FOUND, "No WorkspaceMember matches the given query.");
}

/* ---- projects ---- */

err *workspace_project_ids(struct scope *s, int64_t id, int64_t **projects, size_t *n)
{
    struct rows rows;

    TRY(workspace_check(s, id));
    TRY(db_many(s->db, SQL_workspace_projects, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &rows));
    *projects = arena_array(s->a, (size_t)rows.n, sizeof **projects);
    *n = (size_t)rows.n;
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        (*projects)[i] = row_i64(&r, WORKSPACE_PROJECTS_ID);
    }
    return OK;
}

static err *put_project(struct scope *s, int64_t project, struct db_arg to, struct db_arg from)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_workspace_put_project, DB_ARGS(SCOPE_ARGS(s), db_i64(project), to, from), &n));
    return n ? OK : err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
}

err *workspace_add_project(struct scope *s, int64_t id, int64_t project)
{
    TRY(workspace_check(s, id));
    return put_project(s, project, db_i64(id), db_null());
}

err *workspace_remove_project(struct scope *s, int64_t id, int64_t project)
{
    TRY(workspace_check(s, id));
    return put_project(s, project, db_null(), db_i64(id));
}

err *workspace_check_target(struct scope *s, int64_t id, const char *field)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_workspace_get, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &r, &found));
    if (found)
        return OK;
    TRY(db_one(s->db, SQL_workspace_known, DB_ARGS(db_i64(s->organization), db_i64(id)), &r));
    if (row_bool(&r, WORKSPACE_KNOWN_KNOWN))
        return err_new(s->a, ERR_PERMISSION, "You are not a member of this workspace.");
    return verr_one(s->a, field, "Invalid pk \"%lld\" - object does not exist.", (long long)id);
}
