/* Whom each worker of a pool is serving, in memory that the master and its workers share: several imports or exports of one
 * caller must not take the whole pool. nginx could count them too, but what it counts outlives a worker of its own that was
 * killed, and the caller stays locked out; a dead worker's seat here is freed by the master. */
#ifndef LABELD_BASE_SEATS_H
#define LABELD_BASE_SEATS_H

#include <stdbool.h>
#include <stdint.h>

enum { SEATS = 256 };

struct seats;

/* Before the first fork. NULL when there is no memory: nobody is refused then. */
struct seats *seats_new(void);
/* In a worker, once: its seat. */
void seats_own(struct seats *s, int mine);
/* In a worker: serve this caller now, unless `most` workers do already. True also for processes without a seat. */
bool seats_take(int64_t who, int most);
void seats_leave(void);
/* In the master: the worker of this seat is gone. */
void seats_free(struct seats *s, int seat);

#endif
