/* The addresses of a name, within a time limit: what the system's resolver waits for name servers, others need not wait for. */
#ifndef LABELD_NET_RESOLVE_H
#define LABELD_NET_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>

struct resolve;

/* Begin; never NULL. A literal address is known at once. */
struct resolve *resolve_start(const char *host, const char *port);
bool resolve_known(const struct resolve *r);
/* Readable when the answer is known. */
int resolve_fd(const struct resolve *r);
/* Of a known one: NULL when there is no such name. Lives as long as r. */
const struct addrinfo *resolve_addresses(const struct resolve *r);
/* Also of one that is not known yet: nobody waits for it any more. */
void resolve_free(void *r);

#endif
