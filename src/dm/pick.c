/* Picked tasks under a number. */
#include "dm/pick.h"

#include "dm/pick.sql.h"

enum { PICKS_MOST = 20 /* of one person in one project */ };

err *pick_keep(struct scope *s, int64_t project, bool all, const int64_t *ids, size_t n, int64_t *id)
{
    struct row r;

    TRY(db_one(s->db, SQL_pick_keep, DB_ARGS(db_i64(project), db_i64(s->user), db_bool(all), db_i64s(s->a, ids, n)), &r));
    *id = row_i64(&r, PICK_KEEP_ID);
    return db_exec(s->db, SQL_pick_tidy, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(PICKS_MOST)), NULL);
}

err *pick_get(struct scope *s, int64_t project, int64_t id, bool *all, int64_t **ids, size_t *n)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_pick_get, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(id)), &rows));
    if (rows.n == 0)
        return err_new(s->a, ERR_NOT_FOUND, "What was picked is not kept any more: pick the tasks again in the table.");
    *n = (size_t)rows.n;
    *ids = arena_array(s->a, *n, sizeof **ids);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        *all = row_bool(&r, PICK_GET_IS_ALL);
        (*ids)[i] = row_i64(&r, PICK_GET_TASK);
    }
    return OK;
}

json_t *pick_items(bool all, const int64_t *ids, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_integer(ids[i]));
    return json_pack("{s:b, s:o}", "all", all, all ? "excluded" : "included", list);
}

static void release(void *json)
{
    json_decref(json);
}

err *pick_resolve(struct scope *s, int64_t project, const json_t *query, const json_t **out)
{
    int64_t id = json_integer_value(json_object_get(json_object_get(query, "selectedItems"), "picked")), *ids;
    json_t *whole;
    size_t n;
    bool all;

    *out = query;
    if (id <= 0)
        return OK;
    TRY(pick_get(s, project, id, &all, &ids, &n));
    whole = json_object();
    arena_defer(s->a, release, whole);
    json_object_update(whole, (json_t *)query);
    json_object_set_new(whole, "selectedItems", pick_items(all, ids, n));
    *out = whole;
    return OK;
}
