/* Handlers about the server itself: is it alive, is it ready, what is it, what does it serve. */
#include "api/gate.h"
#include "api/handlers.h"
#include "api/openapi.h"
#include "base/text.h"
#include "core/scope.h"
#include "db/migrate.h"

err *api_health(struct rq *rq)
{
    rs_type(rq, "text/html; charset=utf-8");
    rs_puts(rq, "{\"status\": \"UP\"}");
    return OK;
}

err *api_ready(struct rq *rq)
{
    bool current;
    struct jw *w;

    TRY(db_ensure(gate_db()));
    TRY(migrate_current(gate_db(), &current));
    if (!current)
        return err_new(rq->a, ERR_UNAVAILABLE, "The database schema is not that of this program: run labeld-admin migrate.");
    w = rs_json(rq);
    jw_obj(w);
    jw_kstr(w, "status", "UP");
    jw_end(w);
    return OK;
}

/* Monitors look whether the address answers; figures are told by `labeld-admin show`. */
err *api_metrics(struct rq *rq)
{
    rs_type(rq, "text/html; charset=utf-8");
    return OK;
}

/* There are none: what the server can do does not hang on switches. */
err *api_feature_flags(struct rq *rq)
{
    struct jw *w;

    if (!rq->scope->is_superuser)
        return err_new(rq->a, ERR_PERMISSION, NULL);
    w = rs_json(rq);
    jw_obj(w);
    jw_end(w);
    return OK;
}

/* ---- version ---- */

static void write_part(struct jw *w, const char *name)
{
    jw_key(w, name);
    jw_obj(w);
    jw_kstr(w, "message", "");
    jw_kstr(w, "commit", "");
    jw_kstr(w, "date", "");
    jw_kstr(w, "branch", "");
    jw_kstr(w, "version", LABELD_COMPAT_RELEASE);
    jw_end(w);
}

static void write_package(struct jw *w)
{
    jw_key(w, "label-studio-os-package");
    jw_obj(w);
    jw_kstr(w, "version", LABELD_COMPAT_RELEASE);
    jw_kraw(w, "short_version", "\"1.23\"");
    jw_knull(w, "latest_version_from_pypi");
    jw_knull(w, "latest_version_upload_time");
    jw_kbool(w, "current_version_is_outdated", false);
    jw_end(w);
}

/* The older client makes the calls for workspaces and members only when it sees the key of the enterprise backend; the newer one
 * looks at `edition` to choose how to export. */
static void write_version(struct jw *w)
{
    jw_obj(w);
    jw_kstr(w, "release", LABELD_COMPAT_RELEASE);
    write_package(w);
    write_part(w, "label-studio-os-backend");
    write_part(w, "label-studio-frontend");
    write_part(w, "dm2");
    write_part(w, "label-studio-converter");
    write_part(w, "label-studio-enterprise-backend");
    jw_kstr(w, "edition", "Community");
    jw_key(w, "labeld");
    jw_obj(w);
    jw_kstr(w, "version", PACKAGE_VERSION);
    jw_end(w);
    jw_end(w);
}

err *api_version(struct rq *rq)
{
    write_version(rs_json(rq));
    return OK;
}

/* The same for who looks with a browser. */
err *api_version_text(struct rq *rq)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 65536);
    jw_init_strbuf(&w, &b);
    write_version(&w);
    rs_type(rq, "text/html; charset=utf-8");
    rs_puts(rq, "<pre>");
    rs_write(rq, b.buf, b.len);
    rs_puts(rq, "</pre>");
    return OK;
}

err *api_schema(struct rq *rq)
{
    struct jw *w = rs_json(rq);

    rs_type(rq, "application/vnd.oai.openapi+json");
    openapi_write(w);
    return OK;
}
