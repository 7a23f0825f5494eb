/* Tags of members. They mean nothing to the server but a way to find people. */
#include "core/member_tag.h"

#include "core/member.h"
#include "core/member_tag.sql.h"
#include "core/setting.h"
#include "core/wire.h"

static err *no_tag(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No OrganizationMemberTag matches the given query.");
}

static err *list(struct scope *s, struct db_arg id, const char *search, int64_t skip, int64_t most, struct tag_rows *out)
{
    TRY(db_many(s->db, SQL_tag_list,
                DB_ARGS(db_i64(s->organization), id, db_text(search), db_i64(skip), db_opt_i64(most > 0, most)), &out->rows));
    out->total = 0;
    if (out->rows.n > 0) {
        struct row r = rows_at(&out->rows, 0);

        out->total = row_i64(&r, TAG_LIST_TOTAL);
    }
    return OK;
}

err *tag_list(struct scope *s, const char *search, int64_t skip, int64_t most, struct tag_rows *out)
{
    return list(s, db_null(), search, skip, most, out);
}

void tag_write(struct jw *w, const struct tag_rows *t, int i)
{
    struct row r = rows_at(&t->rows, i);

    jw_obj(w);
    wire_ki64(w, "id", &r, TAG_LIST_ID);
    wire_kstr(w, "label", &r, TAG_LIST_LABEL);
    wire_ki64(w, "organization", &r, TAG_LIST_ORGANIZATION);
    wire_ki64(w, "member_count", &r, TAG_LIST_MEMBER_COUNT);
    wire_kraw(w, "created_by", &r, TAG_LIST_CREATED_BY);
    wire_ktime(w, "created_at", &r, TAG_LIST_CREATED_AT);
    wire_ktime(w, "updated_at", &r, TAG_LIST_UPDATED_AT);
    jw_end(w);
}

err *tag_write_one(struct scope *s, struct jw *w, int64_t id)
{
    struct tag_rows t;

    TRY(list(s, db_i64(id), NULL, 0, 1, &t));
    if (t.rows.n == 0)
        return no_tag(s);
    tag_write(w, &t, 0);
    return OK;
}

err *tag_create(struct scope *s, const char *label, int64_t *id)
{
    struct row r;

    TRY(db_one(s->db, SQL_tag_insert, DB_ARGS(db_i64(s->organization), db_i64(s->user), db_text(label)), &r));
    *id = row_i64(&r, TAG_INSERT_ID);
    return setting_note_organization(s, "tags");
}

err *tag_rename(struct scope *s, int64_t id, const char *label)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_tag_rename, DB_ARGS(db_i64(s->organization), db_i64(id), db_text(label)), &n));
    return n ? setting_note_organization(s, "tags") : no_tag(s);
}

err *tag_delete(struct scope *s, int64_t id)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_tag_delete, DB_ARGS(db_i64(s->organization), db_i64(id)), &n));
    return n ? setting_note_organization(s, "tags") : no_tag(s);
}

err *tags_delete(struct scope *s, const char *ids, int64_t *n)
{
    TRY(db_exec(s->db, SQL_tags_delete, DB_ARGS(db_i64(s->organization), db_text(ids)), n));
    return *n ? setting_note_organization(s, "tags") : OK;
}

err *tag_assign(struct scope *s, const struct pick *who, const char *roles, const char *tags, bool overwrite, int64_t *n)
{
    struct row r;

    TRY(db_one(s->db, SQL_tag_assign,
               DB_ARGS(db_i64(s->organization), db_bool(who->all), db_text(who->included), db_text(who->excluded), db_text(who->search),
                       people_texts(s->a, roles), db_text(tags), db_bool(overwrite)),
               &r));
    *n = row_i64(&r, TAG_ASSIGN_ASSIGNMENTS);
    return *n || row_i64(&r, TAG_ASSIGN_GONE) ? setting_note_organization(s, "people") : OK;
}

err *tag_put(struct scope *s, int64_t tag, bool on, const int64_t *users, size_t n, struct rows *out)
{
    struct tag_rows known;

    TRY(list(s, db_i64(tag), NULL, 0, 1, &known));
    if (known.rows.n == 0)
        return no_tag(s);
    TRY(db_many(s->db, SQL_tag_put, DB_ARGS(db_i64(s->organization), db_i64(tag), db_bool(on), db_i64s(s->a, users, n)), out));
    return out->n ? setting_note_organization(s, "people") : OK;
}
