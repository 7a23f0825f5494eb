/* Predictions by ML backends: of tasks that lack one, of one task while somebody draws on it, and to try a backend. */
#ifndef LABELD_ML_PREDICT_H
#define LABELD_ML_PREDICT_H

#include "dm/query.h"
#include "ml/backend.h"

/* Ask for predictions of these tasks and store them; outside transactions. Tasks that have one of the backend's version are left out, unless `again`.
 * timeout_ms: of the request; 0 = what the backend's settings say.
 * stored   out: predictions that were stored
 * problem  out: what was wrong with the backend, NULL = nothing; it is noted, and no error of ours */
err *ml_predict(struct scope *s, const struct ml_backend *b, const int64_t *tasks, size_t n, bool again, int64_t timeout_ms, int64_t *stored,
                const char **problem) __attribute__((warn_unused_result));
enum { ML_BATCH = 100 };

/* Queue the job that does so in batches. tasks NULL = all of the project. */
err *ml_predict_queue(struct scope *s, int64_t backend, int64_t project, int64_t batch, const int64_t *tasks, size_t n, int64_t *job)
    __attribute__((warn_unused_result));
/* Ask every backend of the project for predictions of what a query selects, by a job each; in a transaction. */
err *ml_predict_selected(struct scope *s, int64_t project, const struct dm_query *q, int64_t **jobs, size_t *n) __attribute__((warn_unused_result));
/* Before a task is shown: ask the backend that the project shows, or has evaluate, for a prediction that the task lacks. A request waits
 * cfg.web_upstream_ms at most, and a backend that failed is not asked again for a while. */
err *ml_predict_shown(struct scope *s, int64_t project, int64_t task) __attribute__((warn_unused_result));
err *ml_predict_read(struct scope *s, int64_t project, int64_t task) __attribute__((warn_unused_result));
/* {"data": …} or {"errors": […]}: a prediction of a task as it stands, with what the client has drawn. context: JSON text. */
err *ml_interactive_write(struct scope *s, struct jw *w, const struct ml_backend *b, int64_t task, const char *context) __attribute__((warn_unused_result));
/* {"status", "request", "response" …} of a request with a task of the project. Errors: NOT_FOUND: no task. *ok: it gave predictions. */
err *ml_try_write(struct scope *s, struct jw *w, const struct ml_backend *b, bool *ok) __attribute__((warn_unused_result));
/* Tell it to train. Whatever it answers is noted only. */
err *ml_train(struct scope *s, const struct ml_backend *b) __attribute__((warn_unused_result));

#endif
