/* The job "storage_sync": one run of a storage. Payload: {"storage": id, "project": id, "by": user}. What the run says of itself is in the storage's row; the
 * job has failed only when nothing could be said. */
#include "core/event.h"
#include "core/perm.h"
#include "core/scope.h"
#include "jobs/job.h"
#include "json/jin.h"
#include "json/jw.h"
#include "storage/sync.h"
#include "storage/storage.sql.h"

enum { PROGRESS_MOST = 1 << 16 };

/* How far a run is. */
struct syncing {
    struct job *j;
    int64_t done;            /* -1: nothing yet */
    bool open_ended;
};

/* detail: what came of it, or NULL. */
static const char *progress_of(const struct syncing *y, const char *detail)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, y->j->a, PROGRESS_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (y->done >= 0)
        jw_ki64(&w, "done", y->done);
    if (y->open_ended)
        jw_ki64(&w, "total", -1);
    if (detail) {
        jw_key(&w, "result");
        jw_obj(&w);
        jw_kstr(&w, "detail", detail);
        jw_end(&w);
    }
    jw_end(&w);
    return b.buf;
}

static err *beat(void *to, int64_t done, bool open_ended)
{
    struct syncing *y = to;

    if (done >= 0) {
        y->done = done;
        y->open_ended = open_ended;
    }
    return job_beat(y->j, "{\"started\":1}", progress_of(y, NULL));
}

static err *go_on(void *to)
{
    return job_go_on(((struct syncing *)to)->j);
}

/* Errors that say nothing about the storage: the job is tried again. */
static bool passes(const struct job *j, const err *e)
{
    return j->lost || j->handed_back || e->kind == ERR_UNAVAILABLE || e->kind == ERR_RETRY || e->kind == ERR_CONFLICT;
}

static err *settings_read(struct job *j, const struct row *r, struct storage_run *run)
{
    const char *settings = row_json(r, STORAGE_RUN_SETTINGS), *secrets = row_json(r, STORAGE_RUN_SECRETS);
    json_t *more;

    TRY(jin_parse(j->a, (struct span){settings, strlen(settings)}, 4, &run->settings));
    TRY(jin_parse(j->a, (struct span){secrets, strlen(secrets)}, 4, &more));
    json_object_update(run->settings, more);
    run->driver = storage_driver_find(row_text(r, STORAGE_RUN_TYPE));
    if (!run->driver)
        return storage_driver_missing(j->a, row_text(r, STORAGE_RUN_TYPE));
    TRY(run->driver->check(j->a, run->settings));
    return storage_filter_new(j->a, row_text(r, STORAGE_RUN_REGEX_FILTER), &run->filter);
}

static err *run_open(struct job *j, const struct row *r, struct storage_run *run)
{
    *run = (struct storage_run){
        .s = run->s,
        .id = row_i64(r, STORAGE_RUN_ID),
        .project = row_i64(r, STORAGE_RUN_PROJECT),
        .is_import = strcmp(row_text(r, STORAGE_RUN_DIRECTION), "import") == 0,
        .use_blob_urls = row_bool(r, STORAGE_RUN_USE_BLOB_URLS),
        .recursive = row_bool(r, STORAGE_RUN_RECURSIVE_SCAN),
        .can_delete = row_bool(r, STORAGE_RUN_CAN_DELETE_OBJECTS),
        .beat = beat,
        .go_on = go_on,
        .to = run->to,
    };
    return settings_read(j, r, run);
}

static err *opened(struct job *j, struct scope *s, int64_t id, struct storage_run *run, struct row *r, bool *found)
{
    TRY(db_opt(j->db, SQL_storage_run, DB_ARGS(db_i64(id)), r, found));
    if (!*found)
        return OK;
    s->organization = row_i64(r, STORAGE_RUN_ORGANIZATION);
    run->is_import = strcmp(row_text(r, STORAGE_RUN_DIRECTION), "import") == 0;
    return run_open(j, r, run);
}

static const char *ended_text(const struct storage_run *run, const struct syncing *y)
{
    if (run->is_import)
        return arena_printf(y->j->a, "%lld objects looked at", (long long)(y->done > 0 ? y->done : 0));
    return arena_printf(y->j->a, "%lld annotations written", (long long)run->figure);
}

err *job_storage_sync(struct job *j)
{
    struct scope s = {.a = j->a, .db = j->db, .role = "OW", .permissions = UINT64_MAX, .hooks = true};
    struct syncing y = {.j = j, .done = -1};
    struct storage_run run = {.s = &s, .to = &y};
    const char *said;
    struct row r;
    int64_t id;
    bool found = false;
    err *e;

    if (!job_number(j, j->payload, "storage", &id) || !job_number(j, j->payload, "by", &s.user))
        return err_new(j->a, ERR_BAD_REQUEST, "No storage or user in the payload");
    e = opened(j, &s, id, &run, &r, &found);
    if (!found)
        return e;
    if (!e || !passes(j, e))
        TRY(db_exec(j->db, SQL_storage_started, DB_ARGS(db_i64(id), db_bool(j->checkpoint != NULL)), NULL));
    if (!e)
        e = run.is_import ? storage_take(&run) : storage_give(&run);
    if (e && passes(j, e))
        return e;
    said = e ? arena_printf(j->a, "failed: %s", storage_reason(j->a, e)) : ended_text(&run, &y);
    TRY(job_beat(j, NULL, progress_of(&y, said)));
    TRY(db_exec(j->db, SQL_storage_ended,
                DB_ARGS(db_i64(id), db_text(e ? "failed" : "completed"), db_text(e ? storage_reason(j->a, e) : NULL),
                        db_text(run.is_import ? "tasks_existed" : "total_annotations"), db_i64(run.figure)), NULL));
    return event_object(&s, "STORAGE_SYNC_COMPLETED", row_i64(&r, STORAGE_RUN_PROJECT),
                        arena_printf(j->a, "{\"storage\":{\"id\":%lld,\"type\":\"%s\",\"direction\":\"%s\",\"status\":\"%s\"}}", (long long)id,
                                     row_text(&r, STORAGE_RUN_TYPE), row_text(&r, STORAGE_RUN_DIRECTION), e ? "failed" : "completed"));
}

/* The job "storage_due": an export storage hears of annotations that were saved or deleted. Payload: {"storage": id}. A storage that cannot be
 * written to is told of again by the sweep, and says why when it is synchronized. */
err *job_storage_due(struct job *j)
{
    struct scope s = {.a = j->a, .db = j->db, .role = "OW", .permissions = UINT64_MAX};
    struct syncing y = {.j = j, .done = -1};
    struct storage_run run = {.s = &s, .to = &y};
    struct row r;
    int64_t id;
    bool found = false;

    if (!job_number(j, j->payload, "storage", &id))
        return err_new(j->a, ERR_BAD_REQUEST, "No storage in the payload");
    TRY(opened(j, &s, id, &run, &r, &found));
    return found ? storage_give_due(&run) : OK;
}
