/* JSON Web Tokens, HS256 only: the header must name exactly that algorithm, so no caller can be talked into another one. */
#ifndef LABELD_NET_JWT_H
#define LABELD_NET_JWT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { JWT_MOST_BYTES = 8192 };   /* longer tokens are refused unread */

/* Sign claims (JSON object text): "<header>.<payload>.<signature>". */
char *jwt_sign(struct arena *a, const char *claims, const void *key, size_t key_len);
/* Check structure, algorithm and signature. True: *claims is an object that lives as long as the arena. Expiry is the caller's
 * business: it knows which claims it wants. */
bool jwt_open(struct arena *a, const char *token, const void *key, size_t key_len, json_t **claims);
/* Claims without any check of the signature, also of "<header>.<payload>": only to look up what is stored elsewhere. */
bool jwt_peek(struct arena *a, const char *token, json_t **claims);
/* "<header>.<payload>" of a token that has at least these two parts; NULL otherwise. */
char *jwt_head(struct arena *a, const char *token);

#endif
