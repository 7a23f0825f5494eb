/* Members of an organization: listing, roles, leaving. */
#include "core/member.h"
#include "core/org.h"
#include "core/org.sql.h"
#include "core/setting.h"
#include "core/user.h"
#include "core/wire.h"
#include "json/verr.h"

static err *no_member(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No OrganizationMember matches the given query.");
}

/* ---- listing ---- */

err *org_member_count(struct scope *s, int64_t id, const struct member_filter *f, int64_t *total)
{
    struct row r;

    TRY(org_check_own(s, id));
    TRY(db_one(s->db, SQL_org_member_count,
               DB_ARGS(db_i64(s->organization), db_text(f->search), people_texts(s->a, f->roles), db_bool(f->deleted),
                       db_bool(f->active_only), db_text(f->since), db_text(f->until), people_texts(s->a, f->tags),
                       db_opt_i64(f->not_in_project != 0, f->not_in_project), db_opt_i64(f->not_in_workspace != 0, f->not_in_workspace)),
               &r));
    *total = row_i64(&r, ORG_MEMBER_COUNT_N);
    return OK;
}

err *org_members(struct scope *s, int64_t id, const struct member_filter *f, struct member_page *out)
{
    int64_t *ids;

    TRY(org_check_own(s, id));
    TRY(db_many(s->db, SQL_org_members,
                DB_ARGS(SCOPE_ARGS(s), db_text(f->search), people_texts(s->a, f->roles), db_bool(f->deleted),
                        db_bool(f->active_only), db_bool(f->with_projects), db_text(f->since), db_text(f->until),
                        people_texts(s->a, f->tags), db_opt_i64(f->not_in_project != 0, f->not_in_project),
                        db_opt_i64(f->not_in_workspace != 0, f->not_in_workspace), db_text(f->ordering), db_i64(f->offset),
                        db_opt_i64(f->most > 0, f->most), db_opt_i64(f->user != 0, f->user)),
                &out->members));
    ids = arena_array(s->a, (size_t)out->members.n, sizeof *ids);
    for (int i = 0; i < out->members.n; i++) {
        struct row r = rows_at(&out->members, i);

        ids[i] = row_i64(&r, ORG_MEMBERS_USER_ID);
    }
    TRY(user_rows(s, ids, (size_t)out->members.n, &out->users));
    if (out->users.n != out->members.n)
        return err_internal(s->a, "%d members but %d accounts: changed between two queries", out->members.n, out->users.n);
    return OK;
}

static void write_projects(struct jw *w, const struct row *m)
{
    wire_kraw(w, "created_projects", m, ORG_MEMBERS_CREATED_PROJECTS);
    wire_kraw(w, "contributed_to_projects", m, ORG_MEMBERS_CONTRIBUTED_TO_PROJECTS);
}

void org_member_write(struct jw *w, const struct member_page *page, int i)
{
    struct row m = rows_at(&page->members, i), u = user_row_of(&page->users, row_i64(&m, ORG_MEMBERS_USER_ID));

    jw_obj(w);
    wire_ki64(w, "id", &m, ORG_MEMBERS_ID);
    wire_ki64(w, "organization", &m, ORG_MEMBERS_ORGANIZATION_ID);
    jw_key(w, "user");
    user_row_write_open(w, &u);
    write_projects(w, &m);
    jw_end(w);
    wire_kstr(w, "role", &m, ORG_MEMBERS_ROLE);
    wire_kstr(w, "role_source", &m, ORG_MEMBERS_ROLE_SOURCE);
    wire_kraw(w, "tags", &m, ORG_MEMBERS_TAGS);
    wire_ktime(w, "created_at", &m, ORG_MEMBERS_CREATED_AT);
    write_projects(w, &m);
    jw_end(w);
}

err *org_member_write_one(struct scope *s, struct jw *w, int64_t id, int64_t user)
{
    struct member_filter f = {.user = user};
    struct member_page page;

    TRY(org_members(s, id, &f, &page));
    if (page.members.n == 0)
        return no_member(s);
    org_member_write(w, &page, 0);
    return OK;
}

err *org_member_figures_write(struct scope *s, struct jw *w, int64_t id, int64_t user)
{
    struct row r;
    bool found;

    TRY(org_check_own(s, id));
    TRY(db_opt(s->db, SQL_org_member_figures, DB_ARGS(db_i64(id), db_i64(user)), &r, &found));
    if (!found)
        return no_member(s);
    jw_obj(w);
    wire_ki64(w, "user", &r, ORG_MEMBER_FIGURES_USER_ID);
    jw_ki64(w, "organization", id);
    wire_ki64(w, "contributed_projects_count", &r, ORG_MEMBER_FIGURES_CONTRIBUTED_PROJECTS);
    wire_ki64(w, "annotations_count", &r, ORG_MEMBER_FIGURES_ANNOTATIONS);
    wire_ktime(w, "created_at", &r, ORG_MEMBER_FIGURES_CREATED_AT);
    wire_kstr(w, "role", &r, ORG_MEMBER_FIGURES_ROLE);
    wire_kstr(w, "role_source", &r, ORG_MEMBER_FIGURES_ROLE_SOURCE);
    jw_knull(w, "created_projects");
    jw_knull(w, "contributed_to_projects");
    jw_end(w);
    return OK;
}

err *org_places_write(struct scope *s, struct jw *w, int64_t id, const char *search)
{
    struct rows rows;

    TRY(org_check_own(s, id));
    TRY(db_many(s->db, SQL_org_places, DB_ARGS(SCOPE_ARGS(s), db_text(search)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        jw_obj(w);
        wire_ki64(w, "id", &r, ORG_PLACES_ID);
        jw_kstr(w, "kind", "workspace");
        wire_kstr(w, "label", &r, ORG_PLACES_TITLE);
        wire_kraw(w, "projects", &r, ORG_PLACES_PROJECTS);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

err *org_member_lines(struct scope *s, const struct member_filter *f, struct member_line **out, size_t *n)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_org_member_lines, DB_ARGS(db_i64(s->organization), db_i64(f->offset), db_i64(f->most), db_text(f->search)), &rows));
    *n = (size_t)rows.n;
    *out = arena_array(s->a, *n, sizeof **out);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        (*out)[i] = (struct member_line){
            .id = row_i64(&r, ORG_MEMBER_LINES_ID),
            .first_name = row_text(&r, ORG_MEMBER_LINES_FIRST_NAME),
            .last_name = row_text(&r, ORG_MEMBER_LINES_LAST_NAME),
            .username = row_text(&r, ORG_MEMBER_LINES_USERNAME),
            .email = row_text(&r, ORG_MEMBER_LINES_EMAIL),
            .avatar = row_text(&r, ORG_MEMBER_LINES_AVATAR),
            .role = row_text(&r, ORG_MEMBER_LINES_ROLE),
            .last_activity = wire_time_text(s->a, row_text(&r, ORG_MEMBER_LINES_LAST_ACTIVITY)),
            .annotated_tasks = row_i64(&r, ORG_MEMBER_LINES_ANNOTATED_TASKS),
            .tags = row_null(&r, ORG_MEMBER_LINES_TAGS) ? NULL : row_json(&r, ORG_MEMBER_LINES_TAGS),
        };
    }
    return OK;
}

err *org_member_by_email(struct scope *s, const char *email, int64_t *user)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_org_member_by_email, DB_ARGS(db_i64(s->organization), db_text(email)), &r, &found));
    *user = found ? row_i64(&r, ORG_MEMBER_BY_EMAIL_ID) : 0;
    return OK;
}

/* ---- roles and leaving ---- */

static err *role_of(struct scope *s, int64_t id, int64_t user, const char **role)
{
    struct row r;
    bool found;

    TRY(org_check_own(s, id));
    TRY(db_opt(s->db, SQL_org_member_role, DB_ARGS(db_i64(id), db_i64(user)), &r, &found));
    if (!found)
        return no_member(s);
    *role = row_text(&r, ORG_MEMBER_ROLE_ROLE);
    return OK;
}

err *org_set_role(struct scope *s, int64_t id, int64_t user, const char *role)
{
    const char *now;

    TRY(role_of(s, id, user, &now));
    if (strcmp(now, role) == 0)
        return OK;
    if (role_parse(role) == 0 || role_parse(role) == R_OW)
        return verr_one(s->a, "role", "\"%s\" is not a valid choice.", role);
    if (role_parse(now) == R_OW)
        return verr_one(s->a, "role", "The owner's role cannot be changed.");
    if (strcmp(now, "DI") == 0)     /* who comes back may have joined another organization meanwhile */
        TRY(org_takes(s->a, s->db, id, user));
    TRY(db_exec(s->db, SQL_org_member_set_role, DB_ARGS(db_i64(id), db_i64(user), db_text(role)), NULL));
    return setting_note_organization(s, "people");
}

err *org_remove_member(struct scope *s, int64_t id, int64_t user)
{
    const char *role;

    TRY(role_of(s, id, user, &role));
    if (user == s->user) {
        err *e = err_new(s->a, ERR_METHOD, NULL);

        e->bare_json = "{\"detail\":\"User cannot soft delete self\"}";
        return e;
    }
    if (role_parse(role) == R_OW)
        return err_new(s->a, ERR_PERMISSION, "The organization owner cannot be deleted");
    TRY(db_exec(s->db, SQL_org_member_end, DB_ARGS(db_i64(id), db_i64(user)), NULL));
    TRY(db_exec(s->db, SQL_org_member_lock_out, DB_ARGS(db_i64(user)), NULL));
    return setting_note_organization(s, "people");
}
