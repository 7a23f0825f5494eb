/* The job "ml_train": tells the backends of a project to learn from what was annotated. Payload: {"project": id}. */
#include "core/scope.h"
#include "jobs/job.h"
#include "ml/predict.h"

err *job_ml_train(struct job *j)
{
    struct scope s = {.a = j->a, .db = j->db, .organization = j->organization, .role = "OW", .permissions = UINT64_MAX};
    int64_t project, *ids;
    size_t n;

    if (!job_number(j, j->payload, "project", &project))
        return err_new(j->a, ERR_BAD_REQUEST, "No project in the payload");
    TRY(ml_ids(&s, project, &ids, &n));
    for (size_t i = 0; i < n; i++) {
        struct ml_backend b;

        TRY(ml_read(&s, ids[i], &b));
        TRY(ml_train(&s, &b));
    }
    return OK;
}
