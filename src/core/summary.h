/* The project summary: which data columns the tasks hold, which controls and labels their annotations and drafts use. Its counts are kept
 * by triggers, so reading it costs the same in small and in large projects. */
#ifndef LABELD_CORE_SUMMARY_H
#define LABELD_CORE_SUMMARY_H

#include "core/scope.h"
#include "json/jw.h"
#include "labelconfig/lc.h"

/* Errors: NOT_FOUND. */
err *summary_write(struct scope *s, struct jw *w, int64_t project) __attribute__((warn_unused_result));
/* The part of it that a change of the label configuration is judged by. Errors: NOT_FOUND. */
err *summary_usage(struct scope *s, int64_t project, struct lc_usage *out) __attribute__((warn_unused_result));
/* Count anew, imported annotations too. Blocks: one transaction per some thousand tasks. Errors: NOT_FOUND. */
err *summary_reset(struct scope *s, int64_t project) __attribute__((warn_unused_result));

#endif
