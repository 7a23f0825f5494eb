/* Labels shared between projects. The editor's dynamic choices are made of them. */
#include "core/label.h"

#include "core/args.h"
#include "core/event.h"
#include "core/fields.h"
#include "core/label.sql.h"
#include "core/project.h"
#include "core/task.h"
#include "core/wire.h"
#include "json/verr.h"

static err *no_label(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Label matches the given query.");
}

static err *no_link(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No LabelLink matches the given query.");
}

static void fields_write(struct jw *w, const struct row *r, const struct field *fields, size_t n)
{
    jw_obj(w);
    for (size_t i = 0; i < n; i++)
        field_write(w, r, &fields[i]);
    jw_end(w);
}

static err *link_event(struct scope *s, const char *action, int64_t id)
{
    return event_links(s, action, db_i64s(s->a, &id, 1), db_null());
}

/* ---- labels ---- */

static err *links_made(struct scope *s, const struct rows *added)
{
    int64_t *ids = arena_array(s->a, (size_t)added->n, sizeof *ids);
    size_t n = 0;

    for (int i = 0; i < added->n; i++) {
        struct row r = rows_at(added, i);

        if (!row_null(&r, LABEL_ADD_LINK))
            ids[n++] = row_i64(&r, LABEL_ADD_LINK);
    }
    return n ? event_links(s, "LABEL_LINK_CREATED", db_i64s(s->a, ids, n), db_null()) : OK;
}

err *label_add_write(struct scope *s, struct jw *w, int64_t project, const char *items)
{
    static const struct field fields[] = {
        {"id", LABEL_ADD_ID, 'i'}, {"created_by", LABEL_ADD_CREATED_BY, 'i'}, {"organization", LABEL_ADD_ORGANIZATION, 'i'},
        {"project", LABEL_ADD_PROJECT, 'i'}, {"from_name", LABEL_ADD_FROM_NAME, 's'}, {"created_at", LABEL_ADD_CREATED_AT, 't'},
        {"updated_at", LABEL_ADD_UPDATED_AT, 't'}, {"value", LABEL_ADD_VALUE, 'j'}, {"title", LABEL_ADD_TITLE, 's'},
        {"description", LABEL_ADD_DESCRIPTION, 's'}, {"approved", LABEL_ADD_APPROVED, 'b'},
        {"approved_by", LABEL_ADD_APPROVED_BY, 'i'}, {"projects", LABEL_ADD_PROJECTS, 'j'},
    };
    struct rows rows;

    TRY(db_many(s->db, SQL_label_add, DB_ARGS(db_i64(s->organization), db_i64(s->user), db_i64(project), db_text(items)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        fields_write(w, &r, fields, sizeof fields / sizeof *fields);
    }
    jw_end(w);
    return links_made(s, &rows);
}

static err *list(struct scope *s, struct db_arg id, bool expand, int64_t skip, int64_t most, struct label_page *out)
{
    TRY(db_many(s->db, SQL_label_list, DB_ARGS(SCOPE_ARGS(s), id, db_bool(expand), db_i64(skip), db_i64(most)), &out->rows));
    out->total = 0;
    if (out->rows.n > 0) {
        struct row r = rows_at(&out->rows, 0);

        out->total = row_i64(&r, LABEL_LIST_TOTAL);
    }
    return OK;
}

err *label_list(struct scope *s, bool expand, int64_t skip, int64_t most, struct label_page *out)
{
    return list(s, db_null(), expand, skip, most, out);
}

void label_write(struct jw *w, const struct label_page *p, int i)
{
    static const struct field fields[] = {
        {"id", LABEL_LIST_ID, 'i'}, {"links", LABEL_LIST_LINKS, 'j'}, {"created_at", LABEL_LIST_CREATED_AT, 't'},
        {"updated_at", LABEL_LIST_UPDATED_AT, 't'}, {"value", LABEL_LIST_VALUE, 'j'}, {"title", LABEL_LIST_TITLE, 's'},
        {"description", LABEL_LIST_DESCRIPTION, 's'}, {"approved", LABEL_LIST_APPROVED, 'b'},
        {"created_by", LABEL_LIST_CREATED_BY, 'i'}, {"approved_by", LABEL_LIST_APPROVED_BY, 'i'},
        {"organization", LABEL_LIST_ORGANIZATION, 'i'}, {"projects", LABEL_LIST_PROJECTS, 'j'},
    };
    struct row r = rows_at(&p->rows, i);

    fields_write(w, &r, fields, sizeof fields / sizeof *fields);
}

err *label_write_one(struct scope *s, struct jw *w, int64_t id, bool expand)
{
    struct label_page p;

    TRY(list(s, db_i64(id), expand, 0, 1, &p));
    if (p.rows.n == 0)
        return no_label(s);
    label_write(w, &p, 0);
    return OK;
}

err *label_change(struct scope *s, int64_t id, const struct jin *in)
{
    struct strbuf b;
    struct jw w;
    int64_t n;

    strbuf_init(&b, s->a, 16u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (jin_has(in, "title"))
        jw_kstr(&w, "title", jin_text(in, "title"));
    if (jin_has(in, "description"))
        jw_kstr(&w, "description", jin_text(in, "description"));
    if (jin_has(in, "value"))
        jw_kraw(&w, "value", jin_json(in, "value"));
    if (jin_has(in, "approved"))
        jw_kbool(&w, "approved", jin_bool(in, "approved", false));
    jw_end(&w);
    TRY(strbuf_check(&b));
    TRY(db_exec(s->db, SQL_label_update, DB_ARGS(db_i64(s->organization), db_i64(s->user), db_i64(id), db_text(b.buf)), &n));
    return n ? OK : no_label(s);
}

err *label_delete(struct scope *s, int64_t id)
{
    int64_t n;

    TRY(event_links(s, "LABEL_LINK_DELETED", db_null(), db_i64(id)));
    TRY(db_exec(s->db, SQL_label_delete, DB_ARGS(db_i64(s->organization), db_i64(id)), &n));
    return n ? OK : no_label(s);
}

/* ---- links ---- */

static err *links(struct scope *s, struct db_arg id, const struct link_filter *f, struct label_page *out)
{
    TRY(db_many(s->db, SQL_link_list,
                DB_ARGS(SCOPE_ARGS(s), id, f->project, db_text(f->since), db_text(f->until), f->created_by, db_bool(f->expand),
                        db_i64(f->skip), db_i64(f->most)),
                &out->rows));
    out->total = 0;
    if (out->rows.n > 0) {
        struct row r = rows_at(&out->rows, 0);

        out->total = row_i64(&r, LINK_LIST_TOTAL);
    }
    return OK;
}

err *link_list(struct scope *s, const struct link_filter *f, struct label_page *out)
{
    return links(s, db_null(), f, out);
}

/* Nobody counts the annotations of a link; the field is there for clients. */
void link_write(struct jw *w, const struct label_page *p, int i)
{
    struct row r = rows_at(&p->rows, i);

    jw_obj(w);
    wire_ki64(w, "id", &r, LINK_LIST_ID);
    jw_ki64(w, "annotations_count", 0);
    wire_kstr(w, "from_name", &r, LINK_LIST_FROM_NAME);
    wire_ki64(w, "project", &r, LINK_LIST_PROJECT);
    wire_kraw(w, "label", &r, LINK_LIST_LABEL);
    jw_end(w);
}

err *link_write_one(struct scope *s, struct jw *w, int64_t id, bool expand)
{
    const struct link_filter f = {.expand = expand, .most = 1};
    struct label_page p;

    TRY(links(s, db_i64(id), &f, &p));
    if (p.rows.n == 0)
        return no_link(s);
    link_write(w, &p, 0);
    return OK;
}

err *link_create(struct scope *s, const struct jin *in, int64_t *id)
{
    int64_t label = jin_int(in, "label", 0), project = jin_int(in, "project", 0);
    struct label_page p;
    struct row r;

    if (project_check_visible(s, project) != OK)
        return verr_one(s->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)project);
    TRY(list(s, db_i64(label), false, 0, 1, &p));
    if (p.rows.n == 0)
        return verr_one(s->a, "label", "Invalid pk \"%lld\" - object does not exist.", (long long)label);
    TRY(db_one(s->db, SQL_link_insert, DB_ARGS(SCOPE_ARGS(s), db_i64(label), db_i64(project), db_text(jin_text(in, "from_name"))), &r));
    *id = row_i64(&r, LINK_INSERT_ID);
    return link_event(s, "LABEL_LINK_CREATED", *id);
}

err *link_change(struct scope *s, int64_t id, const char *from_name)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_link_update, DB_ARGS(SCOPE_ARGS(s), db_i64(id), db_text(from_name)), &n));
    return n ? link_event(s, "LABEL_LINK_UPDATED", id) : no_link(s);
}

err *link_delete(struct scope *s, int64_t id)
{
    int64_t n;

    TRY(link_event(s, "LABEL_LINK_DELETED", id));
    TRY(db_exec(s->db, SQL_link_delete, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &n));
    return n ? OK : no_link(s);
}

/* ---- another label instead of one ---- */

err *label_replace(struct scope *s, int64_t project, const char *old_value, const char *new_value, int64_t *n)
{
    struct rows found;
    int64_t *ids, *tasks;
    size_t ntasks = 0;

    TRY(db_many(s->db, SQL_label_uses_lock, DB_ARGS(SCOPE_ARGS(s), db_opt_i64(project != 0, project), db_text(old_value)), &found));
    *n = found.n;
    ids = arena_array(s->a, (size_t)found.n, sizeof *ids);
    tasks = arena_array(s->a, (size_t)found.n, sizeof *tasks);
    for (int i = 0; i < found.n; i++) {
        struct row r = rows_at(&found, i);
        int64_t task = row_i64(&r, LABEL_USES_LOCK_TASK);

        ids[i] = row_i64(&r, LABEL_USES_LOCK_ID);
        if (ntasks == 0 || tasks[ntasks - 1] != task)
            tasks[ntasks++] = task;
    }
    TRY(db_exec(s->db, SQL_label_replace,
                DB_ARGS(db_i64s(s->a, ids, (size_t)found.n), db_text(old_value), db_text(new_value), db_i64(s->user)), NULL));
    return task_recount(s, tasks, ntasks);
}
