/* Handlers of states (/api/fsm/) and of events of the labelling page. */
#include "api/handlers.h"

#include "api/bodies.h"
#include "api/etag.h"
#include "api/paging.h"
#include "core/annotation.h"
#include "core/scope.h"
#include "core/state.h"
#include "core/task_event.h"
#include "json/verr.h"

enum { STATES_NORMAL = 100, STATES_MOST = 1000 };

/* ---- states ---- */

static const char *text(struct rq *rq, const char *name)
{
    const char *t = rq_query(rq, name);

    return t && *t ? t : NULL;
}

static err *moment(struct rq *rq, const char *name, const char **out)
{
    *out = text(rq, name);
    return !*out || jin_is_time(*out) ? OK : verr_one(rq->a, name, "Enter a valid date/time.");
}

static err *filter_read(struct rq *rq, struct state_filter *f)
{
    const char *ordering = rq_query(rq, "ordering");

    *f = (struct state_filter){.state = text(rq, "state"), .previous = text(rq, "previous_state"), .transition = text(rq, "transition_name"),
                               .newest_first = ordering && *ordering == '-'};
    TRY(rq_query_id(rq, "triggered_by", &f->by));
    TRY(moment(rq, "created_at_from", &f->since));
    return moment(rq, "created_at_to", &f->until);
}

err *api_state_list(struct rq *rq)
{
    struct state_filter f;
    struct state_page page;
    struct paging p;
    struct jw *w;

    TRY(filter_read(rq, &f));
    TRY(paging_read(rq, STATES_NORMAL, STATES_MOST, false, &p));
    TRY(state_list(rq->scope, rq_int(rq, "id"), &f, p.page > 0 ? (p.page - 1) * p.size : 0, p.size, &page));
    w = rs_json(rq);
    paging_open(rq, w, &p, page.total);
    for (int i = 0; i < page.rows.n; i++) {
        struct row r = rows_at(&page.rows, i);
        state_write(rq->scope, w, &r);
    }
    jw_end(w);
    jw_end(w);
    return OK;
}

/* A transition is the change that a client would make to the annotation. */
static err *change_read(struct rq *rq, bool cancel, struct jin *out)
{
    const char *comment = NULL;
    json_t *data = jin_tree(&rq->in, "transition_data");
    struct strbuf b;
    struct jw w;

    if (data)
        comment = json_string_value(json_object_get(data, "comment"));
    strbuf_init(&b, rq->a, 1 << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kbool(&w, "was_cancelled", cancel);
    if (comment)
        jw_kstr(&w, "comment", comment);
    jw_end(&w);
    TRY(strbuf_check(&b));
    return jin_read(rq->a, &B_ANNOTATION, (struct span){b.buf, b.len}, true, 10, out);
}

static err *answer(struct rq *rq, int64_t id)
{
    struct state_filter newest = {.newest_first = true};
    struct state_page page;
    struct row r;
    struct jw *w;

    TRY(state_list(rq->scope, id, &newest, 0, 1, &page));
    r = rows_at(&page.rows, 0);
    w = rs_json(rq);
    jw_obj(w);
    jw_kbool(w, "success", true);
    jw_kstr(w, "new_state", state_of(&r));
    jw_key(w, "state_record");
    state_write(rq->scope, w, &r);
    jw_end(w);
    return OK;
}

err *api_transition(struct rq *rq)
{
    int64_t id = rq_int(rq, "id");
    struct jin change;
    bool cancel;

    TRY(etag_guard(rq, STAMP_ANNOTATION, id));
    TRY(state_step(rq->scope, id, jin_text(&rq->in, "transition_name"), &cancel));
    TRY(change_read(rq, cancel, &change));
    TRY(annotation_update(rq->scope, id, &change));
    return answer(rq, id);
}

/* ---- events ---- */

err *api_task_event(struct rq *rq)
{
    struct row r;

    TRY(task_event_add(rq->scope, rq_int(rq, "id"), &rq->in, &r));
    task_event_write(rs_json_status(rq, 201), &r);
    return OK;
}
