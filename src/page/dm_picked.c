/* Picked tasks, read from a form or an address, and written as a question or into the next form. */
#include "page/dm_picked.h"

#include <string.h>

#include "base/text.h"
#include "dm/pick.h"
#include "page/page.h"

enum { TEXT_MOST = 32 << 20, IDS_IN_ADDRESS = 200 /* with a filter beside them, web servers take 8 kB */ };

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
    const char *kept = rq_query(rq, "picked");
    int64_t *ids;

    if (!kept)
        return read_pairs(rq, rq->query, rq->nquery, out);
    *out = (struct dm_picked){.n = 0};
    if (!int_parse(kept, 1, INT64_MAX, &out->kept))
        return err_new(rq->a, ERR_BAD_REQUEST, "A whole number is expected, not \"%s\".", kept);
    TRY(pick_get(rq->scope, rq_int(rq, "id"), out->kept, &out->all, &ids, &out->n));
    out->ids = ids;
    return OK;
}

err *dm_picked_keep(struct rq *rq, struct dm_picked *p)
{
    if (p->n <= IDS_IN_ADDRESS)
        return OK;
    return pick_keep(rq->scope, rq_int(rq, "id"), p->all, p->ids, p->n, &p->kept);
}

bool dm_picked_any(const struct dm_picked *p)
{
    return p->all || p->n > 0;
}

/* ---- as a question ---- */

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
    json_t *list, *one, *items;
    size_t i;

    if (json_is_true(json_object_get(tab, "all"))) {
        items = pick_items(true, p->ids, p->n);
        json_array_extend(json_object_get(items, "excluded"), json_object_get(tab, "excluded"));
        return items;
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
        items = pick_items(p->all, p->ids, p->n);
    json_object_set_new(question, "selectedItems", items);
    return question;
}

json_t *dm_picked_short(struct arena *a, const struct dm_state *s, const struct dm_picked *p)
{
    json_t *question;

    if (!p->kept || (p->all && s->selected))
        return dm_picked_question(a, s, p);
    question = dm_state_question(a, s);
    json_object_set_new(question, "selectedItems", json_pack("{s:I}", "picked", (json_int_t)p->kept));
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
    if (p->kept)
        return arena_printf(a, "&picked=%lld", (long long)p->kept);
    if (p->all && p->n == 0)
        return "&all=1";
    return arena_printf(a, "&%s=%s", p->all ? "all=1&except" : "ids", joined(a, p));
}
