/* The job "project_duplicate": files and tasks of a project are copied into its duplicate.
 * Payload: {"from": id, "to": id, "upto": inner_id, "by": user}. Checkpoint: {"file": id, "after": inner_id}, up to where it is done. */
#include "core/duplicate.h"
#include "import/upload.h"
#include "jobs/job.h"

enum { FILES_PER_STEP = 200, TASKS_PER_STEP = 1000 };

struct copying {
    struct job *j;
    int64_t from, to, upto;
    int64_t file, after;            /* done so far */
    int64_t next_file, next_after;  /* and with this step */
    bool files_left, more;
};

static err *note(struct copying *c)
{
    return job_beat(c->j, arena_printf(c->j->a, "{\"file\":%lld,\"after\":%lld}", (long long)c->next_file, (long long)c->next_after), NULL);
}

static err *file_step(struct db *db, void *arg)
{
    struct copying *c = arg;
    int64_t n;

    c->next_after = c->after;
    TRY(upload_copy_some(db, c->from, c->to, c->file, FILES_PER_STEP, &c->next_file, &n));
    c->files_left = n == FILES_PER_STEP;
    return note(c);
}

static err *task_step(struct db *db, void *arg)
{
    struct copying *c = arg;
    int64_t n;

    c->next_file = c->file;
    TRY(duplicate_tasks(db, c->from, c->to, c->after, c->upto, TASKS_PER_STEP, &c->next_after, &n));
    c->more = n == TASKS_PER_STEP;
    if (!c->more)
        TRY(duplicate_done(db, c->to));
    return note(c);
}

static err *step(struct copying *c)
{
    struct arena_mark m = arena_mark(c->j->a);

    TRY(tx_run(c->j->db, TX_WRITE, c->files_left ? file_step : task_step, c));
    c->file = c->next_file;
    c->after = c->next_after;
    arena_rewind(c->j->a, m);
    return OK;
}

err *job_project_duplicate(struct job *j)
{
    struct copying c = {.j = j, .files_left = true, .more = true};

    if (!job_number(j, j->payload, "from", &c.from) || !job_number(j, j->payload, "to", &c.to) ||
        !job_number(j, j->payload, "upto", &c.upto))
        return err_new(j->a, ERR_BAD_REQUEST, "No projects or end in the payload");
    if (j->checkpoint) {
        (void)job_number(j, j->checkpoint, "file", &c.file);
        (void)job_number(j, j->checkpoint, "after", &c.after);
    }
    for (;;) {
        TRY(step(&c));
        if (!c.more)
            return OK;
        TRY(job_go_on(j));
    }
}
