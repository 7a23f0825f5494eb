/* Predictions for tasks that are in the project already, many at a time. */
#ifndef LABELD_IMPORT_PREDICTIONS_H
#define LABELD_IMPORT_PREDICTIONS_H

#include "core/scope.h"
#include "json/jspan.h"

/* Import a JSON list of {"task", "result", "score", "model_version"}; must run in a transaction.
 *
 * text     the whole document; it must stay until the call returns
 * n_done   out: predictions stored. Items whose result or score does not fit the label
 * configuration are left out silently, as the reference server does; clients compare the numbers.
 *
 * Errors: PARSE; VALIDATION (no list, an item that is no object, a task that is not in the
 * project); NOT_FOUND. */
err *imp_predictions(struct scope *s, int64_t project, struct span text, int64_t *n_done)
    __attribute__((warn_unused_result));

#endif
