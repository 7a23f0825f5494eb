/* Records of ML backends, and asking one how it is. */
#include "ml/backend.h"

#include <string.h>

#include "base/cfg.h"
#include "core/args.h"
#include "core/fields.h"
#include "core/project.h"
#include "core/setting.h"
#include "json/verr.h"
#include "ml/client.h"
#include "ml/ml.sql.h"

enum { HEALTH_MS = 1000, SETUP_MS = 3000, RETRY_S = 30 };

/* ---------------------------------------------------------------- reading */

static const struct field fields[] = {
    {"is_interactive", ML_ROWS_IS_INTERACTIVE, 'b'},
    {"url", ML_ROWS_URL, 's'},
    {"error_message", ML_ROWS_ERROR_MESSAGE, 's'},
    {"title", ML_ROWS_TITLE, 's'},
    {"auth_method", ML_ROWS_AUTH_METHOD, 's'},
    {"basic_auth_user", ML_ROWS_BASIC_AUTH_USER, 's'},
    {"basic_auth_pass_is_set", ML_ROWS_PASSWORD_SET, 'b'},
    {"description", ML_ROWS_DESCRIPTION, 's'},
    {"extra_params", ML_ROWS_EXTRA_PARAMS, 'j'},
    {"model_version", ML_ROWS_MODEL_VERSION, 's'},
    {"timeout", ML_ROWS_TIMEOUT_S, 'f'},
    {"created_at", ML_ROWS_CREATED_AT, 't'},
    {"updated_at", ML_ROWS_UPDATED_AT, 't'},
    {"auto_update", ML_ROWS_AUTO_UPDATE, 'b'},
    {"project", ML_ROWS_PROJECT, 'i'},
};

static const char *readable(const char *state)
{
    static const char *const names[][2] = {
        {"CO", "Connected"}, {"DI", "Disconnected"}, {"ER", "Error"}, {"TR", "Training"}, {"PR", "Predicting"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], state) == 0)
            return names[i][1];
    return state;
}

static void row_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    jw_ki64(w, "id", row_i64(r, ML_ROWS_ID));
    jw_kstr(w, "state", row_text(r, ML_ROWS_STATE));
    jw_kstr(w, "readable_state", readable(row_text(r, ML_ROWS_STATE)));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_end(w);
}

static err *rows_read(struct scope *s, int64_t project, int interactive, int64_t id, struct rows *out)
{
    return db_many(s->db, SQL_ml_rows,
                   DB_ARGS(SCOPE_ARGS(s), db_opt_i64(project != 0, project), interactive < 0 ? db_null() : db_bool(interactive),
                           db_opt_i64(id != 0, id)), out);
}

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No MLBackend matches the given query.");
}

err *ml_list_write(struct scope *s, struct jw *w, int64_t project, int interactive)
{
    struct rows rows;

    TRY(rows_read(s, project, interactive, 0, &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        row_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *ml_write(struct scope *s, struct jw *w, int64_t id)
{
    struct rows rows;
    struct row r;

    TRY(rows_read(s, 0, -1, id, &rows));
    if (rows.n == 0)
        return missing(s);
    r = rows_at(&rows, 0);
    row_write(w, &r);
    return OK;
}

err *ml_ids(struct scope *s, int64_t project, int64_t **ids, size_t *n)
{
    struct rows rows;

    TRY(rows_read(s, project, -1, 0, &rows));
    *ids = arena_array(s->a, (size_t)rows.n + 1, sizeof **ids);
    *n = (size_t)rows.n;
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        (*ids)[i] = row_i64(&r, ML_ROWS_ID);
    }
    return OK;
}

static const char *kept(struct scope *s, const struct row *r, int col)
{
    return arena_strdup(s->a, row_text(r, col));
}

err *ml_read(struct scope *s, int64_t id, struct ml_backend *out)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_ml_connection, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &r, &found));
    if (!found)
        return missing(s);
    *out = (struct ml_backend){
        .id = id,
        .project = row_i64(&r, ML_CONNECTION_PROJECT),
        .project_created = row_i64(&r, ML_CONNECTION_CREATED),
        .url = kept(s, &r, ML_CONNECTION_URL),
        .title = kept(s, &r, ML_CONNECTION_TITLE),
        .user = kept(s, &r, ML_CONNECTION_USER_NAME),
        .password = kept(s, &r, ML_CONNECTION_PASSWORD),
        .model_version = kept(s, &r, ML_CONNECTION_MODEL_VERSION),
        .extra_params = kept(s, &r, ML_CONNECTION_EXTRA_PARAMS),
        .label_config = kept(s, &r, ML_CONNECTION_LABEL_CONFIG),
        .data_login = kept(s, &r, ML_CONNECTION_DATA_LOGIN),
        .data_password = kept(s, &r, ML_CONNECTION_DATA_PASSWORD),
        .token = kept(s, &r, ML_CONNECTION_TOKEN),
        .timeout_s = row_f64(&r, ML_CONNECTION_TIMEOUT_S),
        .is_interactive = row_bool(&r, ML_CONNECTION_IS_INTERACTIVE),
        .auto_update = row_bool(&r, ML_CONNECTION_AUTO_UPDATE),
    };
    return OK;
}

/* ---------------------------------------------------------------- asking */

static const char *setup_body(struct arena *a, const struct ml_backend *b, const char *host)
{
    struct strbuf text;
    struct jw w;

    strbuf_init(&text, a, SIZE_MAX);
    jw_init_strbuf(&w, &text);
    jw_obj(&w);
    jw_kstr(&w, "project", ml_project_name(a, b));
    jw_kstr(&w, "schema", b->label_config);
    jw_kstr(&w, "hostname", host);
    jw_kstr(&w, "access_token", b->token);
    jw_kraw(&w, "extra_params", b->extra_params);
    jw_end(&w);
    return text.buf;
}

/* Health, then set-up; version: what it says its model is, NULL when it does not. */
static void ask(struct arena *a, const struct ml_backend *b, const char *host, struct ml_answer *out, bool *reached, const char **version)
{
    *version = NULL;
    *reached = false;
    ml_call(a, b, "/health", NULL, HEALTH_MS, out);
    if (out->kind != ML_OK)
        return;
    *reached = true;
    ml_call(a, b, "/setup", setup_body(a, b, host), SETUP_MS, out);
    if (out->kind == ML_OK)
        *version = ml_version(a, out->tree);
}

static err *refused(struct arena *a, const struct ml_backend *b, const struct ml_answer *answer, bool reached)
{
    if (answer->kind == ML_REFUSED)
        return err_new(a, ERR_PERMISSION, "%s", answer->reason);
    if (!reached)
        return verr_one(a, NULL, "Can't connect to ML backend %s, health check failed. Make sure it is up and your firewall is properly configured. "
                        "Additional info: %s", b->url, answer->reason);
    return verr_one(a, NULL, "Successfully connected to %s but it doesn't look like a valid ML backend. Reason: %s.\n"
                    "Check the ML backend server console logs to check the status. There might be something wrong with your model or it might be "
                    "incompatible with the current labeling configuration.", b->url, answer->reason);
}

err *ml_refresh(struct scope *s, const char *host, struct ml_backend *b)
{
    struct ml_answer answer;
    const char *version;
    bool reached;

    ask(s->a, b, host, &answer, &reached, &version);
    if (answer.kind != ML_OK)
        return db_exec(s->db, SQL_ml_state,
                       DB_ARGS(db_i64(b->id), db_text(reached ? "ER" : "DI"), db_text(reached ? answer.reason : NULL), db_null(), db_i64(RETRY_S)), NULL);
    if (version && b->auto_update)
        b->model_version = version;
    return db_exec(s->db, SQL_ml_state, DB_ARGS(db_i64(b->id), db_text("CO"), db_null(), db_text(version), db_null()), NULL);
}

err *ml_failed(struct scope *s, int64_t id, const char *why)
{
    return db_exec(s->db, SQL_ml_state, DB_ARGS(db_i64(id), db_text("ER"), db_text(why), db_null(), db_i64(RETRY_S)), NULL);
}

/* ---------------------------------------------------------------- writing */

/* What the body says, by the columns of the table. */
static err *fields_text(struct scope *s, const struct jin *in, const char **out)
{
    static const char *const texts[] = {"url", "title", "auth_method", "basic_auth_user", "basic_auth_pass", "description", "model_version"};
    static const char *const flags[] = {"is_interactive", "auto_update"};
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, 1u << 24);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (jin_has(in, texts[i]))
            jw_kstr(&w, texts[i], jin_text(in, texts[i]) ? jin_text(in, texts[i]) : i == 1 ? "default" : "");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (arg_given(in, flags[i]))
            jw_kbool(&w, flags[i], jin_bool(in, flags[i], false));
    if (arg_given(in, "timeout"))
        jw_kf64(&w, "timeout_s", jin_float(in, "timeout", 100));
    if (jin_has(in, "extra_params"))
        jw_kraw(&w, "extra_params", jin_json(in, "extra_params"));
    if (jin_has(in, "project"))
        jw_ki64(&w, "project_id", jin_int(in, "project", 0));
    jw_end(&w);
    *out = b.buf;
    return strbuf_check(&b);
}

/* The backend as the body would leave it. */
static void changed(struct ml_backend *b, const struct jin *in)
{
    const char *method = jin_text(in, "auth_method");

    if (jin_text(in, "url"))
        b->url = jin_text(in, "url");
    if (jin_text(in, "title"))
        b->title = jin_text(in, "title");
    if (jin_text(in, "basic_auth_user"))
        b->user = jin_text(in, "basic_auth_user");
    if (jin_text(in, "basic_auth_pass"))
        b->password = jin_text(in, "basic_auth_pass");
    if (method && strcmp(method, "NONE") == 0)
        b->user = NULL;
    if (jin_has(in, "extra_params"))
        b->extra_params = jin_json(in, "extra_params");
}

/* Only checks: the transaction comes after the backend was asked. */
static err *body_check(struct scope *s, const struct jin *in)
{
    int64_t project = jin_int(in, "project", 0);
    err *e;

    if (!jin_has(in, "project"))
        return OK;
    e = project ? project_check_visible(s, project) : err_new(s->a, ERR_NOT_FOUND, NULL);
    if (e && e->kind == ERR_NOT_FOUND)
        return verr_one(s->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)project);
    return e;
}

static err *login_check(struct scope *s, const struct ml_backend *b, const struct jin *in)
{
    const char *method = jin_text(in, "auth_method");

    if (method && strcmp(method, "BASIC_AUTH") == 0 && (!b->user || !*b->user || !b->password || !*b->password))
        return verr_one(s->a, NULL, "Authentication username and password is required for Basic Authentication.");
    return OK;
}

static err *asked(struct scope *s, const char *host, const struct ml_backend *b, const char **version)
{
    struct ml_answer answer;
    bool reached;

    ask(s->a, b, host, &answer, &reached, version);
    return answer.kind == ML_OK ? OK : refused(s->a, b, &answer, reached);
}

struct write {
    struct scope *s;
    int64_t id, project;
    const char *fields, *version, *old_title, *title;
    const struct stamp_guard *guard;
};

static err *create_tx(struct db *db, void *arg)
{
    struct write *w = arg;
    struct row r;

    TRY(db_one(db, SQL_ml_insert, DB_ARGS(db_i64(w->project), db_text(w->fields), db_text(w->version), db_i64(w->s->user)), &r));
    w->id = row_i64(&r, ML_INSERT_ID);
    TRY(db_exec(db, SQL_ml_shown_first, DB_ARGS(db_i64(w->project), db_i64(w->id)), NULL));
    return setting_note(w->s, w->project, "ml");
}

err *ml_create(struct scope *s, const char *host, const struct jin *in, int64_t *id)
{
    struct ml_backend b = {.project = jin_int(in, "project", 0)};
    struct write w = {.s = s, .project = b.project};
    struct verr *v = verr_new(s->a);
    struct row r;
    bool found;

    if (!jin_has(in, "url"))
        verr_add(v, "url", "This field is required.");
    if (!jin_has(in, "project"))
        verr_add(v, "project", "This field is required.");
    TRY(verr_done(v));
    TRY(body_check(s, in));
    TRY(db_opt(s->db, SQL_ml_project, DB_ARGS(SCOPE_ARGS(s), db_i64(b.project)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, NULL);
    b.project_created = row_i64(&r, ML_PROJECT_CREATED);
    b.label_config = kept(s, &r, ML_PROJECT_LABEL_CONFIG);
    b.token = kept(s, &r, ML_PROJECT_TOKEN);
    changed(&b, in);
    TRY(login_check(s, &b, in));
    TRY(asked(s, host, &b, &w.version));
    TRY(fields_text(s, in, &w.fields));
    TRY(tx_run(s->db, TX_WRITE, create_tx, &w));
    *id = w.id;
    return OK;
}

static err *update_tx(struct db *db, void *arg)
{
    struct write *w = arg;

    if (w->guard)
        TRY(w->guard->check(w->guard->arg));
    TRY(db_exec(db, SQL_ml_update, DB_ARGS(db_i64(w->id), db_text(w->fields), db_text(w->version), db_i64(w->s->user)), NULL));
    TRY(db_exec(db, SQL_ml_renamed, DB_ARGS(db_i64(w->project), db_text(w->old_title), db_text(w->title)), NULL));
    return setting_note(w->s, w->project, "ml");
}

/* The caller's own token and no other goes to an address that the caller names. */
static err *own_token(struct scope *s, struct ml_backend *b)
{
    struct row r;

    TRY(db_one(s->db, SQL_ml_project, DB_ARGS(SCOPE_ARGS(s), db_i64(b->project)), &r));
    b->token = kept(s, &r, ML_PROJECT_TOKEN);
    return OK;
}

err *ml_update(struct scope *s, const char *host, int64_t id, const struct jin *in, const struct stamp_guard *guard)
{
    struct write w = {.s = s, .id = id, .guard = guard};
    struct ml_backend b;

    TRY(ml_read(s, id, &b));
    TRY(own_token(s, &b));
    TRY(body_check(s, in));
    w.project = b.project;
    w.old_title = b.title;
    changed(&b, in);
    w.title = b.title;
    TRY(login_check(s, &b, in));
    TRY(asked(s, host, &b, &w.version));
    TRY(fields_text(s, in, &w.fields));
    return tx_run(s->db, TX_WRITE, update_tx, &w);
}

static err *delete_tx(struct db *db, void *arg)
{
    struct write *w = arg;
    int64_t n;

    TRY(db_exec(db, SQL_ml_delete, DB_ARGS(db_i64(w->id)), &n));
    if (n == 0)
        return missing(w->s);
    TRY(db_exec(db, SQL_ml_renamed, DB_ARGS(db_i64(w->project), db_text(w->old_title), db_text("")), NULL));
    return setting_note(w->s, w->project, "ml");
}

err *ml_delete(struct scope *s, int64_t id)
{
    struct write w = {.s = s, .id = id};
    struct ml_backend b;

    TRY(ml_read(s, id, &b));
    w.project = b.project;
    w.old_title = b.title;
    return tx_run(s->db, TX_WRITE, delete_tx, &w);
}
