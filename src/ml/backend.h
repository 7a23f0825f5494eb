/* ML backends: servers of their own that predict and train, connected to a project. Records here; talking to them is client.h, predictions of
 * tasks are predict.h. Nothing here talks to a server inside a transaction. */
#ifndef LABELD_ML_BACKEND_H
#define LABELD_ML_BACKEND_H

#include "core/scope.h"
#include "core/stamp.h"
#include "json/jin.h"
#include "json/jw.h"

/* One backend with what is needed to talk to it. Texts live in the request arena. */
struct ml_backend {
    int64_t id, project, project_created;     /* project_created: unix seconds, part of the name the backend knows the project by */
    const char *url, *title, *user, *password, *model_version, *extra_params, *label_config;
    const char *data_login, *data_password;   /* of the project's task data */
    const char *token;                        /* legacy token of who connected it, "" when there is none */
    double timeout_s;
    bool is_interactive, auto_update;
};

/* Rows with what they answer. project: must be visible. interactive: -1 = all, else 0 or 1. */
err *ml_list_write(struct scope *s, struct jw *w, int64_t project, int interactive) __attribute__((warn_unused_result));
err *ml_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *ml_read(struct scope *s, int64_t id, struct ml_backend *out) __attribute__((warn_unused_result));
/* Ids of a project's backends. */
err *ml_ids(struct scope *s, int64_t project, int64_t **ids, size_t *n) __attribute__((warn_unused_result));

/* Create or change what the body names, after asking the backend: its health, and what it says to the label configuration.
 * host: address of this server that the backend is told.
 * Errors: VALIDATION, PERMISSION (addresses that may not be asked), NOT_FOUND. */
err *ml_create(struct scope *s, const char *host, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *ml_update(struct scope *s, const char *host, int64_t id, const struct jin *in, const struct stamp_guard *guard) __attribute__((warn_unused_result));   /* guard NULL: none */
err *ml_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* Ask it how it is and note the answer; a backend that does not answer is no error. */
err *ml_refresh(struct scope *s, const char *host, struct ml_backend *b) __attribute__((warn_unused_result));
/* Note that it failed: it is left alone for a while by those who do not have to ask it. */
err *ml_failed(struct scope *s, int64_t id, const char *why) __attribute__((warn_unused_result));

#endif
