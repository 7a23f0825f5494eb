/* The job "action": an action of the Data Manager on more tasks than a request does itself. It acts in the name of who asked for it.
 * Payload: {"project": id, "action": id, "by": user, "upto": inner_id, "moment": of what it deletes, "body": as it was sent, "view": the query that wins over it}.
 *
 * What was done so far is in the checkpoint, with how far it got; `progress` tells it to people, in the end with the answer. */
#include <string.h>

#include "base/cfg.h"
#include "core/auth.h"
#include "dm/action.h"
#include "jobs/job.h"
#include "json/jin.h"

struct acting {
    struct job *j;
    struct scope scope;
    struct dm_work work, next;       /* as committed; as the step at work will leave it */
    struct dm_place at, next_at;
    bool begun, more;
};

/* ---------------------------------------------------------------- opening */

static err *tree_read(struct job *j, struct span text, json_t **out)
{
    *out = NULL;
    return text.p ? jin_parse(j->a, text, (int)cfg.json_max_depth + 1, out) : OK;
}

static err *work_read(struct acting *c)
{
    struct job *j = c->j;
    struct span payload = {j->payload, strlen(j->payload)};
    json_t *all, *view;
    const char *id;

    TRY(tree_read(j, payload, &all));
    id = json_string_value(json_object_get(all, "action"));
    c->work.action = id ? dm_action_find(id) : NULL;
    if (!c->work.action)
        return err_new(j->a, ERR_BAD_REQUEST, "There is no action \"%s\"", id ? id : "");
    c->work.s = &c->scope;
    c->work.body = json_object_get(all, "body");
    c->work.moment = json_string_value(json_object_get(all, "moment"));
    view = json_object_get(all, "view");
    return dm_act_prepare(&c->work, json_is_object(view) ? view : c->work.body);
}

static void checkpoint_read(struct acting *c)
{
    struct job *j = c->j;

    c->begun = j->checkpoint && job_number(j, j->checkpoint, "after", &c->at.after);
    if (!c->begun)
        return;
    (void)job_number(j, j->checkpoint, "total", &c->at.total);
    (void)job_number(j, j->checkpoint, "tasks", &c->work.tasks);
    (void)job_number(j, j->checkpoint, "items", &c->work.items);
    (void)job_number(j, j->checkpoint, "more_items", &c->work.more_items);
}

static err *open_work(struct acting *c)
{
    struct job *j = c->j;
    int64_t by;

    if (!job_number(j, j->payload, "project", &c->work.project) || !job_number(j, j->payload, "by", &by) ||
        !job_number(j, j->payload, "upto", &c->at.upto))
        return err_new(j->a, ERR_BAD_REQUEST, "No project, user or end in the payload");
    auth_nobody(&c->scope, j->a, j->db);
    TRY(auth_as_member(&c->scope, by, j->organization));
    TRY(auth_enter_project(&c->scope, arena_printf(j->a, "%lld", (long long)c->work.project)));
    TRY(work_read(c));
    if (!dm_action_allowed(&c->scope, c->work.action))
        return err_new(j->a, ERR_PERMISSION, NULL);
    c->at.job = j->id;
    checkpoint_read(c);
    return OK;
}

/* ---------------------------------------------------------------- steps */

static const char *checkpoint_of(struct acting *c)
{
    return arena_printf(c->j->a, "{\"after\":%lld,\"total\":%lld,\"tasks\":%lld,\"items\":%lld,\"more_items\":%lld}", (long long)c->next_at.after,
                        (long long)c->next_at.total, (long long)c->next.tasks, (long long)c->next.items, (long long)c->next.more_items);
}

static const char *progress_of(struct acting *c)
{
    int64_t done = c->next_at.after < c->next_at.total ? c->next_at.after : c->next_at.total;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, c->j->a, 1 << 16);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "done", done);
    jw_ki64(&w, "total", c->next_at.total);
    jw_ki64(&w, "tasks", c->next.tasks);
    if (!c->more) {
        jw_key(&w, "result");
        c->next.action->answer(&w, &c->next);
    }
    jw_end(&w);
    return b.buf;
}

/* Finding out what to do may take long in a big project: the beat comes first, so that nobody takes the job over meanwhile. */
static err *plan_step(struct db *db, void *arg)
{
    struct acting *c = arg;

    (void)db;
    c->next = c->work;
    c->next_at = c->at;
    c->more = true;
    TRY(job_beat(c->j, NULL, NULL));
    TRY(dm_act_plan(&c->next, &c->next_at));
    return job_beat(c->j, checkpoint_of(c), progress_of(c));
}

static err *act_step(struct db *db, void *arg)
{
    struct acting *c = arg;

    (void)db;
    c->next = c->work;
    c->next_at = c->at;
    TRY(dm_act_step(&c->next, &c->next_at, &c->more));
    return job_beat(c->j, checkpoint_of(c), progress_of(c));
}

static err *run(struct acting *c, tx_fn *step)
{
    TRY(tx_run(c->j->db, TX_WRITE, step, c));
    c->work = c->next;
    c->at = c->next_at;
    return OK;
}

err *job_action(struct job *j)
{
    struct acting c = {.j = j, .more = true};
    struct arena_mark m;

    TRY(open_work(&c));
    if (!c.begun)
        TRY(run(&c, plan_step));
    m = arena_mark(j->a);
    while (c.more) {
        TRY(run(&c, act_step));
        if (c.more)
            TRY(job_go_on(j));
        arena_rewind(j->a, m);
    }
    return OK;
}
