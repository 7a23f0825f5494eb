/* The pages of workspaces: all of them, and one with its people and projects. */
#include "page/workspaces.h"

#include <string.h>

#include "api/bodies.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/names.h"
#include "core/workspace.h"
#include "core/workspace.sql.h"
#include "core/workspace_lines.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/project_page.h"

enum { LINES = 100, FOUND_MOST = 30, CHOICES_MOST = 1000 };

static const char *href_of(struct arena *a, int64_t id)
{
    return arena_printf(a, "/workspaces/%lld", (long long)id);
}

/* Only what a colour field can hold: the text comes from the API, too. */
static const char *color_of(const char *color)
{
    return color[0] == '#' && strlen(color) == 7 && strspn(color + 1, "0123456789abcdefABCDEF") == 6 ? color : NULL;
}

static json_t *line_object(struct arena *a, const struct workspace_line *l)
{
    json_t *o = json_object();

    page_set_int(o, "id", l->id);
    page_set_text(o, "title", l->title);
    page_set_text(o, "description", l->description);
    page_set_text(o, "color", color_of(l->color));
    page_set_bool(o, "personal", l->personal);
    page_set_bool(o, "archived", l->archived);
    page_set_text(o, "href", href_of(a, l->id));
    page_set_text(o, "projects_href", arena_printf(a, "/projects/?workspace=%lld", (long long)l->id));
    page_set_text(o, "people_text", l->personal ? "Only you" : page_count(a, l->people));
    page_set_text(o, "projects_text", page_count(a, l->projects));
    page_set_text(o, "projects_word", l->projects == 1 ? "project" : "projects");
    page_set_text(o, "people_word", l->people == 1 ? "member" : "members");
    return o;
}

/* ---- on other pages ---- */

/* Returns whether it is the chosen one. */
static bool place_add(struct arena *a, json_t *ctx, const struct workspace_line *l, int64_t chosen)
{
    json_t *o = line_object(a, l);

    page_set_bool(o, "chosen", l->id == chosen);
    json_array_append_new(json_object_get(ctx, "places"), o);
    if (l->archived)
        page_set_bool(ctx, "has_archived", true);
    if (l->id == chosen)
        json_object_set(ctx, "place", o);
    return l->id == chosen;
}

err *workspaces_beside(struct rq *rq, int64_t chosen, json_t *ctx)
{
    struct workspace_line *lines, one;
    bool found = chosen == 0;
    int64_t total;
    size_t n;

    json_object_set_new(ctx, "places", json_array());
    json_object_set_new(ctx, "place", json_null());
    page_set_bool(ctx, "has_archived", false);
    TRY(workspace_lines(rq->scope, 0, LINES, &lines, &n, &total));
    page_set_bool(ctx, "has_places", n > 0);
    for (size_t i = 0; i < n; i++)
        found |= place_add(rq->a, ctx, &lines[i], chosen);
    if (found)
        return OK;
    TRY(workspace_line(rq->scope, chosen, &one));
    place_add(rq->a, ctx, &one, chosen);
    return OK;
}

static void choice_add(json_t *list, const char *id, const char *title)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", id, "text", title, "selected", 0));
}

err *workspaces_choices(struct rq *rq, int64_t now, const char *now_title, json_t **out)
{
    struct workspace_line *lines;
    int64_t total;
    size_t n;

    *out = json_array();
    choice_add(*out, "", "None: open to the whole organization");
    if (now)
        choice_add(*out, arena_printf(rq->a, "%lld", (long long)now), now_title);
    TRY(workspace_lines(rq->scope, 0, CHOICES_MOST, &lines, &n, &total));
    for (size_t i = 0; i < n; i++)
        if (!lines[i].archived && lines[i].id != now)
            choice_add(*out, arena_printf(rq->a, "%lld", (long long)lines[i].id), lines[i].title);
    return OK;
}

/* ---- all of them ---- */

/* `e`: what was wrong with the form that was sent, or NULL. */
static err *show_all(struct rq *rq, const err *e)
{
    static const char *const fields[] = {"title", "description", "color"};
    int64_t page = page_query_number(rq, "page"), total;
    json_t *ctx = page_context(rq, "Workspaces"), *list = json_array();
    struct workspace_line *lines;
    size_t n;

    TRY(workspace_lines(rq->scope, (page - 1) * LINES, LINES, &lines, &n, &total));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, line_object(rq->a, &lines[i]));
    json_object_set_new(ctx, "workspaces", list);
    page_set_bool(ctx, "has_workspaces", n > 0);
    page_set_text(ctx, "count_text", page_counted(rq->a, total, "workspace", "workspaces"));
    json_object_set_new(ctx, "pager", page_pager_counted(rq, page, LINES, (int64_t)n, total));
    page_sent_values(rq, ctx, fields, sizeof fields / sizeof *fields);
    if (e) {
        rs_status(rq, err_status(e));
        page_field_errors(ctx, e);
    }
    return page_render(rq, "workspaces", ctx);
}

err *page_workspaces(struct rq *rq)
{
    return show_all(rq, NULL);
}

static err *create(struct rq *rq, int64_t *id)
{
    struct jin in;

    TRY(page_form(rq, &B_WORKSPACE, &in));
    return workspace_create(rq->scope, &in, id);
}

err *page_workspaces_post(struct rq *rq)
{
    int64_t id = 0;
    err *e = create(rq, &id);

    if (e && e->kind == ERR_VALIDATION)
        return show_all(rq, e);
    TRY(e);
    return page_see_other(rq, href_of(rq->a, id), "good", "Workspace made. Take people in, and move projects here.");
}

/* ---- one ---- */

static const char *text_of(const struct row *r, int col)
{
    const char *text = row_text(r, col);

    return text ? text : "";
}

static json_t *person_object(struct arena *a, const struct row *r)
{
    const char *first = text_of(r, WORKSPACE_PEOPLE_LINES_FIRST_NAME), *last = text_of(r, WORKSPACE_PEOPLE_LINES_LAST_NAME);
    const char *username = text_of(r, WORKSPACE_PEOPLE_LINES_USERNAME), *email = text_of(r, WORKSPACE_PEOPLE_LINES_EMAIL);
    json_t *o = json_object();

    page_set_int(o, "id", row_i64(r, WORKSPACE_PEOPLE_LINES_ID));
    page_set_text(o, "name", names_display(a, first, last, username, email));
    page_set_face(a, o, names_initials(a, first, last, username, email), row_text(r, WORKSPACE_PEOPLE_LINES_AVATAR));
    page_set_text(o, "email", email);
    page_set_text(o, "role_text", page_role(row_text(r, WORKSPACE_PEOPLE_LINES_ROLE)));
    return o;
}

static json_t *project_object(struct arena *a, const struct row *r)
{
    int64_t id = row_i64(r, WORKSPACE_PROJECT_LINES_ID);
    const char *title = text_of(r, WORKSPACE_PROJECT_LINES_TITLE);
    json_t *o = json_object();

    page_set_int(o, "id", id);
    page_set_text(o, "title", *title ? title : arena_printf(a, "Project %lld", (long long)id));
    page_set_text(o, "href", project_page_href(a, id, "data"));
    page_set_text(o, "tasks_text", page_count(a, row_i64(r, WORKSPACE_PROJECT_LINES_TASKS)));
    page_set_text(o, "elsewhere", row_text(r, WORKSPACE_PROJECT_LINES_ELSEWHERE));
    return o;
}

/* People or projects of a workspace, and those found elsewhere. */
struct kind {
    const char *name, *find, *page;    /* key of the context, query parameters */
    err *(*lines)(struct scope *s, int64_t id, const struct workspace_part *p, struct rows *out);
    json_t *(*object)(struct arena *a, const struct row *r);
    int total;
};
static const struct kind people = {"people", "find_people", "people_page", workspace_people_lines, person_object, WORKSPACE_PEOPLE_LINES_TOTAL};
static const struct kind projects = {"projects", "find_projects", "projects_page", workspace_project_lines, project_object,
                                     WORKSPACE_PROJECT_LINES_TOTAL};

static err *fill(struct rq *rq, const struct kind *k, const struct workspace_part *p, json_t *list, int64_t *total)
{
    struct rows rows;

    TRY(k->lines(rq->scope, rq_int(rq, "id"), p, &rows));
    *total = 0;
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        json_array_append_new(list, k->object(rq->a, &r));
        *total = row_i64(&r, k->total);
    }
    return OK;
}

static const char *part_link(struct rq *rq, const struct kind *k, int64_t page)
{
    return arena_printf(rq->a, "?%s=%lld", k->page, (long long)page);
}

static err *fill_kind(struct rq *rq, const struct kind *k, json_t *ctx)
{
    const int64_t page = page_query_number(rq, k->page);
    const struct workspace_part in = {.inside = true, .skip = (page - 1) * LINES, .most = LINES};
    const struct workspace_part out = {.search = rq_query_text(rq, k->find), .most = FOUND_MOST};
    json_t *o = json_object(), *inside = json_array(), *found = json_array();
    int64_t total, others;

    json_object_set_new(ctx, k->name, o);
    json_object_set_new(o, "inside", inside);
    json_object_set_new(o, "found", found);
    TRY(fill(rq, k, &in, inside, &total));
    TRY(fill(rq, k, &out, found, &others));
    page_set_bool(o, "has_inside", json_array_size(inside) > 0);
    page_set_text(o, "count_text", page_count(rq->a, total));
    json_object_set_new(o, "pager", page_pager(rq->a, in.skip, (int64_t)json_array_size(inside), total, part_link(rq, k, page - 1),
                                               part_link(rq, k, page + 1)));
    page_set_text(o, "searched", out.search);
    page_set_bool(o, "open", rq_query(rq, k->find) != NULL);
    page_set_bool(o, "has_found", others > 0);
    page_set_text(o, "more_text", others > FOUND_MOST ? page_count(rq->a, others - FOUND_MOST) : NULL);
    return OK;
}

static const char *shown_color(const struct workspace_line *l)
{
    return color_of(l->color) ? l->color : "#ffffff";
}

static json_t *stored_values(const struct workspace_line *l)
{
    return json_pack("{s:s, s:s, s:s}", "title", l->title, "description", l->description, "color", shown_color(l));
}

static err *show_one(struct rq *rq, const err *e)
{
    static const char *const fields[] = {"title", "description", "color"};
    struct workspace_line line;
    json_t *ctx;

    TRY(workspace_line(rq->scope, rq_int(rq, "id"), &line));
    ctx = page_context(rq, "Workspaces");
    page_crumb(ctx, "/workspaces/", line.title);
    json_object_set_new(ctx, "workspace", line_object(rq->a, &line));
    page_set_bool(ctx, "can_delete", !line.personal && line.projects == 0);
    TRY(fill_kind(rq, &people, ctx));
    TRY(fill_kind(rq, &projects, ctx));
    json_object_set_new(ctx, "values", stored_values(&line));
    if (e) {
        rs_status(rq, err_status(e));
        page_field_errors(ctx, e);
        if (rq_form(rq, "title"))
            page_sent_values(rq, ctx, fields, sizeof fields / sizeof *fields);
    }
    return page_render(rq, "workspace", ctx);
}

err *page_workspace(struct rq *rq)
{
    return show_one(rq, NULL);
}

/* ---- changing one ---- */

/* A colour that the field cannot hold stays, unless another one was chosen. */
static err *save(struct rq *rq, int64_t id)
{
    struct workspace_line line;
    struct strbuf b;
    struct jin in;
    struct jw w;

    TRY(workspace_line(rq->scope, id, &line));
    strbuf_init(&b, rq->a, (size_t)cfg.upload_max_bytes);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "title", page_sent(rq, "title"));
    jw_kstr(&w, "description", page_sent(rq, "description"));
    if (strcmp(page_sent(rq, "color"), shown_color(&line)) != 0)
        jw_kstr(&w, "color", page_sent(rq, "color"));
    jw_end(&w);
    TRY(page_body(rq->a, &B_WORKSPACE, &b, &in));
    return workspace_change(rq->scope, id, &in);
}

static err *archive(struct rq *rq, int64_t id, bool on)
{
    const char *body = on ? "{\"is_archived\": true}" : "{\"is_archived\": false}";
    struct jin in;

    TRY(jin_read(rq->a, &B_WORKSPACE, (struct span){body, strlen(body)}, true, 10, &in));
    return workspace_change(rq->scope, id, &in);
}

static const char *id_list(struct arena *a, const int64_t *ids, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    strbuf_puts(&b, "{");
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)ids[i]);
    strbuf_puts(&b, "}");
    return b.buf;
}

/* What can be done with those that are ticked, and what takes it back: NULL where they would not be where they were. */
static const struct move {
    const char *action, *back, *one, *many, *where;
    bool people, out;
} moves[] = {
    {"add_people", "remove_people", "person is", "people are", "in the workspace", true, false},
    {"remove_people", "add_people", "person is", "people are", "out of the workspace", true, true},
    {"add_projects", NULL, "project is", "projects are", "in the workspace", false, false},
    {"remove_projects", "add_projects", "project is", "projects are", "out of the workspace", false, true},
};

static err *move_run(struct rq *rq, const struct move *m, const int64_t *ids, size_t n, int64_t *done)
{
    const int64_t id = rq_int(rq, "id");
    const struct pick who = {.included = id_list(rq->a, ids, n)};

    if (!m->people)
        return workspace_move_projects(rq->scope, id, ids, n, m->out, done);
    return m->out ? workspace_leave(rq->scope, id, &who, done) : workspace_join(rq->scope, id, &who, done);
}

/* The address, with the search that was open. */
static const char *back_of(struct rq *rq, const struct move *m)
{
    const struct kind *k = m->people ? &people : &projects;
    const char *find = rq_form(rq, k->find);

    return arena_printf(rq->a, "%s%s%s%s%s#%s", href_of(rq->a, rq_int(rq, "id")), find ? "?" : "", find ? k->find : "", find ? "=" : "",
                        find ? url_encode(rq->a, find) : "", k->name);
}

static err *moved(struct rq *rq, const struct move *m)
{
    const char *back = back_of(rq, m), *said;
    int64_t *ids, done;
    size_t n;

    TRY(page_sent_ids(rq, &ids, &n));
    if (n == 0)
        return page_see_other(rq, back, "bad", m->people ? "Nobody was selected." : "No project was selected.");
    TRY(move_run(rq, m, ids, n, &done));
    said = arena_printf(rq->a, "%s %s.", page_counted(rq->a, done, m->one, m->many), m->where);
    if (!m->back)
        return page_see_other(rq, back, "good", said);
    return page_see_other_undo(rq, back, said, href_of(rq->a, rq_int(rq, "id")), page_undo_ids(rq, m->back, ids, n));
}

static err *act(struct rq *rq, const char *action, const char **said)
{
    const int64_t id = rq_int(rq, "id");

    if (strcmp(action, "save") == 0) {
        *said = "Workspace saved.";
        return save(rq, id);
    }
    if (strcmp(action, "archive") == 0) {
        *said = "Workspace archived. Its projects are kept out of the usual list.";
        return archive(rq, id, true);
    }
    if (strcmp(action, "unarchive") == 0) {
        *said = "The workspace is back among the usual ones.";
        return archive(rq, id, false);
    }
    if (strcmp(action, "delete") == 0) {
        *said = "Workspace deleted.";
        return workspace_delete(rq->scope, id);
    }
    return err_new(rq->a, ERR_BAD_REQUEST, "Unknown action.");
}

err *page_workspace_post(struct rq *rq)
{
    const char *action, *said = NULL;
    err *e;

    TRY(rq_body(rq));
    action = rq_form(rq, "action") ? rq_form(rq, "action") : "";
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (strcmp(moves[i].action, action) == 0)
            return moved(rq, &moves[i]);
    e = act(rq, action, &said);
    if (e && e->kind == ERR_VALIDATION)
        return show_one(rq, e);
    TRY(e);
    return page_see_other(rq, strcmp(action, "delete") == 0 ? "/workspaces/" : href_of(rq->a, rq_int(rq, "id")), "good", said);
}
