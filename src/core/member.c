/* Members of projects. Who is in one, and why, is project_people(); which role counts there is role_in_project(). */
#include "core/member.h"

#include <string.h>

#include "core/cell.h"
#include "core/member.sql.h"
#include "core/project.h"
#include "core/setting.h"
#include "core/user.h"
#include "core/wire.h"
#include "json/verr.h"

enum { TEXTS_MOST = 64 };

struct db_arg people_texts(struct arena *a, const char *csv)
{
    char *list = arena_strdup(a, csv), *save = NULL;
    const char *found[TEXTS_MOST];
    size_t n = 0;

    if (!csv || !*csv)
        return db_null();
    for (char *p = strtok_r(list, ",", &save); p && n < TEXTS_MOST; p = strtok_r(NULL, ",", &save))
        found[n++] = p + strspn(p, " ");
    return db_texts(a, found, n);
}

/* ---- listing ---- */

err *member_list(struct scope *s, int64_t project, const struct member_list *f, struct member_rows *out)
{
    int64_t *ids;

    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_member_list,
                DB_ARGS(db_i64(s->organization), db_i64(project), db_text(f->people.search), people_texts(s->a, f->people.roles),
                        db_text(f->people.since), db_text(f->people.until), people_texts(s->a, f->people.tags), db_text(f->ids),
                        f->implicit, db_bool(f->no_annotators), db_bool(f->with_deleted), db_text(f->ordering), db_i64(f->skip),
                        db_opt_i64(f->most > 0, f->most)),
                &out->members));
    ids = arena_array(s->a, (size_t)out->members.n, sizeof *ids);
    out->total = 0;
    for (int i = 0; i < out->members.n; i++) {
        struct row r = rows_at(&out->members, i);

        ids[i] = row_i64(&r, MEMBER_LIST_USER_ID);
        out->total = row_i64(&r, MEMBER_LIST_TOTAL);
    }
    return user_rows(s, ids, (size_t)out->members.n, &out->users);
}

void member_write(struct jw *w, const struct member_rows *m, int i, bool plain)
{
    struct row r = rows_at(&m->members, i), u = user_row_of(&m->users, row_i64(&r, MEMBER_LIST_USER_ID));

    user_row_write_open(w, &u);
    if (!plain) {
        wire_kbool(w, "implicit_member", &r, MEMBER_LIST_IMPLICIT);
        wire_kstr(w, "role", &r, MEMBER_LIST_ROLE);
        wire_kstr(w, "project_role", &r, MEMBER_LIST_PROJECT_ROLE);
        wire_kstr(w, "project_role_source", &r, MEMBER_LIST_PROJECT_ROLE_SOURCE);
        wire_kraw(w, "tags", &r, MEMBER_LIST_TAGS);
        wire_kraw(w, "pause", &r, MEMBER_LIST_PAUSE);
    }
    jw_end(w);
}

void member_csv(struct strbuf *b, const struct member_rows *m, int i)
{
    struct row r = rows_at(&m->members, i), u = user_row_of(&m->users, row_i64(&r, MEMBER_LIST_USER_ID));
    struct user_line who;

    user_row_line(&u, &who);
    strbuf_printf(b, "%lld,", (long long)row_i64(&r, MEMBER_LIST_USER_ID));
    cell_add(b, who.email);
    strbuf_putc(b, ',');
    cell_add(b, who.first_name);
    strbuf_putc(b, ',');
    cell_add(b, who.last_name);
    strbuf_printf(b, ",%s,%s,%s,%s\r\n", row_text(&r, MEMBER_LIST_ROLE),
                  row_null(&r, MEMBER_LIST_PROJECT_ROLE) ? "" : row_text(&r, MEMBER_LIST_PROJECT_ROLE),
                  row_bool(&r, MEMBER_LIST_IMPLICIT) ? "true" : "false", wire_time_text(b->a, who.last_activity));
}

err *member_summary_write(struct scope *s, struct jw *w, int64_t project, int64_t most)
{
    struct rows rows;
    int64_t total = 0;

    TRY(db_many(s->db, SQL_member_people, DB_ARGS(db_i64(project), db_i64(most)), &rows));
    jw_key(w, "members");
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        total = row_i64(&r, MEMBER_PEOPLE_TOTAL);
        jw_obj(w);
        wire_ki64(w, "id", &r, MEMBER_PEOPLE_ID);
        wire_kstr(w, "first_name", &r, MEMBER_PEOPLE_FIRST_NAME);
        wire_kstr(w, "last_name", &r, MEMBER_PEOPLE_LAST_NAME);
        wire_kstr(w, "email", &r, MEMBER_PEOPLE_EMAIL);
        wire_kstr(w, "avatar", &r, MEMBER_PEOPLE_AVATAR);
        wire_kstr(w, "username", &r, MEMBER_PEOPLE_USERNAME);
        jw_end(w);
    }
    jw_end(w);
    jw_ki64(w, "members_count", total);
    return OK;
}

/* ---- coming and going ---- */

static err *move(struct scope *s, const struct sql_query *q, int64_t project, const struct pick *who, const struct people_filter *f,
                 struct row *out)
{
    TRY(project_check_visible(s, project));
    TRY(db_one(s->db, q,
               DB_ARGS(db_i64(s->organization), db_i64(project), db_bool(who->all), db_text(who->included), db_text(who->excluded),
                       db_text(f->search), people_texts(s->a, f->roles), db_text(f->since), db_text(f->until),
                       people_texts(s->a, f->tags)),
               out));
    return setting_note(s, project, "members");
}

err *member_join(struct scope *s, int64_t project, const struct pick *who, const struct people_filter *f, int64_t *n, const char **skipped)
{
    struct row r;

    TRY(move(s, SQL_member_join, project, who, f, &r));
    *n = row_i64(&r, MEMBER_JOIN_N);
    *skipped = row_json(&r, MEMBER_JOIN_SKIPPED);
    return OK;
}

err *member_leave(struct scope *s, int64_t project, const struct pick *who, const struct people_filter *f, int64_t *n)
{
    struct row r;

    TRY(move(s, SQL_member_leave, project, who, f, &r));
    *n = row_i64(&r, MEMBER_LEAVE_N);
    return OK;
}

static struct pick one_person(struct scope *s, int64_t user)
{
    return (struct pick){.included = arena_printf(s->a, "{%lld}", (long long)user)};
}

err *member_add(struct scope *s, int64_t project, int64_t user)
{
    const struct people_filter all = {0};
    const struct pick who = one_person(s, user);
    const char *skipped;
    int64_t n;

    TRY(member_join(s, project, &who, &all, &n, &skipped));
    return strcmp(skipped, "[]") == 0 ? OK : verr_one(s->a, "user", "Invalid pk \"%lld\" - object does not exist.", (long long)user);
}

err *member_remove(struct scope *s, int64_t project, int64_t user)
{
    const struct people_filter all = {0};
    const struct pick who = one_person(s, user);
    struct row r;
    bool found;
    int64_t n;

    TRY(member_leave(s, project, &who, &all, &n));
    if (n)
        return OK;
    TRY(db_opt(s->db, SQL_member_state, DB_ARGS(db_i64(project), db_i64(user)), &r, &found));
    if (found)
        return verr_one(s->a, "user", "This person is in the project through its workspace or organization and can be removed only there.");
    return err_new(s->a, ERR_NOT_FOUND, "No ProjectMember matches the given query.");
}

/* ---- roles ---- */

static void role_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, MEMBER_ROLES_ID);
    wire_ki64(w, "project", r, MEMBER_ROLES_PROJECT);
    wire_ki64(w, "user", r, MEMBER_ROLES_USER_ID);
    wire_kstr(w, "role", r, MEMBER_ROLES_ROLE);
    wire_kstr(w, "role_source", r, MEMBER_ROLES_ROLE_SOURCE);
    jw_end(w);
}
_Static_assert((int)MEMBER_ROLES_ROLE_SOURCE == (int)MEMBER_ROLE_SET_ROLE_SOURCE, "one function writes both");

err *member_roles_write(struct scope *s, struct jw *w, const char *projects, bool own)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_member_roles, DB_ARGS(SCOPE_ARGS(s), db_text(projects), db_opt_i64(own, s->user)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        role_write(w, &r);
    }
    jw_end(w);
    return OK;
}

static err *set_roles(struct scope *s, int64_t project, const int64_t *users, const char *const *roles, size_t n, struct rows *out)
{
    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_member_role_set,
                DB_ARGS(db_i64(s->organization), db_i64(project), db_i64s(s->a, users, n), db_texts(s->a, roles, n)), out));
    if ((size_t)out->n == n)
        return setting_note(s, project, "members");
    return verr_one(s->a, "user", "Only annotators and reviewers of the organization can have another role in a project.");
}

err *member_role_set(struct scope *s, struct jw *w, int64_t project, int64_t user, const char *role)
{
    struct rows rows;
    struct row r;

    TRY(set_roles(s, project, &user, &role, 1, &rows));
    r = rows_at(&rows, 0);
    role_write(w, &r);
    return OK;
}

err *member_roles_set(struct scope *s, int64_t project, json_t *list)
{
    size_t n = json_array_size(list), i;
    int64_t *users = arena_array(s->a, n, sizeof *users);
    const char **roles = arena_array(s->a, n, sizeof *roles);
    struct rows rows;
    json_t *item;

    if (n == 0)
        return OK;
    json_array_foreach(list, i, item)
    {
        const json_t *user = json_object_get(item, "user_id"), *role = json_object_get(item, "role");

        if (!json_is_integer(user) || json_integer_value(user) < 1 || json_integer_value(user) > INT32_MAX)
            return verr_one(s->a, "roles", "A valid integer is required.");
        if (!json_is_string(role) || (strcmp(json_string_value(role), "AN") != 0 && strcmp(json_string_value(role), "RE") != 0))
            return verr_one(s->a, "roles", "\"%s\" is not a valid choice.", json_is_string(role) ? json_string_value(role) : "");
        users[i] = json_integer_value(user);
        roles[i] = json_string_value(role);
    }
    return set_roles(s, project, users, roles, n, &rows);
}

err *member_role_end(struct scope *s, int64_t id)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_member_role_end, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &n));
    return n ? OK : err_new(s->a, ERR_NOT_FOUND, "No ProjectRole matches the given query.");
}

err *member_role_clear(struct scope *s, int64_t project, int64_t user)
{
    int64_t n;

    TRY(project_check_visible(s, project));
    TRY(db_exec(s->db, SQL_member_role_clear, DB_ARGS(db_i64(project), db_i64(user)), &n));
    return n ? setting_note(s, project, "members") : OK;
}
