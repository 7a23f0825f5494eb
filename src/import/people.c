/* Members named by imported annotations; each is looked up once per import. */
#include "import/people.h"

#include <string.h>

#include "base/cfg.h"
#include "import/import.sql.h"
#include "json/verr.h"
#include "labelconfig/lc.h"

struct person {
    struct person *next;
    const char *email;       /* NULL: known by id */
    int64_t id;
};

struct people {
    struct scope *s;
    struct person *known;
};

struct people *people_new(struct scope *s)
{
    struct people *p = ARENA_NEW(s->a, struct people);

    p->s = s;
    return p;
}

static void remember(struct people *p, const char *email, int64_t id)
{
    struct person *n = ARENA_NEW(p->s->a, struct person);

    *n = (struct person){p->known, arena_strdup(p->s->a, email), id};
    p->known = n;
}

static err *by_id(struct people *p, json_t *given, int64_t id, int64_t *user)
{
    struct row r;
    bool found;

    *user = id;
    for (const struct person *n = p->known; n; n = n->next)
        if (!n->email && n->id == id)
            return OK;
    found = id > 0 && id <= INT32_MAX;
    if (found)
        TRY(db_opt(p->s->db, SQL_import_member_by_id, DB_ARGS(db_i64(p->s->organization), db_i64(id)), &r, &found));
    if (!found)
        return verr_one(p->s->a, NULL, "Import data contains completed_by=%s which is not a valid annotator's email or ID",
                        lc_python_repr(p->s->a, given));
    remember(p, NULL, id);
    return OK;
}

static err *by_email(struct people *p, const char *email, int64_t *user)
{
    struct row r;
    bool found;

    for (const struct person *n = p->known; n; n = n->next)
        if (n->email && strcmp(n->email, email) == 0) {
            *user = n->id;
            return OK;
        }
    TRY(db_opt(p->s->db, SQL_import_member_by_email, DB_ARGS(db_i64(p->s->organization), db_text(email)), &r, &found));
    if (!found && !cfg.allow_import_tasks_with_unknown_emails)
        return verr_one(p->s->a, NULL, "Unknown annotator's email %s", email);
    *user = found ? row_i64(&r, IMPORT_MEMBER_BY_EMAIL_ID) : p->s->user;
    remember(p, email, *user);
    return OK;
}

err *people_find(struct people *p, json_t *completed_by, int64_t *user)
{
    json_t *email;

    *user = p->s->user;
    if (!completed_by || json_is_null(completed_by))
        return OK;
    if (json_is_object(completed_by)) {
        email = json_object_get(completed_by, "email");
        if (!json_is_string(email))
            return verr_one(p->s->a, NULL, "It's expected to have 'email' field in 'completed_by' data in annotations");
        return by_email(p, json_string_value(email), user);
    }
    return by_id(p, completed_by, json_is_integer(completed_by) ? json_integer_value(completed_by) : 0, user);
}
