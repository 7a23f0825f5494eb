/* Proving and mending stored figures. The figures themselves are kept by triggers and task_recount() in the schema. */
#include "core/counter.h"

#include "core/counter.sql.h"

enum {
    TASKS_AT_ONCE = 1000,
    TASK_LINES = 20,
    SUMMARY_LINES = 1000,
};

struct checking {
    struct db *db;
    counter_report *report;
    void *to;
    int64_t n;
};

static void say(struct checking *c, const char *line)
{
    c->report(c->to, line);
    c->n++;
}

_Static_assert((int)COUNTER_CHECK_TASKS_PROJECT_ID == (int)COUNTER_CHECK_REVIEWS_PROJECT_ID &&
                   (int)COUNTER_CHECK_TASKS_PROJECT_ID == (int)COUNTER_CHECK_QUEUE_PROJECT_ID,
               "column lists differ");

/* what: of a task, and what it is not. */
static err *check_tasks(struct checking *c, const struct sql_query *query, const char *what)
{
    struct rows rows;
    char line[160];

    TRY(db_many(c->db, query, DB_ARGS(db_i64(TASKS_AT_ONCE)), &rows));
    c->n += rows.n;
    for (int i = 0; i < rows.n && i < TASK_LINES; i++) {
        struct row r = rows_at(&rows, i);

        snprintf(line, sizeof(line), "project %s: figures of task %s are not %s", row_text(&r, COUNTER_CHECK_TASKS_PROJECT_ID),
                 row_text(&r, COUNTER_CHECK_TASKS_ID), what);
        c->report(c->to, line);
    }
    if (rows.n > TASK_LINES) {
        snprintf(line, sizeof(line), "… and %d more tasks%s", rows.n - TASK_LINES, rows.n == TASKS_AT_ONCE ? " or more" : "");
        c->report(c->to, line);
    }
    return OK;
}

static err *check_projects(struct checking *c)
{
    struct rows rows;

    TRY(db_many(c->db, SQL_counter_check_projects, DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        char line[256];

        snprintf(line, sizeof(line), "project %s: %s is %s, counted %s", row_text(&r, COUNTER_CHECK_PROJECTS_PROJECT_ID),
                 row_text(&r, COUNTER_CHECK_PROJECTS_NAME), row_text(&r, COUNTER_CHECK_PROJECTS_STORED),
                 row_text(&r, COUNTER_CHECK_PROJECTS_COUNTED));
        say(c, line);
    }
    return OK;
}

static err *check_users(struct checking *c)
{
    struct rows rows;

    TRY(db_many(c->db, SQL_counter_check_users, DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        char line[256];

        snprintf(line, sizeof(line), "project %s, user %s: done/kept/finished/assigned/assigned and done tasks are %s, counted %s",
                 row_text(&r, COUNTER_CHECK_USERS_PROJECT_ID), row_text(&r, COUNTER_CHECK_USERS_USER_ID),
                 row_text(&r, COUNTER_CHECK_USERS_STORED), row_text(&r, COUNTER_CHECK_USERS_COUNTED));
        say(c, line);
    }
    return OK;
}

static err *check_blocks(struct checking *c)
{
    struct rows rows;

    TRY(db_many(c->db, SQL_counter_check_blocks, DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        char line[256];

        snprintf(line, sizeof(line), "project %s: block %s holds %s tasks, counted %s",
                 row_text(&r, COUNTER_CHECK_BLOCKS_PROJECT_ID), row_text(&r, COUNTER_CHECK_BLOCKS_BLOCK),
                 row_text(&r, COUNTER_CHECK_BLOCKS_STORED), row_text(&r, COUNTER_CHECK_BLOCKS_COUNTED));
        say(c, line);
    }
    return OK;
}

static err *check_summary(struct checking *c, int64_t project)
{
    struct rows rows;

    TRY(db_many(c->db, SQL_counter_check_summary, DB_ARGS(db_i64(project), db_i64(SUMMARY_LINES)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        say(c, arena_printf(db_arena(c->db), "project %lld: summary %s \"%s\" \"%s\" is %s, counted %s", (long long)project,
                            row_text(&r, COUNTER_CHECK_SUMMARY_KIND), row_text(&r, COUNTER_CHECK_SUMMARY_NAME),
                            row_text(&r, COUNTER_CHECK_SUMMARY_LABEL), row_text(&r, COUNTER_CHECK_SUMMARY_STORED),
                            row_text(&r, COUNTER_CHECK_SUMMARY_COUNTED)));
    }
    return OK;
}

static err *repair_summary(struct checking *c, int64_t project)
{
    return db_exec(c->db, SQL_counter_repair_summary, DB_ARGS(db_i64(project)), NULL);
}

/* One project at a time: each is read by its own indexes. */
static err *each_project(struct checking *c, err *(*fn)(struct checking *c, int64_t project))
{
    struct rows rows;

    TRY(db_many(c->db, SQL_counter_projects, DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct arena_mark m = arena_mark(db_arena(c->db));
        struct row r = rows_at(&rows, i);

        TRY(fn(c, row_i64(&r, COUNTER_PROJECTS_ID)));
        arena_rewind(db_arena(c->db), m);
    }
    return OK;
}

err *counter_verify(struct db *db, counter_report *report, void *to, int64_t *differing)
{
    struct checking c = {.db = db, .report = report, .to = to};

    TRY(check_tasks(&c, SQL_counter_check_tasks, "those of its annotations and predictions"));
    TRY(check_tasks(&c, SQL_counter_check_reviews, "those of its reviews"));
    TRY(check_tasks(&c, SQL_counter_check_queue, "those of the queue of reviews"));
    TRY(check_projects(&c));
    TRY(check_users(&c));
    TRY(check_blocks(&c));
    TRY(each_project(&c, check_summary));
    *differing = c.n;
    return OK;
}

static err *repair_task_batch(struct db *db, const struct sql_query *repair, const struct rows *rows)
{
    int64_t ids[TASKS_AT_ONCE];

    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);

        ids[i] = row_i64(&r, COUNTER_CHECK_TASKS_ID);
    }
    return db_exec(db, repair, DB_ARGS(db_i64s(db_arena(db), ids, (size_t)rows->n)), NULL);
}

static err *repair_tasks(struct db *db, const struct sql_query *check, const struct sql_query *repair)
{
    struct rows rows;

    do {
        TRY(db_many(db, check, DB_ARGS(db_i64(TASKS_AT_ONCE)), &rows));
        if (rows.n > 0)
            TRY(repair_task_batch(db, repair, &rows));
    } while (rows.n == TASKS_AT_ONCE);
    return OK;
}

/* Tasks first: recounting them moves the sums above them too. */
err *counter_repair(struct db *db)
{
    TRY(db_exec(db, SQL_counter_repair_slots, DB_NOARGS, NULL));
    TRY(repair_tasks(db, SQL_counter_check_tasks, SQL_counter_repair_tasks));
    TRY(repair_tasks(db, SQL_counter_check_reviews, SQL_counter_repair_reviews));
    TRY(repair_tasks(db, SQL_counter_check_queue, SQL_counter_repair_queue));
    TRY(db_exec(db, SQL_counter_repair_projects, DB_NOARGS, NULL));
    TRY(db_exec(db, SQL_counter_repair_reviewed, DB_NOARGS, NULL));
    TRY(db_exec(db, SQL_counter_repair_users, DB_NOARGS, NULL));
    TRY(db_exec(db, SQL_counter_repair_assignments, DB_NOARGS, NULL));
    TRY(db_exec(db, SQL_counter_repair_assigned, DB_NOARGS, NULL));
    TRY(db_exec(db, SQL_counter_repair_blocks, DB_NOARGS, NULL));
    return each_project(&(struct checking){.db = db}, repair_summary);
}
