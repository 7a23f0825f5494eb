/* Actions on assignments: giving the selected tasks to people, all of them or a share by chance, and taking them back. The rules are
 * core/assignment.c's. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "core/assignment.h"
#include "core/assignment.sql.h"
#include "dm/actions/actions.h"
#include "dm/actions/assign.sql.h"
#include "json/verr.h"

enum { USERS_MOST = 1000 };

/* ---------------------------------------------------------------- forms */

static err *people_write(struct scope *s, struct jw *w, int64_t project, const char *name, const char *label, bool many)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_action_people, DB_ARGS(db_i64(project)), &rows));
    form_select_open(w, name, label);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        form_option(w, row_text(&r, ACTION_PEOPLE_USER_ID), row_text(&r, ACTION_PEOPLE_LABEL));
    }
    jw_end(w);
    if (many)
        jw_kbool(w, "multiple", true);
    else
        jw_kstr(w, "placeholder", "All");
    jw_kbool(w, "searchable", true);
    jw_end(w);
    return OK;
}

err *dm_assign_form(struct scope *s, struct jw *w, int64_t project)
{
    return people_write(s, w, project, "users", "People", true);
}

err *dm_unassign_form(struct scope *s, struct jw *w, int64_t project)
{
    return people_write(s, w, project, "users", "Person", false);
}

err *dm_sample_form(struct scope *s, struct jw *w, int64_t project)
{
    TRY(people_write(s, w, project, "users", "People", true));
    form_select_open(w, "type", "Work");
    form_option(w, "AN", "Annotate");
    form_option(w, "RE", "Review");
    form_select_close(w, "AN");
    form_input(w, "number", "fraction", "Share of the tasks (0.1 is a tenth)");
    form_input(w, "number", "overlap", "People per task");
    form_input(w, "number", "seed", "Seed (the same one chooses the same tasks)");
    return OK;
}

/* ---------------------------------------------------------------- parameters */

struct assigning {
    struct assignment_who who;
    bool replace;              /* others who were assigned are not any more */
    double fraction;
    int64_t overlap, seed;
};

static err *user_read(const struct dm_work *r, const json_t *v, int64_t *out)
{
    *out = json_integer_value(v);
    if (!json_is_integer(v) && (!json_is_string(v) || !int_parse(json_string_value(v), 1, INT32_MAX, out)))
        return verr_one(r->s->a, "users", "A valid integer is required.");
    if (*out < 1 || *out > INT32_MAX)
        return verr_one(r->s->a, "users", "A valid integer is required.");
    return OK;
}

static bool is_known(const int64_t *users, size_t n, int64_t one)
{
    for (size_t i = 0; i < n; i++)
        if (users[i] == one)
            return true;
    return false;
}

/* A list, one id, or nothing: null, "" and [] name nobody. */
static err *users_read(const struct dm_work *r, struct assignment_who *who)
{
    const json_t *v = json_object_get(r->body, "users");
    bool list = json_is_array(v), nobody = !v || json_is_null(v) || (json_is_string(v) && !json_string_length(v));
    size_t n = list ? json_array_size(v) : nobody ? 0 : 1;
    int64_t *users = arena_array(r->s->a, n + 1, sizeof *users), one;

    if (n > USERS_MOST)
        return verr_one(r->s->a, "users", "Too many users.");
    who->users = users;
    for (size_t i = 0; i < n; i++) {
        TRY(user_read(r, list ? json_array_get(v, i) : v, &one));
        if (!is_known(users, who->n, one))
            users[who->n++] = one;
    }
    return OK;
}

static err *assigning_read(struct dm_work *r, const char *type)
{
    struct assigning *a = ARENA_NEW(r->s->a, struct assigning);

    r->own = a;
    a->who.type = type;
    TRY(assignment_check_type(r->s, r->project, type));
    return users_read(r, &a->who);
}

/* Also as text: forms send it so. */
static err *flag_read(const struct dm_work *r, const char *name, bool *out)
{
    const json_t *v = json_object_get(r->body, name);
    const char *text = json_string_value(v);

    *out = json_is_true(v) || (text && strcmp(text, "true") == 0);
    if (!v || json_is_null(v) || json_is_boolean(v) || *out || (text && (!*text || strcmp(text, "false") == 0)))
        return OK;
    return verr_one(r->s->a, name, "Must be a valid boolean.");
}

static err *to_be_assigned(struct dm_work *r, const char *type)
{
    struct assigning *a;

    TRY(assigning_read(r, type));
    a = r->own;
    TRY(flag_read(r, "replace", &a->replace));
    return assignment_check_users(r->s, r->project, &a->who);
}

err *dm_assign_annotators_check(struct dm_work *r)
{
    return to_be_assigned(r, "AN");
}

err *dm_assign_reviewers_check(struct dm_work *r)
{
    return to_be_assigned(r, "RE");
}

err *dm_delete_annotators_check(struct dm_work *r)
{
    return assigning_read(r, "AN");
}

err *dm_delete_reviewers_check(struct dm_work *r)
{
    return assigning_read(r, "RE");
}

/* ---------------------------------------------------------------- all of them */

err *dm_assign_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct assigning *a = r->own;
    int64_t n;

    if (a->replace)
        TRY(assignment_keep_only(r->s, b->ids, b->n, &a->who));
    TRY(assignment_add(r->s, r->project, b->ids, b->n, &a->who, &n));
    r->items += n;
    return OK;
}

err *dm_unassign_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct assigning *a = r->own;
    int64_t n;

    TRY(assignment_remove(r->s, r->project, b->ids, b->n, &a->who, &n));
    r->items += n;
    return OK;
}

void dm_assign_answer(struct jw *w, const struct dm_work *r)
{
    jw_obj(w);
    jw_ki64(w, "processed_items", r->items);
    jw_ki64(w, "assignments", r->items);
    jw_kstr(w, "detail", arena_printf(r->s->a, "Created %lld assignments", (long long)r->items));
    jw_end(w);
}

void dm_unassign_answer(struct jw *w, const struct dm_work *r)
{
    counted_write(w, true, "Deleted", r->items, "assignments");
}

/* ---------------------------------------------------------------- a share of them */

static err *number_read(const struct dm_work *r, const char *name, double absent, double *out)
{
    const json_t *v = json_object_get(r->body, name);
    const char *text = param_text(r, name);

    *out = absent;
    if (!v || json_is_null(v) || (text && !*text))
        return OK;
    if (!text || !float_parse(text, out))
        return verr_one(r->s->a, name, "A valid number is required.");
    return OK;
}

err *dm_sample_check(struct dm_work *r)
{
    const char *type = param_text(r, "type");
    struct assigning *a;

    TRY(to_be_assigned(r, type ? type : "AN"));
    a = r->own;
    a->overlap = 1;
    TRY(number_read(r, "fraction", 1, &a->fraction));
    TRY(param_id(r, "overlap", &a->overlap));
    TRY(param_id(r, "seed", &a->seed));
    if (a->overlap == 0)
        a->overlap = 1;
    if (!(a->fraction > 0 && a->fraction <= 1))
        return verr_one(r->s->a, "fraction", "Ensure this value is above 0 and less than or equal to 1.");
    if (a->overlap > (int64_t)a->who.n)
        return verr_one(r->s->a, "overlap", "Ensure this value is between 1 and the number of users.");
    r->planned = true;
    return OK;
}

/* Each task of the share with its place in an order of chance, which the seed decides. */
void dm_sample_plan(struct sqlb *b, const struct dm_work *r)
{
    const struct assigning *a = r->own;

    sqlb_lit(b, "SELECT id, place AS other FROM (SELECT id, row_number() OVER (ORDER BY hashint8extended(id, ");
    sqlb_param(b, db_i64(a->seed));
    sqlb_lit(b, "::int8), id) - 1 AS place, count(*) OVER () AS n FROM t) x WHERE place < floor(n * ");
    sqlb_param(b, db_f64(a->fraction));
    sqlb_lit(b, "::float8 + 0.5) ORDER BY id");
}

/* People take turns along that order, so that everybody gets as much, up to one. */
err *dm_sample_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct assigning *a = r->own;
    size_t overlap = (size_t)a->overlap, n = b->n * overlap;
    int64_t *tasks = arena_array(r->s->a, n, sizeof *tasks), *users = arena_array(r->s->a, n, sizeof *users);
    struct row row;

    for (size_t i = 0; i < n; i++) {
        tasks[i] = b->ids[i / overlap];
        users[i] = a->who.users[((size_t)b->others[i / overlap] * overlap + i % overlap) % a->who.n];
    }
    TRY(db_one(r->s->db, SQL_assignment_add_pairs,
               DB_ARGS(SCOPE_ARGS(r->s), db_i64(r->project), db_i64s(r->s->a, tasks, n), db_i64s(r->s->a, users, n), db_text(a->who.type)), &row));
    r->items += row_null(&row, ASSIGNMENT_ADD_PAIRS_N) ? 0 : row_i64(&row, ASSIGNMENT_ADD_PAIRS_N);
    return OK;
}
