/* Scripts of projects where they run: the resource that the labelling page loads, and what that page is told.
 * static/js/script-runtime.js runs them; script_settings.c has the page on which they are written. */
#include "page/script.h"

#include "api/gate.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "core/project.h"
#include "core/script.h"
#include "page/page.h"

/* The wrapper's first line has no text of the script: static/js/script-faults.js counts on that. Not a module: scripts are sloppy. */
err *page_script_js(struct rq *rq)
{
    struct script now;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(script_current(rq->scope, rq_int(rq, "id"), &now));
    if (!*now.text)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    rs_type(rq, "text/javascript; charset=utf-8");
    rs_puts(rq, "labeldScript(async function (LSI) {\n");
    rs_puts(rq, now.text);
    rs_puts(rq, "\n});\n");
    return OK;
}

/* Managers may open a task without the script, when it stands in the way. */
static bool left_out(const struct rq *rq)
{
    return rq_query(rq, "no_script") && scope_can(rq->scope, PERM_CUSTOM_SCRIPTS_CHANGE);
}

err *script_island(struct rq *rq, int64_t project, json_t *island)
{
    struct script now;
    json_t *o;

    json_object_set_new(island, "script", json_null());
    TRY(script_current(rq->scope, project, &now));
    if (!*now.text || left_out(rq))
        return OK;
    o = json_object();
    page_set_text(o, "src", arena_printf(rq->a, "%s/projects/%lld/custom-script.js?v=%lld", cfg.base_path, (long long)project,
                                         (long long)now.version));
    page_set_int(o, "version", now.version);
    page_set_bool(o, "full", scope_can(rq->scope, PERM_CUSTOM_SCRIPTS_CHANGE));
    json_object_set_new(island, "script", o);
    gate_csp_script(rq, now.hosts, NULL);
    return OK;
}
