/* The action on reviews: undoing those of the selected tasks. The rules are core/review.c's. */
#include "core/review.h"
#include "dm/actions/actions.h"
#include "dm/actions/reviews.sql.h"

err *dm_unreview_form(struct scope *s, struct jw *w, int64_t project)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_action_reviewers, DB_ARGS(db_i64(project)), &rows));
    form_select_open(w, "reviewer", "Reviewer");
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        form_option(w, row_text(&r, ACTION_REVIEWERS_USER_ID), row_text(&r, ACTION_REVIEWERS_LABEL));
    }
    jw_end(w);
    jw_kstr(w, "placeholder", "All");
    jw_kbool(w, "searchable", true);
    jw_end(w);
    return OK;
}

err *dm_unreview_check(struct dm_work *r)
{
    int64_t *reviewer = ARENA_NEW(r->s->a, int64_t);

    r->own = reviewer;
    return param_id(r, "reviewer", reviewer);
}

err *dm_unreview_step(struct dm_work *r, const struct dm_batch *b)
{
    const int64_t *reviewer = r->own;
    int64_t n;

    TRY(review_delete_of_tasks(r->s, r->project, b->ids, b->n, *reviewer, &n));
    r->items += n;
    return OK;
}

void dm_unreview_answer(struct jw *w, const struct dm_work *r)
{
    counted_write(w, true, "Deleted", r->items, "reviews");
}
