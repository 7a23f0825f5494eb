/* The table of columns and its look-up. */
#include "dm/columns.h"

#include <string.h>

#include "base/text.h"
#include "core/task.h"

static const struct dm_column columns[] = {
#define COLUMN(name, class, relation, sql, order, empty, computed) \
    {name, DM_##class, DM_##relation, sql, order, DM_EMPTY_##empty, computed},
#define RELATION(name, sql)
#define LISTED(name, title, type, explore, labeling, schema, help)
#define LISTED_WITH(use, name, title, type, explore, labeling, schema, help)
#include "dm/columns.def"
#undef COLUMN
#undef RELATION
#undef LISTED
#undef LISTED_WITH
#undef TASK_COMMENTS_SQL
#undef TASK_REVIEWERS_SQL
};

const struct dm_listed dm_listed[] = {
#define COLUMN(name, class, relation, sql, order, empty, computed)
#define RELATION(name, sql)
#define LISTED(name, title, type, explore, labeling, schema, help) {name, title, type, help, explore, labeling, DM_SCHEMA_##schema, DM_USE_ALWAYS},
#define LISTED_WITH(use, name, title, type, explore, labeling, schema, help) {name, title, type, help, explore, labeling, DM_SCHEMA_##schema, DM_USE_##use},
#include "dm/columns.def"
#undef COLUMN
#undef RELATION
#undef LISTED
#undef LISTED_WITH
#undef TASK_COMMENTS_SQL
#undef TASK_REVIEWERS_SQL
};
const size_t dm_listed_n = sizeof dm_listed / sizeof *dm_listed;

static const char *const relations[] = {
    [DM_NONE] = "",
#define COLUMN(name, class, relation, sql, order, empty, computed)
#define LISTED(name, title, type, explore, labeling, schema, help)
#define LISTED_WITH(use, name, title, type, explore, labeling, schema, help)
#define RELATION(name, sql) [DM_##name] = sql,
#include "dm/columns.def"
#undef COLUMN
#undef RELATION
#undef LISTED
#undef LISTED_WITH
#undef TASK_COMMENTS_SQL
#undef TASK_REVIEWERS_SQL
};

static const struct dm_column data_column = {.name = "data", .class = DM_DATA, .empty = DM_EMPTY_TEXT};

const struct dm_column *dm_column_find(const char *name, const char **key)
{
    *key = NULL;
    if (text_starts(name, "data.") && name[5]) {
        *key = name + 5;
        return &data_column;
    }
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

bool dm_column_names_annotators(const char *name)
{
    for (size_t i = 0; i < dm_listed_n; i++)
        if (strcmp(dm_listed[i].name, name) == 0)
            return dm_listed[i].schema == DM_SCHEMA_USERS && strcmp(name, "reviewers") != 0;
    return false;
}

const char *dm_relation_sql(enum dm_relation r)
{
    return relations[r];
}
