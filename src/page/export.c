/* The export tab: a form that leads to the API's own download. */
#include "api/handlers.h"

#include "core/project.h"
#include "core/project.sql.h"
#include "core/scope.h"
#include "export/exp.h"
#include "page/project_page.h"

static json_t *formats_read(struct arena *a, const struct lc *lc)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, 1 << 20);
    jw_init_strbuf(&w, &b);
    exp_formats_write(&w, lc);
    return json_loadb(b.buf, b.len, 0, NULL);
}

static json_t *formats(struct arena *a, const struct lc *lc)
{
    json_t *all = formats_read(a, lc), *out = json_array(), *f;
    size_t i;

    json_array_foreach(all, i, f)
    {
        json_t *one;
        if (json_is_true(json_object_get(f, "disabled")))
            continue;
        one = json_pack("{s:O, s:O, s:O, s:b}", "name", json_object_get(f, "name"), "title",
                        json_object_get(f, "title"), "text", json_object_get(f, "description"),
                        "selected", json_array_size(out) == 0);
        json_array_append_new(out, one);
    }
    json_decref(all);
    return out;
}

err *page_export(struct rq *rq)
{
    const struct lc *lc;
    struct row r;
    json_t *ctx;

    TRY(project_page(rq, "export", "Export", &r, &ctx));
    TRY(project_config(rq->scope, rq_int(rq, "id"), &lc, NULL, NULL));
    json_object_set_new(ctx, "formats", formats(rq->a, lc));
    json_object_set_new(ctx, "has_snapshots", json_false());
    page_set_text(ctx, "api_text",
                  arena_printf(rq->a,
                               "curl -H 'Authorization: Token …' -o project-%lld.json "
                               "'%s/api/projects/%lld/export?exportType=JSON'",
                               (long long)rq_int(rq, "id"), rq_base_url(rq),
                               (long long)rq_int(rq, "id")));
    return page_render(rq, "projects/export", ctx);
}
