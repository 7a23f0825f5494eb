/* The user guide: one template per page below docs/. */
#include "api/handlers.h"
#include "page/page.h"

/* A name of ours: what else could stand in a path is no page. */
static bool name_valid(const char *s)
{
    return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

err *page_docs(struct rq *rq)
{
    const char *name = rq->match.n ? rq_arg(rq, "page") : "index";
    json_t *ctx;

    if (!name_valid(name))
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    ctx = page_context(rq, "User guide");
    json_object_set_new(ctx, "doc", json_pack("{s:b}", name, 1));
    return page_render(rq, arena_printf(rq->a, "docs/%s", name), ctx);
}
