/* What people chose in the trash of a project and a request left to a job: brought back, or marked to go for good. */
#ifndef LABELD_JOBS_TRASH_CHOSEN_H
#define LABELD_JOBS_TRASH_CHOSEN_H

#include "core/trash.h"
#include "jobs/job.h"

struct trash_chosen {
    struct job *j;
    struct trash_run run;
    int64_t done, total;       /* rows, as far as that is known before */
    bool given;                /* the payload chooses something */
};

/* Do it all, step by step, from the checkpoint on; nothing where the payload says nothing of a choice. */
err *trash_chosen_run(struct job *j, bool purge, struct trash_chosen *out) __attribute__((warn_unused_result));
/* Note how far it is: `done` of the total, and in the end the result. */
err *trash_chosen_beat(struct trash_chosen *c, int64_t done, bool over) __attribute__((warn_unused_result));

#endif
