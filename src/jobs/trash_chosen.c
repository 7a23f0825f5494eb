/* The job "trash_restore", and the choice of "trash_purge". Payload: {"project": id, "by": user, "of_tasks": bool, "of_annotations": bool,
 * "ids": "{1,2}", "moment": of the deletion, "until": of the request, "tasks": n, "annotations": n} with what the request did itself.
 *
 * What is done is not chosen any more, so a job that is run again finds what is left; the checkpoint keeps the counts. */
#include "jobs/trash_chosen.h"

#include "base/cfg.h"
#include "json/jin.h"

static err *choice_read(struct trash_chosen *c)
{
    struct job *j = c->j;
    json_t *all;

    TRY(jin_parse(j->a, (struct span){j->payload, strlen(j->payload)}, (int)cfg.json_max_depth, &all));
    c->given = json_object_get(all, "until") != NULL;
    if (!c->given)
        return OK;
    c->run.project = json_integer_value(json_object_get(all, "project"));
    c->run.by = json_integer_value(json_object_get(all, "by"));
    c->run.choice = (struct trash_choice){
        .tasks = json_is_true(json_object_get(all, "of_tasks")),
        .annotations = json_is_true(json_object_get(all, "of_annotations")),
        .ids = json_string_value(json_object_get(all, "ids")),
        .moment = json_string_value(json_object_get(all, "moment")),
        .until = json_string_value(json_object_get(all, "until")),
    };
    return OK;
}

static void counts_read(struct trash_chosen *c)
{
    const char *from = c->j->checkpoint ? c->j->checkpoint : c->j->payload;

    (void)job_number(c->j, from, "tasks", &c->run.n.tasks);
    (void)job_number(c->j, from, "annotations", &c->run.n.annotations);
    (void)job_number(c->j, from, "done", &c->done);
    (void)job_number(c->j, from, "total", &c->total);
}

/* Of what goes for good the removal is what takes its time: marking counts for nothing. */
static int64_t done_by(const struct trash_chosen *c)
{
    const struct trash_run *run = &c->run;

    return run->purge ? c->done : run->n.tasks + run->n.annotations + run->step.tasks + run->step.annotations;
}

err *trash_chosen_beat(struct trash_chosen *c, int64_t done, bool over)
{
    struct arena *a = c->j->a;
    long long tasks = c->run.n.tasks + c->run.step.tasks, annotations = c->run.n.annotations + c->run.step.annotations;
    const char *result = arena_printf(a, ",\"result\":{\"tasks\":%lld,\"annotations\":%lld}", tasks, annotations);

    if (over || done > c->total)      /* annotations of tasks that came back are known only then */
        c->total = done;
    return job_beat(c->j, arena_printf(a, "{\"tasks\":%lld,\"annotations\":%lld,\"done\":%lld,\"total\":%lld}", tasks, annotations, (long long)done, (long long)c->total),
                    arena_printf(a, "{\"done\":%lld,\"total\":%lld%s}", (long long)done, (long long)c->total, over ? result : ""));
}

static err *count_step(struct db *db, void *arg)
{
    struct trash_chosen *c = arg;
    int64_t n;

    (void)db;
    TRY(job_beat(c->j, NULL, NULL));
    TRY(trash_chosen(&c->run, &n));
    c->total = c->run.n.tasks + c->run.n.annotations + n;
    return trash_chosen_beat(c, done_by(c), false);
}

static err *step(struct db *db, void *arg)
{
    struct trash_chosen *c = arg;

    (void)db;
    TRY(trash_step(&c->run));
    return trash_chosen_beat(c, done_by(c), !c->run.purge && !c->run.more);
}

err *trash_chosen_run(struct job *j, bool purge, struct trash_chosen *out)
{
    struct arena_mark m;

    *out = (struct trash_chosen){.j = j, .run = {.db = j->db, .purge = purge, .more = true}};
    TRY(choice_read(out));
    if (!out->given)
        return OK;
    counts_read(out);
    if (!j->checkpoint)
        TRY(tx_run(j->db, TX_WRITE, count_step, out));
    m = arena_mark(j->a);
    while (out->run.more) {
        TRY(tx_run(j->db, TX_WRITE, step, out));
        trash_stepped(&out->run);
        if (out->run.more)
            TRY(job_go_on(j));
        arena_rewind(j->a, m);
    }
    out->run.step = (struct trash_counts){0};
    return OK;
}

err *job_trash_restore(struct job *j)
{
    struct trash_chosen c;

    TRY(trash_chosen_run(j, false, &c));
    return c.given ? OK : err_new(j->a, ERR_BAD_REQUEST, "No choice in the payload");
}
