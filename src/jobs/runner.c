/* The runner. A job belongs to a runner for as long as its row says so (locked_by); the row is changed only by statements that
 * check it, so a runner that was taken for dead and wakes up again finds its writes refused. */
#include "jobs/runner.h"

#include <unistd.h>

#include <sodium.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "jobs/runner.sql.h"

enum {
    LOOK_EVERY_US = 5 * 1000 * 1000,
    AWAY_PAUSE_MS = 500,
    BACKOFF_FIRST_S = 2,
    BACKOFF_MOST_S = 600,
    RUNNER_NAME_BYTES = 8,
};

static void nap_ms(int64_t ms)
{
    usleep((useconds_t)(ms * 750 + randombytes_uniform((uint32_t)(ms * 500) + 1)));
}

static const struct job_def *def_of(const struct runner *r, const char *kind)
{
    const struct job_def *d = r->defs;

    while (d->kind && strcmp(d->kind, kind))
        d++;
    return d->kind ? d : NULL;
}

/* Kinds this program knows; others wait for a newer runner. */
static struct db_arg known_kinds(struct runner *r)
{
    const char **kinds;
    size_t n = 0;

    while (r->defs[n].kind)
        n++;
    kinds = arena_array(r->a, n, sizeof(*kinds));
    for (size_t i = 0; i < n; i++)
        kinds[i] = r->defs[i].kind;
    return db_texts(r->a, kinds, n);
}

/* ---------------------------------------------------------------- taking a job */

static void fill(struct runner *r, struct job *j, const char *name, const struct row *row)
{
    *j = (struct job){
        .id = row_i64(row, JOB_CLAIM_ID),
        .kind = row_text(row, JOB_CLAIM_KIND),
        .organization = row_null(row, JOB_CLAIM_ORGANIZATION_ID) ? 0 : row_i64(row, JOB_CLAIM_ORGANIZATION_ID),
        .payload = row_json(row, JOB_CLAIM_PAYLOAD),
        .checkpoint = row_json(row, JOB_CLAIM_CHECKPOINT),
        .attempt = (int)row_i64(row, JOB_CLAIM_ATTEMPTS),
        .db = r->db,
        .a = r->a,
        .runner = name,
        .stopping = r->stopping,
    };
}

static const char *name_of_run(struct arena *a)
{
    char host[64] = "?";

    (void)gethostname(host, sizeof(host) - 1);
    return arena_printf(a, "%s:%d:%s", host, (int)getpid(), hex_random(a, RUNNER_NAME_BYTES));
}

static err *take(struct runner *r, bool look, struct job *j, bool *found)
{
    const char *name = name_of_run(r->a);
    struct db_arg kinds = known_kinds(r);
    struct row row;

    *found = false;
    if (look)
        TRY(db_opt(r->db, SQL_job_take_over,
                   DB_ARGS(db_text(name), kinds, db_f64((double)cfg.job_heartbeat_s)), &row, found));
    if (*found)
        log_msg(LOG_WARNING, "job taken over", "job=%lld kind=%s", (long long)row_i64(&row, JOB_TAKE_OVER_ID),
                row_text(&row, JOB_TAKE_OVER_KIND));
    else
        TRY(db_opt(r->db, SQL_job_claim, DB_ARGS(db_text(name), kinds), &row, found));
    if (*found)
        fill(r, j, name, &row);
    return OK;
}

static err *schedule(struct runner *r)
{
    for (const struct job_def *d = r->defs; d->kind; d++)
        if (d->every_s > 0)
            TRY(db_exec(r->db, SQL_job_schedule, DB_ARGS(db_text(d->kind), db_f64(d->every_s)), NULL));
    return OK;
}

/* ---------------------------------------------------------------- how it went */

/* Nothing in the request itself will be better at the next attempt. */
static bool permanent(const err *e)
{
    switch (e->kind) {
    case ERR_PARSE:
    case ERR_BAD_REQUEST:
    case ERR_VALIDATION:
    case ERR_PERMISSION:
    case ERR_NOT_FOUND:
    case ERR_TOO_LARGE:
    case ERR_MEDIA_TYPE:
    case ERR_UNPROCESSABLE:
    case ERR_NOT_IMPLEMENTED:
        return true;
    default:
        return false;
    }
}

static double backoff_s(int attempt)
{
    double s = BACKOFF_FIRST_S;

    for (int i = 1; i < attempt && s < BACKOFF_MOST_S; i++)
        s *= 2;
    if (s > BACKOFF_MOST_S)
        s = BACKOFF_MOST_S;
    return s * (0.75 + randombytes_uniform(1000) / 2000.0);
}

static const char *error_text(struct arena *a, const err *e)
{
    const char *text = e->kind == ERR_INTERNAL && e->internal ? e->internal : e->detail;

    return arena_printf(a, "%s: %s", err_kind_name(e->kind), text);
}

static err *end(struct job *j, const char *state, const char *error)
{
    return db_exec(j->db, SQL_job_end, DB_ARGS(db_i64(j->id), db_text(j->runner), db_text(state), db_text(error)), NULL);
}

static err *put_back(struct job *j, double delay_s, const char *error, int attempts, int max_attempts)
{
    return db_exec(j->db, SQL_job_put_back, DB_ARGS(db_i64(j->id), db_text(j->runner), db_f64(delay_s), db_text(error),
                                                    db_i64(attempts), db_i64(max_attempts)), NULL);
}

static err *note(struct job *j, const struct job_def *d, const err *e)
{
    if (!e)
        return end(j, "done", NULL);
    if (j->lost)
        return OK;
    if (j->handed_back)
        return put_back(j, 0, NULL, j->attempt - 1, d->max_attempts);
    if (permanent(e) || j->attempt >= d->max_attempts)
        return end(j, "failed", error_text(j->a, e));
    return put_back(j, backoff_s(j->attempt), error_text(j->a, e), j->attempt, d->max_attempts);
}

/* An outcome that cannot be written is not lost work, only work done twice; still, wait for the database as long as the job is ours.
 * A unique violation means that a job with the same key began to wait meanwhile: at the second try put_back sees it. */
static err *note_surely(struct job *j, const struct job_def *d, const err *outcome)
{
    int64_t give_up = clock_mono_us() + cfg.job_heartbeat_s * 1000000;

    for (;;) {
        err *e = db_ensure(j->db);

        if (!e)
            e = note(j, d, outcome);
        if (!e || clock_mono_us() > give_up)
            return e;
        if (e->kind != ERR_UNAVAILABLE && e->kind != ERR_RETRY && strcmp(e->sqlstate, "23505"))
            return e;
        nap_ms(100);
    }
}

static void log_outcome(const struct job *j, const err *e, int64_t began_us)
{
    const char *how = !e ? "done" : j->lost ? "lost" : j->handed_back ? "handed back" : "failed";
    long long ms = (long long)((clock_mono_us() - began_us) / 1000);

    if (e && !j->lost && !j->handed_back)
        log_err(e, arena_printf(j->a, "job %lld %s", (long long)j->id, j->kind));
    log_msg(LOG_INFO, "job", "job=%lld kind=%s attempt=%d outcome=\"%s\" ms=%lld", (long long)j->id, j->kind, j->attempt, how, ms);
}

/* Attempts beyond the last mean that each earlier one took its runner with it. */
static err *run(struct job *j, const struct job_def *d)
{
    if (j->attempt > d->max_attempts)
        return err_new(j->a, ERR_UNPROCESSABLE, "The runner died in each of %d attempts", d->max_attempts);
    return d->fn(j);
}

/* ---------------------------------------------------------------- rounds */

static bool due(struct runner *r)
{
    int64_t now = clock_mono_us();

    if (now < r->look_at_us)
        return false;
    r->look_at_us = now + LOOK_EVERY_US;
    return true;
}

err *runner_step(struct runner *r, bool *worked)
{
    const struct job_def *d;
    int64_t began_us;
    struct job j;
    bool look;
    err *e;

    *worked = false;
    arena_reset(r->a);
    db_use_arena(r->db, r->a);
    TRY(db_ensure(r->db));
    look = due(r);
    if (look)
        TRY(schedule(r));
    TRY(take(r, look, &j, worked));
    if (!*worked)
        return OK;
    began_us = clock_mono_us();
    d = def_of(r, j.kind);
    e = run(&j, d);
    log_outcome(&j, e, began_us);
    return note_surely(&j, d, e);
}

static void complain(struct runner *r, const err *e)
{
    if (!r->down || e->kind != ERR_UNAVAILABLE)
        log_err(e, "job runner");
    r->down = e->kind == ERR_UNAVAILABLE;
}

void runner_run(struct runner *r, bool once)
{
    while (!r->stopping()) {
        bool worked;
        err *e = runner_step(r, &worked);

        if (e) {
            complain(r, e);
            nap_ms(AWAY_PAUSE_MS);
            continue;
        }
        r->down = false;
        if (worked)
            continue;
        if (once)
            return;
        nap_ms(cfg.job_poll_ms);
    }
}
