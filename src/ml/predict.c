/* Predictions by ML backends. Requests are made outside transactions; what came is stored in one, under the locks of the tasks. */
#include "ml/predict.h"

#include <string.h>

#include "base/cfg.h"
#include "core/fields.h"
#include "core/project.h"
#include "core/task.h"
#include "db/queue.h"
#include "dm/selected.h"
#include "export/exp.h"
#include "json/jspan.h"
#include "ml/client.h"
#include "ml/ml.sql.h"

static const struct field task_fields[] = {
    {"id", ML_TASKS_ID, 'i'},
    {"data", ML_TASKS_DATA, 'j'},
    {"meta", ML_TASKS_META, 'j'},
    {"created_at", ML_TASKS_CREATED_AT, 't'},
    {"updated_at", ML_TASKS_UPDATED_AT, 't'},
    {"is_labeled", ML_TASKS_IS_LABELED, 'b'},
    {"overlap", ML_TASKS_OVERLAP, 'i'},
    {"inner_id", ML_TASKS_INNER_ID, 'i'},
    {"total_annotations", ML_TASKS_TOTAL_ANNOTATIONS, 'i'},
    {"cancelled_annotations", ML_TASKS_CANCELLED_ANNOTATIONS, 'i'},
    {"total_predictions", ML_TASKS_TOTAL_PREDICTIONS, 'i'},
    {"comment_count", ML_TASKS_COMMENT_COUNT, 'i'},
    {"unresolved_comment_count", ML_TASKS_UNRESOLVED_COMMENT_COUNT, 'i'},
    {"last_comment_updated_at", ML_TASKS_LAST_COMMENT_UPDATED_AT, 't'},
    {"project", ML_TASKS_PROJECT, 'i'},
    {"updated_by", ML_TASKS_UPDATED_BY, 'i'},
    {"file_upload", ML_TASKS_FILE_UPLOAD, 's'},
};

/* ---------------------------------------------------------------- requests */

static void request_open(struct jw *w, struct strbuf *b, struct arena *a)
{
    strbuf_init(b, a, SIZE_MAX);
    jw_init_strbuf(w, b);
    jw_obj(w);
    jw_key(w, "tasks");
}

static void request_close(struct jw *w, struct arena *a, const struct ml_backend *b, const char *context)
{
    jw_kstr(w, "project", ml_project_name(a, b));
    jw_kstr(w, "label_config", b->label_config);
    jw_key(w, "params");
    jw_obj(w);
    jw_kstr(w, "login", b->data_login);
    jw_kstr(w, "password", b->data_password);
    jw_kraw(w, "context", context);
    jw_end(w);
    jw_end(w);
}

static void described(struct jw *w, const struct row *r)
{
    jw_obj(w);
    for (size_t i = 0; i < sizeof task_fields / sizeof *task_fields; i++)
        field_write(w, r, &task_fields[i]);
    jw_kraw(w, "comment_authors", "[]");
    jw_kraw(w, "annotations", "[]");
    jw_kraw(w, "predictions", "[]");
    jw_end(w);
}

static const char *tasks_request(struct arena *a, const struct ml_backend *b, const struct rows *tasks)
{
    struct strbuf text;
    struct jw w;

    request_open(&w, &text, a);
    jw_arr(&w);
    for (int i = 0; i < tasks->n; i++) {
        struct row r = rows_at(tasks, i);
        described(&w, &r);
    }
    jw_end(&w);
    request_close(&w, a, b, NULL);
    return text.buf;
}

/* ---------------------------------------------------------------- answers */

/* The list of results, as source text and as a tree. NULL: there is none. */
static json_t *results_of(struct arena *a, const struct ml_answer *answer, struct span *text)
{
    json_t *list = json_object_get(answer->tree, "results");

    *text = jspan_member(a, (struct span){answer->text, strlen(answer->text)}, "results");
    return json_is_array(list) ? list : NULL;
}

static bool fits(const json_t *results, size_t n)
{
    if (json_array_size(results) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!json_is_array(json_object_get(json_array_get(results, i), "result")))
            return false;
    return true;
}

/* One row for the database: the result goes through as it was written. */
static void row_write(struct jw *w, struct arena *a, const struct ml_backend *b, int64_t task, struct span item, const json_t *tree)
{
    const char *version = ml_version(a, tree);
    struct span result = jspan_member(a, item, "result"), score = jspan_member(a, item, "score");

    jw_obj(w);
    jw_ki64(w, "task", task);
    jw_key(w, "result");
    jw_rawn(w, result.p, result.len);
    jw_kstr(w, "model_version", version ? version : b->model_version);
    if (json_is_number(json_object_get(tree, "score"))) {
        jw_key(w, "score");
        jw_rawn(w, score.p, score.len);
    }
    jw_end(w);
}

static err *rows_text(struct arena *a, const struct ml_backend *b, const struct rows *tasks, json_t *results, struct span text, const char **out)
{
    struct strbuf rows;
    struct jspan walk;
    struct span item;
    struct jw w;
    bool more;

    strbuf_init(&rows, a, SIZE_MAX);
    jw_init_strbuf(&w, &rows);
    jw_arr(&w);
    TRY(jspan_open(&walk, a, text, (int)cfg.json_max_depth));
    for (int i = 0; i < tasks->n; i++) {
        struct row r = rows_at(tasks, i);

        TRY(jspan_next(&walk, &more, NULL, &item));
        row_write(&w, a, b, row_i64(&r, ML_TASKS_ID), item, json_array_get(results, (size_t)i));
    }
    jw_end(&w);
    *out = rows.buf;
    return OK;
}

/* ---------------------------------------------------------------- stored ones */

struct storing {
    struct scope *s;
    int64_t project;
    const char *rows;
    const int64_t *tasks;
    size_t n;
    int64_t stored;
};

static err *store_tx(struct db *db, void *arg)
{
    struct storing *t = arg;
    struct arena *a = t->s->a;
    struct rows there;
    int64_t *ids;

    TRY(db_many(db, SQL_ml_tasks_lock, DB_ARGS(db_i64s(a, t->tasks, t->n)), &there));
    ids = arena_array(a, (size_t)there.n + 1, sizeof *ids);
    for (int i = 0; i < there.n; i++) {
        struct row r = rows_at(&there, i);
        ids[i] = row_i64(&r, ML_TASKS_LOCK_ID);
    }
    TRY(db_exec(db, SQL_ml_store, DB_ARGS(db_i64(t->project), db_text(t->rows), db_i64s(a, ids, (size_t)there.n)), &t->stored));
    return db_exec(db, SQL_ml_recount, DB_ARGS(db_i64s(a, ids, (size_t)there.n)), NULL);
}

static err *store(struct scope *s, const struct ml_backend *b, const struct rows *tasks, const struct ml_answer *answer, int64_t *stored,
                  const char **problem)
{
    struct storing t = {.s = s, .project = b->project, .n = (size_t)tasks->n};
    struct span text;
    json_t *results = results_of(s->a, answer, &text);
    int64_t *ids = arena_array(s->a, t.n, sizeof *ids);

    if (!results || !fits(results, t.n)) {
        *problem = "ML backend has to return a list with one result, itself a list, for each task.";
        return OK;
    }
    for (int i = 0; i < tasks->n; i++) {
        struct row r = rows_at(tasks, i);
        ids[i] = row_i64(&r, ML_TASKS_ID);
    }
    t.tasks = ids;
    TRY(rows_text(s->a, b, tasks, results, text, &t.rows));
    TRY(tx_run(s->db, TX_WRITE, store_tx, &t));
    *stored = t.stored;
    return OK;
}

err *ml_predict(struct scope *s, const struct ml_backend *b, const int64_t *tasks, size_t n, bool again, int64_t timeout_ms, int64_t *stored,
                const char **problem)
{
    struct ml_answer answer;
    struct rows rows;

    *stored = 0;
    *problem = NULL;
    TRY(db_many(s->db, SQL_ml_tasks, DB_ARGS(db_i64(b->project), db_i64s(s->a, tasks, n), db_text(b->model_version), db_bool(again)), &rows));
    if (rows.n == 0)
        return OK;
    ml_call(s->a, b, "/predict", tasks_request(s->a, b, &rows), timeout_ms ? timeout_ms : (int64_t)(b->timeout_s * 1000), &answer);
    if (answer.kind == ML_OK)
        TRY(store(s, b, &rows, &answer, stored, problem));
    else
        *problem = answer.reason;
    return *problem ? ml_failed(s, b->id, *problem) : OK;
}

err *ml_predict_queue(struct scope *s, int64_t backend, int64_t project, int64_t batch, const int64_t *tasks, size_t n, int64_t *job)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "backend", backend);
    jw_ki64(&w, "project", project);
    jw_ki64(&w, "batch", batch);
    jw_ki64(&w, "by", s->user);
    if (tasks) {
        jw_key(&w, "tasks");
        jw_arr(&w);
        for (size_t i = 0; i < n; i++)
            jw_i64(&w, tasks[i]);
        jw_end(&w);
    }
    jw_end(&w);
    return queue_add(s->db, "ml_predict", s->organization, b.buf, tasks ? NULL : arena_printf(s->a, "%lld", (long long)backend), job);
}

err *ml_predict_selected(struct scope *s, int64_t project, const struct dm_query *q, int64_t **jobs, size_t *n)
{
    int64_t *backends, *tasks;
    size_t n_tasks;

    TRY(ml_ids(s, project, &backends, n));
    *jobs = arena_array(s->a, *n + 1, sizeof **jobs);
    if (*n == 0)
        return OK;
    TRY(dm_selected(s, q, &tasks, &n_tasks));
    for (size_t i = 0; i < *n; i++)
        TRY(ml_predict_queue(s, backends[i], project, ML_BATCH, tasks, n_tasks, &(*jobs)[i]));
    return OK;
}

static err *predict_one(struct scope *s, const struct sql_query *which, int64_t project, int64_t task)
{
    struct ml_backend b;
    const char *problem;
    int64_t stored;
    struct row r;
    bool found;

    TRY(db_opt(s->db, which, DB_ARGS(db_i64(project)), &r, &found));
    if (!found)
        return OK;
    TRY(ml_read(s, row_i64(&r, 0), &b));
    return ml_predict(s, &b, &task, 1, false, cfg.web_upstream_ms, &stored, &problem);
}

err *ml_predict_shown(struct scope *s, int64_t project, int64_t task)
{
    return predict_one(s, SQL_ml_shown, project, task);
}

err *ml_predict_read(struct scope *s, int64_t project, int64_t task)
{
    return predict_one(s, SQL_ml_evaluates, project, task);
}

/* ---------------------------------------------------------------- interactive */

struct exporting {
    struct scope *s;
    struct exp_options o;
    struct arena *own;      /* of the text: exports give back the request's memory batch by batch */
    struct strbuf text;
};

static void arena_free_cb(void *a)
{
    arena_free(a);
}

static void export_put(void *to, const char *p, size_t len)
{
    strbuf_add(&((struct exporting *)to)->text, p, len);
}

static err *export_flush(void *to)
{
    return strbuf_check(&((struct exporting *)to)->text);
}

static err *export_tx(struct db *db, void *arg)
{
    struct exporting *x = arg;
    const struct exp_out out = {.put = export_put, .flush = export_flush, .to = x};

    (void)db;
    strbuf_init(&x->text, x->own, (size_t)cfg.upload_max_bytes);
    return exp_write(x->s, exp_format_find("JSON"), &x->o, &out);
}

/* A list with the task as exports write it: with its annotations, drafts and predictions. */
static err *task_exported(struct scope *s, int64_t project, int64_t task, const char **out)
{
    struct exporting x = {.s = s, .o = {.project = project, .all_tasks = true, .ids = arena_printf(s->a, "{%lld}", (long long)task)},
                          .own = arena_new("exported task")};

    arena_defer(s->a, arena_free_cb, x.own);
    TRY(tx_run(s->db, TX_SNAPSHOT, export_tx, &x));
    *out = x.text.buf;
    return OK;
}

static void errors_write(struct jw *w, const char *text)
{
    jw_obj(w);
    jw_key(w, "errors");
    jw_arr(w);
    jw_str(w, text);
    jw_end(w);
    jw_end(w);
}

static err *first_write(struct scope *s, struct jw *w, const struct ml_answer *answer)
{
    struct span text, item;
    json_t *results = results_of(s->a, answer, &text);
    struct jspan walk;
    bool more;

    if (json_array_size(results) == 0) {
        errors_write(w, "Incorrect response from ML service: ML backend has to return list with more than 1 result.");
        return OK;
    }
    TRY(jspan_open(&walk, s->a, text, (int)cfg.json_max_depth));
    TRY(jspan_next(&walk, &more, NULL, &item));
    jw_obj(w);
    jw_key(w, "data");
    jw_rawn(w, item.p, item.len);
    jw_end(w);
    return OK;
}

err *ml_interactive_write(struct scope *s, struct jw *w, const struct ml_backend *b, int64_t task, const char *context)
{
    int64_t timeout_ms = (int64_t)(b->timeout_s * 1000);
    struct ml_answer answer;
    struct strbuf text;
    const char *tasks;
    struct jw request;

    if (!b->is_interactive) {
        errors_write(w, "Model is not set to be used for interactive preannotations");
        return OK;
    }
    TRY(task_exported(s, b->project, task, &tasks));
    request_open(&request, &text, s->a);
    jw_raw(&request, tasks);
    request_close(&request, s->a, b, context);
    ml_call(s->a, b, "/predict", text.buf, timeout_ms, &answer);
    if (answer.kind == ML_OK)
        return first_write(s, w, &answer);
    errors_write(w, answer.reason);
    return OK;
}

/* ---------------------------------------------------------------- trials and training */

err *ml_try_write(struct scope *s, struct jw *w, const struct ml_backend *b, bool *ok)
{
    struct ml_answer answer;
    const char *request;
    struct rows rows;
    struct row r;
    bool found;
    int64_t task;

    TRY(db_opt(s->db, SQL_ml_any_task, DB_ARGS(db_i64(b->project)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No tasks found in this project");
    task = row_i64(&r, ML_ANY_TASK_ID);
    TRY(db_many(s->db, SQL_ml_tasks, DB_ARGS(db_i64(b->project), db_i64s(s->a, &task, 1), db_null(), db_bool(true)), &rows));
    request = tasks_request(s->a, b, &rows);
    ml_call(s->a, b, "/predict", request, (int64_t)(b->timeout_s * 1000), &answer);
    *ok = answer.kind == ML_OK;
    jw_obj(w);
    jw_ki64(w, "status", answer.status ? answer.status : 500);
    jw_kstr(w, "error_message", answer.reason);
    jw_kstr(w, "url", arena_printf(s->a, "%s/predict", b->url));
    if (rows.n > 0) {
        r = rows_at(&rows, 0);
        jw_key(w, "task");
        described(w, &r);
    }
    jw_kraw(w, "request", request);
    jw_kraw(w, "response", answer.kind == ML_OK && *answer.text ? answer.text : "null");
    jw_end(w);
    return OK;
}

err *ml_train(struct scope *s, const struct ml_backend *b)
{
    struct ml_answer answer;
    struct strbuf text;
    struct row r;
    struct jw w;

    TRY(project_row(s, b->project, &r));
    strbuf_init(&text, s->a, SIZE_MAX);
    jw_init_strbuf(&w, &text);
    jw_obj(&w);
    jw_kstr(&w, "action", "START_TRAINING");
    jw_key(&w, "project");
    project_write(&w, &r, NULL, false);
    jw_end(&w);
    ml_call(s->a, b, "/webhook", text.buf, cfg.web_upstream_ms, &answer);
    return answer.kind == ML_OK ? OK : ml_failed(s, b->id, answer.reason);
}
