/* Signed addresses of objects in cloud storages: tasks hold them as s3://bucket/key, and read them through here. */
#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "core/task.h"
#include "json/verr.h"
#include "storage/storage.h"

/* "s3://bucket/key" in base64url. */
static err *address_read(struct rq *rq, struct storage_address *out)
{
    const char *sent = rq_query(rq, "fileuri"), *text, *slash;
    size_t len = 0;

    if (!sent || !*sent)
        return verr_one(rq->a, "fileuri", "This field is required.");
    text = (const char *)b64url_decode(rq->a, sent, strlen(sent), &len);
    if (text && utf8_valid(text, len) && !memchr(text, '\0', len)) {
        text = arena_strndup(rq->a, text, len);
        slash = strstr(text, "://");
        if (slash && slash[3]) {
            out->scheme = arena_strndup(rq->a, text, (size_t)(slash - text));
            out->bucket = arena_strndup(rq->a, slash + 3, strcspn(slash + 3, "/"));
            return OK;
        }
    }
    return verr_one(rq->a, "fileuri", "An address like s3://bucket/key is expected, in base64url.");
}

static err *resolve(struct rq *rq, int64_t project)
{
    struct storage_address address;

    TRY(address_read(rq, &address));
    return storage_resolve(rq->scope, project, &address);
}

err *api_task_resolve(struct rq *rq)
{
    struct row r;

    TRY(task_row(rq->scope, rq_int(rq, "id"), &r));
    return resolve(rq, task_row_project(&r));
}

err *api_project_resolve(struct rq *rq)
{
    return resolve(rq, rq_int(rq, "id"));
}
