/* Rows of snapshots. Writing their files is src/jobs/snapshot.c. */
#include "export/snapshot.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "core/args.h"
#include "core/project.h"
#include "core/wire.h"
#include "db/queue.h"
#include "dm/view.h"
#include "export/choice.h"
#include "export/snapshot.sql.h"
#include "json/verr.h"

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Export matches the given query.");
}

/* ---- asking for one ---- */

/* The view as it is now: clients remove theirs before the file is written. One that the caller does
 * not see, or of another project, asks for nothing, as on the reference server. */
static err *view_read(struct scope *s, int64_t project, const struct exp_choice *c,
                      const char **query)
{
    int64_t own;
    json_t *tree;
    char *text;
    err *e;

    *query = NULL;
    if (c->view <= 0 || c->view > INT32_MAX)
        return OK;
    e = view_query(s, c->view, &own, &tree);
    if (e)
        return e->kind == ERR_NOT_FOUND ? OK : e;
    if (own != project)
        return OK;
    text = json_dumps(tree, JSON_COMPACT);
    *query = arena_strdup(s->a, text);
    free(text);
    return OK;
}

static const char *option(const struct jin *in, const char *name)
{
    return arg_given(in, name) ? jin_json(in, name) : NULL;
}

err *snapshot_create(struct scope *s, int64_t project, const struct jin *in, const char *asked, int64_t *id, int64_t *job)
{
    const char *tasks = option(in, "task_filter_options");
    const char *annotations = option(in, "annotation_filter_options");
    const char *serialization = option(in, "serialization_options"), *query;
    struct exp_choice c;
    struct row r;

    TRY(project_check_visible(s, project));
    TRY(exp_choice_read(s->a, tasks, annotations, serialization, &c));
    TRY(view_read(s, project, &c, &query));
    if (c.view == 0)
        query = asked;
    TRY(exp_choice_open(s, project, query, &c));      /* what would fail later is refused now */
    TRY(db_one(s->db, SQL_snapshot_insert,
               DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_text(jin_text(in, "title")),
                       db_text(tasks), db_text(annotations), db_text(serialization),
                       db_text(query)),
               &r));
    *id = row_i64(&r, SNAPSHOT_INSERT_ID);
    TRY(queue_add(s->db, "export", s->organization,
                  arena_printf(s->a, "{\"project\":%lld,\"export\":%lld}", (long long)project, (long long)*id), NULL, job));
    return db_exec(s->db, SQL_snapshot_job, DB_ARGS(db_i64(*id), db_i64(*job)), NULL);
}

/* ---- reading ---- */

static err *list(struct scope *s, int64_t project, struct db_arg id, struct rows *out)
{
    return db_many(s->db, SQL_snapshot_list,
                   DB_ARGS(SCOPE_ARGS(s), db_i64(project), id, db_i64(SNAPSHOTS_LISTED)), out);
}

err *snapshot_rows(struct scope *s, int64_t project, struct rows *out)
{
    TRY(project_check_visible(s, project));
    return list(s, project, db_null(), out);
}

err *snapshot_row(struct scope *s, int64_t project, int64_t id, struct row *out)
{
    struct rows rows;

    TRY(list(s, project, db_i64(id), &rows));
    if (rows.n == 0)
        return missing(s);
    *out = rows_at(&rows, 0);
    return OK;
}

static void options_write(struct jw *w, const struct row *r)
{
    wire_kraw(w, "task_filter_options", r, SNAPSHOT_LIST_TASK_FILTER_OPTIONS);
    wire_kraw(w, "annotation_filter_options", r, SNAPSHOT_LIST_ANNOTATION_FILTER_OPTIONS);
    wire_kraw(w, "serialization_options", r, SNAPSHOT_LIST_SERIALIZATION_OPTIONS);
}

void snapshot_write(struct jw *w, const struct row *r, bool options)
{
    jw_obj(w);
    wire_kstr(w, "title", r, SNAPSHOT_LIST_TITLE);
    wire_ki64(w, "id", r, SNAPSHOT_LIST_ID);
    wire_kraw(w, "created_by", r, SNAPSHOT_LIST_CREATED_BY);
    wire_ktime(w, "created_at", r, SNAPSHOT_LIST_CREATED_AT);
    wire_ktime(w, "finished_at", r, SNAPSHOT_LIST_FINISHED_AT);
    wire_kstr(w, "status", r, SNAPSHOT_LIST_STATUS);
    wire_kstr(w, "md5", r, SNAPSHOT_LIST_MD5);
    jw_key(w, "counters");
    if (row_null(r, SNAPSHOT_LIST_TASKS)) {
        jw_null(w);
    } else {
        jw_obj(w);
        wire_ki64(w, "task_number", r, SNAPSHOT_LIST_TASKS);
        jw_end(w);
    }
    wire_kraw(w, "converted_formats", r, SNAPSHOT_LIST_CONVERTED_FORMATS);
    if (options)
        options_write(w, r);
    jw_end(w);
}

/* ---- removing ---- */

static void remove_file(void *path)
{
    unlink(path);
}

err *snapshot_delete(struct scope *s, int64_t project, int64_t id)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_snapshot_delete, DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_i64(id)),
                &rows));
    if (rows.n == 0)
        return missing(s);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        if (!row_null(&r, SNAPSHOT_DELETE_FILE))
            tx_after_commit(s->db, remove_file,
                            arena_printf(s->a, "%s/%s", cfg.data_dir,
                                         row_text(&r, SNAPSHOT_DELETE_FILE)));
    }
    return OK;
}

/* ---- other formats ---- */

err *snapshot_convert(struct scope *s, int64_t project, int64_t id, const char *type,
                      bool resources, bool corrected, int64_t *converted, int64_t *job)
{
    struct row r;
    bool fresh;

    TRY(snapshot_row(s, project, id, &r));
    if (!exp_format_find(type))
        return verr_one(s->a, "export_type", "%s is not supported export format", type);
    if (row_null(&r, SNAPSHOT_LIST_FILE))
        return verr_one(s->a, NULL, "Export is not completed");
    TRY(db_opt(s->db, SQL_snapshot_convert, DB_ARGS(db_i64(id), db_text(type)), &r, &fresh));
    if (!fresh)
        return verr_one(s->a, NULL, "Conversion to %s already started", type);
    *converted = row_i64(&r, SNAPSHOT_CONVERT_ID);
    TRY(queue_add(s->db, "export_convert", s->organization,
                  arena_printf(s->a, "{\"project\":%lld,\"converted\":%lld,\"resources\":%d,\"corrected\":%d}", (long long)project,
                               (long long)*converted, resources, corrected), NULL, job));
    return db_exec(s->db, SQL_snapshot_convert_job, DB_ARGS(db_i64(*converted), db_i64(*job)), NULL);
}

/* ---- files ---- */

const char *snapshot_stem(struct arena *a, const char *file)
{
    const char *name = strchr(strrchr(file, '/'), '.') + 1;

    return arena_strndup(a, name, (size_t)(strrchr(name, '.') - name));
}

err *snapshot_find_file(struct scope *s, int64_t project, int64_t id, const char *type,
                        struct snapshot_file *out)
{
    struct row r;
    bool found;

    *out = (struct snapshot_file){0};
    TRY(snapshot_row(s, project, id, &r));
    if (row_null(&r, SNAPSHOT_LIST_FILE))
        return err_new(s->a, ERR_NOT_FOUND, "Export is not completed");
    out->document = out->file = row_text(&r, SNAPSHOT_LIST_FILE);
    out->stem = snapshot_stem(s->a, out->document);
    if (strcmp(type, "JSON") == 0)
        return OK;
    TRY(db_opt(s->db, SQL_snapshot_converted, DB_ARGS(db_i64(id), db_text(type)), &r, &found));
    out->file = found ? row_text(&r, SNAPSHOT_CONVERTED_FILE) : NULL;
    return OK;
}

err *snapshot_map(struct arena *a, const char *file, struct span *out)
{
    err *e = filemap_whole(a, arena_printf(a, "%s/%s", cfg.data_dir, file), &out->p, &out->len);

    return (e && e->kind == ERR_NOT_FOUND) || out->len == 0 ? err_new(a, ERR_NOT_FOUND, "The file of this export is gone.") : e;
}
