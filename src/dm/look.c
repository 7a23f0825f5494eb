/* What people chose for the task table, one row per person and project. */
#include "dm/look.h"

#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "dm/look.sql.h"
#include "json/jin.h"

enum { LOOK_MOST_BYTES = 256 << 10 };

err *look_get(struct scope *s, int64_t project, json_t **out)
{
    struct row r;
    bool found;
    const char *text = "{}";

    TRY(db_opt(s->db, SQL_look_get, DB_ARGS(db_i64(project), db_i64(s->user)), &r, &found));
    if (found)
        text = row_json(&r, LOOK_GET_DATA);
    return jin_parse(s->a, (struct span){text, strlen(text)}, (int)cfg.json_max_depth, out);
}

err *look_set(struct scope *s, int64_t project, const json_t *data)
{
    char *dumped = json_dumps(data, JSON_COMPACT);
    const char *text = arena_strdup(s->a, dumped ? dumped : "{}");

    free(dumped);
    if (strlen(text) > LOOK_MOST_BYTES)
        return err_new(s->a, ERR_TOO_LARGE, NULL);
    return db_exec(s->db, SQL_look_set, DB_ARGS(db_i64(project), db_i64(s->user), db_text(text)), NULL);
}

err *look_set_width(struct scope *s, int64_t project, const struct look_width *w)
{
    return db_exec(s->db, SQL_look_width,
                   DB_ARGS(db_i64(project), db_i64(s->user), db_text(w->tab), db_text(w->column), db_i64(w->pixels),
                           db_texts(s->a, w->tabs, w->n_tabs), db_texts(s->a, w->columns, w->n_columns)), NULL);
}

err *look_clear(struct scope *s, int64_t project)
{
    return db_exec(s->db, SQL_look_clear, DB_ARGS(db_i64(project), db_i64(s->user)), NULL);
}
