/* Tokens of arbitrary text: nothing opens with a key that did not sign it, and what peek shows is an object. */
#include <stdint.h>

#include "net/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Random for each process: no corpus can hold a token signed with it. */
    static char key[64];
    struct arena *a = arena_new("fuzz");
    const char *token = arena_strndup(a, (const char *)data, size), *head = jwt_head(a, token);
    json_t *claims;

    if (!*key)
        snprintf(key, sizeof key, "%p%p", (void *)&claims, (const void *)data);
    if (jwt_open(a, token, key, strlen(key), &claims))
        abort();
    if (jwt_peek(a, token, &claims) && !json_is_object(claims))
        abort();
    if (head && strncmp(head, token, strlen(head)) != 0)
        abort();
    arena_free(a);
    return 0;
}
