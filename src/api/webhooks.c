/* Handlers of /api/webhooks/. */
#include "api/handlers.h"

#include <string.h>

#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "hooks/webhook.h"
#include "json/verr.h"

static err *answer(struct rq *rq, int64_t id, int status)
{
    struct row r;

    TRY(webhook_row(rq->scope, id, &r));
    webhook_write(rs_json_status(rq, status), &r);
    return OK;
}

err *api_webhook_list(struct rq *rq)
{
    const char *text = rq_query(rq, "project");
    bool without = text && strcmp(text, "null") == 0;
    int64_t project = 0;
    struct rows rows;
    struct jw *w;

    if (text && *text && !without) {
        err *e = int_parse(text, 1, INT32_MAX, &project) ? project_check_visible(rq->scope, project) : NULL;
        if (project == 0 || (e && e->kind == ERR_NOT_FOUND))
            return verr_one(rq->a, "project", "Select a valid choice. That choice is not one of the available choices.");
        TRY(e);
    }
    TRY(webhook_rows(rq->scope, project, without, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        webhook_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *api_webhook_create(struct rq *rq)
{
    int64_t id;

    TRY(webhook_create(rq->scope, &rq->in, &id));
    return answer(rq, id, 201);
}

err *api_webhook_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_webhook_change(struct rq *rq)
{
    TRY(webhook_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_webhook_delete(struct rq *rq)
{
    TRY(webhook_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* What one can be told of; no secret. */
err *api_webhook_info(struct rq *rq)
{
    const char *text = rq_query(rq, "organization-only");
    bool only = false;
    struct jw *w;

    TRY(rq_query_bool(rq, "organization-only", false, &only));
    w = rs_json(rq);
    jw_obj(w);
    for (const struct webhook_action *a = webhook_actions; a->name; a++) {
        if (text && *text && a->organization_only != only)
            continue;
        jw_key(w, a->name);
        jw_obj(w);
        jw_kstr(w, "name", a->title);
        jw_kstr(w, "description", "");
        jw_kstr(w, "key", a->key);
        jw_kbool(w, "organization-only", a->organization_only);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

/* ---- the log ---- */

err *api_webhook_deliveries(struct rq *rq)
{
    int64_t before;
    struct rows rows;
    struct jw *w;

    TRY(rq_query_int(rq, "before", 0, &before));
    TRY(webhook_deliveries(rq->scope, rq_int(rq, "id"), before, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        webhook_delivery_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *api_webhook_redeliver(struct rq *rq)
{
    int64_t again;
    struct jw *w;

    TRY(webhook_redeliver(rq->scope, rq_int(rq, "id"), rq_int(rq, "delivery"), &again));
    w = rs_json_status(rq, 201);
    jw_obj(w);
    jw_ki64(w, "id", again);
    jw_end(w);
    return OK;
}
