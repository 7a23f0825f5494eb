/* The Cookie request header. Setting cookies is rs_cookie. */
#ifndef LABELD_HTTP_COOKIE_H
#define LABELD_HTTP_COOKIE_H

#include "base/arena.h"

/* Decoded value of the first cookie of that name in a Cookie header ("a=b; c=d"); NULL when absent, not UTF-8 or with a NUL. */
const char *cookie_get(struct arena *a, const char *header, const char *name);

#endif
