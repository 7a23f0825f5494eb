/* The filter of the Data Manager page as its address says it. What is drawn of it: dm_chips.c and dm_filter_form.c. */
#include "page/dm_filter.h"

#include <string.h>

#include "base/text.h"
#include "core/user.h"
#include "dm/dm.sql.h"
#include "dm/value.h"
#include "http/query.h"

enum { TIMES_MOST = 400 };

/* "2026-01-31T12:00": a time on somebody's clock. */
static bool is_clock(const char *text)
{
    return text && strlen(text) > 10 && dm_value_is_time(text) && !strpbrk(text + 10, "Zz+-");
}

struct clocks {
    const char **places[TIMES_MOST];
    const char *times[TIMES_MOST];
    size_t n;
};

static void clock_note(struct clocks *c, const char **place)
{
    if (!is_clock(*place) || c->n == TIMES_MOST)
        return;
    c->places[c->n] = place;
    c->times[c->n++] = *place;
}

/* A browser's date input knows no zone: what it sends is meant in the zone in which its reader is shown times. */
static err *clocks_settle(struct rq *rq, struct dm_lines *lines)
{
    struct clocks *c = ARENA_NEW(rq->a, struct clocks);
    const char **utc;

    for (size_t i = 0; i < lines->n; i++) {
        struct dm_line *line = &lines->line[i];
        if (dm_line_class(line) != DM_TIME || line->json)
            continue;
        for (size_t k = 0; k < line->n_v; k++)
            clock_note(c, &line->v[k]);
        clock_note(c, &line->w);
    }
    if (c->n == 0)
        return OK;
    TRY(user_utc_times(rq->scope, c->times, c->n, &utc));
    for (size_t i = 0; i < c->n; i++)
        *c->places[i] = utc[i];
    return OK;
}

/* Where there are too many people to choose from, one is named by e-mail. */
static err *people_settle(struct rq *rq, struct dm_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        struct dm_line *line = &lines->line[i];
        struct row r;
        if (dm_line_class(line) != DM_USER || line->n_v == 0 || !strchr(line->v[0], '@'))
            continue;
        TRY(db_one(rq->scope->db, SQL_dm_person, DB_ARGS(SCOPE_ARGS(rq->scope), db_text(line->v[0])), &r));
        if (!row_null(&r, DM_PERSON_USER_ID))
            line->v[0] = arena_printf(rq->a, "%lld", (long long)row_i64(&r, DM_PERSON_USER_ID));
    }
    return OK;
}

err *dm_filter_lines(struct rq *rq, const struct rq_pair *sent, size_t n, const json_t *tab, struct dm_lines *out)
{
    struct dm_lines stored;

    dm_lines_read(rq->a, sent, n, out);
    dm_lines_of_json(rq->a, tab, &stored);
    dm_lines_keep(out, &stored);
    TRY(people_settle(rq, out));
    return clocks_settle(rq, out);
}

err *dm_filter_put(struct arena *a, const struct dm_lines *lines, struct dm_state *state)
{
    const char *query = dm_lines_query(a, lines);
    struct rq_pair *pairs;

    TRY(query_parse(a, "query", query, strlen(query), &pairs, &state->n_lines));
    state->lines = pairs;
    state->given |= DM_GIVEN_FILTERS;
    if (state->tab || strcmp(query, "filter=none") != 0)
        return OK;
    state->n_lines = 0;
    state->given &= ~(unsigned)DM_GIVEN_FILTERS;
    return OK;
}

err *dm_filter_read(struct rq *rq, const struct rq_pair *sent, size_t n, struct dm_state *state)
{
    struct dm_lines lines;

    state->tab_filters = state->filters;
    TRY(dm_filter_lines(rq, sent, n, state->tab_filters, &lines));
    state->filters = dm_lines_json(rq->a, &lines);
    return dm_filter_put(rq->a, &lines, state);
}

const char *dm_filter_order(struct rq *rq, const char *ordering, bool *as_number)
{
    const char *direction = rq_query(rq, "direction"), *name = ordering + (ordering[0] == '-');
    size_t len = strlen(name);

    if (text_ends(name, ":number")) {
        *as_number = true;
        len -= strlen(":number");
    }
    if (!direction)
        return arena_printf(rq->a, "%s%.*s", ordering[0] == '-' ? "-" : "", (int)len, name);
    return arena_printf(rq->a, "%s%.*s", strcmp(direction, "down") == 0 ? "-" : "", (int)len, name);
}

