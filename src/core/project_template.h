/* Templates of projects: project → template → project. */
#ifndef LABELD_CORE_PROJECT_TEMPLATE_H
#define LABELD_CORE_PROJECT_TEMPLATE_H

#include "core/scope.h"
#include "json/jin.h"

err *template_list_write(struct scope *s, struct jw *w, const char *ordering) __attribute__((warn_unused_result));
/* Errors of all below: NOT_FOUND. */
err *template_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
/* From the fields sent (B_PROJECT_TEMPLATE), or from the settings of project_id. Errors: VALIDATION (no such project). */
err *template_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *template_change(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *template_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* A body for making a project, as JSON: the template's settings with this title, description and workspace. */
err *template_body(struct scope *s, int64_t id, const struct jin *in, const char **json) __attribute__((warn_unused_result));

#endif
