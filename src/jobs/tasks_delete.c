/* The job "tasks_delete": all tasks of a big project go into the trash, those that were there when it was asked for.
 * Payload: {"project": id, "upto": inner_id, "by": user, "moment": of the deletion}. */
#include <string.h>

#include "base/cfg.h"
#include "core/overlap.h"
#include "core/task.h"
#include "jobs/job.h"
#include "json/jin.h"

enum { TASKS_PER_STEP = 1000 };

struct clearing {
    struct job *j;
    struct task_trash what;
    int64_t after, next;      /* inner_id: everything up to it is in the trash */
    bool more;
};

static err *clear_step(struct db *db, void *arg)
{
    struct clearing *c = arg;
    struct arena *a = c->j->a;
    int64_t n;

    TRY(task_trash_some(db, &c->what, c->after, TASKS_PER_STEP, &c->next, &n));
    c->more = n == TASKS_PER_STEP;
    if (!c->more)
        TRY(overlap_redraw(db, c->what.project, NULL));
    return job_beat(c->j, arena_printf(a, "{\"after\":%lld}", (long long)c->next), NULL);
}

static err *payload_read(struct job *j, struct task_trash *t)
{
    json_t *all;

    if (!job_number(j, j->payload, "project", &t->project) || !job_number(j, j->payload, "upto", &t->upto) ||
        !job_number(j, j->payload, "by", &t->by))
        return err_new(j->a, ERR_BAD_REQUEST, "No project, end or user in the payload");
    TRY(jin_parse(j->a, (struct span){j->payload, strlen(j->payload)}, (int)cfg.json_max_depth, &all));
    t->moment = json_string_value(json_object_get(all, "moment"));
    return OK;
}

err *job_tasks_delete(struct job *j)
{
    struct clearing c = {.j = j};
    struct arena_mark m;

    TRY(payload_read(j, &c.what));
    m = arena_mark(j->a);
    if (j->checkpoint)
        (void)job_number(j, j->checkpoint, "after", &c.after);
    for (;;) {
        TRY(tx_run(j->db, TX_WRITE, clear_step, &c));
        c.after = c.next;
        if (!c.more)
            return OK;
        TRY(job_go_on(j));
        arena_rewind(j->a, m);
    }
}
