/* The columns list of the API. */
#include "dm/columns_write.h"

#include "core/wire.h"
#include "dm/dm.sql.h"
#include "dm/columns_read.h"

static err *items_write(struct scope *s, struct jw *w, int64_t project, enum dm_schema schema)
{
    bool users = schema == DM_SCHEMA_USERS;
    struct rows rows;

    if (users)
        TRY(db_many(s->db, SQL_dm_people, DB_ARGS(SCOPE_ARGS(s)), &rows));
    else
        TRY(db_many(s->db, SQL_dm_versions, DB_ARGS(db_i64(project)), &rows));
    jw_key(w, "schema");
    jw_obj(w);
    jw_key(w, "items");
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        if (users)
            jw_i64(w, row_i64(&r, DM_PEOPLE_USER_ID));
        else
            jw_str(w, row_text(&r, DM_VERSIONS_VERSION));
    }
    jw_end(w);
    if (!users)
        jw_kbool(w, "multiple", true);
    jw_end(w);
    return OK;
}

static err *column_write(struct scope *s, struct jw *w, int64_t project, const struct dm_project_column *c)
{
    jw_obj(w);
    jw_kstr(w, "id", c->id);
    jw_kstr(w, "title", c->title);
    jw_kstr(w, "type", c->type);
    jw_kstr(w, "target", "tasks");
    if (c->help)
        jw_kstr(w, "help", c->help);
    if (c->of_data)
        jw_kstr(w, "parent", "data");
    if (c->schema != DM_SCHEMA_NONE)
        TRY(items_write(s, w, project, c->schema));
    jw_key(w, "visibility_defaults");
    jw_obj(w);
    jw_kbool(w, "explore", c->explore);
    jw_kbool(w, "labeling", c->labeling);
    jw_end(w);
    jw_kbool(w, "project_defined", c->of_data);
    jw_end(w);
    return OK;
}

static void data_parent_write(struct jw *w, const struct dm_project_column *list, size_t n)
{
    jw_obj(w);
    jw_kstr(w, "id", "data");
    jw_kstr(w, "title", "data");
    jw_kstr(w, "type", "List");
    jw_kstr(w, "target", "tasks");
    jw_key(w, "children");
    jw_arr(w);
    for (size_t i = 0; i < n; i++)
        if (list[i].of_data)
            jw_str(w, list[i].id);
    jw_end(w);
    jw_kbool(w, "project_defined", false);
    jw_end(w);
}

err *dm_columns_write(struct scope *s, struct jw *w, int64_t project)
{
    struct dm_project_column *list;
    size_t n;

    TRY(dm_columns_read(s, project, &list, &n));
    jw_obj(w);
    jw_key(w, "columns");
    jw_arr(w);
    for (size_t i = 0; i < n; i++)
        TRY(column_write(s, w, project, &list[i]));
    data_parent_write(w, list, n);
    jw_end(w);
    jw_end(w);
    return OK;
}
