/* Webhooks on the settings page of a project. The rules are those of hooks/. */
#include "page/webhooks.h"

#include <string.h>

#include "api/bodies.h"
#include "base/text.h"
#include "core/scope.h"
#include "core/wire.h"
#include "hooks/webhook.h"
#include "hooks/webhook.sql.h"
#include "json/verr.h"
#include "page/fields.h"

/* ---- showing ---- */

static const char *actions_text(struct arena *a, const struct row *r)
{
    json_t *list;
    size_t n;

    if (row_bool(r, WEBHOOK_LIST_SEND_FOR_ALL_ACTIONS))
        return "Everything";
    list = json_loads(row_json(r, WEBHOOK_LIST_ACTIONS), 0, NULL);
    n = json_array_size(list);
    json_decref(list);
    return page_counted(a, (int64_t)n, "kind of event", "kinds of events");
}

static json_t *hook_object(struct arena *a, const struct row *r, int64_t shown)
{
    int64_t id = row_i64(r, WEBHOOK_LIST_ID), waiting = row_i64(r, WEBHOOK_LIST_WAITING);
    bool active = row_bool(r, WEBHOOK_LIST_IS_ACTIVE);
    json_t *o = json_object();

    page_set_int(o, "id", id);
    page_set_text(o, "url", row_text(r, WEBHOOK_LIST_URL));
    page_set_text(o, "actions_text", actions_text(a, r));
    page_set_bool(o, "active", active);
    page_set_bool(o, "failing", active && row_i64(r, WEBHOOK_LIST_FAILURES) > 0);
    page_set_bool(o, "shown", id == shown);
    page_set_text(o, "waiting_text", waiting ? page_count(a, waiting) : NULL);
    return o;
}

static json_t *delivery_object(struct arena *a, const struct row *r)
{
    const char *state = row_text(r, WEBHOOK_DELIVERIES_STATE);
    json_t *o = json_object();

    page_set_int(o, "delivery", row_i64(r, WEBHOOK_DELIVERIES_ID));
    page_set_text(o, "action", row_text(r, WEBHOOK_DELIVERIES_ACTION));
    page_set_bool(o, "delivered", strcmp(state, "delivered") == 0);
    page_set_bool(o, "failed", strcmp(state, "failed") == 0);
    page_set_bool(o, "waiting", strcmp(state, "waiting") == 0);
    page_set_text(o, "attempts_text", page_count(a, row_i64(r, WEBHOOK_DELIVERIES_ATTEMPTS)));
    page_set_text(o, "error", row_text(r, WEBHOOK_DELIVERIES_ERROR));
    page_set_time(a, o, "created", wire_time_text(a, row_text(r, WEBHOOK_DELIVERIES_CREATED_AT)));
    return o;
}

static err *log_fill(struct rq *rq, json_t *ctx, int64_t hook)
{
    json_t *list = json_array();
    struct rows rows;

    json_object_set_new(ctx, "deliveries", list);
    page_set_int(ctx, "hook", hook);
    if (!hook)
        return OK;
    TRY(webhook_deliveries(rq->scope, hook, 0, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(list, delivery_object(rq->a, &r));
    }
    page_set_bool(ctx, "has_deliveries", rows.n > 0);
    return OK;
}

/* ---- the form: of a new one, or of the one that is chosen ---- */

static bool is_ticked(const struct rq *rq, const char *name)
{
    const char *sent = rq_form(rq, name);

    return sent && strcmp(sent, "true") == 0;
}

static bool is_listed(const json_t *names, const char *name)
{
    const json_t *v;
    size_t i;

    json_array_foreach(names, i, v)
        if (strcmp(json_string_value(v), name) == 0)
            return true;
    return false;
}

/* chosen: names of those that are told of. */
static json_t *actions(const json_t *chosen)
{
    json_t *list = json_array();

    for (const struct webhook_action *a = webhook_actions; a->name; a++)
        if (!a->organization_only)
            json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "name", a->name, "text", a->title, "on", is_listed(chosen, a->name)));
    return list;
}

static json_t *sent_actions(const struct rq *rq)
{
    json_t *list = json_array();

    for (const struct webhook_action *a = webhook_actions; a->name; a++)
        if (is_ticked(rq, a->name))
            json_array_append_new(list, json_string(a->name));
    return list;
}

static json_t *values_sent(const struct rq *rq)
{
    return json_pack("{s:s, s:b, s:b, s:o}", "url", page_sent(rq, "url"), "send_payload", is_ticked(rq, "send_payload"), "all_actions",
                     is_ticked(rq, "all_actions"), "told", sent_actions(rq));
}

static json_t *values_stored(const struct row *r)
{
    return json_pack("{s:s, s:b, s:b, s:o?}", "url", row_text(r, WEBHOOK_LIST_URL), "send_payload", row_bool(r, WEBHOOK_LIST_SEND_PAYLOAD),
                     "all_actions", row_bool(r, WEBHOOK_LIST_SEND_FOR_ALL_ACTIONS), "told", json_loads(row_json(r, WEBHOOK_LIST_ACTIONS), 0, NULL));
}

/* r NULL: of a new one. */
static void form_fill(struct rq *rq, json_t *ctx, const struct row *r)
{
    const char *action = page_sent(rq, "action");
    bool sent = rq->method == M_POST && (strcmp(action, "add") == 0 || strcmp(action, "save") == 0);
    json_t *o = sent ? values_sent(rq) : r ? values_stored(r) : json_pack("{s:s, s:b, s:b}", "url", "", "send_payload", 1, "all_actions", 1);

    json_object_set_new(o, "actions", actions(json_object_get(o, "told")));
    page_set_bool(o, "some_actions", !json_is_true(json_object_get(o, "all_actions")));
    page_set_int(o, "id", r ? row_i64(r, WEBHOOK_LIST_ID) : 0);
    page_set_bool(o, "has_secret", r && row_bool(r, WEBHOOK_LIST_HAS_SECRET));
    json_object_set_new(ctx, "form", o);
}

/* The one that the address or a form names; 0: none. */
static err *hook_asked(struct rq *rq, int64_t *hook)
{
    *hook = page_sent_id(rq, "hook");
    return *hook ? OK : rq_query_id(rq, "hook", hook);
}

err *webhooks_fill(struct rq *rq, json_t *ctx)
{
    json_t *list = json_array();
    struct rows rows;
    struct row chosen;
    int64_t shown;

    json_object_set_new(ctx, "hooks", list);
    TRY(hook_asked(rq, &shown));
    if (shown)
        TRY(webhook_row_of(rq->scope, rq_int(rq, "id"), shown, &chosen));
    form_fill(rq, ctx, shown ? &chosen : NULL);
    TRY(webhook_rows(rq->scope, rq_int(rq, "id"), false, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(list, hook_object(rq->a, &r, shown));
    }
    page_set_bool(ctx, "has_hooks", rows.n > 0);
    return log_fill(rq, ctx, shown);
}

/* ---- changing ---- */

/* The form in the words of the API. An empty secret is none of a new one, and stays as it is otherwise, unless it is to go. */
static err *read_form(struct rq *rq, const struct jin_spec *spec, bool known, struct jin *in)
{
    const char *secret = page_sent(rq, "secret");
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 1 << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (!known)
        jw_ki64(&w, "project", rq_int(rq, "id"));
    jw_kstr(&w, "url", page_sent(rq, "url"));
    if (*secret || is_ticked(rq, "remove_secret"))
        jw_kstr(&w, "secret", secret);
    jw_kbool(&w, "send_payload", is_ticked(rq, "send_payload"));
    jw_kbool(&w, "send_for_all_actions", is_ticked(rq, "all_actions"));
    jw_key(&w, "actions");
    jw_arr(&w);
    for (const struct webhook_action *a = webhook_actions; a->name; a++)
        if (!a->organization_only && is_ticked(rq, a->name))
            jw_str(&w, a->name);
    jw_end(&w);
    jw_end(&w);
    return page_body(rq->a, spec, &b, in);
}

/* What is wrong with the address stands beside it. */
static err *told(struct rq *rq, err *e)
{
    return e && e->kind == ERR_PERMISSION ? verr_one(rq->a, "url", "%s", e->detail) : e;
}

static err *add(struct rq *rq)
{
    struct jin in;
    int64_t id;

    TRY(read_form(rq, &B_WEBHOOK, false, &in));
    return told(rq, webhook_create(rq->scope, &in, &id));
}

static err *change(struct rq *rq, int64_t id)
{
    struct jin in;

    TRY(read_form(rq, &B_WEBHOOK_CHANGE, true, &in));
    return told(rq, webhook_update(rq->scope, id, &in));
}

/* What it is told of stays; the API takes absent actions for none. */
static err *activate(struct rq *rq, const struct row *r, bool on)
{
    const char *body = arena_printf(rq->a, "{\"is_active\":%s,\"actions\":%s}", on ? "true" : "false", row_json(r, WEBHOOK_LIST_ACTIONS));
    struct jin in;

    TRY(jin_read(rq->a, &B_WEBHOOK_CHANGE, (struct span){body, strlen(body)}, true, 10, &in));
    return webhook_update(rq->scope, row_i64(r, WEBHOOK_LIST_ID), &in);
}

static int64_t number(struct rq *rq, const char *name)
{
    const char *sent = rq_form(rq, name);
    int64_t n;

    return sent && int_parse(sent, 1, INT64_MAX, &n) ? n : 0;
}

err *webhooks_save(struct rq *rq, const char **done)
{
    const char *action = rq_form(rq, "action");
    int64_t hook = number(rq, "hook"), again;
    struct row r;

    if (!action || strcmp(action, "add") == 0) {
        *done = "The webhook was added.";
        return add(rq);
    }
    TRY(webhook_row_of(rq->scope, rq_int(rq, "id"), hook > INT32_MAX ? 0 : hook, &r));
    if (strcmp(action, "save") == 0) {
        *done = "The webhook was saved.";
        return change(rq, hook);
    }
    if (strcmp(action, "delete") == 0) {
        *done = "The webhook was deleted.";
        return webhook_delete(rq->scope, hook);
    }
    if (strcmp(action, "redeliver") == 0) {
        *done = "It is sent once more.";
        return webhook_redeliver(rq->scope, hook, number(rq, "delivery"), &again);
    }
    if (strcmp(action, "test") == 0) {
        *done = "A test is being sent. The log says how it went.";
        return webhook_test(rq->scope, hook, rq_int(rq, "id"));
    }
    *done = strcmp(action, "pause") == 0 ? "The webhook is paused." : "The webhook is on.";
    return activate(rq, &r, strcmp(action, "pause") != 0);
}
