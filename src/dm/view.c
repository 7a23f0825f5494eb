/* Views: stored queries with what clients keep beside them. What a filter means is found out when the view is used (query.c);
 * here only names are checked, as the reference API does. */
#include "dm/view.h"

#include <string.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/setting.h"
#include "core/wire.h"
#include "dm/view.sql.h"
#include "json/verr.h"

_Static_assert((int)VIEW_LIST_IS_PRIVATE == (int)VIEW_BY_ID_IS_PRIVATE, "column lists differ");

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No View matches the given query.");
}

static err *row_of(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_view_by_id, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), out, &found));
    return found ? OK : missing(s);
}

/* ---------------------------------------------------------------- writing as JSON */

static void row_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, VIEW_BY_ID_ID);
    wire_kraw(w, "data", r, VIEW_BY_ID_DATA);
    wire_ki64(w, "order", r, VIEW_BY_ID_POSITION);
    wire_ki64(w, "user", r, VIEW_BY_ID_USER_ID);
    wire_ki64(w, "project", r, VIEW_BY_ID_PROJECT);
    /* Only private views say so: to clients of the reference API a view looks as ever. */
    if (row_bool(r, VIEW_BY_ID_IS_PRIVATE))
        jw_kbool(w, "is_private", true);
    jw_end(w);
}

err *view_write(struct scope *s, struct jw *w, int64_t id)
{
    struct row r;

    TRY(row_of(s, id, &r));
    row_write(w, &r);
    return OK;
}

err *view_list_write(struct scope *s, struct jw *w, int64_t project)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_view_list, DB_ARGS(SCOPE_ARGS(s), db_opt_i64(project != 0, project)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        row_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *view_tabs(struct scope *s, int64_t project, struct rows *out)
{
    return db_many(s->db, SQL_view_tabs, DB_ARGS(SCOPE_ARGS(s), db_i64(project)), out);
}

/* ---------------------------------------------------------------- checking what is stored */

/* {"filter_group": {"filters": [{FIELD: [TEXT]}]}}, as the reference API answers. */
static err *filter_error(struct arena *a, const char *field, const char *text)
{
    err *e = err_new(a, ERR_VALIDATION, NULL);
    struct strbuf b;

    strbuf_init(&b, a, 1 << 16);
    strbuf_printf(&b, "{\"filter_group\":{\"filters\":[{\"%s\":[", field);
    json_quote(&b, text, strlen(text));
    strbuf_puts(&b, "]}]}}");
    e->validation_json = b.buf;
    return e;
}

static err *filter_check(struct arena *a, const json_t *item)
{
    static const char prefix[] = "filter:tasks:";
    const char *name = json_string_value(json_object_get(item, "filter")), *column;

    if (!name)
        return filter_error(a, "column", "This field may not be blank.");
    if (!text_starts(name, prefix))
        return filter_error(a, "column", arena_printf(a, "Filter \"%s\" should start with \"%s\"", name, prefix));
    column = name + strlen(prefix);
    if (strstr(column, "__") && !text_starts(column, "data."))
        return filter_error(a, "column", arena_printf(a, "\"__\" is not generally allowed in filters. Consider asking your administrator to "
                            "add \"%s\" to DATA_MANAGER_FILTER_ALLOWLIST, but note that some filter expressions may pose a security "
                            "risk", column));
    if (!json_is_string(json_object_get(item, "operator")))
        return filter_error(a, "operator", "This field may not be blank.");
    if (!json_is_string(json_object_get(item, "type")))
        return filter_error(a, "type", "This field may not be blank.");
    return OK;
}

static err *data_check(struct arena *a, const struct jin *in)
{
    const json_t *data = jin_tree(in, "data"), *filters = json_object_get(data, "filters");
    const json_t *items = json_object_get(filters, "items");

    if (!data)
        return OK;
    if (!json_is_object(data))
        return verr_one(a, "data", "Expected a dictionary of items but got type \"%s\".", jin_type_name(data));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *child = json_object_get(json_array_get(items, i), "child_filter");
        TRY(filter_check(a, json_array_get(items, i)));
        if (json_is_object(child))
            TRY(filter_check(a, child));
    }
    return OK;
}

static err *project_check(struct scope *s, const struct jin *in)
{
    int64_t project = jin_int(in, "project", 0);
    err *e;

    if (!jin_has(in, "project"))
        return OK;
    e = project_check_visible(s, project);
    if (e && e->kind == ERR_NOT_FOUND)
        return verr_one(s->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)project);
    return e;
}

/* ---------------------------------------------------------------- changing */

static struct db_arg private_arg(const struct jin *in)
{
    return jin_has(in, "is_private") ? db_bool(jin_bool(in, "is_private", false)) : db_null();
}

err *view_create(struct scope *s, const struct jin *in, int64_t *id)
{
    const char *data = jin_json(in, "data");
    struct row r;

    if (!jin_has(in, "project"))
        return verr_one(s->a, "project", "This field is required.");
    TRY(project_check(s, in));
    TRY(data_check(s->a, in));
    TRY(db_one(s->db, SQL_view_insert,
               DB_ARGS(db_i64(jin_int(in, "project", 0)), db_i64(s->user), db_text(data ? data : "{}"),
                       db_text(jin_is_null(in, "selected_items") ? NULL : jin_json(in, "selected_items")),
                       db_bool(jin_bool(in, "is_private", false))), &r));
    *id = row_i64(&r, VIEW_INSERT_ID);
    return OK;
}

err *view_update(struct scope *s, int64_t id, const struct jin *in)
{
    struct row r;

    TRY(row_of(s, id, &r));
    TRY(project_check(s, in));
    TRY(data_check(s->a, in));
    return db_exec(s->db, SQL_view_update, DB_ARGS(db_i64(id), db_text(jin_json(in, "data")), private_arg(in)), NULL);
}

err *view_delete(struct scope *s, int64_t id)
{
    struct row r;
    int64_t n;

    TRY(row_of(s, id, &r));
    TRY(db_exec(s->db, SQL_view_delete, DB_ARGS(db_i64(id)), &n));
    return n ? OK : missing(s);
}

err *view_reset(struct scope *s, int64_t project)
{
    TRY(db_exec(s->db, SQL_view_reset, DB_ARGS(db_i64(project), db_i64(s->user)), NULL));
    return setting_note(s, project, "danger");
}

err *view_reorder(struct scope *s, int64_t project, const int64_t *ids, size_t n)
{
    return db_exec(s->db, SQL_view_reorder, DB_ARGS(db_i64(project), db_i64(s->user), db_i64s(s->a, ids, n)), NULL);
}

err *view_source(struct scope *s, int64_t id, int64_t *project, const char **text)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_view_query, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &r, &found));
    if (!found)
        return missing(s);
    *project = row_i64(&r, VIEW_QUERY_PROJECT);
    *text = row_json(&r, VIEW_QUERY_QUERY);
    return OK;
}

err *view_query(struct scope *s, int64_t id, int64_t *project, json_t **query)
{
    const char *text;

    TRY(view_source(s, id, project, &text));
    return jin_parse(s->a, (struct span){text, strlen(text)}, (int)cfg.json_max_depth, query);
}
