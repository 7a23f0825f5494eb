/* Pictures of users: JPEG, PNG or GIF of 1 MiB and 1200 x 1200 pixels at most. */
#ifndef LABELD_CORE_AVATAR_H
#define LABELD_CORE_AVATAR_H

#include "core/scope.h"

enum { AVATAR_BYTES = 1 << 20, AVATAR_PIXELS = 1200 };

/* The user's picture from now on. Errors: VALIDATION (no such picture, too large), NOT_FOUND and PERMISSION as of user_check_may_change. */
err *avatar_set(struct scope *s, int64_t user, const unsigned char *bytes, size_t len) __attribute__((warn_unused_result));
err *avatar_remove(struct scope *s, int64_t user) __attribute__((warn_unused_result));

struct avatar {
    const char *type;
    const unsigned char *bytes;
    size_t len;
    int64_t modified_us;
};
/* Errors: NOT_FOUND. */
err *avatar_get(struct arena *a, struct db *db, const char *name, struct avatar *out) __attribute__((warn_unused_result));

/* Size of a JPEG, PNG or GIF by its head, and its type; false when it is none of them. Pure. */
bool avatar_sniff(const unsigned char *p, size_t len, const char **type, unsigned *width, unsigned *height);

#endif
