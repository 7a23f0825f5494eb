/* Actions on predictions: asking for them, deletion, and annotations made of them. */
#include <string.h>

#include "core/event.h"
#include "core/model_version.sql.h"
#include "core/project.h"
#include "dm/actions/actions.h"
#include "dm/actions/predictions.sql.h"
#include "json/verr.h"

/* A project without a model server gets nothing; the tasks are counted all the same. */
void dm_retrieve_answer(struct jw *w, const struct dm_work *r)
{
    counted_write(w, true, "Retrieved", r->tasks, "predictions");
}

/* ---------------------------------------------------------------- deletion */

err *dm_unpredict_step(struct dm_work *r, const struct dm_batch *b)
{
    struct row row;

    TRY(db_one(r->s->db, SQL_action_predictions_delete, DB_ARGS(batch_arg(r, b)), &row));
    r->items += row_i64(&row, ACTION_PREDICTIONS_DELETE_N);
    return row_null(&row, ACTION_PREDICTIONS_DELETE_TASKS) ? OK : batch_recount(r, db_text(row_text(&row, ACTION_PREDICTIONS_DELETE_TASKS)), false);
}

void dm_unpredict_answer(struct jw *w, const struct dm_work *r)
{
    counted_write(w, true, "Deleted", r->items, "predictions");
}

/* ---------------------------------------------------------------- annotations of predictions */

/* The version that the project shows comes first. */
err *dm_convert_form(struct scope *s, struct jw *w, int64_t project)
{
    const char *shown, *first = "";
    const struct lc *lc;
    struct rows rows;

    TRY(project_config(s, project, &lc, NULL, &shown));
    TRY(db_many(s->db, SQL_model_version_list, DB_ARGS(db_i64(project)), &rows));
    form_select_open(w, "model_version", "Choose predictions");
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < rows.n; i++) {
            struct row r = rows_at(&rows, i);
            const char *version = row_text(&r, MODEL_VERSION_LIST_MODEL_VERSION);
            bool is_shown = version && shown && strcmp(version, shown) == 0;
            if (!version || is_shown != (pass == 0))
                continue;
            first = *first ? first : version;
            jw_str(w, version);
        }
    form_select_close(w, first);
    return OK;
}

struct versions {
    bool any;
    struct db_arg list;
};

static err *versions_read(struct dm_work *r, const json_t *list, struct versions *out)
{
    const char **texts = arena_array(r->s->a, json_array_size(list) + 1, sizeof *texts);

    for (size_t i = 0; i < json_array_size(list); i++) {
        texts[i] = json_string_value(json_array_get(list, i));
        if (!texts[i])
            return verr_one(r->s->a, "model_version", "Expected a model version or a list of them.");
    }
    out->list = db_texts(r->s->a, texts, json_array_size(list));
    return OK;
}

/* Absent or null: every version. */
err *dm_convert_check(struct dm_work *r)
{
    const json_t *v = json_object_get(r->body, "model_version");
    struct versions *versions = ARENA_NEW(r->s->a, struct versions);
    const char *text = json_string_value(v);

    r->own = versions;
    versions->any = !v || json_is_null(v);
    versions->list = db_null();
    if (versions->any)
        return OK;
    if (json_is_array(v))
        return versions_read(r, v, versions);
    if (!text)
        return verr_one(r->s->a, "model_version", "Expected a model version or a list of them.");
    versions->list = db_texts(r->s->a, &text, 1);
    return OK;
}

err *dm_convert_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct versions *versions = r->own;
    struct row row;

    TRY(db_one(r->s->db, SQL_action_convert, DB_ARGS(batch_arg(r, b), db_bool(versions->any), versions->list, db_i64(r->s->user)), &row));
    r->items += row_i64(&row, ACTION_CONVERT_N);
    if (row_null(&row, ACTION_CONVERT_TASKS))
        return OK;
    TRY(batch_recount(r, db_text(row_text(&row, ACTION_CONVERT_TASKS)), true));
    return event_annotations(r->s, r->project, db_text(row_text(&row, ACTION_CONVERT_IDS)));
}
