/* What is wrong with single lines of the Data Manager's filter, and which of them an index would make quick. */
#include <string.h>

#include "base/text.h"
#include "dm/dm.sql.h"
#include "dm/index.h"
#include "dm/run.h"
#include "page/dm_filter_view.h"

enum { BIG_PROJECT = 20000 /* tasks, from where on queries wish for indexes */ };

/* `Filter by "data.n": expected a number.` stands beside its line: "Expected a number." */
static const char *short_words(struct arena *a, const char *words)
{
    const char *rest = text_starts(words, "Filter by ") ? strstr(words, "\": ") : NULL;

    if (!rest)
        return words;
    return arena_printf(a, "%c%s", rest[3] >= 'a' && rest[3] <= 'z' ? rest[3] - 'a' + 'A' : rest[3], rest + 4);
}

static void release(void *json)
{
    json_decref(json);
}

static err *line_compile(struct dm_filter_view *v, const struct dm_line *line, struct dm_query *q)
{
    json_t *json = json_pack("{s:{s:s, s:[o]}}", "filters", "conjunction", "and", "items", dm_line_json(v->a, line));

    arena_defer(v->a, release, json);
    return dm_compile(v->a, v->context, json, q);
}

static err *pattern_check(struct dm_filter_view *v, const struct dm_line *line, const char **error)
{
    static const char why[] = "invalid regular expression: ";
    const char *words;
    struct row r;
    err *e;

    if (strcmp(line->op, "regex") != 0 || line->json)
        return OK;
    e = dm_explain(v->rq->scope, db_one(v->rq->scope->db, SQL_dm_pattern, DB_ARGS(db_text(line->v[0])), &r));
    if (!e || e->kind != ERR_VALIDATION)
        return e;
    words = page_error_words(v->a, e);
    *error = arena_printf(v->a, "Not a pattern: %s.", text_starts(words, why) ? words + strlen(why) : words);
    return OK;
}

static const char *missing(const struct dm_filter_view *v, const struct dm_line *line)
{
    if (v->editing)
        return NULL;
    if (!*line->column)
        return "Choose a column.";
    return dm_op_spans(line->op) ? "Give both ends." : "Give a value.";
}

/* q: the line alone; of use when there is no error. */
static err *error_find(struct dm_filter_view *v, const struct dm_line *line, struct dm_query *q, const char **error)
{
    const char *key;
    err *e;

    *error = NULL;
    if (!dm_line_complete(line)) {
        *error = missing(v, line);
        return OK;
    }
    if (!dm_column_find(line->column, &key)) {
        *error = "There is no such column any more.";
        return OK;
    }
    e = line_compile(v, line, q);
    if (e && e->kind != ERR_VALIDATION)
        return e;
    if (!e)
        return pattern_check(v, line, error);
    *error = dm_line_class(line) == DM_USER && line->n_v && strchr(line->v[0], '@') ? "No member has this e-mail."
                                                                                     : short_words(v->a, page_error_words(v->a, e));
    return OK;
}

/* ---- indexes ---- */

static json_t *hint_object(struct dm_filter_view *v, const char *key, const char *kind, const struct dm_index_standing *now)
{
    bool coming = strcmp(now->state, "wanted") == 0 || strcmp(now->state, "building") == 0;
    const char *href = arena_printf(v->a, "/projects/%lld/settings/indexes?key=%s&kind=%s#ask", (long long)v->state->project,
                                    url_encode(v->a, key), kind);
    json_t *o = json_object();

    page_set_text(o, "text", coming ? "An index for this is being made; until then it reads all tasks."
                                    : arena_printf(v->a, "This reads all %s tasks. An index would make it quick.", page_count(v->a, now->tasks)));
    page_set_text(o, "href", !coming && scope_can(v->rq->scope, PERM_PROJECTS_CHANGE) ? href : NULL);
    return o;
}

static err *hint_find(struct dm_filter_view *v, const struct dm_term *t, json_t **hint)
{
    const char *kind = dm_index_kind(t);
    struct dm_index_standing now;

    if (!kind)
        return OK;
    TRY(dm_index_standing(v->rq->scope, v->state->project, t->key, kind, &now));
    if (now.tasks < BIG_PROJECT || strcmp(now.state, "ready") == 0)
        return OK;
    json_decref(*hint);
    *hint = hint_object(v, t->key, kind, &now);
    return OK;
}

err *dm_filter_fault(struct dm_filter_view *v, const struct dm_line *line, const char **error)
{
    struct dm_query q = {0};

    return error_find(v, line, &q, error);
}

err *dm_filter_check(struct dm_filter_view *v, const struct dm_line *line, const char **error, json_t **hint)
{
    struct dm_query q = {0};

    *hint = json_null();
    TRY(error_find(v, line, &q, error));
    return *error || q.n == 0 ? OK : hint_find(v, &q.terms[0], hint);
}
