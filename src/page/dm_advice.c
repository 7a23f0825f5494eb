/* What to do when the tasks of a query could not be found in time: which index would find them, or how to ask for less. */
#include "page/dm_advice.h"

#include <string.h>

#include "base/text.h"
#include "core/scope.h"
#include "dm/index.h"
#include "page/page.h"
#include "page/project_page.h"

static void add(json_t *list, const char *text, const char *link, const char *href)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:s?}", "text", text, "link", link, "href", href));
}

/* Those who may see it are led to the index; others know whom to ask. */
static void index_add(struct rq *rq, int64_t project, const struct dm_index_use *u, json_t *list)
{
    bool coming = strcmp(u->state, "wanted") == 0 || strcmp(u->state, "building") == 0, may = scope_can(rq->scope, PERM_PROJECTS_CHANGE);
    const char *ask = arena_printf(rq->a, "settings/indexes?key=%s&kind=%s#ask", url_encode(rq->a, u->key), u->kind);

    if (coming)
        add(list, arena_printf(rq->a, "An index for the field “%s” is being made. Try again when it is ready.", u->key), "Indexes",
            may ? project_page_href(rq->a, project, "settings/indexes") : NULL);
    else
        add(list, arena_printf(rq->a, "An index for the field “%s” would find them at once.%s", u->key,
                               may ? "" : " Who manages the project can ask for one in its settings, under Indexes."),
            "Ask for one", may ? project_page_href(rq->a, project, ask) : NULL);
}

/* The same without the search, and a line of the filter to say where to look. */
static const char *filter_href(struct arena *a, const struct dm_state *s)
{
    struct dm_state without = *s;
    const char *query;

    without.q = NULL;
    query = dm_state_first(a, &without);
    return project_page_href(a, s->project, arena_printf(a, "data%s%sedit=add#filter", query, query[1] ? "&" : ""));
}

err *dm_advice_fill(struct rq *rq, const struct dm_state *s, const struct dm_query *q, json_t *ctx)
{
    json_t *list = json_array();
    struct dm_index_use *uses;
    size_t n;

    json_object_set_new(ctx, "advice", list);
    page_set_bool(ctx, "has_advice", q != NULL);
    if (!q)
        return OK;
    TRY(dm_index_uses(rq->scope, q, &uses, &n));
    for (size_t i = 0; i < n; i++)
        if (strcmp(uses[i].state, "ready") != 0)
            index_add(rq, s->project, &uses[i], list);
    if (s->q)
        add(list, "“Find in the data” reads every field of every task. A filter by one field can go by an index.", "Filter by a field",
            filter_href(rq->a, s));
    add(list, "Ask for fewer tasks: a filter by date, by number of annotations or by a field with an index leaves less to look through.", "", NULL);
    return OK;
}
