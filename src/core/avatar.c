/* Pictures of users. Only the head of a file is read: what browsers make of the rest they do in an image element. */
#include "core/avatar.h"

#include <string.h>

#include "base/text.h"
#include "core/avatar.sql.h"
#include "core/user.h"
#include "json/verr.h"

enum { NAME_BYTES = 16 };

/* ---- heads ---- */

static unsigned be16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static bool png_size(const unsigned char *p, size_t len, unsigned *width, unsigned *height)
{
    if (len < 24 || memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0 || memcmp(p + 12, "IHDR", 4) != 0)
        return false;
    *width = be16(p + 16) << 16 | be16(p + 18);
    *height = be16(p + 20) << 16 | be16(p + 22);
    return true;
}

static bool gif_size(const unsigned char *p, size_t len, unsigned *width, unsigned *height)
{
    if (len < 10 || (memcmp(p, "GIF87a", 6) != 0 && memcmp(p, "GIF89a", 6) != 0))
        return false;
    *width = (unsigned)p[7] << 8 | p[6];
    *height = (unsigned)p[9] << 8 | p[8];
    return true;
}

static bool is_frame(unsigned char marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Segment by segment to the one that begins the frame. */
static bool jpeg_size(const unsigned char *p, size_t len, unsigned *width, unsigned *height)
{
    size_t at = 2;

    if (len < 4 || p[0] != 0xff || p[1] != 0xd8)
        return false;
    while (at + 9 <= len && p[at] == 0xff) {
        if (p[at + 1] == 0xff) {
            at++;
        } else if (is_frame(p[at + 1])) {
            *height = be16(p + at + 5);
            *width = be16(p + at + 7);
            return true;
        } else {
            at += 2 + be16(p + at + 2);
        }
    }
    return false;
}

bool avatar_sniff(const unsigned char *p, size_t len, const char **type, unsigned *width, unsigned *height)
{
    if (png_size(p, len, width, height))
        *type = "image/png";
    else if (gif_size(p, len, width, height))
        *type = "image/gif";
    else if (jpeg_size(p, len, width, height))
        *type = "image/jpeg";
    else
        return false;
    return *width > 0 && *height > 0;
}

/* ---- keeping ---- */

err *avatar_set(struct scope *s, int64_t user, const unsigned char *bytes, size_t len)
{
    unsigned width, height;
    const char *type, *name;

    TRY(user_check_may_change(s, user));
    if (len > AVATAR_BYTES)
        return verr_one(s->a, "avatar", "Please use an image that is 1 MiB or smaller.");
    if (!avatar_sniff(bytes, len, &type, &width, &height))
        return verr_one(s->a, "avatar", "Can't read image, try another one");
    if (width > AVATAR_PIXELS || height > AVATAR_PIXELS)
        return verr_one(s->a, "avatar", "Please use an image that is %d x %d pixels or smaller.", AVATAR_PIXELS, AVATAR_PIXELS);
    name = arena_printf(s->a, "%s.%s", hex_random(s->a, NAME_BYTES), type + strlen("image/"));
    return db_exec(s->db, SQL_avatar_set, DB_ARGS(db_i64(user), db_text(name), db_text(type), db_bytes(bytes, len)), NULL);
}

err *avatar_remove(struct scope *s, int64_t user)
{
    TRY(user_check_may_change(s, user));
    return db_exec(s->db, SQL_avatar_remove, DB_ARGS(db_i64(user)), NULL);
}

err *avatar_get(struct arena *a, struct db *db, const char *name, struct avatar *out)
{
    struct row r;
    bool found;

    TRY(db_opt(db, SQL_avatar_get, DB_ARGS(db_text(name)), &r, &found));
    if (!found)
        return err_new(a, ERR_NOT_FOUND, NULL);
    out->type = row_text(&r, AVATAR_GET_TYPE);
    out->bytes = row_bytes(a, &r, AVATAR_GET_BYTES, &out->len);
    out->modified_us = row_i64(&r, AVATAR_GET_MODIFIED_US);
    return OK;
}
