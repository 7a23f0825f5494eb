/* Model versions of a project's predictions: how many each has, and removing all of one. */
#ifndef LABELD_CORE_MODEL_VERSION_H
#define LABELD_CORE_MODEL_VERSION_H

#include "core/scope.h"
#include "json/jw.h"

/* {"v1": 12} newest first, at most `most` of them (0 = all); the version that the project shows with 0 when nothing has it.
 * Errors: NOT_FOUND. */
err *model_version_counts_write(struct scope *s, struct jw *w, int64_t project, int64_t most) __attribute__((warn_unused_result));
/* {"static": [{model_version, count, latest}], "live": null}; live: with the (never any) connected models. Errors: NOT_FOUND. */
err *model_version_list_write(struct scope *s, struct jw *w, int64_t project, bool live) __attribute__((warn_unused_result));
/* Remove every prediction of a version; the project shows none if it showed this one. *n: how many anybody could see.
 * Blocks: one transaction per some thousand predictions; repeating it after a failure goes on. Errors: NOT_FOUND. */
err *model_version_delete(struct scope *s, int64_t project, const char *version, int64_t *n) __attribute__((warn_unused_result));

#endif
