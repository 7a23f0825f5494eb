/* Which columns a project offers: what the label configuration and the task data have, then the columns of columns.def. */
#include "dm/columns_read.h"

#include <string.h>

#include "core/project.h"
#include "dm/dm.sql.h"

struct columns {
    struct arena *a;
    struct dm_project_column *list;
    size_t n;
};

static bool has(const struct columns *o, const char *id)
{
    for (size_t i = 0; i < o->n; i++)
        if (strcmp(o->list[i].id, id) == 0)
            return true;
    return false;
}

static void data_add(struct columns *o, const char *id, const char *title, const char *type, bool configured, bool labeling)
{
    o->list[o->n++] = (struct dm_project_column){
        .id = id, .name = arena_printf(o->a, "data.%s", id), .title = title, .type = type, .explore = true, .labeling = labeling,
        .of_data = true, .configured = configured,
    };
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

static void configured_add(struct columns *o, const struct lc *lc)
{
    size_t n;
    const struct lc_data_key *keys = lc_data_keys(lc, &n);

    for (size_t i = 0; i < n; i++)
        if (!strchr(keys[i].key, '[') && !has(o, keys[i].key))
            data_add(o, keys[i].key, keys[i].key, type_of_tag(keys[i].tag), true, true);
}

static void other_add(struct columns *o, const struct rows *rows)
{
    bool configured = o->n > 0;

    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        const char *key = row_text(&r, DM_DATA_KEYS_KEY);
        bool unnamed = strcmp(key, "$undefined$") == 0;
        if (!has(o, key) && !(unnamed && configured))
            data_add(o, key, unnamed ? "data" : key, "Unknown", false, unnamed);
    }
}

/* Where reviewers are not to know who annotated, no column tells them. */
static bool secret(const struct scope *s, const struct dm_listed *c, const struct row *uses)
{
    return strcmp(s->role, "RE") == 0 && row_bool(uses, DM_USES_ANONYMOUS) && dm_column_names_annotators(c->name);
}

bool dm_listed_offered(const struct scope *s, const struct dm_listed *c, const struct row *uses)
{
    if (secret(s, c, uses))
        return false;
    return c->use == DM_USE_ALWAYS || row_bool(uses, c->use == DM_USE_REVIEWS ? DM_USES_REVIEWS : DM_USES_COMMENTS);
}

static void fixed_add(const struct scope *s, struct columns *o, const struct row *uses)
{
    for (size_t i = 0; i < dm_listed_n; i++) {
        const struct dm_listed *c = &dm_listed[i];
        if (dm_listed_offered(s, c, uses))
            o->list[o->n++] = (struct dm_project_column){
                .id = c->name, .name = c->name, .title = c->title, .type = c->type, .help = c->help, .explore = c->explore,
                .labeling = c->labeling, .schema = c->schema,
            };
    }
}

err *dm_columns_read(struct scope *s, int64_t project, struct dm_project_column **out, size_t *n)
{
    const struct lc *lc;
    struct columns o = {.a = s->a};
    struct rows keys;
    struct row uses;

    TRY(project_config(s, project, &lc, NULL, NULL));
    TRY(db_many(s->db, SQL_dm_data_keys, DB_ARGS(db_i64(project)), &keys));
    TRY(db_one(s->db, SQL_dm_uses, DB_ARGS(db_i64(project)), &uses));
    lc_data_keys(lc, n);
    o.list = arena_array(s->a, *n + (size_t)keys.n + dm_listed_n, sizeof *o.list);
    configured_add(&o, lc);
    other_add(&o, &keys);
    fixed_add(s, &o, &uses);
    *out = o.list;
    *n = o.n;
    return OK;
}
