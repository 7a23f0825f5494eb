/* Handlers of users' pictures and of product tours. */
#include <fcntl.h>
#include <unistd.h>

#include "api/avatars.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/filemap.h"
#include "core/avatar.h"
#include "core/tour.h"
#include "core/user.h"
#include "json/verr.h"

static err *read_file(struct rq *rq, const struct rq_file *file, const char **out)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    err *e;

    *out = "";
    if (fd < 0)
        return err_file(rq->a, "could not read \"%s\"", file->path);
    e = file->size_bytes > 0 ? filemap_open(rq->a, fd, (size_t)file->size_bytes, out) : OK;
    close(fd);
    return e;
}

err *avatar_take(struct rq *rq, int64_t user)
{
    const char *bytes;

    TRY(user_check_may_change(rq->scope, user));
    TRY(rq_body(rq));
    if (rq->nfiles == 0)
        return verr_one(rq->a, "avatar", "No file was submitted.");
    if (rq->files[0].size_bytes > AVATAR_BYTES)
        return verr_one(rq->a, "avatar", "Please use an image that is 1 MiB or smaller.");
    TRY(read_file(rq, &rq->files[0], &bytes));
    return avatar_set(rq->scope, user, (const unsigned char *)bytes, (size_t)rq->files[0].size_bytes);
}

err *api_avatar_set(struct rq *rq)
{
    struct jw *w;

    TRY(avatar_take(rq, rq_int(rq, "id")));
    w = rs_json(rq);
    jw_obj(w);
    jw_kstr(w, "detail", "avatar saved");
    jw_end(w);
    return OK;
}

err *api_avatar_delete(struct rq *rq)
{
    TRY(avatar_remove(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* The name changes with the picture, so it may be kept for long. */
err *api_avatar_get(struct rq *rq)
{
    struct avatar picture;

    TRY(avatar_get(rq->a, rq->scope->db, rq_arg(rq, "name"), &picture));
    rs_type(rq, picture.type);
    rs_header(rq, "Cache-Control", "public, max-age=31536000, immutable");
    rs_header(rq, "Last-Modified", clock_http(rq->a, picture.modified_us));
    rs_header(rq, "Content-Security-Policy", "default-src 'none'; sandbox");
    rs_write(rq, (const char *)picture.bytes, picture.len);
    return OK;
}

err *api_tour_get(struct rq *rq)
{
    return tour_write(rq->scope, rs_json(rq), rq_query(rq, "name"));
}

err *api_tour_patch(struct rq *rq)
{
    TRY(tour_set(rq->scope, rq_query(rq, "name"), &rq->in));
    return tour_write(rq->scope, rs_json(rq), rq_query(rq, "name"));
}
