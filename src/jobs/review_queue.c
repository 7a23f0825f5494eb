/* The job "review_queue": what waits for a review in a big project is put into its queue, which is believed from then on.
 * Payload: {"project": id}.
 *
 * First every slot of the counters is told that there is a queue, one after the other: whoever commits later keeps it. Then what waits
 * already is written down, some tasks per transaction, locked as by everybody who changes them. */
#include "core/review_stream.h"
#include "jobs/job.h"

enum { TASKS_PER_STEP = 1000 };

struct filling {
    struct job *j;
    int64_t project, after, next;      /* inner_id: everything up to it is in the queue */
    int slot;
    bool more;
};

static err *begin_step(struct db *db, void *arg)
{
    const struct filling *f = arg;

    TRY(review_queue_begin(db, f->project, f->slot));
    return job_beat(f->j, NULL, NULL);
}

static err *fill_step(struct db *db, void *arg)
{
    struct filling *f = arg;

    TRY(review_queue_step(db, f->project, f->after, TASKS_PER_STEP, &f->next, &f->more));
    return job_beat(f->j, arena_printf(f->j->a, "{\"after\":%lld}", (long long)f->next), NULL);
}

static err *fill(struct filling *f)
{
    struct arena_mark m = arena_mark(f->j->a);

    for (;;) {
        TRY(tx_run(f->j->db, TX_WRITE, fill_step, f));
        f->after = f->next;
        if (!f->more)
            return OK;
        TRY(job_go_on(f->j));
        arena_rewind(f->j->a, m);
    }
}

err *job_review_queue(struct job *j)
{
    struct filling f = {.j = j};

    if (!job_number(j, j->payload, "project", &f.project))
        return err_new(j->a, ERR_BAD_REQUEST, "No project in the payload");
    if (j->checkpoint && job_number(j, j->checkpoint, "after", &f.after))
        return fill(&f);
    for (f.slot = 0; f.slot < REVIEW_QUEUE_SLOTS; f.slot++)
        TRY(tx_run(j->db, TX_WRITE, begin_step, &f));
    return fill(&f);
}
