/* The menu of the task table, and what its forms do. The page that asks before is dm_confirm.c. */
#include "page/dm_actions.h"

#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "core/task.h"
#include "ml/predict.h"
#include "page/data.h"
#include "page/fields.h"
#include "page/trash.h"

enum { FLASH_BACK_MOST = 1000 };

static const struct dm_entry entries[] = {
    {"assign", "Assign people", "Who is to annotate or review these tasks.", "Assign", "", "Made", "assignment", "assignments", 0},
    {"retrieve_tasks_predictions", "Retrieve predictions", "The model servers of this project are asked for predictions of these tasks.",
     "Retrieve predictions", "p", "", NULL, NULL, 1},
    {"predictions_to_annotations", "Create annotations from predictions",
     "Each prediction of the chosen version becomes an annotation of yours, unless it has become one before.", "Create annotations", "p", "Created",
     "annotation", "annotations", 1},
    {"propagate_annotations", "Copy an annotation to these tasks", "Each of these tasks gets a copy of one annotation.", "Copy", "", "Created",
     "annotation", "annotations", 1},
    {"add_data_field", "Set a data field", "A field of the data of these tasks is added, or gets another value.", "Set the field", "", "Changed", NULL,
     NULL, 2},
    {"cache_labels", "Write labels into the data", "The labels of these tasks are written into their data, where they can be filtered and ordered by.",
     "Write labels", "a", "Labels written into", NULL, NULL, 2},
    {"remove_duplicates", "Remove duplicates",
     "Of tasks with the same data one stays, an annotated one if there is any. It gets the annotations of the others, which go to the trash.",
     "Remove duplicates", "a", "Removed", "duplicate", "duplicates", 3},
    {"delete_tasks", "Delete tasks", "They go to the trash with all that belongs to them, and can be brought back from there.", "Delete tasks", "apd",
     "Deleted", NULL, NULL, 3},
    {"delete_tasks_annotations", "Delete annotations", "They go to the trash. Drafts are gone for good.", "Delete annotations", "ad", "Deleted",
     "annotation", "annotations", 3},
    {"delete_tasks_predictions", "Delete predictions", "All predictions of these tasks are deleted. They cannot be brought back.", "Delete predictions",
     "p", "Deleted", "prediction", "predictions", 3},
    {"delete_tasks_reviews", "Delete reviews", "Reviews of these tasks are deleted, and their annotations wait for one again. They cannot be brought back.",
     "Delete reviews", "a", "Deleted", "review", "reviews", 3},
};
enum { N_ENTRIES = sizeof entries / sizeof *entries, GROUPS = 4 };

/* ---- the toolbar ---- */

static bool is_allowed(const struct scope *s, const struct dm_entry *e)
{
    const struct dm_action *a = dm_action_find(strcmp(e->id, "assign") == 0 ? "assign_annotators" : e->id);

    return a && dm_action_allowed(s, a);
}

static json_t *group_list(const struct scope *s, int group)
{
    json_t *list = json_array();

    for (size_t i = 0; i < N_ENTRIES; i++)
        if (entries[i].group == group && is_allowed(s, &entries[i]))
            json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "id", entries[i].id, "text", entries[i].text, "deletes_tasks",
                                                  strcmp(entries[i].id, "delete_tasks") == 0));
    return list;
}

static const char *with(struct arena *a, const char *query, const char *more)
{
    return arena_printf(a, "%s%s%s", *query ? query : "?", query[0] && query[1] ? "&" : "", more);
}

void dm_actions_fill(struct rq *rq, json_t *ctx, const struct dm_state *s, int64_t total)
{
    const char *first = dm_state_first(rq->a, s), *own = dm_state_filters(s) || s->ordering ? first : NULL;
    json_t *groups = json_array();
    struct dm_state tasks = *s;       /* which they are, however they are shown */
    bool any = false;

    tasks.given &= DM_GIVEN_FILTERS;

    for (int g = 0; g < GROUPS; g++) {
        json_t *list = group_list(rq->scope, g);
        if (json_array_size(list) > 0)
            json_array_append_new(groups, json_pack("{s:O, s:b}", "entries", list, "has_before", any));
        any = any || json_array_size(list) > 0;
        json_decref(list);
    }
    json_object_set_new(ctx, "action_groups", groups);
    page_set_bool(ctx, "has_actions", any);
    page_set_text(ctx, "total", total < 0 ? "" : arena_printf(rq->a, "%lld", (long long)total));
    page_set_text(ctx, "all_text", total < 0 ? "All that match" : arena_printf(rq->a, "All %s that match", page_count(rq->a, total)));
    page_set_text(ctx, "picked_state", dm_state_first(rq->a, &tasks));
    page_set_text(ctx, "export_href",
                  dm_state_filters(s) ? arena_printf(rq->a, "%s%s", project_page_href(rq->a, s->project, "export"), first) : NULL);
    page_set_text(ctx, "label_these_href",
                  own && scope_can(rq->scope, PERM_ANNOTATIONS_CREATE)
                      ? arena_printf(rq->a, "%s%s", project_page_href(rq->a, s->project, "data"), with(rq->a, first, "labeling=1")) : NULL);
}

/* ---- the quick view ---- */

err *dm_quick_fill(struct rq *rq, json_t *ctx, const struct dm_state *s)
{
    struct dm_state closed = *s;
    int64_t project = 0;
    err *e = s->quick ? task_project(rq->scope, s->quick, &project) : OK;
    const char *query;
    json_t *o;

    json_object_set_new(ctx, "quick", json_null());
    if (e && e->kind != ERR_NOT_FOUND)
        return e;
    if (e || project != s->project)
        return OK;
    closed.quick = 0;
    query = dm_state_href(rq->a, &closed);
    o = json_object();
    page_set_int(o, "id", s->quick);
    page_set_text(o, "close_href", project_page_href(rq->a, project, arena_printf(rq->a, "data%s", query)));
    page_set_text(o, "full_href", project_page_href(rq->a, project, arena_printf(rq->a, "data%s", with(rq->a, query, arena_printf(rq->a, "task=%lld", (long long)s->quick)))));
    page_set_text(o, "frame_href", project_page_href(rq->a, project, arena_printf(rq->a, "data?frame=1&task=%lld", (long long)s->quick)));
    json_object_set_new(ctx, "quick", o);
    return OK;
}

/* ---- what was sent ---- */

/* All that match must be what the table showed: without its tab it would be all of the project. */
static err *state_still_holds(struct rq *rq, struct dm_state *s)
{
    TRY(dm_state_read(rq, rq_int(rq, "id"), s));
    if (rq_query(rq, "tab") && !s->tab)
        return err_new(rq->a, ERR_CONFLICT, "The tab that these tasks stood in is gone: nothing was done.");
    return OK;
}

static err *order_read(struct rq *rq, struct dm_order *o)
{
    const char *id = page_sent(rq, "action");

    *o = (struct dm_order){.work = {.s = rq->scope, .project = rq_int(rq, "id")}};
    for (size_t i = 0; i < N_ENTRIES && !o->entry; i++)
        if (strcmp(entries[i].id, id) == 0)
            o->entry = &entries[i];
    if (!o->entry)
        return err_new(rq->a, ERR_BAD_REQUEST, "There is no action \"%s\".", id);
    if (!is_allowed(rq->scope, o->entry))
        return err_new(rq->a, ERR_PERMISSION, NULL);
    TRY(state_still_holds(rq, &o->state));
    TRY(dm_picked_form(rq, &o->picked));
    o->back = arena_printf(rq->a, "%s%s", project_page_href(rq->a, o->work.project, "data"), data_query(rq));
    o->body = dm_picked_question(rq->a, &o->state, &o->picked);
    json_object_del(o->body, "ordering");
    return OK;
}

/* ---- doing ---- */

static const char *done_text(struct arena *a, const struct dm_order *o)
{
    const struct dm_entry *e = o->entry;
    const char *verb = text_starts(o->work.action->id, "delete_") && strcmp(e->id, "assign") == 0 ? "Removed" : e->verb;
    int64_t n = e->one && strcmp(e->id, "remove_duplicates") != 0 ? o->work.items : o->work.tasks;

    return arena_printf(a, "%s %s.", verb, page_counted(a, n, e->one ? e->one : "task", e->many ? e->many : "tasks"));
}

/* The way back is the trash's, which is told where it came from. */
static err *said_with_undo(struct rq *rq, const struct dm_order *o, const char *text)
{
    const char *kind = o->work.action->flags & ACT_TRASHES_TASKS ? "task" : "annotation", *query = data_query(rq);
    json_t *fields;

    if (!o->work.moment || !trash_keep_text(rq->a) || !scope_can(rq->scope, PERM_TASKS_DELETE) || (o->entry->one ? o->work.items + o->work.tasks : o->work.tasks) == 0)
        return page_see_other(rq, o->back, "good", text);
    fields = json_pack("[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}, {s:s, s:s}]", "name", "action", "value", "restore", "name", "kind", "value", kind,
                       "name", "moment", "value", o->work.moment, "name", "back", "value", *query && strlen(query) < FLASH_BACK_MOST ? query : "?");
    return page_see_other_undo(rq, o->back, text, project_page_href(rq->a, o->work.project, "trash"), fields);
}

static err *retrieve(struct rq *rq, struct dm_order *o)
{
    int64_t *jobs;
    size_t n;

    TRY(ml_predict_selected(rq->scope, o->work.project, o->work.query, &jobs, &n));
    if (n == 0)
        return page_see_other(rq, o->back, "bad", "No model server is connected to this project: there is nothing to ask.");
    return page_see_other(rq, o->back, "good", "The predictions are being asked for in the background.");
}

static err *perform(struct rq *rq, struct dm_order *o)
{
    char *text = json_dumps(o->body, JSON_COMPACT);
    int64_t job;

    arena_defer(rq->a, free, text);
    o->work.text = text;
    if (o->work.action->flags & ACT_COUNTED)
        return retrieve(rq, o);
    TRY(dm_act(&o->work, &job));
    if (job)
        return page_see_other(rq, o->back, "good", arena_printf(rq->a, "%s: this goes on in the background.", o->entry->text));
    return said_with_undo(rq, o, done_text(rq->a, o));
}

/* Asked for: the page that says what will change. Confirmed there: done, or the page again with what is wrong. */
static err *act(struct rq *rq)
{
    struct dm_order o;
    err *e;

    TRY(order_read(rq, &o));
    if (!dm_picked_any(&o.picked))
        return page_see_other(rq, o.back, "bad", "No task is selected.");
    if (!*page_sent(rq, "confirmed"))
        return dm_confirm_page(rq, &o, NULL);
    e = dm_confirm_read(rq, &o);
    if (!e)
        e = dm_act_prepare(&o.work, o.body);
    if (e && e->kind == ERR_VALIDATION)
        return dm_confirm_page(rq, &o, e);
    TRY(e);
    TRY(dm_confirm_grown(rq, &o));
    return dm_confirm_typed(rq, &o) && !o.grown ? perform(rq, &o) : dm_confirm_page(rq, &o, NULL);
}

/* The stream of the picked tasks has an address of its own, and their export. */
static err *lead(struct rq *rq, const char *to, const char *more)
{
    const char *back = arena_printf(rq->a, "%s%s", project_page_href(rq->a, rq_int(rq, "id"), "data"), data_query(rq)), *query;
    struct dm_picked picked;
    struct dm_state state;

    TRY(dm_picked_form(rq, &picked));
    if (!dm_picked_any(&picked))
        return page_see_other(rq, back, "bad", "No task is selected.");
    TRY(state_still_holds(rq, &state));
    TRY(dm_picked_keep(rq, &picked));
    query = with(rq->a, dm_state_first(rq->a, &state), arena_printf(rq->a, "%s%s", more, dm_picked_href(rq->a, &picked) + !*more));
    return page_see_other(rq, project_page_href(rq->a, rq_int(rq, "id"), arena_printf(rq->a, "%s%s", to, query)), "good", NULL);
}

err *page_data_post(struct rq *rq)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_body(rq));
    if (strcmp(page_sent(rq, "action"), "label") == 0)
        return lead(rq, "data", "labeling=1");
    if (strcmp(page_sent(rq, "action"), "export") == 0)
        return lead(rq, "export", "");
    return act(rq);
}
