/* The second connection of a long job. */
#include "jobs/aside.h"

#include "base/cfg.h"
#include "base/clock.h"

enum { BEAT_EVERY_US = 500 * 1000 };

static void close_connection(void *db)
{
    db_close(db);
}

err *job_aside_open(struct job *j, int64_t total, struct job_aside *out)
{
    *out = (struct job_aside){.j = j, .twin = *j, .total = total};
    out->twin.a = arena_below(j->a, "job aside");
    TRY(db_open(j->a, "jobs", cfg.job_statement_timeout_ms, &out->twin.db));
    arena_defer(j->a, close_connection, out->twin.db);
    return OK;
}

err *job_aside_beat(struct job_aside *s, int64_t done)
{
    int64_t now = clock_mono_us();
    err *e;

    if (now < s->beat_at_us)
        return OK;
    s->beat_at_us = now + BEAT_EVERY_US;
    arena_reset(s->twin.a);
    db_use_arena(s->twin.db, s->twin.a);
    e = job_beat(&s->twin, NULL, arena_printf(s->twin.a, "{\"done\":%lld,\"total\":%lld}", (long long)done, (long long)s->total));
    if (!e)
        e = job_go_on(&s->twin);
    s->j->lost = s->twin.lost;
    s->j->handed_back = s->twin.handed_back;
    return e ? err_make(s->j->a, e->kind, e->file, e->line, "%s", e->detail) : OK;
}
