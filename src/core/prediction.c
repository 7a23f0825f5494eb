/* Predictions: reading, writing, and the short forms of a result that clients may send. */
#include "core/prediction.h"

#include <string.h>

#include "core/args.h"
#include "core/prediction.sql.h"
#include "core/project.h"
#include "core/task.h"
#include "core/wire.h"
#include "json/verr.h"

_Static_assert((int)PREDICTION_BY_TASKS_UPDATED_AT == (int)PREDICTION_BY_ID_UPDATED_AT, "column lists differ");
_Static_assert((int)PREDICTION_BY_TASKS_UPDATED_AT == (int)PREDICTION_PAGE_UPDATED_AT, "column lists differ");

const int prediction_task_col = PREDICTION_BY_TASKS_TASK;
const int prediction_result_col = PREDICTION_BY_TASKS_RESULT;
const int prediction_score_col = PREDICTION_BY_TASKS_SCORE;
const int prediction_version_col = PREDICTION_BY_TASKS_MODEL_VERSION;

int64_t prediction_row_id(const struct row *r)
{
    return row_i64(r, PREDICTION_BY_TASKS_ID);
}

err *prediction_rows(struct scope *s, const int64_t *tasks, size_t n, const char *version, struct rows *out)
{
    return db_many(s->db, SQL_prediction_by_tasks, DB_ARGS(db_i64s(s->a, tasks, n), db_text(version), db_bool(scope_own_only(s))), out);
}

static err *prediction_missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Prediction matches the given query.");
}

err *prediction_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_prediction_by_id, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), out, &found));
    return found ? OK : prediction_missing(s);
}

err *prediction_page(struct scope *s, int64_t project, int64_t after, int64_t most, struct rows *out)
{
    return db_many(s->db, SQL_prediction_page,
                   DB_ARGS(SCOPE_ARGS(s), db_opt_i64(project != 0, project), db_i64(after),
                           db_i64(most)), out);
}

void prediction_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, PREDICTION_BY_TASKS_ID);
    wire_kraw(w, "result", r, PREDICTION_BY_TASKS_RESULT);
    wire_kstr(w, "model_version", r, PREDICTION_BY_TASKS_MODEL_VERSION);
    jw_key(w, "created_ago");
    wire_ago(w, r, PREDICTION_BY_TASKS_CREATED_AT);
    wire_kf64(w, "score", r, PREDICTION_BY_TASKS_SCORE);
    wire_ki64(w, "cluster", r, PREDICTION_BY_TASKS_CLUSTER);
    wire_kraw(w, "neighbors", r, PREDICTION_BY_TASKS_NEIGHBORS);
    wire_kf64(w, "mislabeling", r, PREDICTION_BY_TASKS_MISLABELING);
    wire_ktime(w, "created_at", r, PREDICTION_BY_TASKS_CREATED_AT);
    wire_ktime(w, "updated_at", r, PREDICTION_BY_TASKS_UPDATED_AT);
    jw_knull(w, "model");
    jw_knull(w, "model_run");
    wire_ki64(w, "task", r, PREDICTION_BY_TASKS_TASK);
    wire_ki64(w, "project", r, PREDICTION_BY_TASKS_PROJECT);
    jw_end(w);
}

/* ---------------------------------------------------------------- short results */

static const char *lower(struct arena *a, const char *s)
{
    char *t = arena_strdup(a, s);

    for (char *p = t; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 'a' - 'A');
    return t;
}

/* The first control of a lower-case type, or NULL. */
static const struct lc_control *control_of(struct scope *s, const struct lc *lc, const char *type)
{
    for (size_t i = 0; i < lc_control_count(lc); i++)
        if (strcmp(lower(s->a, lc_control_at(lc, i)->type), type) == 0)
            return lc_control_at(lc, i);
    return NULL;
}

/* The first control of the configuration that takes a bare text or number. */
static const struct lc_control *control_for(struct scope *s, const struct lc *lc, const json_t *v)
{
    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        const char *type = lower(s->a, c->type);

        if (json_is_string(v) && (strcmp(type, "choices") == 0 || strcmp(type, "textarea") == 0))
            return c;
        if (json_is_number(v) && (strcmp(type, "rating") == 0 || strcmp(type, "number") == 0))
            return c;
    }
    return NULL;
}

static const char *region(struct scope *s, const struct lc_control *c, const char *value)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, 512u << 20);
    jw_init_strbuf(&w, &b);
    jw_arr(&w);
    jw_obj(&w);
    jw_kstr(&w, "from_name", c->name);
    jw_kstr(&w, "to_name", c->n_to_name ? c->to_name[0] : "");
    jw_kstr(&w, "type", lower(s->a, c->type));
    jw_kraw(&w, "value", value);
    jw_end(&w);
    jw_end(&w);
    return b.buf;
}

static const char *scalar_region(struct scope *s, const struct lc *lc, json_t *v, const char *text)
{
    const struct lc_control *c = control_for(s, lc, v);
    const char *type;

    if (!c)
        return "null";
    type = lower(s->a, c->type);
    if (!json_is_string(v))
        return region(s, c, arena_printf(s->a, "{\"%s\":%s}", type, text));
    return region(s, c, arena_printf(s->a, "{\"%s\":[%s]}", strcmp(type, "textarea") == 0 ? "text" : type, text));
}

static const char *object_region(struct scope *s, const struct lc *lc, json_t *object, const char *text)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value) {
        const struct lc_control *c = control_of(s, lc, key);
        if (c)
            return region(s, c, text);
    }
    return "null";
}

err *prediction_result(struct scope *s, const struct lc *lc, json_t *tree, const char *text, const char **out)
{
    size_t i;
    json_t *item;

    *out = text;
    if (json_is_array(tree)) {
        json_array_foreach(tree, i, item)
            if (!json_is_object(item))
                return verr_one(s->a, NULL, "Each item in prediction result should be dict");
        return OK;
    }
    if (json_is_real(tree))
        return verr_one(s->a, NULL, "Incorrect format <class 'float'> for prediction result %s", text);
    *out = json_is_object(tree) ? object_region(s, lc, tree, text) : scalar_region(s, lc, tree, text);
    return OK;
}

/* ---------------------------------------------------------------- writing */

err *prediction_create(struct scope *s, const struct jin *in, int64_t *id)
{
    int64_t task = jin_int(in, "task", 0), project;
    const struct lc *lc;
    const char *result;
    struct row r;
    bool found;

    TRY(task_project(s, task, &project));
    TRY(project_config(s, project, &lc, NULL, NULL));
    TRY(prediction_result(s, lc, jin_tree(in, "result"), jin_json(in, "result"), &result));
    TRY(db_opt(s->db, SQL_prediction_insert,
               DB_ARGS(SCOPE_ARGS(s), db_i64(task), db_text(strcmp(result, "null") == 0 ? NULL : result),
                       db_text(jin_text(in, "model_version") ? jin_text(in, "model_version") : ""),
                       arg_float(in, "score"), arg_int(in, "cluster"), db_text(jin_json(in, "neighbors")),
                       db_f64(jin_float(in, "mislabeling", 0))), &r, &found));
    if (!found)
        return task_missing(s);
    *id = row_i64(&r, PREDICTION_INSERT_ID);
    return task_recount_one(s, task);
}

/* Another task must be of the same project. */
static err *target_check(struct scope *s, const struct jin *in, int64_t project)
{
    int64_t task = jin_int(in, "task", 0), found = 0;
    err *e;

    if (!jin_has(in, "task"))
        return OK;
    e = task_project(s, task, &found);
    if (e && e->kind != ERR_NOT_FOUND)
        return e;
    return found == project ? OK : verr_one(s->a, "task", "Invalid pk \"%lld\" - object does not exist.", (long long)task);
}

static err *change_build(struct scope *s, int64_t project, const struct jin *in, const char **out)
{
    const struct lc *lc;
    const char *result;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, 512u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (jin_has(in, "result")) {
        TRY(project_config(s, project, &lc, NULL, NULL));
        TRY(prediction_result(s, lc, jin_tree(in, "result"), jin_json(in, "result"), &result));
        jw_kraw(&w, "result", result);
    }
    if (jin_has(in, "model_version"))
        jw_kstr(&w, "model_version", jin_text(in, "model_version"));
    arg_kf64(&w, in, "score", "score");
    arg_kf64(&w, in, "mislabeling", "mislabeling");
    arg_ki64(&w, in, "cluster", "cluster");
    if (jin_has(in, "neighbors"))
        jw_kraw(&w, "neighbors", jin_json(in, "neighbors"));
    arg_ki64(&w, in, "task", "task_id");
    jw_end(&w);
    *out = b.buf;
    return strbuf_check(&b);
}

err *prediction_update(struct scope *s, int64_t id, const struct jin *in)
{
    int64_t project, from, to;
    const char *change;
    struct row r;
    bool found;

    TRY(prediction_row(s, id, &r));
    project = row_i64(&r, PREDICTION_BY_ID_PROJECT);
    TRY(target_check(s, in, project));
    TRY(change_build(s, project, in, &change));
    TRY(db_opt(s->db, SQL_prediction_lock, DB_ARGS(db_i64(id)), &r, &found));
    if (!found)
        return prediction_missing(s);
    from = row_i64(&r, PREDICTION_LOCK_TASK);
    to = jin_int(in, "task", from);
    TRY(db_exec(s->db, SQL_prediction_update, DB_ARGS(db_i64(id), db_text(change)), NULL));
    return task_recount(s, (const int64_t[]){to, from}, from == to ? 1 : 2);
}

err *prediction_delete(struct scope *s, int64_t id)
{
    struct row r;
    bool found;

    TRY(prediction_row(s, id, &r));
    TRY(db_opt(s->db, SQL_prediction_delete, DB_ARGS(db_i64(id)), &r, &found));
    return found ? task_recount_one(s, row_i64(&r, PREDICTION_DELETE_TASK)) : prediction_missing(s);
}
