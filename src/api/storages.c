/* Handlers of /api/storages/ and of the files that local storages cover. Type and direction of a storage are in the pattern of the route. */
#include "api/handlers.h"

#include <string.h>

#include "api/etag.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "import/upload.h"
#include "jobs/wait.h"
#include "json/verr.h"
#include "storage/local.h"
#include "storage/storage.h"
#include "storage/storage.sql.h"

static const char *after(const char *pattern, const char *prefix)
{
    return text_starts(pattern, prefix) ? pattern + strlen(prefix) : NULL;
}

static enum storage_direction direction_of(const struct rq *rq)
{
    return after(rq->match.route->pattern, "/api/storages/export") ? STORAGE_EXPORT : STORAGE_IMPORT;
}

static const struct storage_type *type_of(const struct rq *rq)
{
    const char *pattern = rq->match.route->pattern, *type = after(pattern, "/api/storages/export/");

    if (!type)
        type = after(pattern, "/api/storages/");
    if (text_starts(type, "azure_blob/"))      /* what a client's list of types calls it */
        return storage_type_find("azure");
    return storage_type_find(arena_strndup(rq->a, type, strcspn(type, "/")));
}

static err *answer(struct rq *rq, int64_t id, int status)
{
    return storage_write(rq->scope, rs_json_status(rq, status), direction_of(rq), type_of(rq), id);
}

err *api_storage_types(struct rq *rq)
{
    storage_types_write(rs_json(rq));
    return OK;
}

/* Without a project the list is empty, as on the reference server. */
err *api_storage_list_all(struct rq *rq)
{
    int64_t project;

    TRY(rq_query_id(rq, "project", &project));
    if (!project) {
        jw_raw(rs_json(rq), "[]");
        return OK;
    }
    TRY(project_check_visible(rq->scope, project));
    return storage_list_write(rq->scope, rs_json(rq), direction_of(rq), NULL, project);
}

err *api_storage_list(struct rq *rq)
{
    const char *text = rq_query(rq, "project");
    int64_t project;

    if (!text || !*text)
        return verr_one(rq->a, NULL, "query parameter \"project\" is required");
    if (!int_parse(text, 1, INT32_MAX, &project))
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    TRY(project_check_visible(rq->scope, project));
    return storage_list_write(rq->scope, rs_json(rq), direction_of(rq), type_of(rq), project);
}

err *api_storage_form(struct rq *rq)
{
    storage_form_write(rq->scope, rs_json(rq), type_of(rq), direction_of(rq));
    return OK;
}

err *api_storage_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200);
}

struct work {
    struct rq *rq;
    int64_t id, job;
};

/* The first run of an export storage has begun, not more: nobody waits for it. */
err *api_storage_create(struct rq *rq)
{
    int64_t id;

    TRY(storage_create(rq->scope, direction_of(rq), type_of(rq), &rq->in, &id));
    return answer(rq, id, 201);
}

err *api_storage_patch(struct rq *rq)
{
    const struct stamp_guard guard = {etag_check_again, rq};

    TRY(storage_update(rq->scope, direction_of(rq), type_of(rq), rq_int(rq, "id"), &rq->in, rq->method == M_PUT, &guard));
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_storage_delete(struct rq *rq)
{
    TRY(storage_delete(rq->scope, direction_of(rq), type_of(rq), rq_int(rq, "id")));
    return rs_no_content(rq);
}

err *api_storage_validate(struct rq *rq)
{
    TRY(storage_validate(rq->scope, direction_of(rq), type_of(rq), &rq->in));
    rs_status(rq, 200);
    return OK;
}

err *api_storage_files(struct rq *rq)
{
    return storage_files_write(rq->scope, rs_json(rq), type_of(rq), &rq->in);
}

static err *sync_tx(struct db *db, void *arg)
{
    struct work *w = arg;

    (void)db;
    return storage_sync(w->rq->scope, direction_of(w->rq), type_of(w->rq), w->id, &w->job);
}

err *api_storage_sync(struct rq *rq)
{
    struct work w = {.rq = rq, .id = rq_int(rq, "id")};

    TRY(tx_run(rq->scope->db, TX_WRITE, sync_tx, &w));
    TRY(job_wait(rq->scope->db, w.job, NULL));
    return answer(rq, w.id, 200);
}

/* ---------------------------------------------------------------- bytes */

/* nginx sends the bytes, with ranges; nothing in the file may run in this origin. */
err *api_local_file(struct rq *rq)
{
    const char *asked = rq_query(rq, "d"), *real, *relative;
    struct row r;
    bool covered;

    if (!asked || !*asked)
        return err_new(rq->a, ERR_PERMISSION, NULL);
    TRY(local_resolve(rq->a, asked, &real, &relative));
    TRY(db_opt(rq->scope->db, SQL_storage_covers, DB_ARGS(SCOPE_ARGS(rq->scope), db_text(real), db_null()), &r, &covered));
    if (!covered)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    rs_type(rq, upload_type(rq->a, relative));
    rs_header(rq, "Content-Security-Policy", "sandbox; default-src 'none'");
    rs_header(rq, "Cache-Control", "private, max-age=3600");
    rs_accel(rq, arena_printf(rq->a, "/_files/local/%s", relative));
    return OK;
}
