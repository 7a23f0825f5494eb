/* Model versions: counted and removed as a whole. Single predictions are in prediction.c. */
#include "core/model_version.h"

#include <string.h>

#include "core/model_version.sql.h"
#include "core/setting.h"
#include "core/project.h"
#include "core/task.sql.h"
#include "core/wire.h"

enum { TASKS_PER_STEP = 2000 };

/* ---- reading ---- */

static err *shown_version(struct scope *s, int64_t project, const char **out)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_model_version_shown, DB_ARGS(SCOPE_ARGS(s), db_i64(project)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
    *out = row_text(&r, MODEL_VERSION_SHOWN_MODEL_VERSION);
    return OK;
}

err *model_version_counts_write(struct scope *s, struct jw *w, int64_t project, int64_t most)
{
    const char *shown;
    bool used = false;
    struct rows rows;

    TRY(shown_version(s, project, &shown));
    TRY(db_many(s->db, SQL_model_version_list, DB_ARGS(db_i64(project)), &rows));
    jw_obj(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        const char *version = row_text(&r, MODEL_VERSION_LIST_MODEL_VERSION);

        used = used || (shown && version && strcmp(shown, version) == 0);
        if (most == 0 || i < most)
            wire_ki64(w, version ? version : "null", &r, MODEL_VERSION_LIST_COUNT);
    }
    if (shown && *shown && !used)
        jw_ki64(w, shown, 0);
    jw_end(w);
    return OK;
}

static void version_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_kstr(w, "model_version", r, MODEL_VERSION_LIST_MODEL_VERSION);
    wire_ki64(w, "count", r, MODEL_VERSION_LIST_COUNT);
    wire_ktime(w, "latest", r, MODEL_VERSION_LIST_LATEST);
    jw_end(w);
}

/* ML backends of the project, by the name that shows their predictions. */
static err *live_write(struct scope *s, struct jw *w, int64_t project)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_model_version_live, DB_ARGS(db_i64(project)), &rows));
    jw_key(w, "live");
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        jw_obj(w);
        wire_kstr(w, "model_version", &r, MODEL_VERSION_LIVE_TITLE);
        wire_ki64(w, "count", &r, MODEL_VERSION_LIVE_COUNT);
        wire_ktime(w, "latest", &r, MODEL_VERSION_LIVE_LATEST);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

err *model_version_list_write(struct scope *s, struct jw *w, int64_t project, bool live)
{
    struct rows rows;

    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_model_version_list, DB_ARGS(db_i64(project)), &rows));
    jw_obj(w);
    jw_key(w, "static");
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        version_write(w, &r);
    }
    jw_end(w);
    if (live)
        TRY(live_write(s, w, project));
    else
        jw_knull(w, "live");
    jw_end(w);
    return OK;
}

/* ---- removing ---- */

struct removal {
    struct scope *s;
    int64_t project;
    const char *version;
    const char *tasks;       /* of the step, int4[] text */
    int64_t seen;            /* gone in the step; counts when it is committed */
};

static err *forget(struct db *db, void *arg)
{
    const struct removal *r = arg;

    TRY(db_exec(db, SQL_model_version_forget, DB_ARGS(db_i64(r->project), db_text(r->version)), NULL));
    return setting_note(r->s, r->project, "predictions");
}

static err *remove_step(struct db *db, void *arg)
{
    struct removal *r = arg;
    struct row gone;

    TRY(db_exec(db, SQL_model_version_lock, DB_ARGS(db_text(r->tasks)), NULL));
    TRY(db_one(db, SQL_model_version_delete, DB_ARGS(db_text(r->tasks), db_text(r->version)), &gone));
    r->seen = row_i64(&gone, MODEL_VERSION_DELETE_SEEN);
    return db_exec(db, SQL_task_recount, DB_ARGS(db_text(r->tasks), db_null()), NULL);
}

err *model_version_delete(struct scope *s, int64_t project, const char *version, int64_t *n)
{
    struct removal r = {.s = s, .project = project, .version = version};
    struct rows parts;

    *n = 0;
    TRY(project_check_visible(s, project));
    TRY(tx_run(s->db, TX_WRITE, forget, &r));
    TRY(db_many(s->db, SQL_model_version_tasks, DB_ARGS(db_i64(project), db_text(version), db_i64(TASKS_PER_STEP)), &parts));
    for (int i = 0; i < parts.n; i++) {
        struct arena_mark m = arena_mark(s->a);
        struct row part = rows_at(&parts, i);

        r.tasks = row_text(&part, MODEL_VERSION_TASKS_TASKS);
        TRY(tx_run(s->db, TX_WRITE, remove_step, &r));
        *n += r.seen;
        arena_rewind(s->a, m);
    }
    return OK;
}
