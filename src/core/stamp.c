/* Time stamps of objects under a lock, for writers that must not overwrite what they have not seen. */
#include "core/stamp.h"

#include <string.h>

#include "base/log.h"
#include "core/annotation.h"
#include "core/project.h"
#include "core/stamp.sql.h"
#include "core/task.h"
#include "core/wire.h"

static err *check_visible(struct scope *s, enum stamp_kind kind, int64_t id)
{
    struct row r;

    switch (kind) {
    case STAMP_PROJECT: return project_check_visible(s, id);
    case STAMP_TASK: return task_row(s, id, &r);
    case STAMP_ANNOTATION: return annotation_row(s, id, &r);
    }
    BUG("stamp of an unknown kind");
}

err *stamp_lock(struct scope *s, enum stamp_kind kind, int64_t id, const char **stamp)
{
    static const struct sql_query *const queries[] = {
        [STAMP_PROJECT] = SQL_stamp_project, [STAMP_TASK] = SQL_stamp_task, [STAMP_ANNOTATION] = SQL_stamp_annotation};
    struct row r;

    TRY(check_visible(s, kind, id));
    if (kind == STAMP_ANNOTATION)
        TRY(db_exec(s->db, SQL_stamp_annotation_task, DB_ARGS(db_i64(id)), NULL));
    TRY(db_one(s->db, queries[kind], DB_ARGS(db_i64(id)), &r));
    *stamp = wire_time_text(s->a, row_text(&r, STAMP_PROJECT_UPDATED_AT));
    return OK;
}

err *stamp_version(struct scope *s, const char *table, int64_t id, bool locked, const char **out)
{
    struct row r;

    TRY(db_one(s->db, SQL_stamp_version, DB_ARGS(db_text(table), db_i64(id), db_bool(locked)), &r));
    *out = row_null(&r, STAMP_VERSION_VERSION) ? NULL : row_text(&r, STAMP_VERSION_VERSION);
    return OK;
}

err *stamp_permission(struct scope *s, int64_t organization, const char *permission, bool locked, const char **out)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, locked ? SQL_stamp_permission_locked : SQL_stamp_permission, DB_ARGS(db_i64(organization), db_text(permission)), &r, &found));
    *out = found ? row_text(&r, STAMP_PERMISSION_VERSION) : NULL;
    return OK;
}

/* The fraction is left out when it is zero, so "…16Z" is earlier than "…16.4Z" although 'Z' sorts behind '.'. */
bool stamp_before(const char *x, const char *y)
{
    size_t n = strcspn(x, ".Z");
    int order = strncmp(x, y, n);

    if (order != 0)
        return order < 0;
    if (y[n] == '.' && x[n] == 'Z')
        return true;
    return x[n] == '.' && y[n] == '.' && strcmp(x + n, y + n) < 0;
}
