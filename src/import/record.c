/* Rows of project_import, and the bytes that wait beside them for a job. */
#include "import/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/filesync.h"
#include "base/text.h"
#include "core/wire.h"
#include "db/queue.h"
#include "import/record.sql.h"
#include "json/jin.h"

enum { DIGEST_BYTES = 16 };

static const char *const kinds[] = {"import", "reimport", "predictions"};

/* ---- what was asked for, as JSON ---- */

static void foreign_write(struct jw *w, const struct imp_request *q)
{
    if (q->skip)
        jw_kbool(w, "skip", true);
    if (!q->foreign.format)
        return;
    jw_kstr(w, "format", q->foreign.format);
    jw_kstr(w, "prefix", q->foreign.prefix);
    jw_kstr(w, "extension", q->foreign.extension);
    jw_kstr(w, "model_version", q->foreign.model_version);
    jw_kbool(w, "predictions", q->foreign.predictions);
    jw_kbool(w, "take_config", q->foreign.take_config);
}

static void texts_write(struct jw *w, const char *key, const char *const *texts, size_t n)
{
    jw_key(w, key);
    jw_arr(w);
    for (size_t i = 0; i < n; i++)
        jw_str(w, texts[i]);
    jw_end(w);
}

static void options_write(struct jw *w, const struct imp_request *q)
{
    jw_kbool(w, "commit", q->options.commit);
    jw_kbool(w, "return_ids", q->options.return_ids);
    jw_kbool(w, "as_rows", q->as_rows);
    jw_kbool(w, "body", q->has_body);
    jw_kstr(w, "ids", q->ids);
    foreign_write(w, q);
    texts_write(w, "preannotate", q->options.preannotate, q->options.n_preannotate);
}

/* parts: with the ids of files that came in pieces, which do not tell whether it is the same import. */
static const char *request_json(struct arena *a, const struct imp_request *q, bool parts)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    options_write(&w, q);
    if (parts)
        texts_write(&w, "parts", q->parts, q->n_parts);
    jw_key(&w, "sources");
    jw_arr(&w);
    for (size_t i = 0; i < q->n_sources; i++) {
        jw_obj(&w);
        jw_kstr(&w, "name", q->sources[i].name);
        jw_ki64(&w, "size", q->sources[i].size_bytes);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return b.buf;
}

/* Of files, name and size tell whether it is the same import. */
static struct db_arg digest_of(struct arena *a, const struct imp_request *q)
{
    unsigned char *out = arena_alloc(a, DIGEST_BYTES);
    const char *request = request_json(a, q, false);
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)request, strlen(request));
    if (q->has_body && q->body.len)
        crypto_generichash_update(&state, (const unsigned char *)q->body.p, q->body.len);
    crypto_generichash_final(&state, out, DIGEST_BYTES);
    return db_bytes(out, DIGEST_BYTES);
}

/* ---- rows ---- */

static err *known(struct scope *s, const struct imp_request *q, const char *key,
                  const struct db_arg *digest, struct imp_record *out)
{
    struct row r;
    unsigned char *before;
    size_t len;

    TRY(db_one(s->db, SQL_import_record_by_key,
               DB_ARGS(db_i64(q->options.project), db_i64(s->user), db_text(kinds[q->kind]), db_text(key)), &r));
    before = row_bytes(s->a, &r, IMPORT_RECORD_BY_KEY_DIGEST, &len);
    if (len != digest->v.t.len || memcmp(before, digest->v.t.p, len) != 0)
        return err_new(s->a, ERR_UNPROCESSABLE, "This idempotency key came with another import before.");
    out->known = true;
    out->id = row_i64(&r, IMPORT_RECORD_BY_KEY_ID);
    out->answer = row_text(&r, IMPORT_RECORD_BY_KEY_ANSWER);
    return OK;
}

static err *insert(struct scope *s, const struct imp_request *q, const char *key,
                   const char *const *files, size_t n_files, struct imp_record *out)
{
    struct db_arg digest = key ? digest_of(s->a, q) : db_null(), project = db_i64(q->options.project), kind = db_text(kinds[q->kind]);
    int64_t freed = 1;
    struct row r;
    bool fresh = false;

    *out = (struct imp_record){0};
    while (!fresh && freed) {
        TRY(db_opt(s->db, SQL_import_record_insert,
                   DB_ARGS(project, db_i64(s->user), kind, db_text(key), digest, db_text(request_json(s->a, q, true)),
                           db_texts(s->a, files, n_files)),
                   &r, &fresh));
        if (!fresh)
            TRY(db_exec(s->db, SQL_import_record_free, DB_ARGS(project, db_i64(s->user), kind, db_text(key)), &freed));
    }
    if (!fresh)
        return known(s, q, key, &digest, out);
    out->id = row_i64(&r, IMPORT_RECORD_INSERT_ID);
    return OK;
}

err *imp_record_begin(struct scope *s, const struct imp_request *q, const char *key,
                      struct imp_record *out)
{
    return insert(s, q, key, NULL, 0, out);
}

err *imp_record_end(struct scope *s, int64_t id, const struct imp_request *q, double duration_s,
                    const char **answer)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    imp_request_write(&w, q, duration_s);
    *answer = b.buf;
    return db_exec(s->db, SQL_import_record_answer, DB_ARGS(db_i64(id), db_text(b.buf)), NULL);
}

/* ---- left to a job ---- */

/* A file that goes again unless its transaction comes to its commit; from there on the job
 * sweep_files knows what to do. */
struct kept {
    const char *path;
    bool committing;
};

static void drop_unless_kept(void *arg)
{
    const struct kept *k = arg;

    if (!k->committing)
        unlink(k->path);
}

static err *keep(struct db *db, void *arg)
{
    struct kept *k = arg;

    TRY(filesync_path(db_arena(db), k->path));
    k->committing = true;
    return OK;
}

static err *body_put(struct arena *a, const char *path, struct span body)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    err *e = OK;

    if (fd < 0)
        return err_file(a, "could not make \"%s\"", path);
    for (size_t at = 0; at < body.len && !e;) {
        ssize_t n = write(fd, body.p + at, body.len - at);
        if (n < 0 && errno != EINTR)
            e = err_file(a, "could not write \"%s\"", path);
        at += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    return e;
}

/* The body, or a second name for a file that was received. */
static err *bytes_keep(struct scope *s, const struct imp_request *q, size_t i, const char *file)
{
    const char *path = arena_printf(s->a, "%s/%s", cfg.data_dir, file);
    struct kept *k = ARENA_NEW(s->a, struct kept);

    k->path = path;
    arena_defer(s->a, drop_unless_kept, k);
    tx_before_commit(s->db, keep, k);
    if (q->has_body && i == 0)
        return body_put(s->a, path, q->body);
    return link(q->sources[i - q->has_body].path, path) == 0 ? OK : err_file(s->a, "could not keep \"%s\"", path);
}

static err *directory_make(struct scope *s, int64_t project)
{
    const char *top = arena_printf(s->a, "%s/import", cfg.data_dir);

    TRY(filesync_directory(s->a, top));
    return filesync_directory(s->a, arena_printf(s->a, "%s/%lld", top, (long long)project));
}

static err *job_add(struct scope *s, const struct imp_request *q, int64_t id)
{
    int64_t job;

    TRY(queue_add(s->db, "import", s->organization,
                  arena_printf(s->a, "{\"project\":%lld,\"import\":%lld}", (long long)q->options.project, (long long)id),
                  NULL, &job));
    return db_exec(s->db, SQL_import_record_job, DB_ARGS(db_i64(id), db_i64(job)), NULL);
}

err *imp_record_later(struct scope *s, const struct imp_request *q, const char *key,
                      struct imp_record *out)
{
    size_t n = q->n_sources + q->has_body;
    const char **files = arena_array(s->a, n + 1, sizeof *files), *dir;

    dir = arena_printf(s->a, "import/%lld", (long long)q->options.project);
    for (size_t i = 0; i < n; i++)
        files[i] = arena_printf(s->a, "%s/%s", dir, hex_random(s->a, 12));
    TRY(insert(s, q, key, files, n, out));
    if (out->known)
        return OK;
    TRY(directory_make(s, q->options.project));
    for (size_t i = 0; i < n; i++)
        TRY(bytes_keep(s, q, i, files[i]));
    if (n)
        TRY(filesync_path(s->a, arena_printf(s->a, "%s/%s", cfg.data_dir, dir)));
    return job_add(s, q, out->id);
}

/* ---- the job's side ---- */

static void foreign_read(json_t *r, struct imp_request *q)
{
    q->skip = json_is_true(json_object_get(r, "skip"));
    q->foreign = (struct imp_foreign){
        .format = json_string_value(json_object_get(r, "format")),
        .prefix = json_string_value(json_object_get(r, "prefix")),
        .extension = json_string_value(json_object_get(r, "extension")),
        .model_version = json_string_value(json_object_get(r, "model_version")),
        .predictions = json_is_true(json_object_get(r, "predictions")),
        .take_config = json_is_true(json_object_get(r, "take_config")),
    };
}

static const char **texts_read(struct arena *a, json_t *list, size_t *n)
{
    const char **out = arena_array(a, json_array_size(list) + 1, sizeof *out);
    json_t *text;
    size_t i;

    json_array_foreach(list, i, text)
    {
        out[i] = json_string_value(text);
    }
    *n = json_array_size(list);
    return out;
}

static void options_read(struct arena *a, json_t *r, struct imp_request *q)
{
    q->options.preannotate = texts_read(a, json_object_get(r, "preannotate"), &q->options.n_preannotate);
    q->parts = texts_read(a, json_object_get(r, "parts"), &q->n_parts);
    q->options.commit = json_is_true(json_object_get(r, "commit"));
    q->options.return_ids = json_is_true(json_object_get(r, "return_ids"));
    q->as_rows = json_is_true(json_object_get(r, "as_rows"));
    q->has_body = json_is_true(json_object_get(r, "body"));
    q->ids = json_string_value(json_object_get(r, "ids"));
    foreign_read(r, q);
}

static err *body_map(struct arena *a, const char *path, struct span *out)
{
    err *e = filemap_whole(a, path, &out->p, &out->len);

    return e && e->kind == ERR_NOT_FOUND ? err_new(a, ERR_NOT_FOUND, "The bytes of this import are gone.") : e;
}

static const char *path_of(struct arena *a, const struct imp_work *w, size_t i)
{
    const char *file = json_string_value(json_array_get(w->files, i));

    return arena_printf(a, "%s/%s", cfg.data_dir, file ? file : "");
}

static void sources_read(struct arena *a, json_t *request, struct imp_request *q)
{
    json_t *sources = json_object_get(request, "sources"), *one;
    size_t i;

    q->n_sources = json_array_size(sources);
    q->sources = arena_array(a, q->n_sources + 1, sizeof *q->sources);
    json_array_foreach(sources, i, one)
    {
        q->sources[i].name = json_string_value(json_object_get(one, "name"));
        q->sources[i].size_bytes = json_integer_value(json_object_get(one, "size"));
    }
}

static enum imp_kind kind_of(const char *name)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(kinds[i], name) == 0)
            return (enum imp_kind)i;
    return IMP_TASKS;
}

err *imp_record_work(struct arena *a, struct db *db, int64_t id, struct imp_work *out)
{
    json_t *request;
    struct row r;
    bool there;

    *out = (struct imp_work){.done = true};
    TRY(db_opt(db, SQL_import_record_work, DB_ARGS(db_i64(id)), &r, &there));
    if (!there || row_bool(&r, IMPORT_RECORD_WORK_FINISHED))
        return OK;
    out->done = false;
    out->q.options.project = row_i64(&r, IMPORT_RECORD_WORK_PROJECT);
    out->organization = row_i64(&r, IMPORT_RECORD_WORK_ORGANIZATION);
    out->by = row_i64(&r, IMPORT_RECORD_WORK_CREATED_BY);
    out->q.kind = kind_of(row_text(&r, IMPORT_RECORD_WORK_KIND));
    request = json_loads(row_json(&r, IMPORT_RECORD_WORK_REQUEST), 0, NULL);
    out->files = json_loads(row_json(&r, IMPORT_RECORD_WORK_FILES), 0, NULL);
    arena_defer(a, jin_release, request);
    arena_defer(a, jin_release, out->files);
    options_read(a, request, &out->q);
    sources_read(a, request, &out->q);
    return OK;
}

err *imp_record_open(struct arena *a, struct imp_work *w)
{
    struct imp_request *q = &w->q;

    for (size_t i = 0; i < q->n_sources; i++)
        q->sources[i].path = path_of(a, w, i + q->has_body);
    return q->has_body ? body_map(a, path_of(a, w, 0), &q->body) : OK;
}

err *imp_record_failed(struct db *db, int64_t id, const err *why)
{
    const char *text = why->validation_json ? why->validation_json : why->detail;

    return db_exec(db, SQL_import_record_error, DB_ARGS(db_i64(id), db_text(text)), NULL);
}

void imp_record_clean(struct arena *a, const struct imp_work *w)
{
    for (size_t i = 0; i < json_array_size(w->files); i++)
        unlink(path_of(a, w, i));
}

/* ---- reading ---- */

/* What a finished one answered, member by member; of one under way, how far it is. */
static err *answer_write(struct scope *s, struct jw *w, const struct row *r)
{
    const char *answer = row_text(r, IMPORT_RECORD_GET_ANSWER), *progress = row_json(r, IMPORT_RECORD_GET_PROGRESS), *key;
    struct span value;
    struct jspan walk;
    bool more;

    if (!answer) {
        value = progress ? jspan_member(s->a, (struct span){progress, strlen(progress)}, "done") : (struct span){0};
        jw_key(w, "task_count");
        jw_raw(w, value.p ? span_dup(s->a, value) : "0");
        return OK;
    }
    TRY(jspan_open(&walk, s->a, (struct span){answer, strlen(answer)}, 4));
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            return OK;
        jw_key(w, key);
        jw_rawn(w, value.p, value.len);
    }
}

static void option_write(struct scope *s, struct jw *w, const char *key, const struct row *r, const char *option)
{
    const char *request = row_json(r, IMPORT_RECORD_GET_REQUEST);
    struct span value = jspan_member(s->a, (struct span){request, strlen(request)}, option);

    jw_kraw(w, key, value.p ? span_dup(s->a, value) : NULL);
}

static void request_write(struct scope *s, struct jw *w, const struct row *r, bool reimport)
{
    if (reimport) {
        option_write(s, w, "files_as_tasks_list", r, "as_rows");
        return;
    }
    option_write(s, w, "preannotated_from_fields", r, "preannotate");
    option_write(s, w, "commit_to_project", r, "commit");
    option_write(s, w, "return_task_ids", r, "return_ids");
}

err *imp_record_write(struct scope *s, struct jw *w, int64_t project, int64_t id, bool reimport)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_import_record_get,
               DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_i64(id), db_bool(reimport)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No %s matches the given query.", reimport ? "ProjectReimport" : "ProjectImport");
    jw_obj(w);
    wire_ki64(w, "id", &r, IMPORT_RECORD_GET_ID);
    wire_ki64(w, "project", &r, IMPORT_RECORD_GET_PROJECT);
    wire_kstr(w, "status", &r, IMPORT_RECORD_GET_STATUS);
    wire_kstr(w, "error", &r, IMPORT_RECORD_GET_ERROR);
    wire_ktime(w, "created_at", &r, IMPORT_RECORD_GET_CREATED_AT);
    wire_ktime(w, "updated_at", &r, IMPORT_RECORD_GET_UPDATED_AT);
    wire_ktime(w, "finished_at", &r, IMPORT_RECORD_GET_FINISHED_AT);
    request_write(s, w, &r, reimport);
    TRY(answer_write(s, w, &r));
    jw_end(w);
    return OK;
}
