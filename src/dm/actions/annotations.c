/* Actions on annotations: deletion, and copies of one on other tasks. */
#include "core/event.h"
#include "dm/actions/actions.h"
#include "dm/actions/annotations.sql.h"
#include "json/verr.h"

/* ---------------------------------------------------------------- deletion */

err *dm_unlabel_form(struct scope *s, struct jw *w, int64_t project)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_action_annotators, DB_ARGS(db_i64(project)), &rows));
    form_select_open(w, "annotator", "Annotator");
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        form_option(w, row_text(&r, ACTION_ANNOTATORS_USER_ID), row_text(&r, ACTION_ANNOTATORS_LABEL));
    }
    jw_end(w);
    jw_kstr(w, "placeholder", "All");
    jw_kbool(w, "searchable", true);
    jw_end(w);
    return OK;
}

err *dm_unlabel_check(struct dm_work *r)
{
    int64_t *annotator = ARENA_NEW(r->s->a, int64_t);

    r->own = annotator;
    return param_id(r, "annotator", annotator);
}

/* Annotations that were made from these lose their parent, also on other tasks, which are locked in the same order. */
err *dm_unlabel_step(struct dm_work *r, const struct dm_batch *b)
{
    const int64_t *annotator = r->own;
    struct db_arg who = db_opt_i64(*annotator != 0, *annotator), ids = batch_arg(r, b);
    struct row row;

    TRY(db_exec(r->s->db, SQL_action_orphans_lock, DB_ARGS(ids, who), NULL));
    TRY(db_exec(r->s->db, SQL_action_orphans, DB_ARGS(ids, who), NULL));
    TRY(db_exec(r->s->db, SQL_action_drafts_delete, DB_ARGS(ids, who), NULL));
    TRY(db_one(r->s->db, SQL_action_annotations_trash, DB_ARGS(ids, who, db_i64(r->s->user), db_text(r->moment)), &row));
    r->items += row_i64(&row, ACTION_ANNOTATIONS_TRASH_N);
    if (row_null(&row, ACTION_ANNOTATIONS_TRASH_TASKS))
        return OK;
    TRY(event_annotations_gone(r->s, r->project, db_text(row_text(&row, ACTION_ANNOTATIONS_TRASH_IDS))));
    return batch_recount(r, db_text(row_text(&row, ACTION_ANNOTATIONS_TRASH_TASKS)), true);
}

void dm_unlabel_answer(struct jw *w, const struct dm_work *r)
{
    counted_write(w, true, "Deleted", r->items, "annotations");
}

/* ---------------------------------------------------------------- copies */

err *dm_propagate_form(struct scope *s, struct jw *w, int64_t project)
{
    struct row r;

    TRY(db_one(s->db, SQL_action_first_annotation, DB_ARGS(db_i64(project)), &r));
    form_input(w, "number", "source_annotation_id",
               row_null(&r, ACTION_FIRST_ANNOTATION_ID)
                   ? "Enter source annotation ID"
                   : arena_printf(s->a, "Enter source annotation ID [first ID: %s]", row_text(&r, ACTION_FIRST_ANNOTATION_ID)));
    return OK;
}

struct source {
    int64_t annotation, task;
};

err *dm_propagate_check(struct dm_work *r)
{
    struct source *source = ARENA_NEW(r->s->a, struct source);
    struct row row;
    bool found;

    r->own = source;
    TRY(param_id(r, "source_annotation_id", &source->annotation));
    TRY(db_opt(r->s->db, SQL_action_source, DB_ARGS(db_i64(r->project), db_i64(source->annotation)), &row, &found));
    if (!found)
        return verr_one(r->s->a, NULL, "Source annotation %s not found in the current project",
                        source->annotation ? arena_printf(r->s->a, "%lld", (long long)source->annotation) : "None");
    source->task = row_i64(&row, ACTION_SOURCE_TASK);
    return OK;
}

/* Every task but the source's own. */
err *dm_propagate_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct source *source = r->own;
    struct row row;

    TRY(db_one(r->s->db, SQL_action_propagate,
               DB_ARGS(batch_arg(r, b), db_i64(source->annotation), db_i64(source->task), db_i64(r->s->user)), &row));
    r->items += row_i64(&row, ACTION_PROPAGATE_N);
    return batch_recount(r, batch_arg(r, b), false);
}

void dm_created_answer(struct jw *w, const struct dm_work *r)
{
    counted_write(w, false, "Created", r->items, "annotations");
}
