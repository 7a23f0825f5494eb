/* Who changed the settings of a project, or of the organization, last: noted for each part, which is a page of the settings. Called inside the transaction of the change. */
#ifndef LABELD_CORE_SETTING_H
#define LABELD_CORE_SETTING_H

#include "core/scope.h"
#include "json/jin.h"

/* part: "general", "instructions", "annotation", "review", "labeling", "ml", "predictions", "storage", "webhooks", "members",
 * "script", "danger" (tasks removed, tabs dropped, counted anew). */
err *setting_note(struct scope *s, int64_t project, const char *part) __attribute__((warn_unused_result));
/* The parts that a body of project settings (ProjectRequest) touches. */
err *setting_note_body(struct scope *s, int64_t project, const struct jin *in) __attribute__((warn_unused_result));

struct setting_last {
    const char *at;          /* as the API writes times */
    const char *by;          /* name or e-mail; NULL when unknown */
};
/* Of a visible project. Nothing noted: its creation. */
err *setting_last(struct scope *s, int64_t project, const char *part, struct setting_last *out) __attribute__((warn_unused_result));

/* The same of the caller's organization: "people", "rules", "scripts", "permissions", "tags". */
err *setting_note_organization(struct scope *s, const char *part) __attribute__((warn_unused_result));
err *setting_last_organization(struct scope *s, const char *part, struct setting_last *out) __attribute__((warn_unused_result));

#endif
