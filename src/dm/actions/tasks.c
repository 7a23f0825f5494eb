/* Actions on tasks themselves: deletion, and duplicates. */
#include "base/cfg.h"
#include "core/event.h"
#include "core/overlap.h"
#include "core/task.sql.h"
#include "dm/actions/actions.h"
#include "dm/actions/tasks.sql.h"

/* ---------------------------------------------------------------- deletion */

err *dm_delete_step(struct dm_work *r, const struct dm_batch *b)
{
    TRY(db_exec(r->s->db, SQL_task_trash_locked, DB_ARGS(batch_arg(r, b), db_i64(r->s->user), db_text(r->moment)), NULL));
    return event_tasks_gone(r->s, r->project, batch_arg(r, b));
}

/* The other tasks' overlaps follow; without tasks there are no views, as with the reference server. */
err *dm_tasks_gone(struct dm_work *r)
{
    struct row row;

    TRY(overlap_redraw(r->s->db, r->project, NULL));
    TRY(db_one(r->s->db, SQL_action_views_clear, DB_ARGS(db_i64(r->project)), &row));
    r->emptied = row_bool(&row, ACTION_VIEWS_CLEAR_EMPTIED);
    return OK;
}

void dm_delete_answer(struct jw *w, const struct dm_work *r)
{
    jw_obj(w);
    jw_ki64(w, "processed_items", r->tasks);
    jw_kbool(w, "reload", r->emptied);
    jw_kstr(w, "detail", arena_printf(r->s->a, "Deleted %lld tasks", (long long)r->tasks));
    jw_end(w);
}

void dm_nothing_answer(struct jw *w, const struct dm_work *r)
{
    (void)r;
    jw_obj(w);
    jw_end(w);
}

/* ---------------------------------------------------------------- duplicates */

err *dm_duplicates_check(struct dm_work *r)
{
    r->planned = true;
    return OK;
}

/* Each task that goes, with the one that stays. 1 and 1.0 differ, the order of keys does not. */
void dm_duplicates_plan(struct sqlb *b, const struct dm_work *r)
{
    (void)r;
    sqlb_lit(b, "SELECT id, keep AS other FROM (SELECT id, first_value(id) OVER (PARTITION BY sha256(convert_to(data::text, 'UTF8')) "
                "ORDER BY worked DESC, id) AS keep FROM t) k WHERE id <> keep ORDER BY keep, id");
}

/* Tasks that changed since the plan was made are left alone. */
static err *still_alike(struct dm_work *r, const struct dm_batch *b, struct row *out)
{
    int64_t *all = arena_array(r->s->a, 2 * b->n, sizeof *all);

    for (size_t i = 0; i < b->n; i++) {
        all[2 * i] = b->ids[i];
        all[2 * i + 1] = b->others[i];
    }
    TRY(dm_tasks_lock(r, all, 2 * b->n));
    return db_one(r->s->db, SQL_action_alike, DB_ARGS(batch_arg(r, b), db_i64s(r->s->a, b->others, b->n), db_i64(r->project)), out);
}

err *dm_duplicates_step(struct dm_work *r, const struct dm_batch *b)
{
    struct db_arg gone, kept;
    struct row row;

    TRY(still_alike(r, b, &row));
    if (row_null(&row, ACTION_ALIKE_GONE))
        return OK;
    gone = db_text(row_text(&row, ACTION_ALIKE_GONE));
    kept = db_text(row_text(&row, ACTION_ALIKE_KEPT));
    TRY(db_exec(r->s->db, SQL_action_annotations_move, DB_ARGS(gone, kept), NULL));
    TRY(db_exec(r->s->db, SQL_action_drafts_move, DB_ARGS(gone, kept), NULL));
    TRY(db_exec(r->s->db, SQL_action_truth_alone, DB_ARGS(kept), NULL));
    TRY(batch_recount(r, db_text(row_text(&row, ACTION_ALIKE_BOTH)), true));
    TRY(db_exec(r->s->db, SQL_task_trash_locked, DB_ARGS(gone, db_i64(r->s->user), db_text(r->moment)), NULL));
    return event_tasks_gone(r->s, r->project, gone);
}
