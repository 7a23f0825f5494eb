/* Predictions for tasks that are in the project already, many at a time. */
#ifndef LABELD_IMPORT_PREDICTIONS_H
#define LABELD_IMPORT_PREDICTIONS_H

#include "import/imp.h"

/* Import a JSON list of {"task", "result", "score", "model_version"}; must run in a transaction.
 *
 * o        project, and whom to tell how far it is
 * text     the whole document; it must stay until the call returns
 * n_done   out: predictions stored. Items whose result or score does not fit the label
 * configuration are left out silently, as the reference server does; clients compare the numbers.
 *
 * Errors: PARSE; VALIDATION (no list, an item that is no object, a task that is not in the
 * project); NOT_FOUND. */
err *imp_predictions(struct scope *s, const struct imp_options *o, struct span text, int64_t *n_done)
    __attribute__((warn_unused_result));

#endif
