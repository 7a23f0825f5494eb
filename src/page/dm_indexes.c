/* Indexes on keys of the task data, as project administrators see them: which there are, what they take, and asking for and removing
 * them. What they are is in dm/index.h. */
#include <string.h>

#include "base/text.h"
#include "dm/dm.sql.h"
#include "dm/index.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/settings.h"

enum { LIST_MOST = 4 << 20 };

static const struct {
    const char *kind, *text;
} kinds[] = {
    {"contains", "Filter by a part of the text"},
    {"equal", "Filter by the whole value"},
    {"number", "Filter by number, and order with the smallest first"},
    {"number_down", "Order by number, largest first"},
    {"text", "Order by text, from A to Z"},
    {"text_down", "Order by text, from Z to A"},
};

static const char *kind_text(const char *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].text;
    return kind;
}

/* ---- showing ---- */

static json_t *index_object(struct arena *a, const json_t *index)
{
    static const char *const states[] = {"wanted", "building", "ready", "failed", "off"};
    const char *state = page_text_in(index, "state"), *error = page_text_in(index, "error");
    int64_t bytes = json_integer_value(json_object_get(index, "size_bytes"));
    json_t *o = json_object();

    page_set_int(o, "id", json_integer_value(json_object_get(index, "id")));
    page_set_text(o, "key", page_text_in(index, "key"));
    page_set_text(o, "kind", page_text_in(index, "kind"));
    page_set_text(o, "kind_text", kind_text(page_text_in(index, "kind")));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        page_set_bool(o, states[i], strcmp(states[i], state) == 0);
    page_set_bool(o, "again", strcmp(state, "off") == 0 || strcmp(state, "failed") == 0);
    page_set_bool(o, "asked", json_is_true(json_object_get(index, "is_pinned")));
    page_set_text(o, "error", *error ? error : NULL);
    page_set_text(o, "size_text", bytes ? page_size_text(a, bytes) : NULL);
    page_set_text(o, "scans_text", page_count(a, json_integer_value(json_object_get(index, "scans"))));
    page_set_time(a, o, "used", json_string_value(json_object_get(index, "used_at")));
    return o;
}

static err *list_fill(struct rq *rq, json_t *ctx)
{
    json_t *tree, *list = json_array();
    const json_t *one;
    struct strbuf b;
    int64_t bytes = 0;
    struct jw w;
    size_t i;

    json_object_set_new(ctx, "indexes", list);
    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    TRY(dm_index_list_write(rq->scope, &w, rq_int(rq, "id")));
    TRY(page_tree(rq->a, &b, &tree));
    json_array_foreach(json_object_get(tree, "indexes"), i, one) {
        json_array_append_new(list, index_object(rq->a, one));
        bytes += json_integer_value(json_object_get(one, "size_bytes"));
    }
    page_set_bool(ctx, "has_indexes", json_array_size(list) > 0);
    page_set_text(ctx, "total_text", bytes ? page_size_text(rq->a, bytes) : NULL);
    page_set_bool(ctx, "allowed", json_integer_value(json_object_get(tree, "most")) > 0);
    page_set_text(ctx, "most_text", page_count(rq->a, json_integer_value(json_object_get(tree, "most"))));
    page_set_text(ctx, "bytes_most_text", page_size_text(rq->a, json_integer_value(json_object_get(tree, "bytes_most"))));
    page_set_bool(ctx, "contains_available", json_is_true(json_object_get(tree, "contains_available")));
    return OK;
}

/* What the form was sent with, else what a link here asks for. */
static const char *wanted(struct rq *rq, const char *name)
{
    const char *text = rq->method == M_POST ? page_sent(rq, name) : rq_query(rq, name);

    return text ? text : "";
}

static err *form_fill(struct rq *rq, json_t *ctx)
{
    json_t *keys = json_array(), *options = json_array();
    struct rows rows;

    json_object_set_new(ctx, "keys", keys);
    json_object_set_new(ctx, "kinds", options);
    TRY(db_many(rq->scope->db, SQL_dm_data_keys, DB_ARGS(db_i64(rq_int(rq, "id"))), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(keys, json_pack("{s:s}", "value", row_text(&r, DM_DATA_KEYS_KEY)));
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        json_array_append_new(options, json_pack("{s:s, s:s, s:b}", "value", kinds[i].kind, "text", kinds[i].text, "selected",
                                                 strcmp(wanted(rq, "kind"), kinds[i].kind) == 0));
    json_object_set_new(ctx, "values", json_pack("{s:s}", "key", wanted(rq, "key")));
    return OK;
}

err *settings_indexes_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    (void)r;
    TRY(list_fill(rq, ctx));
    return form_fill(rq, ctx);
}

/* ---- changing ---- */

static err *ask(struct rq *rq, const char **done)
{
    const char *key = text_trim(rq->a, page_sent(rq, "key"), strlen(page_sent(rq, "key"))), *kind = page_sent(rq, "kind");
    int64_t id;

    if (!*key)
        return verr_one(rq->a, "key", "Which field of the task data?");
    if (kind_text(kind) == kind)
        return verr_one(rq->a, "kind", "Which kind?");
    *done = "The index is made in the background; filters and orders use it once it is ready.";
    return dm_index_want(rq->scope, rq_int(rq, "id"), key, kind, &id);
}

err *settings_indexes_save(struct rq *rq, const char **done)
{
    if (strcmp(page_sent(rq, "action"), "remove") != 0)
        return ask(rq, done);
    *done = "The index is removed.";
    return dm_index_remove(rq->scope, rq_int(rq, "id"), page_sent_id(rq, "index"));
}
