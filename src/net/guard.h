/* Which addresses lie in networks that requests made on behalf of users must not reach: private,
 * local and otherwise reserved. */
#ifndef LABELD_NET_GUARD_H
#define LABELD_NET_GUARD_H

#include <sys/socket.h>

/* The reserved block that holds the address ("127.0.0.0/8"), or NULL for a public one. IPv4
 * addresses inside IPv6 ones are judged as what they are; families other than these two are never
 * public. */
const char *guard_block(const struct sockaddr *address);

#endif
