/* States of annotations, read from their history. There is no row of its own for a state: each version left one behind. */
#include "core/state.h"

#include <string.h>

#include "core/annotation.h"
#include "core/annotation.sql.h"
#include "core/fields.h"
#include "core/state.sql.h"
#include "core/visible.sql.h"
#include "core/wire.h"
#include "json/verr.h"

static err *visible(struct scope *s, int64_t annotation)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_visible_annotation, DB_ARGS(SCOPE_ARGS(s), db_i64(annotation)), &r, &found));
    return found ? OK : err_new(s->a, ERR_NOT_FOUND, "No Annotation matches the given query.");
}

err *state_list(struct scope *s, int64_t annotation, const struct state_filter *f, int64_t skip, int64_t most, struct state_page *out)
{
    TRY(visible(s, annotation));
    TRY(db_many(s->db, SQL_state_list,
                DB_ARGS(SCOPE_ARGS(s), db_i64(annotation), db_text(f->state), db_text(f->previous), db_text(f->transition),
                        db_opt_i64(f->by != 0, f->by), db_text(f->since), db_text(f->until), db_bool(f->newest_first), db_i64(skip),
                        db_i64(most)), &out->rows));
    out->total = 0;
    if (out->rows.n > 0) {
        struct row r = rows_at(&out->rows, 0);
        out->total = row_i64(&r, STATE_LIST_TOTAL);
    }
    return OK;
}

const char *state_of(const struct row *r)
{
    return row_text(r, STATE_LIST_STATE);
}

static void user_write(struct jw *w, const struct row *r)
{
    jw_key(w, "triggered_by");
    if (row_null(r, STATE_LIST_USER_ID)) {
        jw_null(w);
        return;
    }
    jw_obj(w);
    wire_ki64(w, "id", r, STATE_LIST_USER_ID);
    wire_kstr(w, "email", r, STATE_LIST_EMAIL);
    jw_end(w);
}

static void context_write(struct jw *w, const struct row *r)
{
    static const struct field fields[] = {{"task_id", STATE_LIST_TASK_ID, 'i'}, {"draft_id", STATE_LIST_DRAFT_ID, 'i'},
                                          {"review_id", STATE_LIST_REVIEW_ID, 'i'}, {"comment_id", STATE_LIST_COMMENT_ID, 'i'},
                                          {"lead_time", STATE_LIST_LEAD_TIME, 'f'}};

    jw_key(w, "context_data");
    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_end(w);
}

/* Clients expect a UUID: one of the kind whose digits are the server's own business (version 8), with the history's id at its end. */
void state_write(struct scope *s, struct jw *w, const struct row *r)
{
    jw_obj(w);
    jw_kstr(w, "id", arena_printf(s->a, "00000000-0000-8000-8000-%012llx", (unsigned long long)row_i64(r, STATE_LIST_ID)));
    wire_kstr(w, "state", r, STATE_LIST_STATE);
    wire_kstr(w, "previous_state", r, STATE_LIST_PREVIOUS_STATE);
    wire_kstr(w, "transition_name", r, STATE_LIST_TRANSITION_NAME);
    user_write(w, r);
    wire_kstr(w, "reason", r, STATE_LIST_REASON);
    wire_ktime(w, "created_at", r, STATE_LIST_CREATED_AT);
    context_write(w, r);
    jw_end(w);
}

/* What reviewers do to an annotation has routes of its own. */
err *state_step(struct scope *s, int64_t annotation, const char *transition, bool *cancel)
{
    struct row r;

    *cancel = strcmp(transition, "skipped") == 0;
    if (!*cancel && strcmp(transition, "submitted") != 0)
        return verr_one(s->a, "transition_name", "Unknown transition for this entity");
    TRY(annotation_lock(s, annotation, &r));
    if (row_bool(&r, ANNOTATION_BY_ID_WAS_CANCELLED) == *cancel)
        return verr_one(s->a, "transition_name", "The annotation is in that state already.");
    return OK;
}
