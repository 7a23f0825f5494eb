/* The queries behind a page of the task table: a handful, whatever its tasks hold. */
#include "dm/page.h"

#include "dm/page.sql.h"
#include "dm/run.h"

_Static_assert((int)DM_PAGE_RESULTS_N == (int)DM_PAGE_PREDICTED_N, "column lists differ");

err *dm_page_values(struct scope *s, const struct dm_context *c, const struct dm_column *const *columns, size_t n_columns, const int64_t *ids,
                    size_t n, struct rows *out)
{
    struct sqlb b;

    sqlb_init(&b, s->a);
    sqlb_lit(&b, "SELECT t.id");
    for (size_t i = 0; i < n_columns; i++) {
        sqlb_lit(&b, ", ");
        dm_value(&b, c, columns[i]);
    }
    sqlb_lit(&b, " FROM unnest(");
    sqlb_param(&b, db_i64s(s->a, ids, n));
    sqlb_lit(&b, "::int4[]) WITH ORDINALITY AS u (id, place) JOIN task t ON t.id = u.id WHERE t.project_id = ");
    sqlb_param(&b, db_i64(c->project));
    sqlb_lit(&b, "::int4 ORDER BY u.place");
    return dm_run(s, &b, out);
}

err *dm_page_words(struct scope *s, const struct dm_context *c, bool predicted, const int64_t *ids, size_t n, struct rows *out)
{
    if (!predicted)
        return db_many(s->db, SQL_dm_page_results, DB_ARGS(db_i64s(s->a, ids, n), db_opt_i64(c->own > 0, c->own)), out);
    return db_many(s->db, SQL_dm_page_predicted, DB_ARGS(db_i64s(s->a, ids, c->own > 0 && c->hide_predictions ? 0 : n)), out);
}

err *dm_page_people(struct scope *s, const int64_t *users, size_t n, struct rows *out)
{
    return db_many(s->db, SQL_dm_page_people, DB_ARGS(db_i64s(s->a, users, n)), out);
}
