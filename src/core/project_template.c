/* Templates of projects. What they hold is the body of a project's creation; it is checked when a project is made of it. */
#include "core/project_template.h"

#include "core/args.h"
#include "core/fields.h"
#include "core/project_template.sql.h"
#include "core/wire.h"
#include "json/verr.h"

enum { BODY_MOST = 64 << 20 };

static err *no_template(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No ProjectTemplate matches the given query.");
}

static const struct field fields[] = {
    {"id", TEMPLATE_LIST_ID, 'i'},
    {"name", TEMPLATE_LIST_NAME, 's'},
    {"description", TEMPLATE_LIST_DESCRIPTION, 's'},
    {"organization", TEMPLATE_LIST_ORGANIZATION, 'i'},
    {"project_settings", TEMPLATE_LIST_PROJECT_SETTINGS, 'j'},
    {"review_settings", TEMPLATE_LIST_REVIEW_SETTINGS, 'j'},
    {"assignment_settings", TEMPLATE_LIST_ASSIGNMENT_SETTINGS, 'j'},
    {"custom_script", TEMPLATE_LIST_CUSTOM_SCRIPT, 's'},
    {"require_comment_on_skip", TEMPLATE_LIST_REQUIRE_COMMENT_ON_SKIP, 'b'},
    {"show_unused_data_columns_to_annotators", TEMPLATE_LIST_SHOW_UNUSED_DATA_COLUMNS_TO_ANNOTATORS, 'b'},
    {"tags", TEMPLATE_LIST_TAGS, 'j'},
    {"created_by", TEMPLATE_LIST_CREATED_BY, 'i'},
    {"created_at", TEMPLATE_LIST_CREATED_AT, 't'},
    {"updated_at", TEMPLATE_LIST_UPDATED_AT, 't'},
};

static void row_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_end(w);
}

static err *list(struct scope *s, struct db_arg id, const char *ordering, struct rows *out)
{
    return db_many(s->db, SQL_template_list, DB_ARGS(db_i64(s->organization), id, db_text(ordering)), out);
}

err *template_list_write(struct scope *s, struct jw *w, const char *ordering)
{
    struct rows rows;

    TRY(list(s, db_null(), ordering, &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        row_write(w, &r);
    }
    jw_end(w);
    return OK;
}

static err *find(struct scope *s, int64_t id, struct row *out)
{
    struct rows rows;

    TRY(list(s, db_i64(id), NULL, &rows));
    if (rows.n == 0)
        return no_template(s);
    *out = rows_at(&rows, 0);
    return OK;
}

err *template_write(struct scope *s, struct jw *w, int64_t id)
{
    struct row r;

    TRY(find(s, id, &r));
    row_write(w, &r);
    return OK;
}

/* ---- changing ---- */

static err *settings_of(struct scope *s, const struct jin *in, const char **out)
{
    struct row r;
    bool found;

    *out = jin_has(in, "project_settings") ? jin_json(in, "project_settings") : NULL;
    if (!arg_given(in, "project_id"))
        return OK;
    TRY(db_opt(s->db, SQL_template_settings, DB_ARGS(SCOPE_ARGS(s), db_i64(jin_int(in, "project_id", 0))), &r, &found));
    if (!found)
        return verr_one(s->a, "project_id", "Invalid pk \"%lld\" - object does not exist.", (long long)jin_int(in, "project_id", 0));
    *out = row_json(&r, TEMPLATE_SETTINGS_SETTINGS);
    return OK;
}

static void text_field(struct jw *w, const struct jin *in, const char *name)
{
    if (jin_has(in, name))
        jw_kstr(w, name, jin_text(in, name));
}

static void json_field(struct jw *w, const struct jin *in, const char *name)
{
    if (jin_has(in, name))
        jw_kraw(w, name, jin_json(in, name));
}

static void bool_field(struct jw *w, const struct jin *in, const char *name)
{
    if (arg_given(in, name))
        jw_kbool(w, name, jin_bool(in, name, false));
}

/* The columns that the body gives, as one JSON object. */
static err *columns(struct scope *s, const struct jin *in, const char **out)
{
    const char *settings;
    struct strbuf b;
    struct jw w;

    TRY(settings_of(s, in, &settings));
    strbuf_init(&b, s->a, BODY_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    text_field(&w, in, "name");
    text_field(&w, in, "description");
    text_field(&w, in, "custom_script");
    if (settings)
        jw_kraw(&w, "project_settings", settings);
    json_field(&w, in, "review_settings");
    json_field(&w, in, "assignment_settings");
    json_field(&w, in, "tags");
    bool_field(&w, in, "require_comment_on_skip");
    bool_field(&w, in, "show_unused_data_columns_to_annotators");
    jw_end(&w);
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}

err *template_create(struct scope *s, const struct jin *in, int64_t *id)
{
    const char *json;
    struct row r;

    TRY(columns(s, in, &json));
    TRY(db_one(s->db, SQL_template_insert, DB_ARGS(db_i64(s->organization), db_i64(s->user), db_text(json)), &r));
    *id = row_i64(&r, TEMPLATE_INSERT_ID);
    return OK;
}

err *template_change(struct scope *s, int64_t id, const struct jin *in)
{
    const char *json;
    int64_t n;

    TRY(columns(s, in, &json));
    TRY(db_exec(s->db, SQL_template_update, DB_ARGS(db_i64(s->organization), db_i64(id), db_text(json)), &n));
    return n ? OK : no_template(s);
}

err *template_delete(struct scope *s, int64_t id)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_template_delete, DB_ARGS(db_i64(s->organization), db_i64(id)), &n));
    return n ? OK : no_template(s);
}

/* ---- a project of it ---- */

/* The members of an object of our own making, without the braces; later keys win. */
static void members_add(struct strbuf *b, const char *object)
{
    const char *open = object ? strchr(object, '{') : NULL, *close = object ? strrchr(object, '}') : NULL;

    if (!open || close <= open + 1 || strspn(open + 1, " \t\r\n") == (size_t)(close - open - 1))
        return;
    strbuf_putc(b, ',');
    strbuf_add(b, open + 1, (size_t)(close - open - 1));
}

static void text_add(struct strbuf *b, const char *key, const char *text)
{
    if (!text)
        return;
    strbuf_printf(b, ",\"%s\":", key);
    json_quote(b, text, strlen(text));
}

err *template_body(struct scope *s, int64_t id, const struct jin *in, const char **json)
{
    struct strbuf b;
    struct row r;

    TRY(find(s, id, &r));
    strbuf_init(&b, s->a, BODY_MOST);
    strbuf_puts(&b, "{\"is_published\":false");
    members_add(&b, row_json(&r, TEMPLATE_LIST_PROJECT_SETTINGS));
    if (!row_null(&r, TEMPLATE_LIST_ASSIGNMENT_SETTINGS))
        strbuf_printf(&b, ",\"assignment_settings\":%s", row_json(&r, TEMPLATE_LIST_ASSIGNMENT_SETTINGS));
    if (!row_null(&r, TEMPLATE_LIST_REVIEW_SETTINGS))
        strbuf_printf(&b, ",\"review_settings\":%s", row_json(&r, TEMPLATE_LIST_REVIEW_SETTINGS));
    if (row_bool(&r, TEMPLATE_LIST_REQUIRE_COMMENT_ON_SKIP))
        strbuf_puts(&b, ",\"require_comment_on_skip\":true");
    text_add(&b, "title", jin_text(in, "title"));
    text_add(&b, "description", jin_text(in, "description"));
    if (arg_given(in, "workspace_id"))
        strbuf_printf(&b, ",\"workspace\":%lld", (long long)jin_int(in, "workspace_id", 0));
    strbuf_putc(&b, '}');
    TRY(strbuf_check(&b));
    *json = b.buf;
    return OK;
}
