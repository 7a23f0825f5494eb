/* The columns list: what the label configuration and the task data have, then the columns of columns.def. */
#include "dm/columns_write.h"

#include <string.h>

#include "core/project.h"
#include "core/wire.h"
#include "dm/columns.h"
#include "dm/dm.sql.h"

struct keys {
    const char **names;
    size_t n;
};

static bool has(const struct keys *k, const char *name)
{
    for (size_t i = 0; i < k->n; i++)
        if (strcmp(k->names[i], name) == 0)
            return true;
    return false;
}

static void visibility_write(struct jw *w, bool explore, bool labeling)
{
    jw_key(w, "visibility_defaults");
    jw_obj(w);
    jw_kbool(w, "explore", explore);
    jw_kbool(w, "labeling", labeling);
    jw_end(w);
}

static void data_column_write(struct jw *w, const char *id, const char *title, const char *type, bool labeling)
{
    jw_obj(w);
    jw_kstr(w, "id", id);
    jw_kstr(w, "title", title);
    jw_kstr(w, "type", type);
    jw_kstr(w, "target", "tasks");
    jw_kstr(w, "parent", "data");
    visibility_write(w, true, labeling);
    jw_kbool(w, "project_defined", true);
    jw_end(w);
}

/* The table shows pictures and players for these; other tags show text. */
static const char *type_of_tag(const char *tag)
{
    static const char *const media[] = {"Image", "Audio", "AudioPlus", "Video"};

    for (size_t i = 0; i < sizeof media / sizeof *media; i++)
        if (strcmp(tag, media[i]) == 0)
            return media[i];
    return "String";
}

static void config_columns_write(struct jw *w, const struct lc *lc, struct keys *seen)
{
    size_t n;
    const struct lc_data_key *keys = lc_data_keys(lc, &n);

    for (size_t i = 0; i < n; i++) {
        if (strchr(keys[i].key, '[') || has(seen, keys[i].key))
            continue;
        data_column_write(w, keys[i].key, keys[i].key, type_of_tag(keys[i].tag), true);
        seen->names[seen->n++] = keys[i].key;
    }
}

static void other_columns_write(struct jw *w, const struct rows *rows, struct keys *seen)
{
    bool configured = seen->n > 0;

    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        const char *key = row_text(&r, DM_DATA_KEYS_KEY);
        bool unnamed = strcmp(key, "$undefined$") == 0;
        if (has(seen, key) || (unnamed && configured))
            continue;
        data_column_write(w, key, unnamed ? "data" : key, "Unknown", unnamed);
        seen->names[seen->n++] = key;
    }
}

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

static bool offered(const struct dm_listed *c, const struct row *uses)
{
    return c->use == DM_USE_ALWAYS || row_bool(uses, c->use == DM_USE_REVIEWS ? DM_USES_REVIEWS : DM_USES_COMMENTS);
}

static err *fixed_columns_write(struct scope *s, struct jw *w, int64_t project)
{
    struct row uses;

    TRY(db_one(s->db, SQL_dm_uses, DB_ARGS(db_i64(project)), &uses));
    for (size_t i = 0; i < dm_listed_n; i++) {
        const struct dm_listed *c = &dm_listed[i];
        if (!offered(c, &uses))
            continue;
        jw_obj(w);
        jw_kstr(w, "id", c->name);
        jw_kstr(w, "title", c->title);
        jw_kstr(w, "type", c->type);
        jw_kstr(w, "target", "tasks");
        jw_kstr(w, "help", c->help);
        if (c->schema != DM_SCHEMA_NONE)
            TRY(items_write(s, w, project, c->schema));
        visibility_write(w, c->explore, c->labeling);
        jw_kbool(w, "project_defined", false);
        jw_end(w);
    }
    return OK;
}

static void data_parent_write(struct jw *w, const struct keys *seen)
{
    jw_obj(w);
    jw_kstr(w, "id", "data");
    jw_kstr(w, "title", "data");
    jw_kstr(w, "type", "List");
    jw_kstr(w, "target", "tasks");
    jw_key(w, "children");
    jw_arr(w);
    for (size_t i = 0; i < seen->n; i++)
        jw_str(w, seen->names[i]);
    jw_end(w);
    jw_kbool(w, "project_defined", false);
    jw_end(w);
}

err *dm_columns_write(struct scope *s, struct jw *w, int64_t project)
{
    const struct lc *lc;
    struct keys seen = {0};
    struct rows rows;
    size_t n;

    TRY(project_config(s, project, &lc, NULL, NULL));
    TRY(db_many(s->db, SQL_dm_data_keys, DB_ARGS(db_i64(project)), &rows));
    lc_data_keys(lc, &n);
    seen.names = arena_array(s->a, n + (size_t)rows.n, sizeof *seen.names);
    jw_obj(w);
    jw_key(w, "columns");
    jw_arr(w);
    config_columns_write(w, lc, &seen);
    other_columns_write(w, &rows, &seen);
    TRY(fixed_columns_write(s, w, project));
    data_parent_write(w, &seen);
    jw_end(w);
    jw_end(w);
    return OK;
}
