/* Assignments. What they do to tasks, stream and counters is in the schema (task_assign, task_unassign); here they are checked, cut
 * into transactions, dealt out by chance, and read. */
#include "core/assignment.h"

#include <string.h>

#include "core/assignment.sql.h"
#include "core/fields.h"
#include "json/verr.h"

/* ---------------------------------------------------------------- checks */

/* Reviewers who are not to know who annotates would learn it from what their assignments change. */
static err *check_known(struct scope *s, int64_t project, const char *type)
{
    struct row r;

    if (*type != 'A' || strcmp(s->role, "RE") != 0)
        return OK;
    TRY(db_one(s->db, SQL_assignment_hidden, DB_ARGS(db_i64(project)), &r));
    if (!row_bool(&r, ASSIGNMENT_HIDDEN_HIDDEN))
        return OK;
    return err_new(s->a, ERR_PERMISSION, "Reviewers are not told who annotates in this project, and cannot assign annotators.");
}

err *assignment_check_type(struct scope *s, int64_t project, const char *type)
{
    if (!type || (strcmp(type, "AN") != 0 && strcmp(type, "RE") != 0))
        return verr_one(s->a, "type", "\"%s\" is not a valid choice.", type ? type : "");
    TRY(scope_need(s, *type == 'R' ? PERM_TASKS_CHANGE : PERM_TASKS_ASSIGN));
    return check_known(s, project, type);
}

err *assignment_check_users(struct scope *s, int64_t project, const struct assignment_who *who)
{
    struct rows rows;
    struct strbuf b;

    if (who->n == 0)
        return verr_one(s->a, "users", "This list may not be empty.");
    TRY(db_many(s->db, SQL_assignment_strangers, DB_ARGS(db_i64(project), db_i64s(s->a, who->users, who->n)), &rows));
    if (rows.n == 0)
        return OK;
    strbuf_init(&b, s->a, 1u << 20);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        strbuf_printf(&b, "%s%lld", i ? ", " : "", (long long)row_i64(&r, ASSIGNMENT_STRANGERS_ID));
    }
    TRY(strbuf_check(&b));
    return verr_one(s->a, "users", "Users are not members of the project: %s", b.buf);
}

/* ---------------------------------------------------------------- some thousands at a time */

/* One query over many tasks, in steps. */
struct run {
    struct scope *s;
    const struct sql_query *query;
    int64_t project;
    const int64_t *tasks, *users;     /* users: of every step, or (pairs) of its tasks one by one */
    size_t n, n_users;
    bool pairs;
    const char *type;
    int64_t changed;                  /* by the step */
};

static err *step(struct db *db, void *arg)
{
    struct run *run = arg;
    struct scope *s = run->s;
    struct db_arg users = run->users ? db_i64s(s->a, run->users, run->n_users) : db_null();
    struct row r;

    TRY(db_one(db, run->query, DB_ARGS(SCOPE_ARGS(s), db_i64(run->project), db_i64s(s->a, run->tasks, run->n), users, db_text(run->type)), &r));
    run->changed = row_null(&r, ASSIGNMENT_ADD_N) ? 0 : row_i64(&r, ASSIGNMENT_ADD_N);
    return OK;
}

static err *steps(struct run run, int64_t *changed)
{
    size_t left = run.n;

    *changed = 0;
    while (left > 0) {
        struct arena_mark m = arena_mark(run.s->a);
        run.n = left < ASSIGNMENT_AT_ONCE ? left : ASSIGNMENT_AT_ONCE;
        if (run.pairs)
            run.n_users = run.n;
        TRY(tx_run(run.s->db, TX_WRITE, step, &run));
        *changed += run.changed;
        run.tasks += run.n;
        if (run.pairs)
            run.users += run.n;
        left -= run.n;
        arena_rewind(run.s->a, m);
    }
    return OK;
}

err *assignment_add(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct assignment_who *who, int64_t *n_new)
{
    return steps((struct run){.s = s, .query = SQL_assignment_add, .project = project, .tasks = tasks, .n = n, .users = who->users,
                              .n_users = who->n, .type = who->type}, n_new);
}

err *assignment_remove(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct assignment_who *who, int64_t *n_gone)
{
    return steps((struct run){.s = s, .query = SQL_assignment_remove, .project = project, .tasks = tasks, .n = n,
                              .users = who->n ? who->users : NULL, .n_users = who->n, .type = who->type}, n_gone);
}

/* ---------------------------------------------------------------- by chance */

/* splitmix64: small, and the same everywhere. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The first `most` of a shuffled copy. */
static int64_t *draw(struct arena *a, const int64_t *tasks, size_t n, size_t most, uint64_t seed)
{
    int64_t *drawn = arena_array(a, n + 1, sizeof *drawn);

    memcpy(drawn, tasks, n * sizeof *drawn);
    for (size_t i = 0; i < most; i++) {
        size_t other = i + (size_t)(random_next(&seed) % (n - i));
        int64_t kept = drawn[i];
        drawn[i] = drawn[other];
        drawn[other] = kept;
    }
    return drawn;
}

err *assignment_sample_add(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct assignment_who *who,
                           const struct assignment_sample *sample, int64_t *n_new)
{
    size_t overlap = (size_t)sample->overlap, most = (size_t)((double)n * sample->fraction + 0.5), next = 0;
    int64_t *drawn, *pair_tasks, *pair_users;

    *n_new = 0;
    if (!(sample->fraction > 0 && sample->fraction <= 1))
        return verr_one(s->a, "fraction", "Ensure this value is above 0 and less than or equal to 1.");
    if (sample->overlap < 1 || overlap > who->n)
        return verr_one(s->a, "overlap", "Ensure this value is between 1 and the number of users.");
    drawn = draw(s->a, tasks, n, most, sample->seed);
    pair_tasks = arena_array(s->a, most * overlap + 1, sizeof *pair_tasks);
    pair_users = arena_array(s->a, most * overlap + 1, sizeof *pair_users);
    for (size_t i = 0; i < most * overlap; i++, next = (next + 1) % who->n) {
        pair_tasks[i] = drawn[i / overlap];
        pair_users[i] = who->users[next];
    }
    return steps((struct run){.s = s, .query = SQL_assignment_add_pairs, .project = project, .tasks = pair_tasks, .n = most * overlap,
                              .users = pair_users, .pairs = true, .type = who->type}, n_new);
}

/* ---------------------------------------------------------------- one task */

err *assignment_keep_only(struct scope *s, const int64_t *tasks, size_t n, const struct assignment_who *who)
{
    struct row gone;

    return db_one(s->db, SQL_assignment_keep, DB_ARGS(db_i64s(s->a, tasks, n), db_i64s(s->a, who->users, who->n), db_text(who->type)), &gone);
}

struct replacement {
    struct scope *s;
    int64_t project, task;
    const struct assignment_who *who;
};

static err *replace_tx(struct db *db, void *arg)
{
    const struct replacement *r = arg;
    int64_t n;

    (void)db;
    TRY(assignment_keep_only(r->s, &r->task, 1, r->who));
    return assignment_add(r->s, r->project, &r->task, 1, r->who, &n);
}

err *assignment_replace(struct scope *s, int64_t project, int64_t task, const struct assignment_who *who)
{
    return tx_run(s->db, TX_WRITE, replace_tx, &(struct replacement){s, project, task, who});
}

static void assignment_write(struct jw *w, const struct row *r)
{
    static const struct field fields[] = {
        {"id", ASSIGNMENT_OF_TASK_ID, 'i'},
        {"task", ASSIGNMENT_OF_TASK_TASK, 'i'},
        {"assignee", ASSIGNMENT_OF_TASK_ASSIGNEE, 'i'},
        {"type", ASSIGNMENT_OF_TASK_TYPE, 's'},
        {"created_at", ASSIGNMENT_OF_TASK_CREATED_AT, 't'},
    };

    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_knull(w, "state");
    jw_end(w);
}

static err *of_task(struct scope *s, int64_t task, struct rows *out)
{
    return db_many(s->db, SQL_assignment_of_task, DB_ARGS(db_i64(task), db_opt_i64(scope_own_only(s), s->user), db_i64(s->user), db_text(s->role)), out);
}

err *assignment_list_write(struct scope *s, struct jw *w, int64_t task)
{
    struct rows rows;

    TRY(of_task(s, task, &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        assignment_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *assignment_first_write(struct scope *s, struct jw *w, int64_t task, const struct assignment_who *who)
{
    struct rows rows;

    TRY(of_task(s, task, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        if (row_i64(&r, ASSIGNMENT_OF_TASK_PERSON) != who->users[0] || strcmp(row_text(&r, ASSIGNMENT_OF_TASK_TYPE), who->type) != 0)
            continue;
        assignment_write(w, &r);
        return OK;
    }
    return err_new(s->a, ERR_NOT_FOUND, "No TaskAssignment matches the given query.");
}

/* ---------------------------------------------------------------- an annotator's tasks */

err *assignment_only(struct scope *s, int64_t project, bool *yes)
{
    struct row r;
    bool found;

    *yes = false;
    if (!scope_own_only(s))
        return OK;
    TRY(db_opt(s->db, SQL_assignment_mode, DB_ARGS(db_i64(project)), &r, &found));
    *yes = found && row_bool(&r, ASSIGNMENT_MODE_ASSIGNED_ONLY);
    return OK;
}

err *assignment_totals(struct scope *s, int64_t project, int64_t *tasks, int64_t *annotations, int64_t *predictions)
{
    struct row r;

    TRY(db_one(s->db, SQL_assignment_totals, DB_ARGS(db_i64(project), db_i64(s->user)), &r));
    *tasks = row_i64(&r, ASSIGNMENT_TOTALS_TASKS);
    *annotations = row_i64(&r, ASSIGNMENT_TOTALS_ANNOTATIONS);
    *predictions = row_i64(&r, ASSIGNMENT_TOTALS_PREDICTIONS);
    return OK;
}

err *assignment_start(struct scope *s, int64_t project, int64_t skip, bool *found, int64_t *inner_id)
{
    struct row r;

    TRY(db_opt(s->db, SQL_assignment_start, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(skip)), &r, found));
    if (*found)
        *inner_id = row_i64(&r, ASSIGNMENT_START_INNER_ID);
    return OK;
}

err *assignment_page(struct scope *s, int64_t project, int64_t from_inner_id, int64_t most, int64_t **ids, size_t *n)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_assignment_page, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(from_inner_id), db_i64(most)), &rows));
    *n = (size_t)rows.n;
    *ids = arena_array(s->a, *n + 1, sizeof **ids);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        (*ids)[i] = row_i64(&r, ASSIGNMENT_PAGE_ID);
    }
    return OK;
}
