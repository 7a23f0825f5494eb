/* Machine learning of a project: connected models, what they say of themselves, training, and when they are asked. Whatever talks to a model
 * does so outside transactions. */
#include <string.h>

#include "api/bodies.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "json/verr.h"
#include "ml/predict.h"
#include "page/fields.h"
#include "page/settings.h"

enum { LIST_MOST = 16 << 20, PARAMS_DEPTH = 20 };

static const struct field_choice logins[] = {{"NONE", "None"}, {"BASIC_AUTH", "User name and password"}, {0}};

static const struct form_field backend_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .label = "Name", .help = "Its predictions are shown under this name.", .min = 1, .max = 256, .required = true},
    {.name = "url", .kind = FIELD_URL, .label = "Address", .help = "Of a server that speaks the API of ML backends.", .max = 4096, .required = true},
    {.name = "description", .kind = FIELD_AREA, .label = "Description"},
    {.name = "is_interactive", .kind = FIELD_CHECK, .label = "Interactive", .help = "It is asked while somebody draws, with smart tools."},
    {.name = "auto_update", .kind = FIELD_CHECK, .label = "Follow its version", .help = "When the model says that it has a new version, that one is asked for."},
    {.name = "timeout", .kind = FIELD_NUMBER, .label = "Longest wait for predictions, in seconds", .min = 1, .max = 3600},
    {0}};
static const struct form_field login_fields[] = {
    {.name = "auth_method", .kind = FIELD_SELECT, .label = "Asked for", .choices = logins},
    {.name = "basic_auth_user", .kind = FIELD_TEXT, .label = "User name", .max = 256},
    {.name = "basic_auth_pass", .kind = FIELD_SECRET, .label = "Password", .help = "Empty: it stays as it is.", .max = 256},
    {0}};
static const struct form_field extra_fields[] = {
    {.name = "extra_params", .kind = FIELD_AREA, .label = "Parameters for the model", .help = "JSON, passed on as it is."}, {0}};

static const struct form_field asking_fields[] = {
    {.name = "evaluate_predictions_automatically", .kind = FIELD_CHECK, .label = "Ask for a prediction when a task is opened",
     .help = "Tasks that have one already are left alone."},
    {.name = "min_annotations_to_start_training", .kind = FIELD_NUMBER, .label = "Train after so many annotations", .help = "0: only when asked to.",
     .min = 0, .max = 1000000, .required = true},
    {0}};
static const struct form_field data_fields[] = {
    {.name = "task_data_login", .kind = FIELD_TEXT, .label = "User name for task data", .help = "Models are told it, when files of tasks need a log-in.",
     .max = 256},
    {.name = "task_data_password", .kind = FIELD_SECRET, .label = "Password for task data", .help = "Empty: it stays as it is.", .max = 256},
    {0}};

/* ---- showing ---- */

static json_t *backend_object(struct rq *rq, const json_t *b)
{
    const char *state = page_text_in(b, "state"), *version = page_text_in(b, "model_version"), *error = page_text_in(b, "error_message");
    json_t *o = json_object();

    page_set_int(o, "id", json_integer_value(json_object_get(b, "id")));
    page_set_text(o, "title", page_text_in(b, "title"));
    page_set_text(o, "url", page_text_in(b, "url"));
    page_set_text(o, "state_text", page_text_in(b, "readable_state"));
    page_set_bool(o, "good", strcmp(state, "CO") == 0);
    page_set_bool(o, "bad", strcmp(state, "DI") == 0 || strcmp(state, "ER") == 0);
    page_set_text(o, "error_text", *error ? error : NULL);
    page_set_text(o, "version_text", *version ? version : NULL);
    page_set_bool(o, "interactive", json_is_true(json_object_get(b, "is_interactive")));
    page_set_time(rq->a, o, "updated", page_text_in(b, "updated_at"));
    return o;
}

static err *backends(struct rq *rq, json_t **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    TRY(ml_list_write(rq->scope, &w, rq_int(rq, "id"), -1));
    return page_tree(rq->a, &b, out);
}

static void show_params(struct rq *rq, json_t *values)
{
    json_t *params = json_object_get(values, "extra_params");
    char *text = json_is_null(params) || !params ? NULL : json_dumps(params, JSON_INDENT(2) | JSON_ENCODE_ANY);

    page_set_text(values, "extra_params", text ? arena_strdup(rq->a, text) : "");
    free(text);
}

/* The form: of the one that is asked for, or of a new one. */
static json_t *edit_object(struct rq *rq, json_t *values, int64_t id)
{
    json_t *o = json_object(), *groups = json_array();

    page_set_int(o, "id", id);
    page_set_text(o, "heading", id ? arena_printf(rq->a, "Change %s", page_text_in(values, "title")) : "Connect a model");
    page_set_text(o, "save_text", id ? "Save and check" : "Connect");
    show_params(rq, values);
    json_array_append_new(groups, fields_group(rq, NULL, backend_fields, values));
    json_array_append_new(groups, fields_group(rq, "Log-in", login_fields, values));
    json_array_append_new(groups, fields_group(rq, "More", extra_fields, values));
    json_object_set_new(o, "groups", groups);
    return o;
}

static err *show_backends(struct rq *rq, json_t *ctx)
{
    json_t *all, *b, *list = json_array(), *values = json_pack("{s:b, s:i}", "auto_update", 1, "timeout", 100);
    int64_t asked = page_sent_id(rq, "backend"), found = 0;
    size_t i;

    arena_defer(rq->a, (void (*)(void *))json_decref, values);
    json_object_set_new(ctx, "backends", list);
    TRY(backends(rq, &all));
    if (!asked)
        TRY(rq_query_id(rq, "backend", &asked));
    json_array_foreach(all, i, b)
    {
        json_array_append_new(list, backend_object(rq, b));
        if (asked && json_integer_value(json_object_get(b, "id")) == asked) {
            found = asked;
            json_object_update(values, b);
        }
    }
    page_set_bool(ctx, "has_backends", i > 0);
    json_object_set_new(ctx, "edit", edit_object(rq, values, found));
    return OK;
}

err *settings_ml_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    json_t *groups = json_array(), *values;
    struct strbuf b;
    struct jw w;

    TRY(show_backends(rq, ctx));
    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    project_write(&w, r, "evaluate_predictions_automatically,min_annotations_to_start_training,task_data_login", false);
    TRY(page_tree(rq->a, &b, &values));
    json_array_append_new(groups, fields_group(rq, "When models are asked", asking_fields, values));
    json_array_append_new(groups, fields_group(rq, "Access to task data", data_fields, values));
    json_object_set_new(ctx, "groups", groups);
    page_set_text(ctx, "form_href", arena_printf(rq->a, "/projects/%lld/settings/ml", (long long)rq_int(rq, "id")));
    return OK;
}

/* ---- changing ---- */

static void body_open(struct rq *rq, struct strbuf *b, struct jw *w)
{
    strbuf_init(b, rq->a, LIST_MOST);
    jw_init_strbuf(w, b);
    jw_obj(w);
}

static err *params_write(struct rq *rq, struct jw *w)
{
    const char *text = page_sent(rq, "extra_params");
    json_t *tree;

    if (text[strspn(text, " \t\r\n")] == '\0') {
        jw_knull(w, "extra_params");
        return OK;
    }
    if (jin_parse(rq->a, (struct span){text, strlen(text)}, PARAMS_DEPTH, &tree))
        return verr_one(rq->a, "extra_params", "This is no JSON.");
    jw_kraw(w, "extra_params", text);
    return OK;
}

static err *connect(struct rq *rq, int64_t id, const char **done)
{
    const char *host = rq_base_url(rq);
    struct strbuf b;
    struct jin in;
    struct jw w;

    body_open(rq, &b, &w);
    fields_write(rq, &w, backend_fields);
    fields_write(rq, &w, login_fields);
    TRY(params_write(rq, &w));
    if (!id)
        jw_ki64(&w, "project", rq_int(rq, "id"));
    jw_end(&w);
    TRY(page_body(rq->a, &B_ML_BACKEND, &b, &in));
    *done = id ? "Saved. The model answers." : "The model is connected.";
    return id ? ml_update(rq->scope, host, id, &in, NULL) : ml_create(rq->scope, host, &in, &id);
}

/* What is wrong with the address stands beside it. */
static err *connect_told(struct rq *rq, int64_t id, const char **done)
{
    err *e = connect(rq, id, done);

    return e && e->kind == ERR_PERMISSION ? verr_one(rq->a, "url", "%s", e->detail) : e;
}

static err *save_asking(struct rq *rq, const char **done)
{
    struct strbuf b;
    struct jin in;
    struct jw w;
    int64_t job;

    body_open(rq, &b, &w);
    fields_write(rq, &w, asking_fields);
    fields_write(rq, &w, data_fields);
    jw_end(&w);
    TRY(page_body(rq->a, &B_PROJECT, &b, &in));
    *done = "Settings saved.";
    return project_update(rq->scope, rq_int(rq, "id"), &in, &job);
}

static err *queue_predictions(struct rq *rq, const char **done)
{
    int64_t job;

    *done = "The model is being asked about all tasks that lack its prediction.";
    return ml_predict_queue(rq->scope, page_sent_id(rq, "backend"), rq_int(rq, "id"), ML_BATCH, NULL, 0, &job);
}

static err *act(struct rq *rq, const char *action, struct ml_backend *b, const char **done)
{
    if (strcmp(action, "delete") == 0) {
        TRY(scope_need(rq->scope, PERM_MODELS_DELETE));
        *done = "The model is no longer connected. Its predictions stay.";
        return ml_delete(rq->scope, b->id);
    }
    if (strcmp(action, "train") == 0) {
        *done = "The model was told to train.";
        return ml_train(rq->scope, b);
    }
    if (strcmp(action, "predict") == 0)
        return settings_tx(rq, queue_predictions, done);
    *done = "The model was asked how it is.";
    return ml_refresh(rq->scope, rq_base_url(rq), b);
}

err *settings_ml_save(struct rq *rq, const char **done)
{
    const char *action = page_sent(rq, "action");
    int64_t id = page_sent_id(rq, "backend");
    struct ml_backend b;

    if (strcmp(action, "save") == 0)
        return settings_tx(rq, save_asking, done);
    if (strcmp(action, "connect") == 0 && !id) {
        TRY(scope_need(rq->scope, PERM_MODELS_CREATE));
        return connect_told(rq, 0, done);
    }
    if (!id)
        return verr_one(rq->a, NULL, "Choose a model.");
    TRY(ml_read(rq->scope, id, &b));
    if (b.project != rq_int(rq, "id"))
        return err_new(rq->a, ERR_NOT_FOUND, "No MLBackend matches the given query.");
    return strcmp(action, "connect") == 0 ? connect_told(rq, id, done) : act(rq, action, &b, done);
}
