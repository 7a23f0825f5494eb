/* Pages of lists, as the reference API words them. */
#include "api/paging.h"

#include <string.h>

#include "base/text.h"

static err *invalid_page(struct rq *rq)
{
    return err_new(rq->a, ERR_NOT_FOUND, "Invalid page.");
}

int64_t paging_size(struct rq *rq, int64_t normal, int64_t most, bool all_allowed)
{
    const char *text = rq_query(rq, "page_size");
    int64_t size;

    if (!text || !int_parse(text, -1, INT32_MAX, &size) || size == 0)
        return normal;
    if (size < 0)
        return all_allowed ? (most ? most : INT32_MAX) : normal;
    return most && size > most ? most : size;
}

err *paging_read(struct rq *rq, int64_t normal, int64_t most, bool all_allowed, struct paging *out)
{
    const char *page = rq_query(rq, "page");

    *out = (struct paging){1, paging_size(rq, normal, most, all_allowed)};
    if (!page || !*page)
        return OK;
    if (strcmp(page, "last") == 0) {
        out->page = 0;
        return OK;
    }
    return int_parse(page, 1, INT32_MAX, &out->page) ? OK : invalid_page(rq);
}

err *paging_check(struct rq *rq, struct paging *p, int64_t total)
{
    int64_t last = total > 0 ? (total - 1) / p->size + 1 : 1;

    if (p->page == 0)
        p->page = last;
    return p->page <= last ? OK : invalid_page(rq);
}

static const char *page_url(struct rq *rq, int64_t page)
{
    return rq_url_with(rq, "page", page <= 1 ? NULL : arena_printf(rq->a, "%lld", (long long)page));
}

void paging_open(struct rq *rq, struct jw *w, const struct paging *p, int64_t total)
{
    jw_obj(w);
    jw_ki64(w, "count", total);
    jw_kstr(w, "next", p->page * p->size < total ? page_url(rq, p->page + 1) : NULL);
    jw_kstr(w, "previous", p->page > 1 ? page_url(rq, p->page - 1) : NULL);
    jw_key(w, "results");
    jw_arr(w);
}
