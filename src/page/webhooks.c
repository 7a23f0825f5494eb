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
#include "page/page.h"

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
    struct row r;

    json_object_set_new(ctx, "deliveries", list);
    page_set_int(ctx, "hook", hook);
    if (!hook)
        return OK;
    TRY(webhook_row_of(rq->scope, rq_int(rq, "id"), hook, &r));
    TRY(webhook_deliveries(rq->scope, hook, 0, &rows));
    for (int i = 0; i < rows.n; i++) {
        r = rows_at(&rows, i);
        json_array_append_new(list, delivery_object(rq->a, &r));
    }
    return OK;
}

static json_t *actions(void)
{
    json_t *list = json_array();

    for (const struct webhook_action *a = webhook_actions; a->name; a++)
        if (!a->organization_only)
            json_array_append_new(list, json_pack("{s:s, s:s}", "name", a->name, "text", a->title));
    return list;
}

err *webhooks_fill(struct rq *rq, json_t *ctx)
{
    json_t *list = json_array();
    struct rows rows;
    int64_t shown;

    TRY(rq_query_id(rq, "hook", &shown));
    json_object_set_new(ctx, "hooks", list);
    json_object_set_new(ctx, "actions", actions());
    TRY(webhook_rows(rq->scope, rq_int(rq, "id"), false, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(list, hook_object(rq->a, &r, shown));
    }
    page_set_bool(ctx, "has_hooks", rows.n > 0);
    return log_fill(rq, ctx, shown);
}

/* ---- changing ---- */

static bool is_ticked(struct rq *rq, const char *name)
{
    const char *sent = rq_form(rq, name);

    return sent && strcmp(sent, "true") == 0;
}

/* The form in the words of the API. */
static const char *body_of(struct rq *rq)
{
    const char *url = rq_form(rq, "url"), *secret = rq_form(rq, "secret");
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 1 << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "project", rq_int(rq, "id"));
    jw_kstr(&w, "url", url ? url : "");
    jw_kstr(&w, "secret", secret ? secret : "");
    jw_kbool(&w, "send_payload", is_ticked(rq, "send_payload"));
    jw_kbool(&w, "send_for_all_actions", is_ticked(rq, "all_actions"));
    jw_key(&w, "actions");
    jw_arr(&w);
    for (const struct webhook_action *a = webhook_actions; a->name; a++)
        if (!a->organization_only && is_ticked(rq, a->name))
            jw_str(&w, a->name);
    jw_end(&w);
    jw_end(&w);
    return b.buf;
}

static err *add(struct rq *rq)
{
    const char *body = body_of(rq);
    struct jin in;
    int64_t id;
    err *e;

    TRY(jin_read(rq->a, &B_WEBHOOK, (struct span){body, strlen(body)}, false, 10, &in));
    e = webhook_create(rq->scope, &in, &id);
    return e && e->kind == ERR_PERMISSION ? verr_one(rq->a, "url", "%s", e->detail) : e;
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
