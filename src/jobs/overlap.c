/* The jobs "overlap" and "skip_queue" bring a changed setting to the tasks of a big project, some thousands per transaction. Annotators
 * go on meanwhile. Payload of both: {"project": id}.
 *
 * How far a change of overlaps got is kept with the change itself (overlap_change), so that the next change finds it, whichever job
 * it began with. "redraw": 1 says that tasks came or went, and a cohort is to be drawn again. */
#include "core/overlap.h"
#include "core/overlap.sql.h"
#include "db/queue.h"
#include "jobs/job.h"

enum {
    TASKS_PER_STEP = 1000,
    LATER_S = 1,              /* tasks are being added: look again when they may be in */
    SECOND_LOOK_S = 5,
};

/* ---------------------------------------------------------------- overlaps */

struct spread {
    struct job *j;
    int64_t project, redraw;
    enum overlap_state state;
};

/* Again after a crash: the draw begins once more, and chooses what it chose already. */
static err *begin_step(struct db *db, void *arg)
{
    struct spread *s = arg;

    TRY(overlap_begin_redraw(db, s->project));
    return job_beat(s->j, NULL, NULL);
}

static err *spread_step(struct db *db, void *arg)
{
    struct spread *s = arg;
    struct arena *a = s->j->a;

    TRY(job_beat(s->j, NULL, NULL));      /* first: a draw of a million tasks takes seconds, and nobody shall take it over meanwhile */
    TRY(overlap_step(db, s->project, TASKS_PER_STEP, &s->state));
    if (s->state == OVERLAP_LATER)
        TRY(queue_add_later(db, "overlap", s->j->organization, arena_printf(a, "{\"project\":%lld}", (long long)s->project),
                            arena_printf(a, "%lld:later", (long long)s->project), LATER_S, 0, NULL));
    return OK;
}

err *job_overlap(struct job *j)
{
    struct spread s = {.j = j, .state = OVERLAP_MORE};
    struct arena_mark m = arena_mark(j->a);

    if (!job_number(j, j->payload, "project", &s.project))
        return err_new(j->a, ERR_BAD_REQUEST, "No project in the payload");
    if (job_number(j, j->payload, "redraw", &s.redraw))
        TRY(tx_run(j->db, TX_WRITE, begin_step, &s));
    for (;;) {
        TRY(tx_run(j->db, TX_WRITE, spread_step, &s));
        if (s.state != OVERLAP_MORE)
            return OK;
        TRY(job_go_on(j));
        arena_rewind(j->a, m);
    }
}

/* ---------------------------------------------------------------- skip_queue */

/* Who was submitting when the setting changed may have gone by the old one, in a transaction that the first round did not see. So there
 * is a second round, when every transaction that was open at the start of the first (before `fence`) is over. */
struct skips {
    struct job *j;
    int64_t project, after, next, fence, oldest, all;
    bool second, more;
};

static err *look_again(struct skips *s)
{
    return queue_add_later(s->j->db, "skip_queue", s->j->organization,
                           arena_printf(s->j->a, "{\"project\":%lld,\"fence\":%lld,\"all\":%lld}", (long long)s->project,
                                        (long long)s->fence, (long long)s->all),
                           NULL, SECOND_LOOK_S, 0, NULL);
}

static err *skips_step(struct db *db, void *arg)
{
    struct skips *s = arg;

    TRY(overlap_skip_step(db, s->project, s->all > 0, s->after, TASKS_PER_STEP, &s->next, &s->more));
    if (!s->more && !s->second)
        TRY(look_again(s));
    return job_beat(s->j, arena_printf(s->j->a, "{\"after\":%lld,\"before\":%lld}", (long long)s->next, (long long)s->fence), NULL);
}

static err *skips_open(struct skips *s)
{
    struct job *j = s->j;
    struct row r;

    if (!job_number(j, j->payload, "project", &s->project))
        return err_new(j->a, ERR_BAD_REQUEST, "No project in the payload");
    (void)job_number(j, j->payload, "all", &s->all);
    s->second = job_number(j, j->payload, "fence", &s->fence);
    TRY(db_one(j->db, SQL_overlap_transactions, DB_NOARGS, &r));
    s->oldest = row_i64(&r, OVERLAP_TRANSACTIONS_OLDEST);
    if (!s->second)
        s->fence = row_i64(&r, OVERLAP_TRANSACTIONS_NEXT);
    if (j->checkpoint && job_number(j, j->checkpoint, "after", &s->after) && !s->second)
        (void)job_number(j, j->checkpoint, "before", &s->fence);
    return OK;
}

err *job_skip_queue(struct job *j)
{
    struct arena_mark m = arena_mark(j->a);
    struct skips s = {.j = j};

    TRY(skips_open(&s));
    if (s.second && s.oldest < s.fence)
        return look_again(&s);
    for (;;) {
        TRY(tx_run(j->db, TX_WRITE, skips_step, &s));
        s.after = s.next;
        if (!s.more)
            return OK;
        TRY(job_go_on(j));
        arena_rewind(j->a, m);
    }
}
