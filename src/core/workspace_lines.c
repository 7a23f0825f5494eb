/* What pages show of workspaces. The rules are core/workspace.c. */
#include "core/workspace_lines.h"

#include "core/workspace.h"
#include "core/workspace.sql.h"

static struct workspace_line line_of(const struct row *r)
{
    return (struct workspace_line){
        .id = row_i64(r, WORKSPACE_LINES_ID),
        .people = row_i64(r, WORKSPACE_LINES_PEOPLE),
        .projects = row_i64(r, WORKSPACE_LINES_PROJECTS),
        .title = row_text(r, WORKSPACE_LINES_TITLE),
        .description = row_text(r, WORKSPACE_LINES_DESCRIPTION),
        .color = row_text(r, WORKSPACE_LINES_COLOR),
        .personal = row_bool(r, WORKSPACE_LINES_IS_PERSONAL),
        .archived = row_bool(r, WORKSPACE_LINES_IS_ARCHIVED),
    };
}

err *workspace_lines(struct scope *s, int64_t skip, int64_t most, struct workspace_line **out, size_t *n, int64_t *total)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_workspace_lines, DB_ARGS(SCOPE_ARGS(s), db_null(), db_i64(skip), db_i64(most)), &rows));
    *n = (size_t)rows.n;
    *out = arena_array(s->a, *n, sizeof **out);
    *total = 0;
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        (*out)[i] = line_of(&r);
        *total = row_i64(&r, WORKSPACE_LINES_TOTAL);
    }
    return OK;
}

err *workspace_line(struct scope *s, int64_t id, struct workspace_line *out)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_workspace_lines, DB_ARGS(SCOPE_ARGS(s), db_i64(id), db_i64(0), db_i64(1)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No Workspace matches the given query.");
    *out = line_of(&r);
    return OK;
}

err *workspace_people_lines(struct scope *s, int64_t id, const struct workspace_part *p, struct rows *out)
{
    return db_many(s->db, SQL_workspace_people_lines,
                   DB_ARGS(db_i64(s->organization), db_i64(id), db_bool(p->inside), db_text(p->search), db_i64(p->skip), db_i64(p->most)), out);
}

err *workspace_project_lines(struct scope *s, int64_t id, const struct workspace_part *p, struct rows *out)
{
    return db_many(s->db, SQL_workspace_project_lines,
                   DB_ARGS(SCOPE_ARGS(s), db_i64(id), db_bool(p->inside), db_text(p->search), db_i64(p->skip), db_i64(p->most)), out);
}

err *workspace_move_projects(struct scope *s, int64_t id, const int64_t *projects, size_t n, bool out, int64_t *done)
{
    struct row r;

    TRY(workspace_check(s, id));
    TRY(db_one(s->db, SQL_workspace_put_projects,
               DB_ARGS(SCOPE_ARGS(s), db_i64s(s->a, projects, n), out ? db_null() : db_i64(id), db_opt_i64(out, id)), &r));
    *done = row_i64(&r, WORKSPACE_PUT_PROJECTS_N);
    return OK;
}
