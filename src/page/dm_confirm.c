/* Before an action of the task table is done: a page that says what it meets and asks for what it needs. With JavaScript it is shown in a
 * dialog (static/js/dm-actions.js). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/jw.h"
#include "page/dm_actions.h"
#include "page/fields.h"
#include "page/project_page.h"
#include "page/trash.h"

static const char *const TYPED = "delete";      /* to be typed before what cannot be taken back */
enum { FORM_MOST = 4 << 20 };

/* ---- which action of the engine ---- */

static bool is_assign(const struct dm_order *o)
{
    return strcmp(o->entry->id, "assign") == 0;
}

static bool is_sent(const struct rq *rq, const char *name, const char *value)
{
    return strcmp(page_sent(rq, name), value) == 0;
}

static const struct dm_action *action_of(const struct rq *rq, const struct dm_order *o)
{
    bool review = is_sent(rq, "work", "RE");

    if (!is_assign(o))
        return dm_action_find(o->entry->id);
    if (is_sent(rq, "how", "sample"))
        return dm_action_find("assign_by_sampling");
    if (is_sent(rq, "how", "remove"))
        return dm_action_find(review ? "delete_reviewers" : "delete_annotators");
    return dm_action_find(review ? "assign_reviewers" : "assign_annotators");
}

static bool is_final(const struct dm_order *o)
{
    const struct dm_action *a = dm_action_find(o->entry->id);

    return a && a->flags & ACT_FINAL;
}

bool dm_confirm_typed(const struct rq *rq, const struct dm_order *o)
{
    return !is_final(o) || page_is_typed(rq->a, page_sent(rq, "typed"), TYPED);
}

/* ---- the engine's form ---- */

static err *form_tree(struct rq *rq, const struct dm_order *o, json_t **fields)
{
    struct strbuf b;
    struct jw w;
    json_t *form;

    strbuf_init(&b, rq->a, FORM_MOST);
    jw_init_strbuf(&w, &b);
    TRY(dm_action_form_write(rq->scope, &w, o->work.action, o->work.project));
    TRY(page_tree(rq->a, &b, &form));
    *fields = json_object_get(json_array_get(form, 0), "fields");
    return OK;
}

static const char *text_in(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text ? text : "";
}

/* Is this value among those of the form that was sent, or the given one when none was? */
static bool is_chosen(const struct rq *rq, const char *name, const char *value, const char *given)
{
    bool any = false;

    for (size_t i = 0; i < rq->nform; i++) {
        if (strcmp(rq->form[i].name, name) != 0)
            continue;
        if (strcmp(rq->form[i].value, value) == 0)
            return true;
        any = true;
    }
    return !any && strcmp(value, given) == 0;
}

/* Options are texts, or pairs of value and label. */
static json_t *option_list(const struct rq *rq, const json_t *field)
{
    json_t *list = json_array(), *option;
    size_t i;

    json_array_foreach(json_object_get(field, "options"), i, option)
    {
        const char *value = json_is_string(option) ? json_string_value(option) : text_in(option, "value");

        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:i}", "value", value, "text",
                                              json_is_string(option) ? value : text_in(option, "label"), "selected",
                                              is_chosen(rq, text_in(field, "name"), value, text_in(field, "value")), "n", (int)i));
    }
    return list;
}

static json_t *field_object(const struct rq *rq, const json_t *field)
{
    const char *type = text_in(field, "type"), *name = text_in(field, "name");
    bool many = json_is_true(json_object_get(field, "multiple")), select = strcmp(type, "select") == 0;
    json_t *o = json_object(), *options = option_list(rq, field);

    page_set_text(o, "name", name);
    page_set_text(o, "label", text_in(field, "label"));
    page_set_bool(o, "is_many", many);
    page_set_bool(o, "is_select", select && !many);
    page_set_text(o, "type", select ? NULL : strcmp(type, "number") == 0 ? "number" : "text");
    page_set_text(o, "value", page_sent(rq, name));
    page_set_text(o, "placeholder", json_string_value(json_object_get(field, "placeholder")));
    page_set_bool(o, "has_options", json_array_size(options) > 0);
    page_set_bool(o, "is_long", json_array_size(options) > 10);
    json_object_set_new(o, "options", options);
    page_set_text(o, "error", NULL);
    return o;
}

static err *set_fields(struct rq *rq, const struct dm_order *o, json_t *ctx)
{
    json_t *fields, *list = json_array(), *field;
    size_t i;

    json_object_set_new(ctx, "fields", list);
    TRY(form_tree(rq, o, &fields));
    json_array_foreach(fields, i, field)
        json_array_append_new(list, field_object(rq, field));
    return OK;
}

static json_t *sent_list(const struct rq *rq, const char *name)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rq->nform; i++)
        if (strcmp(rq->form[i].name, name) == 0)
            json_array_append_new(list, json_string(rq->form[i].value));
    return list;
}

/* ---- assigning: its form is that of four actions ---- */

static void choice_add(json_t *list, const struct rq *rq, const char *name, const char *value, const char *text, const char *given)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b}", "name", name, "value", value, "text", text, "selected",
                                          is_chosen(rq, name, value, given)));
}

static json_t *assign_object(const struct rq *rq)
{
    json_t *o = json_object(), *works = json_array(), *hows = json_array();
    const char *percent = rq_form(rq, "percent"), *each = rq_form(rq, "overlap");

    choice_add(works, rq, "work", "AN", "Annotate", "AN");
    if (scope_can(rq->scope, PERM_TASKS_CHANGE))
        choice_add(works, rq, "work", "RE", "Review", "AN");
    choice_add(hows, rq, "how", "add", "Add: each task to each of them, beside those who have it", "add");
    choice_add(hows, rq, "how", "replace", "Replace: to them alone", "add");
    choice_add(hows, rq, "how", "sample", "Share out: a part of the tasks, chosen by chance and dealt out evenly", "add");
    choice_add(hows, rq, "how", "remove", "Remove: from them; from everybody when nobody is chosen", "add");
    json_object_set_new(o, "works", works);
    json_object_set_new(o, "hows", hows);
    page_set_text(o, "percent", percent ? percent : "100");
    page_set_text(o, "each", each ? each : "1");
    return o;
}

/* "25" → 0.25; what is no number is the action's to refuse. */
static json_t *share_of(struct arena *a, const char *percent)
{
    char *end;
    double n = strtod(percent, &end);

    return end != percent && !end[strspn(end, " %")] ? json_real(n / 100) : json_string(arena_printf(a, "%s%%", percent));
}

static void assign_body(struct rq *rq, json_t *body)
{
    json_object_set_new(body, "users", sent_list(rq, "users"));
    if (is_sent(rq, "how", "replace"))
        json_object_set_new(body, "replace", json_true());
    if (!is_sent(rq, "how", "sample"))
        return;
    json_object_set_new(body, "type", json_string(page_sent(rq, "work")));
    json_object_set_new(body, "fraction", share_of(rq->a, page_sent(rq, "percent")));
    json_object_set_new(body, "overlap", json_string(page_sent(rq, "overlap")));
}

/* ---- what it meets ---- */

static void count_add(struct arena *a, json_t *list, const char *text, int64_t n)
{
    json_array_append_new(list, json_pack("{s:s, s:s}", "text", text, "n_text", page_count(a, n)));
}

/* What the table said, when these cannot be counted in time; 0: nobody knows. */
static int64_t about(const struct rq *rq, const struct dm_picked *p)
{
    int64_t total = 0;

    if (!p->all)
        return (int64_t)p->n;
    if (!int_parse(page_sent(rq, "total"), 1, INT32_MAX, &total))
        return 0;
    return total > (int64_t)p->n ? total - (int64_t)p->n : 0;
}

static void set_about(struct rq *rq, const struct dm_order *o, json_t *ctx, json_t *list)
{
    int64_t n = about(rq, &o->picked);
    const char *text = n ? arena_printf(rq->a, "%s %s", o->picked.all ? "about" : "at most", page_count(rq->a, n)) : "not counted";

    json_array_append_new(list, json_pack("{s:s, s:s}", "text", "Tasks", "n_text", text));
    page_set_text(ctx, "reach_tasks", "");
    page_set_text(ctx, "total", page_sent(rq, "total"));
    page_set_bool(ctx, "is_background", n == 0 || n > DM_AT_ONCE);
    page_set_bool(ctx, "is_nothing", false);
}

static void set_counts(struct arena *a, const struct dm_entry *e, const struct dm_reach *n, json_t *list)
{
    count_add(a, list, "Tasks", n->tasks);
    if (strchr(e->shows, 'a'))
        count_add(a, list, "Annotations", n->annotations);
    if (strchr(e->shows, 'p'))
        count_add(a, list, "Predictions", n->predictions);
    if (strchr(e->shows, 'd') && n->drafts_known)
        count_add(a, list, "Drafts", n->drafts);
}

static err *set_reach(struct rq *rq, struct dm_order *o, json_t *ctx)
{
    json_t *list = json_array();
    struct dm_reach n = {0};

    json_object_set_new(ctx, "reach", list);
    if (!o->uncounted)
        TRY(dm_act_reach(&o->work, strchr(o->entry->shows, 'd') != NULL, &n));
    page_set_bool(ctx, "is_uncounted", !n.known);
    if (!n.known) {
        set_about(rq, o, ctx, list);
        return OK;
    }
    set_counts(rq->a, o->entry, &n, list);
    page_set_int(ctx, "reach_tasks", n.tasks);
    page_set_text(ctx, "total", NULL);
    page_set_bool(ctx, "is_background", n.tasks > DM_AT_ONCE);
    page_set_bool(ctx, "is_nothing", n.tasks == 0);
    return OK;
}

/* Of what was not counted nobody was promised a number. */
err *dm_confirm_grown(struct rq *rq, struct dm_order *o)
{
    struct dm_reach now;
    int64_t seen;

    if (!o->picked.all || !int_parse(page_sent(rq, "seen"), 0, INT32_MAX, &seen))
        return OK;
    TRY(dm_act_reach(&o->work, false, &now));
    o->uncounted = !now.known;
    o->grown = o->uncounted || now.tasks > seen;
    return OK;
}

/* ---- the page ---- */

/* Messages stand beside their fields; of what has no field here above them. */
static void set_errors(struct rq *rq, json_t *ctx, const err *e)
{
    json_t *fields = json_object_get(ctx, "fields"), *errors, *field;
    size_t i, placed = 0;

    if (!page_field_errors(ctx, e))
        return;
    errors = json_object_get(ctx, "errors");
    json_array_foreach(fields, i, field)
    {
        json_t *said = json_object_get(errors, text_in(field, "name"));

        placed += said != NULL;
        if (said)
            json_object_set(field, "error", said);
    }
    if (placed < json_object_size(errors))
        page_set_text(ctx, "error", page_error_words(rq->a, e));
}

static void set_words(struct rq *rq, const struct dm_order *o, json_t *ctx)
{
    const char *keep = trash_keep_text(rq->a);
    bool trashes = o->work.action->flags & (ACT_TRASHES_TASKS | ACT_TRASHES_ANNOTATIONS);

    page_set_text(ctx, "title", o->entry->text);
    page_set_text(ctx, "about", o->entry->about);
    page_set_text(ctx, "button", o->entry->button);
    page_set_text(ctx, "keep_text", trashes ? keep : NULL);
    page_set_bool(ctx, "is_gone_at_once", trashes && !keep);
    page_set_bool(ctx, "is_deletion", trashes || is_final(o));
    page_set_text(ctx, "typed", is_final(o) ? TYPED : NULL);
    page_set_text(ctx, "typed_error", *page_sent(rq, "confirmed") && !dm_confirm_typed(rq, o) ? "Type the word as it stands here." : NULL);
}

err *dm_confirm_page(struct rq *rq, struct dm_order *o, err *e)
{
    struct row r;
    json_t *ctx;

    o->work.action = action_of(rq, o);
    if (!o->work.query)
        TRY(dm_act_select(&o->work, o->body));
    TRY(project_page(rq, "data", o->entry->text, &r, &ctx));
    set_words(rq, o, ctx);
    TRY(set_reach(rq, o, ctx));
    TRY(set_fields(rq, o, ctx));
    json_object_set_new(ctx, "assign", is_assign(o) ? assign_object(rq) : json_null());
    page_set_text(ctx, "action", o->entry->id);
    page_set_text(ctx, "post_href", o->back);
    json_object_set_new(ctx, "picked", dm_picked_fields(rq->a, &o->picked));
    if (e)
        set_errors(rq, ctx, e);
    if (o->grown)
        page_set_text(ctx, "error", o->uncounted ? "Nothing was done yet: these tasks could not be counted again in time."
                                                 : "More tasks match by now than were shown here: these are the new figures.");
    if (*page_sent(rq, "confirmed"))
        rs_status(rq, 400);
    return page_render(rq, "projects/data_confirm", ctx);
}

/* ---- its answer ---- */

static void param_add(const struct rq *rq, json_t *body, const json_t *field)
{
    const char *name = text_in(field, "name"), *sent = page_sent(rq, name);

    if (json_is_true(json_object_get(field, "multiple")))
        json_object_set_new(body, name, sent_list(rq, name));
    else if (*sent)
        json_object_set_new(body, name, json_string(sent));
}

err *dm_confirm_read(struct rq *rq, struct dm_order *o)
{
    json_t *fields, *field;
    size_t i;

    o->work.action = action_of(rq, o);
    o->work.body = o->body;
    if (!dm_action_allowed(rq->scope, o->work.action))
        return err_new(rq->a, ERR_PERMISSION, NULL);
    if (is_assign(o)) {
        assign_body(rq, o->body);
        return OK;
    }
    TRY(form_tree(rq, o, &fields));
    json_array_foreach(fields, i, field)
        param_add(rq, o->body, field);
    return OK;
}
