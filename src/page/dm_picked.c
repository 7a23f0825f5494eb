/* Picked tasks, read from a form or an address, and written as a question or into the next form. */
#include "page/dm_picked.h"

#include <string.h>

#include "page/page.h"

enum { TEXT_MOST = 32 << 20 };

static err *read_pairs(struct rq *rq, const struct rq_pair *pairs, size_t n, struct dm_picked *out)
{
    const char *all = NULL;
    int64_t *ids;

    for (size_t i = 0; i < n; i++)
        if (strcmp(pairs[i].name, "all") == 0)
            all = pairs[i].value;
    *out = (struct dm_picked){.all = all && strcmp(all, "1") == 0};
    TRY(page_pairs_ids(rq, pairs, n, out->all ? "except" : "ids", &ids, &out->n));
    out->ids = ids;
    return OK;
}

err *dm_picked_form(struct rq *rq, struct dm_picked *out)
{
    TRY(rq_body(rq));
    return read_pairs(rq, rq->form, rq->nform, out);
}

err *dm_picked_query(struct rq *rq, struct dm_picked *out)
{
    return read_pairs(rq, rq->query, rq->nquery, out);
}

bool dm_picked_any(const struct dm_picked *p)
{
    return p->all || p->n > 0;
}

/* ---- as a question ---- */

static json_t *numbers(const struct dm_picked *p)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->n; i++)
        json_array_append_new(list, json_integer(p->ids[i]));
    return list;
}

static bool has(const struct dm_picked *p, int64_t id)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->ids[i] == id)
            return true;
    return false;
}

/* All of a tab that has a choice of its own: that one, without what is excepted. */
static json_t *all_of_tab(const json_t *tab, const struct dm_picked *p)
{
    json_t *list, *one;
    size_t i;

    if (json_is_true(json_object_get(tab, "all"))) {
        list = numbers(p);
        json_array_extend(list, json_object_get(tab, "excluded"));
        return json_pack("{s:b, s:o}", "all", 1, "excluded", list);
    }
    list = json_array();
    json_array_foreach(json_object_get(tab, "included"), i, one)
        if (!has(p, json_integer_value(one)))
            json_array_append(list, one);
    return json_pack("{s:b, s:o}", "all", 0, "included", list);
}

json_t *dm_picked_question(struct arena *a, const struct dm_state *s, const struct dm_picked *p)
{
    json_t *question = dm_state_question(a, s), *items;

    if (p->all && s->selected)
        items = all_of_tab(s->selected, p);
    else
        items = json_pack("{s:b, s:o}", "all", p->all, p->all ? "excluded" : "included", numbers(p));
    json_object_set_new(question, "selectedItems", items);
    return question;
}

/* ---- for the next form, and for an address ---- */

static const char *joined(struct arena *a, const struct dm_picked *p)
{
    struct strbuf b;

    strbuf_init(&b, a, TEXT_MOST);
    for (size_t i = 0; i < p->n; i++)
        strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)p->ids[i]);
    return p->n ? b.buf : "";
}

json_t *dm_picked_fields(struct arena *a, const struct dm_picked *p)
{
    if (!p->all)
        return json_pack("[{s:s, s:s}]", "name", "ids", "value", joined(a, p));
    return json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "all", "value", "1", "name", "except", "value", joined(a, p));
}

const char *dm_picked_href(struct arena *a, const struct dm_picked *p)
{
    if (!dm_picked_any(p))
        return "";
    if (p->all && p->n == 0)
        return "&all=1";
    return arena_printf(a, "&%s=%s", p->all ? "all=1&except" : "ids", joined(a, p));
}
