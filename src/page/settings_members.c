/* Who is in a project: with which role, by which way, and whether paused. */
#include <string.h>

#include "api/bodies.h"
#include "base/text.h"
#include "core/member.h"
#include "core/names.h"
#include "core/org.h"
#include "core/pause.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/settings.h"

enum { LINES = 100, SUGGESTED = 200, LIST_MOST = 16 << 20 };

/* ---- showing ---- */

static const char *full_name(struct arena *a, const json_t *m)
{
    const char *first = page_text_in(m, "first_name"), *last = page_text_in(m, "last_name");

    return *first || *last ? arena_printf(a, "%s%s%s", first, *first && *last ? " " : "", last) : page_text_in(m, "email");
}

/* By which way somebody is in: made a member here, or through what the project is in. */
static const char *source_text(const struct row *r, const json_t *m)
{
    if (!json_is_true(json_object_get(m, "implicit_member")))
        return "Added here";
    return row_null(r, PROJECT_BY_IDS_WORKSPACE) ? "Organization" : "Workspace";
}

static json_t *role_choices(const json_t *m)
{
    static const char *const codes[] = {"", "AN", "RE"};
    const char *now = page_text_in(m, "project_role");
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", codes[i], "text", i ? page_role(codes[i]) : "As in the organization",
                                              "selected", strcmp(codes[i], now) == 0));
    return list;
}

static json_t *member_object(struct rq *rq, const struct row *r, const json_t *m)
{
    const char *role = page_text_in(m, "role"), *email = page_text_in(m, "email");
    const json_t *pause = json_object_get(m, "pause");
    bool worker = strcmp(role, "AN") == 0 || strcmp(role, "RE") == 0;
    json_t *o = json_object();

    page_set_int(o, "id", json_integer_value(json_object_get(m, "id")));
    page_set_text(o, "name", full_name(rq->a, m));
    page_set_text(o, "email", email);
    page_set_face(rq->a, o, names_initials(rq->a, page_text_in(m, "first_name"), page_text_in(m, "last_name"), page_text_in(m, "username"), email),
                  page_text_in(m, "avatar"));
    page_set_text(o, "role_text", page_role(role));
    page_set_text(o, "source_text", source_text(r, m));
    page_set_bool(o, "can_remove", !json_is_true(json_object_get(m, "implicit_member")));
    page_set_bool(o, "worker", worker);
    json_object_set_new(o, "roles", role_choices(m));
    page_set_bool(o, "paused", json_is_object(pause));
    page_set_int(o, "pause", json_integer_value(json_object_get(pause, "id")));
    page_set_text(o, "reason_text", json_is_object(pause) && *page_text_in(pause, "verbose_reason") ? page_text_in(pause, "verbose_reason") : NULL);
    return o;
}

static err *members_tree(struct rq *rq, struct member_list *f, int64_t *total, json_t **out)
{
    struct member_rows rows;
    struct strbuf b;
    struct jw w;

    TRY(member_list(rq->scope, rq_int(rq, "id"), f, &rows));
    *total = rows.total;
    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    jw_arr(&w);
    for (int i = 0; i < rows.members.n; i++)
        member_write(&w, &rows, i, false);
    jw_end(&w);
    return page_tree(rq->a, &b, out);
}

/* E-mail addresses to choose from; of a big organization only some, the field takes any. */
static err *suggestions(struct rq *rq, json_t *ctx)
{
    struct member_filter f = {.most = SUGGESTED};
    struct member_line *lines;
    json_t *list = json_array();
    size_t n;

    json_object_set_new(ctx, "people", list);
    TRY(org_member_lines(rq->scope, &f, &lines, &n));
    for (size_t i = 0; i < n; i++)
        if (strcmp(lines[i].role, "NO") != 0 && strcmp(lines[i].role, "DI") != 0)
            json_array_append_new(list, json_pack("{s:s}", "email", lines[i].email));
    return OK;
}

err *settings_members_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    const int64_t page = page_query_number(rq, "page");
    struct member_list f = {.people.search = rq_query_text(rq, "search"), .implicit = db_null(), .skip = (page - 1) * LINES, .most = LINES};
    json_t *tree, *m, *list = json_array();
    int64_t total;
    size_t i;

    json_object_set_new(ctx, "members", list);
    TRY(members_tree(rq, &f, &total, &tree));
    json_array_foreach(tree, i, m)
        json_array_append_new(list, member_object(rq, r, m));
    page_set_bool(ctx, "has_members", i > 0);
    page_set_text(ctx, "searched", f.people.search);
    page_set_text(ctx, "count_text", page_counted(rq->a, total, "member", "members"));
    json_object_set_new(ctx, "pager", page_pager_counted(rq, page, LINES, (int64_t)i, total));
    json_object_set_new(ctx, "values", json_pack("{s:s}", "email", page_sent(rq, "email")));
    page_set_text(ctx, "form_href", arena_printf(rq->a, "/projects/%lld/settings/members", (long long)rq_int(rq, "id")));
    return suggestions(rq, ctx);
}

/* ---- changing ---- */

static err *user_of_email(struct rq *rq, int64_t *user)
{
    const char *sent = page_sent(rq, "email"), *email = text_trim(rq->a, sent, strlen(sent));

    if (!*email)
        return verr_one(rq->a, "email", "Enter the e-mail address of a member of the organization.");
    TRY(org_member_by_email(rq->scope, email, user));
    return *user ? OK : verr_one(rq->a, "email", "Nobody in the organization has this address. Invite them first.");
}

static err *set_role(struct rq *rq, int64_t user)
{
    const char *role = page_sent(rq, "role");
    struct strbuf unused;
    struct jw w;

    if (!*role)
        return member_role_clear(rq->scope, rq_int(rq, "id"), user);
    if (strcmp(role, "AN") != 0 && strcmp(role, "RE") != 0)
        return verr_one(rq->a, NULL, "\"%s\" is not a valid choice.", role);
    strbuf_init(&unused, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &unused);
    return member_role_set(rq->scope, &w, rq_int(rq, "id"), user, role);
}

static err *add(struct rq *rq)
{
    int64_t user;

    TRY(user_of_email(rq, &user));
    TRY(member_add(rq->scope, rq_int(rq, "id"), user));
    return *page_sent(rq, "role") ? set_role(rq, user) : OK;
}

static err *pause_begin(struct rq *rq, const struct pause_of *of)
{
    struct strbuf b;
    struct jin in;
    struct jw w;
    int64_t id;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "reason", "MANUAL");
    jw_kstr(&w, "verbose_reason", page_sent(rq, "reason"));
    jw_end(&w);
    TRY(page_body(rq->a, &B_PAUSE, &b, &in));
    return pause_add(rq->scope, of, &in, &id);
}

err *settings_members_save(struct rq *rq, const char **done)
{
    const char *action = page_sent(rq, "action");
    const struct pause_of of = {.project = rq_int(rq, "id"), .user = page_sent_id(rq, "user")};

    if (strcmp(action, "add") == 0) {
        *done = "They are a member of the project now.";
        return add(rq);
    }
    if (strcmp(action, "remove") == 0) {
        *done = "Removed from the project. Their annotations stay.";
        return member_remove(rq->scope, of.project, of.user);
    }
    if (strcmp(action, "pause") == 0) {
        *done = "Paused: they get no tasks and submit nothing until you resume them.";
        return pause_begin(rq, &of);
    }
    if (strcmp(action, "resume") == 0) {
        *done = "They may work again.";
        return pause_end(rq->scope, &of, page_sent_id(rq, "pause"));
    }
    *done = "Role set.";
    return set_role(rq, of.user);
}
