/* Handlers of assignments (who is to annotate or review which tasks) and of the pauses of project members. */
#include "api/handlers.h"

#include <string.h>

#include "api/idlist.h"
#include "base/text.h"
#include "core/assignment.h"
#include "core/pause.h"
#include "core/project.h"
#include "core/task.h"
#include "dm/list.h"
#include "dm/selected.h"
#include "json/verr.h"

/* ---------------------------------------------------------------- what they sent */

/* Ids of people from a list in the body; each counts once. */
static err *users_of_body(struct rq *rq, struct assignment_who *who)
{
    json_t *list = jin_tree(&rq->in, "users");
    const char *checked;
    int64_t *users;

    TRY(idlist_read(rq->a, "users", list, &checked));
    users = arena_array(rq->a, json_array_size(list) + 1, sizeof *users);
    for (size_t i = 0; i < json_array_size(list); i++) {
        int64_t one = json_integer_value(json_array_get(list, i));
        bool known = false;
        for (size_t k = 0; k < who->n; k++)
            known = known || users[k] == one;
        if (!known)
            users[who->n++] = one;
    }
    who->users = users;
    return OK;
}

/* The same from ?users=1,2. */
static err *users_of_query(struct rq *rq, struct assignment_who *who)
{
    const char *text = rq_query(rq, "users");
    int64_t *users;

    if (!text || !*text)
        return OK;
    users = arena_array(rq->a, strlen(text) + 1, sizeof *users);
    while (*text) {
        size_t len = strcspn(text, ",");
        if (!int_parse(arena_strndup(rq->a, text, len), 0, INT32_MAX, &users[who->n]))
            return verr_one(rq->a, "users", "Enter a list of numbers separated by commas.");
        who->n++;
        text += len + (text[len] == ',');
    }
    who->users = users;
    return OK;
}

static err *required(struct rq *rq, bool selection)
{
    struct verr *v = verr_new(rq->a);

    if (!jin_has(&rq->in, "users"))
        verr_add(v, "users", "This field is required.");
    if (!jin_has(&rq->in, "type"))
        verr_add(v, "type", "This field is required.");
    if (selection && !jin_has(&rq->in, "selectedItems"))
        verr_add(v, "selectedItems", "This field is required.");
    return verr_done(v);
}

/* Whom the body names for which work, all checked. */
static err *who_read(struct rq *rq, int64_t project, bool selection, struct assignment_who *who)
{
    *who = (struct assignment_who){0};
    TRY(required(rq, selection));
    who->type = jin_text(&rq->in, "type");
    TRY(users_of_body(rq, who));
    TRY(assignment_check_type(rq->scope, project, who->type));
    return assignment_check_users(rq->scope, project, who);
}

static void release(void *tree)
{
    json_decref(tree);
}

static err *selected(struct rq *rq, int64_t project, int64_t **ids, size_t *n)
{
    json_t *query = json_object();
    struct dm_context context;
    struct dm_query q;

    arena_defer(rq->a, release, query);
    if (jin_has(&rq->in, "filters"))
        json_object_set(query, "filters", jin_tree(&rq->in, "filters"));
    json_object_set(query, "selectedItems", jin_tree(&rq->in, "selectedItems"));
    TRY(dm_context_read(rq->scope, project, &context));
    TRY(dm_compile(rq->a, &context, query, &q));
    return dm_selected(rq->scope, &q, ids, n);
}

/* ---------------------------------------------------------------- many tasks */

static void count_write(struct rq *rq, const char *key, int64_t n)
{
    struct jw *w = rs_json(rq);

    jw_obj(w);
    jw_ki64(w, key, n);
    jw_end(w);
}

err *api_assign_many(struct rq *rq)
{
    int64_t project = rq_int(rq, "id"), *ids, n_new;
    struct assignment_who who;
    size_t n;

    TRY(project_check_visible(rq->scope, project));
    TRY(who_read(rq, project, true, &who));
    TRY(selected(rq, project, &ids, &n));
    TRY(assignment_add(rq->scope, project, ids, n, &who, &n_new));
    count_write(rq, "assignments", n_new);
    return OK;
}

/* Without a type: both kinds; without users: everybody's. */
err *api_unassign_many(struct rq *rq)
{
    struct assignment_who who = {.type = jin_has(&rq->in, "type") ? jin_text(&rq->in, "type") : NULL};
    int64_t project = rq_int(rq, "id"), *ids, n_gone;
    size_t n;

    TRY(project_check_visible(rq->scope, project));
    TRY(assignment_check_type(rq->scope, project, who.type ? who.type : "RE"));
    TRY(users_of_body(rq, &who));
    TRY(selected(rq, project, &ids, &n));
    TRY(assignment_remove(rq->scope, project, ids, n, &who, &n_gone));
    count_write(rq, "unassignments", n_gone);
    return OK;
}

err *api_assign_sample(struct rq *rq)
{
    const struct assignment_sample sample = {jin_float(&rq->in, "fraction", 1), jin_int(&rq->in, "overlap", 1), (uint64_t)jin_int(&rq->in, "seed", 0)};
    int64_t project = rq_int(rq, "id"), *ids, n_new;
    struct assignment_who who;
    size_t n;

    TRY(project_check_visible(rq->scope, project));
    TRY(who_read(rq, project, true, &who));
    TRY(selected(rq, project, &ids, &n));
    TRY(assignment_sample_add(rq->scope, project, ids, n, &who, &sample, &n_new));
    count_write(rq, "assignments", n_new);
    return OK;
}

/* ---------------------------------------------------------------- one task */

/* /api/tasks/{id}/… or /api/projects/{id}/tasks/{task}/…, and the project of the task. */
static err *task_read(struct rq *rq, int64_t *task, int64_t *project)
{
    bool below_project = text_starts(rq->match.route->pattern, "/api/projects/");

    *task = rq_int(rq, below_project ? "task" : "id");
    TRY(task_project(rq->scope, *task, project));
    return below_project && *project != rq_int(rq, "id") ? task_missing(rq->scope) : OK;
}

err *api_assignee_list(struct rq *rq)
{
    int64_t task, project;

    TRY(task_read(rq, &task, &project));
    return assignment_list_write(rq->scope, rs_json(rq), task);
}

err *api_assignee_add(struct rq *rq)
{
    int64_t task, project, n_new;
    struct assignment_who who;

    TRY(task_read(rq, &task, &project));
    TRY(who_read(rq, project, false, &who));
    TRY(assignment_add(rq->scope, project, &task, 1, &who, &n_new));
    return assignment_first_write(rq->scope, rs_json_status(rq, 201), task, &who);
}

err *api_assignee_replace(struct rq *rq)
{
    int64_t task, project;
    struct assignment_who who;

    TRY(task_read(rq, &task, &project));
    TRY(who_read(rq, project, false, &who));
    TRY(assignment_replace(rq->scope, project, task, &who));
    return assignment_first_write(rq->scope, rs_json(rq), task, &who);
}

err *api_assignee_delete(struct rq *rq)
{
    const char *type = rq_query(rq, "type");
    struct assignment_who who = {.type = type && *type ? type : NULL};
    int64_t task, project, n_gone;

    TRY(task_read(rq, &task, &project));
    TRY(assignment_check_type(rq->scope, project, who.type ? who.type : "RE"));
    TRY(users_of_query(rq, &who));
    TRY(assignment_remove(rq->scope, project, &task, 1, &who, &n_gone));
    return rs_no_content(rq);
}

/* ---------------------------------------------------------------- pauses */

static struct pause_of of(const struct rq *rq)
{
    return (struct pause_of){rq_int(rq, "id"), rq_int(rq, "user")};
}

err *api_pause_list(struct rq *rq)
{
    const char *ordering = rq_query(rq, "ordering");
    struct pause_of who = of(rq);
    bool ended;

    TRY(rq_query_bool(rq, "include_deleted", false, &ended));
    return pause_list_write(rq->scope, rs_json(rq), &who, ended, ordering && *ordering == '-');
}

err *api_pause_create(struct rq *rq)
{
    struct pause_of who = of(rq);
    int64_t id;

    TRY(pause_add(rq->scope, &who, &rq->in, &id));
    return pause_write(rq->scope, rs_json_status(rq, 201), &who, id);
}

err *api_pause_get(struct rq *rq)
{
    struct pause_of who = of(rq);

    return pause_write(rq->scope, rs_json(rq), &who, rq_int(rq, "pause"));
}

err *api_pause_patch(struct rq *rq)
{
    struct pause_of who = of(rq);

    TRY(pause_change(rq->scope, &who, rq_int(rq, "pause"), &rq->in));
    return pause_write(rq->scope, rs_json(rq), &who, rq_int(rq, "pause"));
}

err *api_pause_delete(struct rq *rq)
{
    struct pause_of who = of(rq);

    TRY(pause_end(rq->scope, &who, rq_int(rq, "pause")));
    return rs_no_content(rq);
}
