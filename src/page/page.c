/* The base of every page: templates, shared context, the message that survives one redirect, error pages. What a page shows
 * besides is in the file named after it. */
#include "page/page.h"

#include "api/gallery.h"
#include "base/cfg.h"
#include "base/log.h"
#include "base/text.h"
#include "core/names.h"
#include "http/csrf.h"
#include "page/assets.h"
#include "page/script.h"
#include "page/script_examples.h"
#include "page/times.h"
#include "tmpl/tmpl.h"

enum { PAGE_MOST_BYTES = 64 << 20, FLASH_MOST_BYTES = 3000, FLASH_LIFE_S = 60 };
static const char *const FLASH_COOKIE = "flash";

static struct tmpl_set *templates;
static const char *static_path;   /* the address of the static files */

err *page_init(struct arena *boot)
{
    const char *version;

    TRY(assets_version(boot, arena_printf(boot, "%s/static", cfg.template_dir), &version));
    static_path = arena_printf(boot, "%s/static/%s", cfg.base_path, version);
    TRY(gallery_load(boot, arena_printf(boot, "%s/gallery", cfg.template_dir)));
    script_settings_init(boot);
    TRY(script_examples_load(boot, arena_printf(boot, "%s/scripts", cfg.template_dir)));
    return tmpl_load(boot, cfg.template_dir, &templates);
}

static void release(void *tree)
{
    json_decref(tree);
}

/* ---- the message after a redirect ---- */

/* It rides in a cookie of one minute: no state on the server, nothing in the address. */
static void flash_set(struct rq *rq, json_t *flash)
{
    char *text = json_dumps(flash, JSON_COMPACT);

    json_decref(flash);
    if (!text)
        return;
    if (strlen(text) <= FLASH_MOST_BYTES)
        rs_cookie(rq, FLASH_COOKIE, b64url_encode(rq->a, text, strlen(text)), FLASH_LIFE_S, true);
    free(text);
}

/* Whatever a client made up stays text: the template escapes it, and an undo leads to this server only. */
static bool flash_valid(const json_t *flash)
{
    const char *kind = json_string_value(json_object_get(flash, "kind"));
    const json_t *undo = json_object_get(flash, "undo_href");

    return kind && (strcmp(kind, "good") == 0 || strcmp(kind, "bad") == 0) && json_is_string(json_object_get(flash, "text")) &&
           (!json_is_string(undo) || (json_string_value(undo)[0] == '/' && json_string_value(undo)[1] != '/'));
}

static json_t *flash_take(struct rq *rq)
{
    const char *cookie = rq_cookie(rq, FLASH_COOKIE);
    json_t *flash = NULL;
    const unsigned char *text;
    size_t n;

    if (!cookie || !*cookie)
        return json_null();
    rs_cookie(rq, FLASH_COOKIE, "", 0, true);
    text = b64url_decode(rq->a, cookie, strlen(cookie), &n);
    if (text)
        flash = json_loadb((const char *)text, n, 0, NULL);
    if (flash_valid(flash))
        return flash;
    json_decref(flash);
    return json_null();
}

static json_t *text_or_null(const char *s)
{
    return s ? json_string(s) : json_null();
}

/* A script that sent the form (static/js/upload.js) goes there by itself: if it followed a redirect, the message would be shown to it. */
static err *go(struct rq *rq, const char *path, int64_t tasks)
{
    struct jw *w;

    if (!rq_header(rq, "X-Upload"))
        return rs_redirect(rq, 303, path);
    w = rs_json(rq);
    jw_obj(w);
    jw_kstr(w, "href", path);
    jw_ki64(w, "tasks", tasks);
    jw_end(w);
    return OK;
}

static err *see_other(struct rq *rq, const char *path, int64_t tasks, json_t *flash)
{
    TRY(go(rq, path, tasks));
    flash_set(rq, flash);
    return OK;
}

static json_t *said(const char *kind, const char *text)
{
    return json_pack("{s:s, s:s, s:n, s:[]}", "kind", kind, "text", text, "undo_href", "undo_fields");
}

err *page_see_other(struct rq *rq, const char *path, const char *kind, const char *text)
{
    if (!text)
        return go(rq, path, 0);
    return see_other(rq, path, 0, said(kind, text));
}

err *page_see_other_imported(struct rq *rq, const char *path, const char *before, int64_t tasks, const char *after)
{
    const char *earlier = rq_form(rq, "imported");
    int64_t all = 0;

    if (earlier && !int_parse(earlier, 0, INT32_MAX, &all))
        all = 0;
    return see_other(rq, path, tasks,
                     said("good", arena_printf(rq->a, "%s%s%s", before, page_counted(rq->a, all + tasks, "task", "tasks"), after)));
}

err *page_see_other_undo(struct rq *rq, const char *path, const char *text, const char *undo_href, json_t *fields)
{
    return see_other(rq, path, 0, json_pack("{s:s, s:s, s:s, s:o}", "kind", "good", "text", text, "undo_href", undo_href, "undo_fields",
                                         fields));
}

/* ---- context ---- */

static json_t *user_object(struct rq *rq)
{
    const struct scope *s = rq->scope;
    json_t *o;

    if (!s || s->user == 0)
        return json_null();
    o = json_object();
    json_object_set_new(o, "id", json_integer(s->user));
    json_object_set_new(o, "email", json_string(s->email));
    json_object_set_new(o, "first_name", json_string(s->first_name));
    json_object_set_new(o, "last_name", json_string(s->last_name));
    json_object_set_new(o, "initials", json_string(names_initials(rq->a, s->first_name, s->last_name, s->username, s->email)));
    json_object_set_new(o, "role", json_string(s->role));
    return o;
}

static json_t *organization_object(const struct scope *s)
{
    if (!s || s->organization == 0)
        return json_null();
    return json_pack("{s:I, s:s}", "id", (json_int_t)s->organization, "title", s->organization_title);
}

/* {"projects_create": true, …}: only what is held, so that templates test for presence. */
static json_t *can_object(struct arena *a, const struct scope *s)
{
    json_t *o = json_object();

    for (int p = PERM_NONE + 1; s && p < PERM_COUNT; p++) {
        char *name;

        if (!scope_can(s, (enum perm)p))
            continue;
        name = arena_strdup(a, perm_name((enum perm)p));
        for (char *c = name; *c; c++)
            if (*c == '.')
                *c = '_';
        json_object_set_new(o, name, json_true());
    }
    return o;
}

json_t *page_context(struct rq *rq, const char *title)
{
    json_t *ctx = json_object();

    arena_defer(rq->a, release, ctx);
    json_object_set_new(ctx, "base", json_string(cfg.base_path));
    json_object_set_new(ctx, "static", json_string(static_path));
    json_object_set_new(ctx, "csrf", json_string(csrf_token(rq)));
    json_object_set_new(ctx, "user", user_object(rq));
    json_object_set_new(ctx, "organization", organization_object(rq->scope));
    json_object_set_new(ctx, "can", can_object(rq->a, rq->scope));
    json_object_set_new(ctx, "page", json_pack("{s:s, s:[{s:s, s:s}]}", "title", "", "crumbs", "href", "/projects/", "text", "Projects"));
    json_object_set_new(ctx, "flash", flash_take(rq));
    json_object_set_new(ctx, "search", json_string(""));
    json_object_set_new(ctx, "request_id", json_string(rq->id));
    json_object_set_new(ctx, "version", json_string(PACKAGE_VERSION));
    json_object_set_new(ctx, "error", json_null());
    json_object_set_new(ctx, "errors", json_object());
    json_object_set_new(ctx, "values", json_object());
    page_crumb(ctx, "/projects/", title);
    return ctx;
}

void page_crumb(json_t *ctx, const char *href, const char *text)
{
    json_t *page = json_object_get(ctx, "page"), *crumbs = json_object_get(page, "crumbs");
    json_t *last = json_array_get(crumbs, json_array_size(crumbs) - 1);

    json_object_set_new(last, "href", json_string(href));
    json_array_append_new(crumbs, json_pack("{s:n, s:s}", "href", "text", text));
    json_object_set_new(page, "title", json_string(text));
}

/* Where the guide speaks of a page; of the others its beginning. */
static const char *help_href(const char *template)
{
    static const char *const helps[][2] = {
        {"projects/list", "/docs/#projects"},
        {"projects/new", "/docs/#minutes"},
        {"projects/data", "/docs/#tasks"},
        {"projects/data_confirm", "/docs/#picking"},
        {"projects/import", "/docs/import#json"},
        {"projects/export", "/docs/export#formats"},
        {"projects/settings_form", "/docs/#settings"},
        {"projects/settings_instructions", "/docs/#settings"},
        {"projects/settings_labeling", "/docs/label#configuration"},
        {"projects/settings_danger", "/docs/#settings"},
        {"projects/settings_ml", "/docs/calls#models"},
        {"projects/settings_predictions", "/docs/label#start"},
        {"projects/settings_storage", "/docs/import#storage"},
        {"projects/settings_members", "/docs/teams#roles"},
        {"projects/settings_webhooks", "/docs/calls#webhooks"},
        {"projects/settings_script", "/docs/scripts#write"},
        {"organization", "/docs/#roles"},
        {"organization_settings", "/docs/#organization"},
        {"organization_permissions", "/docs/#organization"},
        {"organization_tags", "/docs/#organization"},
        {"organization_activity", "/docs/#organization"},
        {"workspaces", "/docs/teams#workspaces"},
        {"workspace", "/docs/teams#workspaces"},
        {"trash", "/docs/operate#trash"},
        {"projects/trash", "/docs/operate#trash"},
        {"user/account", "/docs/#account"},
        {"user/signup", "/docs/install#first"},
    };

    for (size_t i = 0; i < sizeof helps / sizeof *helps; i++)
        if (strcmp(helps[i][0], template) == 0)
            return helps[i][1];
    return "/docs/";
}

err *page_render(struct rq *rq, const char *template, json_t *ctx)
{
    struct strbuf b;

    json_object_set_new(ctx, "help_href", json_string(help_href(template)));

    times_to_local(rq, ctx);
    strbuf_init(&b, rq->a, PAGE_MOST_BYTES);
    TRY(tmpl_render(templates, rq->a, template, ctx, &b));
    rs_type(rq, "text/html; charset=utf-8");
    rs_write(rq, b.buf, b.len);
    return OK;
}

/* ---- the gate's pages ---- */

static const char *error_template(int status)
{
    switch (status) {
    case 403:
        return "error/403";
    case 404:
    case 405:
        return "error/404";
    case 413:
        return "error/413";
    case 503:
        return "error/503";
    case 507:
        return "error/507";
    default:
        return status < 500 ? "error/400" : "error/500";
    }
}

/* The kind's own text says no more than the page does. */
static const char *own_detail(struct arena *a, const err *e)
{
    if (e->validation_json)
        return page_error_words(a, e);
    return e->detail && strcmp(e->detail, err_default_detail(e->kind)) != 0 && e->kind != ERR_INTERNAL && e->kind != ERR_METHOD &&
                   e->kind != ERR_NOT_FOUND
               ? e->detail
               : NULL;
}

static void plain_error(struct rq *rq, int status)
{
    rs_type(rq, "text/html; charset=utf-8");
    rs_puts(rq, arena_printf(rq->a, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Error %d</title></head>"
                                    "<body><h1>Error %d</h1><p>Request %s</p></body></html>\n",
                             status, status, rq->id));
}

void page_error(struct rq *rq, const err *e)
{
    int status = err_status(e);
    json_t *ctx;
    err *again;

    rs_reset(rq->rs);
    rq->csrf = NULL;   /* its cookie was forgotten with the rest */
    rs_status(rq, status);
    if (e->retry_after_s > 0)
        rs_header(rq, "Retry-After", arena_printf(rq->a, "%d", e->retry_after_s));
    ctx = page_context(rq, "Error");
    json_object_set_new(ctx, "detail", text_or_null(own_detail(rq->a, e)));
    json_object_set_new(ctx, "back_href", text_or_null(rq->method == M_POST ? rq->path : NULL));
    again = page_render(rq, error_template(status), ctx);
    if (again) {
        log_err(again, "error page failed");
        plain_error(rq, status);
    }
}

err *page_waiting(struct rq *rq)
{
    json_t *ctx = page_context(rq, "Waiting for activation");

    rs_status(rq, 403);
    return page_render(rq, "user/waiting", ctx);
}
