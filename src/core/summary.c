/* The project summary, read from the kept counts and recounted on request. Keeping them is the schema's work (sql/README). */
#include "core/summary.h"

#include "core/project.h"
#include "core/setting.h"
#include "core/summary.sql.h"
#include "core/wire.h"

enum { TASKS_PER_STEP = 5000 };

static err *summary_row(struct scope *s, int64_t project, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_summary_by_project, DB_ARGS(SCOPE_ARGS(s), db_i64(project)), out, &found));
    return found ? OK : err_new(s->a, ERR_NOT_FOUND, "No ProjectSummary matches the given query.");
}

err *summary_write(struct scope *s, struct jw *w, int64_t project)
{
    struct row r;

    TRY(summary_row(s, project, &r));
    jw_obj(w);
    wire_ki64(w, "project", &r, SUMMARY_BY_PROJECT_PROJECT);
    wire_ktime(w, "created_at", &r, SUMMARY_BY_PROJECT_CREATED_AT);
    wire_kraw(w, "all_data_columns", &r, SUMMARY_BY_PROJECT_ALL_DATA_COLUMNS);
    wire_kraw(w, "common_data_columns", &r, SUMMARY_BY_PROJECT_COMMON_DATA_COLUMNS);
    wire_kraw(w, "created_annotations", &r, SUMMARY_BY_PROJECT_CREATED_ANNOTATIONS);
    wire_kraw(w, "created_labels", &r, SUMMARY_BY_PROJECT_CREATED_LABELS);
    wire_kraw(w, "created_labels_drafts", &r, SUMMARY_BY_PROJECT_CREATED_LABELS_DRAFTS);
    jw_end(w);
    return OK;
}

err *summary_usage(struct scope *s, int64_t project, struct lc_usage *out)
{
    struct row r;

    TRY(summary_row(s, project, &r));
    *out = (struct lc_usage){
        .tasks = row_i64(&r, SUMMARY_BY_PROJECT_TASKS),
        .created_annotations = row_json(&r, SUMMARY_BY_PROJECT_CREATED_ANNOTATIONS),
        .created_labels = row_json(&r, SUMMARY_BY_PROJECT_CREATED_LABELS),
        .created_labels_drafts = row_json(&r, SUMMARY_BY_PROJECT_CREATED_LABELS_DRAFTS),
    };
    return OK;
}

/* ---- recounting ---- */

struct reset {
    int64_t project;
    int64_t after;      /* inner_id: everything up to it counts */
    int64_t next;       /* what `after` becomes when the step is committed */
    bool more;
};

static err *count_step(struct db *db, void *arg)
{
    struct reset *r = arg;
    const char *tasks;
    struct row row;

    TRY(db_one(db, SQL_summary_reset_next, DB_ARGS(db_i64(r->project), db_i64(r->after), db_i64(TASKS_PER_STEP)), &row));
    r->more = !row_null(&row, SUMMARY_RESET_NEXT_LAST);
    if (!r->more)
        return OK;
    r->next = row_i64(&row, SUMMARY_RESET_NEXT_LAST);
    tasks = row_text(&row, SUMMARY_RESET_NEXT_TASKS);
    if (!tasks)
        return OK;
    TRY(db_exec(db, SQL_summary_reset_lock, DB_ARGS(db_text(tasks)), NULL));
    return db_exec(db, SQL_summary_reset_count, DB_ARGS(db_text(tasks)), NULL);
}

static err *repair_step(struct db *db, void *arg)
{
    const struct reset *r = arg;

    return db_exec(db, SQL_summary_repair, DB_ARGS(db_i64(r->project)), NULL);
}

err *summary_reset(struct scope *s, int64_t project)
{
    struct reset r = {.project = project, .more = true};

    TRY(project_check_visible(s, project));
    while (r.more) {
        struct arena_mark m = arena_mark(s->a);

        TRY(tx_run(s->db, TX_WRITE, count_step, &r));
        r.after = r.next;
        arena_rewind(s->a, m);
    }
    TRY(tx_run(s->db, TX_WRITE, repair_step, &r));
    return setting_note(s, project, "danger");
}
