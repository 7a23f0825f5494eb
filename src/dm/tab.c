/* Views as tabs: made, changed, moved and taken away by the page. */
#include "dm/tab.h"

#include <stdlib.h>

#include "dm/view.h"
#include "dm/view.sql.h"

/* JSON of a tree; NULL for none. */
static struct db_arg json_arg(struct arena *a, const json_t *tree)
{
    char *dumped = tree && !json_is_null(tree) ? json_dumps(tree, JSON_COMPACT) : NULL;
    const char *text = dumped ? arena_strdup(a, dumped) : NULL;

    free(dumped);
    return db_text(text);
}

static err *check(struct scope *s, int64_t project, int64_t id)
{
    const char *unused;
    int64_t of;

    TRY(view_source(s, id, &of, &unused));
    return of == project ? OK : err_new(s->a, ERR_NOT_FOUND, "No View matches the given query.");
}

err *tab_add(struct scope *s, int64_t project, const struct tab *t, int64_t *id)
{
    struct row r;

    TRY(db_one(s->db, SQL_tab_insert,
               DB_ARGS(db_i64(project), db_i64(s->user), json_arg(s->a, t->data), json_arg(s->a, t->filters), json_arg(s->a, t->ordering),
                       json_arg(s->a, t->selected), db_bool(t->is_private)), &r));
    *id = row_i64(&r, TAB_INSERT_ID);
    return OK;
}

err *tab_save(struct scope *s, int64_t project, int64_t id, const struct tab *t)
{
    TRY(check(s, project, id));
    return db_exec(s->db, SQL_tab_save, DB_ARGS(db_i64(id), json_arg(s->a, t->data), json_arg(s->a, t->filters), json_arg(s->a, t->ordering)), NULL);
}

err *tab_rename(struct scope *s, int64_t project, int64_t id, const char *title)
{
    TRY(check(s, project, id));
    return db_exec(s->db, SQL_tab_rename, DB_ARGS(db_i64(id), db_text(title)), NULL);
}

err *tab_share(struct scope *s, int64_t project, int64_t id, bool with_project)
{
    int64_t n;

    TRY(check(s, project, id));
    TRY(db_exec(s->db, SQL_tab_share, DB_ARGS(db_i64(id), db_bool(!with_project), db_i64(s->user)), &n));
    return n ? OK : err_new(s->a, ERR_PERMISSION, "This tab is shared by somebody else, who alone can make it private.");
}

err *tab_trash(struct scope *s, int64_t project, int64_t id)
{
    TRY(check(s, project, id));
    return db_exec(s->db, SQL_tab_trash, DB_ARGS(db_i64(id), db_i64(project)), NULL);
}

err *tab_restore(struct scope *s, int64_t project, int64_t id, int64_t *n)
{
    return db_exec(s->db, SQL_tab_restore, DB_ARGS(db_i64(id), db_i64(project), db_i64(s->user)), n);
}

err *tab_move(struct scope *s, int64_t project, int64_t id, int64_t place)
{
    struct rows tabs;
    int64_t *ids;
    size_t n = 0;

    TRY(check(s, project, id));
    TRY(view_tabs(s, project, &tabs));
    ids = arena_array(s->a, (size_t)tabs.n + 1, sizeof *ids);
    for (int i = 0; i < tabs.n; i++) {
        struct row r = rows_at(&tabs, i);
        int64_t other = row_i64(&r, VIEW_TABS_ID);
        if ((int64_t)n == place)
            ids[n++] = id;
        if (other != id)
            ids[n++] = other;
    }
    if ((int64_t)n <= place)
        ids[n++] = id;
    return view_reorder(s, project, ids, n);
}
