/* The list that a refused import answers. */
#include "import/problems.h"

#include "labelconfig/lc.h"
#include "json/jw.h"

void problems_add(struct problems *p, struct arena *a, int64_t index, const char *problem,
                  json_t *item)
{
    const char *text;

    if (p->first && index >= PROBLEMS_MOST)
        return;
    text = lc_item_error(a, index, problem, item);
    if (index < PROBLEMS_MOST)
        p->by_item[index] = text;
    if (!p->first)
        p->first = text;
}

/* One entry per item, {} for good ones, at most PROBLEMS_MOST of them, then "...". A first problem
 * beyond that stands alone. */
err *problems_answer(const struct problems *p, struct arena *a, int64_t n_items)
{
    err *e = err_new(a, ERR_VALIDATION, NULL);
    int64_t n = n_items < PROBLEMS_MOST ? n_items : PROBLEMS_MOST;
    bool listed = false;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, 1u << 30);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_key(&w, "non_field_errors");
    jw_arr(&w);
    for (int64_t i = 0; i < n; i++)
        listed = listed || p->by_item[i];
    for (int64_t i = 0; i < n && listed; i++) {
        if (p->by_item[i])
            jw_str(&w, p->by_item[i]);
        else
            jw_raw(&w, "{}");
    }
    if (!listed)
        jw_str(&w, p->first);
    if (n_items > n)
        jw_str(&w, "...");
    jw_end(&w);
    jw_end(&w);
    TRY(strbuf_check(&b));
    e->validation_json = b.buf;
    return e;
}
