/* The job "tasks_delete": all tasks of a big project go into the trash, those that were there when it was asked for.
 * Payload: {"project": id, "upto": inner_id, "by": user}. */
#include "core/overlap.h"
#include "core/task.h"
#include "jobs/job.h"

enum { TASKS_PER_STEP = 1000 };

struct clearing {
    struct job *j;
    int64_t project, upto, by;
    int64_t after, next;      /* inner_id: everything up to it is in the trash */
    bool more;
};

static err *clear_step(struct db *db, void *arg)
{
    struct clearing *c = arg;
    struct arena *a = c->j->a;
    int64_t n;

    TRY(task_trash_some(db, c->project, c->after, c->upto, c->by, TASKS_PER_STEP, &c->next, &n));
    c->more = n == TASKS_PER_STEP;
    if (!c->more)
        TRY(overlap_redraw(db, c->project, NULL));
    return job_beat(c->j, arena_printf(a, "{\"after\":%lld}", (long long)c->next), NULL);
}

err *job_tasks_delete(struct job *j)
{
    struct arena_mark m = arena_mark(j->a);
    struct clearing c = {.j = j};

    if (!job_number(j, j->payload, "project", &c.project) || !job_number(j, j->payload, "upto", &c.upto) ||
        !job_number(j, j->payload, "by", &c.by))
        return err_new(j->a, ERR_BAD_REQUEST, "No project, end or user in the payload");
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
