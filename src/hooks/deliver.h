/* Sending what webhooks are to be told: at least once, in order for each of them, never while a request waits. */
#ifndef LABELD_HOOKS_DELIVER_H
#define LABELD_HOOKS_DELIVER_H

#include <stdbool.h>

#include "db/db.h"

/* Take one webhook that has something waiting and send for a while. *worked: there was one.
 * Errors: of the database; that a receiver fails is none. */
err *deliver_step(struct db *db, struct arena *a, bool (*stopping)(void), bool *worked)
    __attribute__((warn_unused_result));
/* Steps until stopping() says so. */
void deliver_run(struct db *db, struct arena *a, bool (*stopping)(void));

#endif
