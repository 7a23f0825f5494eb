/* The gate: every request passes here, and every rule that the route table states is applied here, in one order.
 * Handlers are called with the user known, the permission held, the body read and the transaction open. */
#include "api/gate.h"

#include "api/credentials.h"
#include "api/etag.h"
#include "api/negotiate.h"
#include "api/routes.h"
#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/seats.h"
#include "base/text.h"
#include "core/activity.h"
#include "core/auth.h"
#include "core/known.h"
#include "http/csrf.h"
#include "page/page.h"

enum { FEW_WORKERS = 3 };

static struct {
    struct db *db;
    struct route_trie *routes;
    const char *editor_frame; /* who may frame the editor of the current request; NULL: no editor in it */
    bool media;               /* it shows media of tasks, wherever they are */
    const char *script_hosts; /* where else its scripts may come from; NULL: nowhere */
    const char *script_nonce; /* of the inline script that it may run; NULL: none */
} gate;

/* ---- start ---- */

/* A permission that is missing must be answered for every object; a new kind of object needs its line in auth.c. */
static void check_table(const struct route *routes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct route *r = &routes[i];

        if (r->permission != PERM_NONE && strchr(r->pattern, '{') && !auth_object_known(r->pattern))
            BUG("route \"%s\": no query tells whether its object is visible", r->pattern);
    }
}

err *gate_init(struct arena *boot, struct db *db, const char *pool)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    check_table(routes, n);
    gate.db = db;
    gate.routes = route_build(boot, routes, n);
    log_msg(LOG_DEBUG, "routes compiled", "pool=%s routes=%zu", pool, n);
    return page_init(boot);
}

struct db *gate_db(void)
{
    return gate.db;
}

/* ---- headers of pages ---- */

static const char csp_page[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* The same for a page that shows the media of tasks. */
static const char *csp_media(struct arena *a)
{
    return arena_printf(a,
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: %s; media-src 'self' %s; font-src 'self'; "
                        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                        cfg.media_hosts, cfg.media_hosts);
}

/* The editor compiles WebAssembly, writes style elements, and loads the media of tasks from wherever they are. */
static const char *csp_editor(struct arena *a)
{
    const char *hosts = gate.script_hosts ? gate.script_hosts : "";
    const char *inline_script = gate.script_nonce ? arena_printf(a, "'nonce-%s' ", gate.script_nonce) : "";

    return arena_printf(a,
                        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' %s%s; style-src 'self' 'unsafe-inline' %s; "
                        "img-src 'self' data: blob: %s; media-src 'self' data: blob: %s; font-src 'self' data: %s; "
                        "connect-src 'self' data: blob: %s %s; worker-src 'self' blob:; object-src 'self'; frame-src 'self'; "
                        "form-action 'self'; base-uri 'none'; frame-ancestors %s",
                        inline_script, hosts, hosts, cfg.media_hosts, cfg.media_hosts, hosts, cfg.media_hosts, hosts, gate.editor_frame);
}

void gate_csp_editor(struct rq *rq, bool framed)
{
    (void)rq;
    gate.editor_frame = framed ? "'self'" : "'none'";
}

void gate_csp_media(struct rq *rq)
{
    (void)rq;
    gate.media = true;
}

void gate_csp_script(struct rq *rq, const char *hosts, const char *nonce)
{
    (void)rq;
    gate.script_hosts = hosts;
    gate.script_nonce = nonce;
}

static void page_headers(struct rq *rq)
{
    rs_header(rq, "Content-Security-Policy", gate.editor_frame ? csp_editor(rq->a) : gate.media ? csp_media(rq->a) : csp_page);
    rs_header(rq, "Cache-Control", "private, no-cache");
}

/* ---- who ---- */

static bool has(const struct rq *rq, unsigned flag)
{
    return rq->match.route && rq->match.route->flags & flag;
}

static bool is_api_path(const struct rq *rq)
{
    return text_starts(rq->path, "/api/") || text_starts(rq->path, "/data/");
}

/* Does a person look at the answer? Unknown addresses count by what the client asks for. */
static bool is_page(const struct rq *rq)
{
    if (rq->match.route)
        return has(rq, RF_PAGE);
    return !is_api_path(rq) && rq_wants_html(rq);
}

/* On public routes and on pages a bad credential is no credential. */
static err *authenticate(struct rq *rq)
{
    err *e = credentials_check(rq, !is_page(rq));

    if (e && e->kind == ERR_UNAUTHENTICATED && (has(rq, RF_PUBLIC) || is_page(rq))) {
        auth_nobody(rq->scope, rq->a, gate.db);
        return OK;
    }
    return e;
}

/* An unknown address still shows whose session it is, so that the page can lead back. */
static err *not_found(struct rq *rq)
{
    if (is_page(rq)) {
        TRY(db_ensure(gate.db));
        TRY(authenticate(rq));
    }
    return err_new(rq->a, ERR_NOT_FOUND, NULL);
}

/* Log-ins and tokens are short; what strangers send must not fill memory and disk. */
enum { STRANGERS_BODY_BYTES = 1 << 20 };

static bool is_anonymous(const struct rq *rq)
{
    return rq->scope->user == 0;
}

/* Accounts that are not yet, or no longer, in an organization see one page that says so; their own account stays open to them. */
static bool must_wait(const struct rq *rq)
{
    const struct scope *s = rq->scope;

    return has(rq, RF_PAGE) && !has(rq, RF_PUBLIC) && !is_anonymous(rq) &&
           (s->organization == 0 || role_parse(s->role) == R_NO) && !text_starts(rq->path, "/logout") &&
           !text_starts(rq->path, "/user/account");
}

static err *to_login(struct rq *rq)
{
    const char *next = rq->query_string[0] ? arena_printf(rq->a, "%s?%s", rq->path, rq->query_string) : rq->path;

    if (rq->method != M_GET && rq->method != M_HEAD)
        next = "/";
    return rs_redirect(rq, 302, arena_printf(rq->a, "/user/login/?next=%s", url_encode(rq->a, next)));
}

/* ---- may they ---- */

/* Without an organization lists are empty rather than forbidden, as on the reference. */
static bool reads_empty_list(const struct rq *rq)
{
    return rq->scope->organization == 0 && rq->match.n == 0 && (rq->method == M_GET || rq->method == M_HEAD);
}

static err *permit(struct rq *rq)
{
    const struct route *r = rq->match.route;

    if (scope_can(rq->scope, (enum perm)r->permission) || reads_empty_list(rq))
        return OK;
    if (rq->match.n > 0)
        return auth_refuse(rq->scope, r->pattern, rq->match.texts[0]);
    return err_new(rq->a, ERR_PERMISSION, NULL);
}

static err *enter_project(struct rq *rq)
{
    if (rq->match.n > 0)
        return auth_enter(rq->scope, rq->match.route->pattern, rq->match.texts[0]);
    return auth_enter_project(rq->scope, rq_query(rq, "project"));
}

static bool is_unsafe(const struct rq *rq)
{
    return rq->method != M_GET && rq->method != M_HEAD && rq->method != M_OPTIONS;
}

/* Forms carry the token; calls of our scripts and of custom scripts are known by their origin, unless they ask for more. */
static err *check_csrf(struct rq *rq)
{
    const char *strict = rq_query(rq, "enforce_csrf_checks");

    if (!is_unsafe(rq) || (rq->scope->auth != AUTH_SESSION && !has(rq, RF_CSRF)))
        return OK;
    return csrf_check(rq, has(rq, RF_CSRF) || (strict && strcmp(strict, "1") == 0));
}

/* ---- what they sent ---- */

static err *read_form(struct rq *rq, bool partial)
{
    const char **names = arena_array(rq->a, rq->nform, sizeof *names);
    const char **values = arena_array(rq->a, rq->nform, sizeof *values);

    for (size_t i = 0; i < rq->nform; i++) {
        names[i] = rq->form[i].name;
        values[i] = rq->form[i].value;
    }
    return jin_read_form(rq->a, rq->match.route->body, names, values, rq->nform, partial, &rq->in);
}

static err *read_body(struct rq *rq)
{
    static const struct span empty = {"{}", 2};
    const struct route *r = rq->match.route;
    bool partial = rq->method == M_PATCH;

    if (!r->body)
        return OK;
    TRY(rq_body(rq));
    if (rq->body_is_form)
        return read_form(rq, partial);
    return jin_read(rq->a, r->body, rq->body.len ? rq->body : empty, partial, (int)cfg.json_max_depth, &rq->in);
}

/* ---- the handler ---- */

static err *run_guarded(struct rq *rq)
{
    const char *tag;

    TRY(etag_check(rq));
    TRY(etag_offer(rq, &tag));
    TRY(rq->match.route->handler(rq));
    if (tag && !rq->rs->started)
        rs_header(rq, "ETag", tag);
    return OK;
}

/* May run several times: what an earlier attempt wrote is forgotten. */
static err *run_in_transaction(struct db *db, void *arg)
{
    struct rq *rq = arg;

    (void)db;
    rs_reset(rq->rs);
    rq->csrf = NULL;
    return run_guarded(rq);
}

static err *run_handler(struct rq *rq)
{
    if (!has(rq, RF_TX))
        return run_guarded(rq);
    rq->rs->hold = true;
    return tx_run(gate.db, TX_WRITE, run_in_transaction, rq);
}

/* What is wrong with a request for an object that the caller cannot see is not discussed: 404, as if it had been looked up first. */
static err *unless_hidden(struct rq *rq, err *e)
{
    const struct route *r = rq->match.route;
    err *hidden;

    if (!e || rq->rs->started || rq->match.n == 0 || !auth_object_known(r->pattern) ||
        (e->kind != ERR_VALIDATION && e->kind != ERR_PARSE && e->kind != ERR_BAD_REQUEST && e->kind != ERR_MEDIA_TYPE))
        return e;
    hidden = auth_refuse(rq->scope, r->pattern, rq->match.texts[0]);
    return hidden->kind == ERR_PERMISSION ? e : hidden;
}

static err *read_and_run(struct rq *rq)
{
    err *bad = read_body(rq);

    if (!bad)
        bad = run_handler(rq);
    if (bad && has(rq, RF_BARE))
        bad->bare_json = bad->validation_json;
    return bad;
}

/* One caller leaves a worker of the slow pool to the others, where there are enough of them. */
static err *take_seat(struct rq *rq)
{
    int64_t most = cfg.slow_workers > FEW_WORKERS ? cfg.slow_workers - 1 : cfg.slow_workers;

    if (!has(rq, RF_SLOW) || is_anonymous(rq) || seats_take(rq->scope->user, (int)most))
        return OK;
    return err_new(rq->a, ERR_THROTTLED, "Too many large requests at the same time, please try again.");
}

static err *serve_caller(struct rq *rq)
{
    TRY(authenticate(rq));
    if (is_anonymous(rq) && rq->body_most > STRANGERS_BODY_BYTES)
        rq->body_most = STRANGERS_BODY_BYTES;
    if (is_anonymous(rq) && !has(rq, RF_PUBLIC))
        return has(rq, RF_PAGE) ? to_login(rq) : err_new(rq->a, ERR_UNAUTHENTICATED, NULL);
    if (must_wait(rq))
        return page_waiting(rq);
    TRY(take_seat(rq));
    TRY(enter_project(rq));
    TRY(permit(rq));
    TRY(check_csrf(rq));
    return unless_hidden(rq, read_and_run(rq));
}

/* What only reads, and what is one transaction, may begin while the credential is looked up: nothing remains of it when that fails. */
static bool may_guess(const struct rq *rq)
{
    return !has(rq, RF_SLOW) && (!is_unsafe(rq) || has(rq, RF_TX));
}

/* The caller is not who they were: once more, and ask first. */
static err *serve_again(struct rq *rq)
{
    db_forget_ahead(gate.db);
    auth_nobody(rq->scope, rq->a, gate.db);
    rs_reset(rq->rs);
    rq->csrf = NULL;
    return serve_caller(rq);
}

static err *serve_known(struct rq *rq)
{
    err *e, *unsettled;
    bool wrong;

    if (!has(rq, RF_PAGE) && text_starts(rq->path, "/api/"))
        TRY(negotiate_accept(rq));
    if (has(rq, RF_NODB))
        return read_and_run(rq);
    TRY(db_ensure(gate.db));
    rq->scope->may_guess = may_guess(rq);
    e = serve_caller(rq);
    unsettled = known_settle(rq->scope, &wrong);
    if (wrong)
        return serve_again(rq);
    return e ? e : unsettled;
}

static err *serve(struct rq *rq)
{
    bool known = route_find(gate.routes, rq->a, rq->method, rq->path, &rq->match);

    if (!is_page(rq))
        negotiate_cors(rq);
    if (negotiate_is_preflight(rq))
        return negotiate_preflight(rq);
    if (!known)
        return not_found(rq);
    negotiate_allow(rq);
    if (rq->match.route)
        return serve_known(rq);
    if (rq->method == M_OPTIONS)
        return negotiate_options(rq, gate.routes);
    return err_new(rq->a, ERR_METHOD, "Method \"%s\" not allowed.", method_names[rq->method]);
}

/* ---- the answer ---- */

static void fail(struct rq *rq, const err *e)
{
    if (rq->rs->started || !is_page(rq)) {
        rs_error(rq, e);
        return;
    }
    log_err(e, "page failed");
    gate.editor_frame = NULL;
    gate.media = false;
    gate.script_hosts = gate.script_nonce = NULL;
    page_error(rq, e);
    page_headers(rq);
    if (rs_finish(rq) != OK)
        log_msg(LOG_DEBUG, "client is gone", "path=%s", rq->path);
}

void gate_handle(struct rq *rq)
{
    err *e;

    gate.editor_frame = NULL;
    gate.media = false;
    gate.script_hosts = gate.script_nonce = NULL;
    rq->scope = ARENA_NEW(rq->a, struct scope);
    auth_nobody(rq->scope, rq->a, gate.db);
    e = serve(rq);
    if (!e) {
        if (is_page(rq))
            page_headers(rq);
        e = rs_finish(rq);
    }
    if (e && rq->rs->finished)
        log_msg(LOG_DEBUG, "client is gone", "path=%s", rq->path);
    else if (e)
        fail(rq, e);
    seats_leave();
}

/* ---- the activity log ---- */

/* Secrets that clients put into addresses stay out of the log. */
static const char *logged_url(const struct rq *rq)
{
    if (!rq->query_string[0] || strstr(rq->query_string, "token"))
        return rq->path;
    return arena_printf(rq->a, "%s?%s", rq->path, rq->query_string);
}

void gate_note(const struct rq *rq, int64_t duration_us)
{
    if (!rq->scope || !rq->match.route || !is_unsafe(rq))
        return;
    activity_note(rq->scope, &(struct activity){
        .method = method_names[rq->method],
        .url = logged_url(rq),
        .referer = rq_header(rq, "Referer"),
        .user_agent = rq_header(rq, "User-Agent"),
        .ip_address = rq_remote_addr(rq),
        .pattern = rq->match.route->pattern,
        .object = rq->match.n > 0 ? rq->match.texts[0] : NULL,
        .project = rq_query(rq, "project"),
        .at_us = clock_wall_us() - duration_us,
        .duration_us = duration_us,
        .status = rq->rs->status,
    });
}
