/* Rows of webhooks: their checks, in the words of the reference API, and the delivery log. */
#include "hooks/webhook.h"

#include <arpa/inet.h>
#include <string.h>

#include <curl/curl.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/setting.h"
#include "core/wire.h"
#include "hooks/webhook.sql.h"
#include "json/verr.h"
#include "labelconfig/lc.h"
#include "net/guard.h"

enum { HEADERS_MOST = 10 };

const struct webhook_action webhook_actions[] = {
#define ACTION(name, title, key, organization_only) {#name, title, key, organization_only},
#include "hooks/actions.def"
#undef ACTION
    {NULL, NULL, NULL, false},
};

static const struct webhook_action *action_find(const char *name)
{
    for (const struct webhook_action *a = webhook_actions; name && a->name; a++)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

/* ---- reading ---- */

static err *list(struct scope *s, struct db_arg project, bool without_project, struct db_arg id, struct rows *out)
{
    return db_many(s->db, SQL_webhook_list,
                   DB_ARGS(SCOPE_ARGS(s), project, db_bool(without_project), id), out);
}

err *webhook_rows(struct scope *s, int64_t project, bool without_project, struct rows *out)
{
    return list(s, db_opt_i64(project != 0, project), without_project, db_null(), out);
}

static err *no_webhook(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Webhook matches the given query.");
}

static err *one(struct scope *s, struct db_arg project, int64_t id, struct row *out)
{
    struct rows rows;

    TRY(list(s, project, false, db_i64(id), &rows));
    if (rows.n == 0)
        return no_webhook(s);
    *out = rows_at(&rows, 0);
    return OK;
}

err *webhook_row(struct scope *s, int64_t id, struct row *out)
{
    return one(s, db_null(), id, out);
}

err *webhook_row_of(struct scope *s, int64_t project, int64_t id, struct row *out)
{
    return one(s, db_i64(project), id, out);
}

void webhook_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, WEBHOOK_LIST_ID);
    wire_ki64(w, "organization", r, WEBHOOK_LIST_ORGANIZATION);
    wire_ki64(w, "project", r, WEBHOOK_LIST_PROJECT);
    wire_kstr(w, "url", r, WEBHOOK_LIST_URL);
    wire_kbool(w, "send_payload", r, WEBHOOK_LIST_SEND_PAYLOAD);
    wire_kbool(w, "send_for_all_actions", r, WEBHOOK_LIST_SEND_FOR_ALL_ACTIONS);
    wire_kraw(w, "headers", r, WEBHOOK_LIST_HEADERS);
    wire_kbool(w, "is_active", r, WEBHOOK_LIST_IS_ACTIVE);
    wire_kraw(w, "actions", r, WEBHOOK_LIST_ACTIONS);
    wire_ktime(w, "created_at", r, WEBHOOK_LIST_CREATED_AT);
    wire_ktime(w, "updated_at", r, WEBHOOK_LIST_UPDATED_AT);
    wire_ki64(w, "consecutive_failures", r, WEBHOOK_LIST_FAILURES);
    wire_kbool(w, "has_secret", r, WEBHOOK_LIST_HAS_SECRET);
    jw_end(w);
}

/* ---- checks ---- */

static void release_url(void *u)
{
    curl_url_cleanup(u);
}

/* The host of an http or https URL, without the brackets of an IPv6 address; NULL when it is none. */
static const char *host_of(struct arena *a, const char *url)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL;
    const char *out = NULL;
    size_t n;

    arena_defer(a, release_url, u);
    if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0)) {
        n = strlen(host);
        out = host[0] == '[' ? arena_strndup(a, host + 1, n - 2) : arena_strdup(a, host);
    }
    curl_free(scheme);
    curl_free(host);
    return out && *out ? out : NULL;
}

/* Addresses are judged here, names when they are resolved to be connected to. */
static err *url_check(struct scope *s, const struct jin *in)
{
    const char *url = jin_text(in, "url"), *host, *block = NULL;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (!url)
        return OK;
    host = host_of(s->a, url);
    if (!host || strpbrk(url, " \t\r\n"))
        return verr_one(s->a, "url", "Enter a valid URL.");
    if (!cfg.ssrf_protection_enabled)
        return OK;
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        block = guard_block((const struct sockaddr *)(const void *)&v4);
    else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1)
        block = guard_block((const struct sockaddr *)(const void *)&v6);
    return block ? err_new(s->a, ERR_PERMISSION, "URL resolves to a reserved network address (block: %s)", block) : OK;
}

static bool is_header(const char *name, const json_t *value)
{
    static const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    return *name && name[strspn(name, letters)] == '\0' && json_is_string(value) &&
           !strpbrk(json_string_value(value), "\r\n") && strlen(json_string_value(value)) == json_string_length(value);
}

static err *headers_check(struct scope *s, const struct jin *in)
{
    json_t *tree = jin_tree(in, "headers"), *value;
    const char *name;
    bool good = !tree || (json_is_object(tree) && json_object_size(tree) <= HEADERS_MOST);

    if (good && tree)
        json_object_foreach(tree, name, value)
        {
            good = good && is_header(name, value);
        }
    return good ? OK : verr_one(s->a, "headers", "%s failed JSON schema check", lc_python_repr(s->a, tree));
}

/* Known names. */
static err *actions_read(struct scope *s, const struct jin *in, bool of_project, struct db_arg *out)
{
    json_t *tree = jin_tree(in, "actions"), *name;
    const char **names = arena_array(s->a, json_array_size(tree) + 1, sizeof *names);
    struct verr *errors = verr_new(s->a), *outer = verr_new(s->a);
    size_t i, n = 0;

    if (tree && !json_is_array(tree))
        return verr_one(s->a, "actions", "Expected a list of items but got type \"%s\".", jin_type_name(tree));
    json_array_foreach(tree, i, name)
    {
        const struct webhook_action *a = action_find(json_string_value(name));
        if (!a)
            verr_add(errors, arena_printf(s->a, "%zu", i), "\"%s\" is not a valid choice.",
                     json_is_string(name) ? json_string_value(name) : lc_python_repr(s->a, name));
        else if (a->organization_only && of_project)
            return verr_one(s->a, NULL, "Project webhook can't contain organization-only action.");
        else
            names[n++] = a->name;
    }
    if (verr_any(errors)) {
        verr_nest(outer, "actions", verr_done(errors));
        return verr_done(outer);
    }
    *out = db_texts(s->a, names, n);
    return OK;
}

static err *check(struct scope *s, const struct jin *in, bool of_project, struct db_arg *actions)
{
    TRY(url_check(s, in));
    TRY(headers_check(s, in));
    return actions_read(s, in, of_project, actions);
}

/* ---- writing ---- */

static struct db_arg given_bool(const struct jin *in, const char *name)
{
    return jin_has(in, name) ? db_bool(jin_bool(in, name, true)) : db_null();
}

/* The reference server lets nobody make one for all projects; here those may who see all of them. */
static err *place_check(struct scope *s, const struct jin *in, int64_t *project)
{
    bool everywhere = jin_has(in, "project") && jin_is_null(in, "project");
    err *e;

    *project = jin_int(in, "project", 0);
    if (everywhere && (strcmp(s->role, "OW") == 0 || strcmp(s->role, "AD") == 0))
        return OK;
    if (!*project)
        return err_new(s->a, ERR_NOT_FOUND, "Project not found.");
    e = project_check_visible(s, *project);
    if (!e || e->kind != ERR_NOT_FOUND)
        return e;
    return verr_one(s->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)*project);
}

/* 0: it is of the whole organization. */
static int64_t project_of(const struct row *r)
{
    return row_null(r, WEBHOOK_LIST_PROJECT) ? 0 : row_i64(r, WEBHOOK_LIST_PROJECT);
}

static err *noted(struct scope *s, int64_t project)
{
    return project ? setting_note(s, project, "webhooks") : OK;
}

err *webhook_create(struct scope *s, const struct jin *in, int64_t *id)
{
    const char *headers = jin_json(in, "headers");
    struct db_arg actions;
    int64_t project;
    struct row r;

    TRY(place_check(s, in, &project));
    TRY(check(s, in, project != 0, &actions));
    TRY(db_one(s->db, SQL_webhook_insert,
               DB_ARGS(db_i64(s->organization), db_i64(s->user), db_opt_i64(project != 0, project),
                       db_text(jin_text(in, "url")), db_bool(jin_bool(in, "send_payload", true)),
                       db_bool(jin_bool(in, "send_for_all_actions", true)), db_text(headers ? headers : "{}"),
                       db_bool(jin_bool(in, "is_active", true)), actions, db_text(jin_text(in, "secret"))),
               &r));
    *id = row_i64(&r, WEBHOOK_INSERT_ID);
    return noted(s, project);
}

err *webhook_update(struct scope *s, int64_t id, const struct jin *in)
{
    struct db_arg actions;
    int64_t project;
    struct row r;

    TRY(webhook_row(s, id, &r));
    project = project_of(&r);
    TRY(check(s, in, project != 0, &actions));
    TRY(db_exec(s->db, SQL_webhook_update,
                DB_ARGS(db_i64(id), db_text(jin_text(in, "url")), given_bool(in, "send_payload"),
                        given_bool(in, "send_for_all_actions"), db_text(jin_json(in, "headers")),
                        given_bool(in, "is_active"), actions, db_text(jin_text(in, "secret"))),
                NULL));
    return noted(s, project);
}

err *webhook_delete(struct scope *s, int64_t id)
{
    struct row r;
    int64_t n;

    TRY(webhook_row(s, id, &r));
    TRY(db_exec(s->db, SQL_webhook_delete, DB_ARGS(db_i64(id)), &n));
    if (n == 0)
        return no_webhook(s);
    return noted(s, project_of(&r));
}

/* ---- the log ---- */

err *webhook_deliveries(struct scope *s, int64_t id, int64_t before, struct rows *out)
{
    struct row r;

    TRY(webhook_row(s, id, &r));
    return db_many(s->db, SQL_webhook_deliveries,
                   DB_ARGS(db_i64(id), db_opt_i64(before > 0, before), db_i64(WEBHOOK_DELIVERIES_MOST)), out);
}

void webhook_delivery_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, WEBHOOK_DELIVERIES_ID);
    wire_ki64(w, "event", r, WEBHOOK_DELIVERIES_EVENT);
    wire_kstr(w, "action", r, WEBHOOK_DELIVERIES_ACTION);
    wire_kstr(w, "state", r, WEBHOOK_DELIVERIES_STATE);
    wire_ki64(w, "attempts", r, WEBHOOK_DELIVERIES_ATTEMPTS);
    wire_ki64(w, "status", r, WEBHOOK_DELIVERIES_STATUS);
    wire_kstr(w, "error", r, WEBHOOK_DELIVERIES_ERROR);
    wire_ki64(w, "duration_ms", r, WEBHOOK_DELIVERIES_DURATION_MS);
    wire_ktime(w, "created_at", r, WEBHOOK_DELIVERIES_CREATED_AT);
    wire_ktime(w, "finished_at", r, WEBHOOK_DELIVERIES_FINISHED_AT);
    jw_end(w);
}

err *webhook_test(struct scope *s, int64_t id, int64_t project)
{
    struct row r;

    TRY(webhook_row(s, id, &r));
    return db_exec(s->db, SQL_webhook_test, DB_ARGS(db_i64(id), db_i64(project)), NULL);
}

err *webhook_redeliver(struct scope *s, int64_t id, int64_t delivery, int64_t *again)
{
    struct row r;
    bool found;

    TRY(webhook_row(s, id, &r));
    TRY(db_opt(s->db, SQL_webhook_redeliver, DB_ARGS(db_i64(id), db_i64(delivery)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No Delivery matches the given query.");
    *again = row_i64(&r, WEBHOOK_REDELIVER_ID);
    return OK;
}
