/* Jobs: the table of kinds, and what a handler may ask of the runner. One handler per file in this folder.
 *
 * A runner may die at any moment, so a handler is written to be run again: it works in steps, each step one transaction that does a
 * part of the work and calls job_beat with where to go on. Work and checkpoint then survive together or not at all:
 *
 *     static err *step(struct db *db, void *arg);          does a part, TRY(job_beat(j, checkpoint, progress)), sets s->more
 *     for (;;) {
 *         TRY(tx_run(j->db, TX_WRITE, step, &s));
 *         if (!s.more)
 *             return OK;
 *         TRY(job_go_on(j));
 *     }
 */
#ifndef LABELD_JOBS_JOB_H
#define LABELD_JOBS_JOB_H

#include "db/db.h"

struct job {
    int64_t id;
    const char *kind;
    int64_t organization;          /* 0 = none */
    const char *payload;           /* JSON object text */
    const char *checkpoint;        /* JSON text of the last job_beat of an earlier run, or NULL */
    int attempt;                   /* from 1 */
    struct db *db;
    struct arena *a;               /* of this run */

    /* the runner's */
    const char *runner;            /* names this run in job.locked_by */
    bool (*stopping)(void);
    bool handed_back;              /* left unfinished on purpose: not a failure */
    bool lost;                     /* cancelled, or taken over by another runner */
};

typedef err *job_fn(struct job *j);

struct job_def {
    const char *kind;
    job_fn *fn;
    int max_attempts;
    int every_s;                   /* > 0: the runners keep one waiting */
    const char *doc;
};

/* The kinds of jobs.def, ended by a row without kind. */
extern const struct job_def job_defs[];

/* Say that this job is alive; every step shorter than cfg.job_heartbeat_s must call it.
 *
 * checkpoint  JSON text to find in j->checkpoint after a crash; NULL keeps the last one
 * progress    JSON text for people and API; NULL keeps the last one
 *
 * Inside a transaction it is part of it, and from its first call there the job cannot be taken over until the transaction ends.
 * Errors: CONFLICT when the job was cancelled or another runner has it: return at once, the transaction must not commit. */
err *job_beat(struct job *j, const char *checkpoint, const char *progress) __attribute__((warn_unused_result));
/* Is it ours still? Unlike job_beat it changes and locks nothing, so that beats can go over another connection meanwhile. Errors: as there. */
err *job_check(struct job *j) __attribute__((warn_unused_result));
/* Between steps, outside transactions: an error when the runner is asked to stop; returning it hands the job back with its checkpoint,
 * for the next runner to go on. */
err *job_go_on(struct job *j) __attribute__((warn_unused_result));

/* The whole number at `key` of a JSON object (payload, checkpoint); false when there is none. */
bool job_number(struct job *j, const char *object, const char *key, int64_t *out);

/* Handlers. */
#define JOB(kind, handler, max_attempts, doc) err *handler(struct job *j) __attribute__((warn_unused_result));
#define PERIODIC(kind, handler, every_s, doc) err *handler(struct job *j) __attribute__((warn_unused_result));
#include "jobs/jobs.def"
#undef JOB
#undef PERIODIC

#endif
