/* Credentials that this worker met before: the scope of a request is guessed from them and compared with the database's answer when
 * that comes along with something else. */
#ifndef LABELD_CORE_KNOWN_H
#define LABELD_CORE_KNOWN_H

#include "core/scope.h"

/* The row of a credential's query (columns of auth_token): from the database, or with s->may_guess what it gave last time; then
 * s->guess is set and known_settle must be called before the request is answered. */
err *known_row(struct scope *s, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct row *r, bool *found)
    __attribute__((warn_unused_result));
/* Note the use of the credential with this statement, if that is due: now, or when the guess proves right. What the arguments point to
 * lives as long as the request. */
err *known_touch(struct scope *s, const struct row *r, const struct sql_query *q, const struct db_arg *args, size_t nargs)
    __attribute__((warn_unused_result));
/* The end of a request: *wrong when it was served for somebody who has changed meanwhile. Nothing of it happened then. */
err *known_settle(struct scope *s, bool *wrong) __attribute__((warn_unused_result));

#endif
