/* The connection, its arguments and rows, streams, COPY and the translation of errors, against a real server. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cfg.h"
#include "db/sqlb.h"
#include "fixture.h"
#include "test_db.sql.h"

static struct db *db;

static err *echo(const char *text, struct row *r)
{
    struct arena *a = fixture_arena;
    const int64_t ids[] = {1, -2, INT64_MAX};
    const char *const names[] = {"a\"b", "c\\d", NULL, "", "{,}"};

    return db_one(db, SQL_t_echo, DB_ARGS(db_i64(INT64_MIN), db_f64(0.1), db_bool(true), db_text(text),
                                          db_text("{\"x\": 12345678901234567890.10}"), db_bytes("\0\xff'", 3), db_i64s(a, ids, 3),
                                          db_texts(a, names, 5)),
                  r);
}

static void values_come_back(void **state)
{
    struct row r;
    size_t len;
    unsigned char *bytes;

    (void)state;
    assert_ok(echo("ünïcode ' \\ \" 😀", &r));
    assert_int_equal(row_i64(&r, T_ECHO_I), INT64_MIN);
    assert_true(row_f64(&r, T_ECHO_F) == 0.1);
    assert_true(row_bool(&r, T_ECHO_B));
    assert_string_equal(row_text(&r, T_ECHO_T), "ünïcode ' \\ \" 😀");
    assert_string_equal(row_json(&r, T_ECHO_J), "{\"x\": 12345678901234567890.10}");
    bytes = row_bytes(fixture_arena, &r, T_ECHO_Y, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(bytes, "\0\xff'", 3);
    assert_string_equal(row_text(&r, T_ECHO_IDS), "{1,-2,9223372036854775807}");
    assert_string_equal(row_text(&r, T_ECHO_NAMES), "{\"a\\\"b\",\"c\\\\d\",NULL,\"\",\"{,}\"}");
}

static void nulls_come_back(void **state)
{
    struct row r;
    size_t len;

    (void)state;
    assert_ok(db_one(db, SQL_t_echo, DB_ARGS(db_null(), db_null(), db_null(), db_text(NULL), db_span((struct span){NULL, 0}), db_null(),
                                             db_opt_i64(false, 3), db_null()), &r));
    for (int i = 0; i < 8; i++)
        assert_true(row_null(&r, i));
    assert_null(row_text(&r, T_ECHO_T));
    assert_null(row_bytes(fixture_arena, &r, T_ECHO_Y, &len));
    assert_int_equal(row_len(&r, T_ECHO_T), 0);
}

static void special_numbers(void **state)
{
    struct row r;

    (void)state;
    assert_ok(db_one(db, SQL_t_echo, DB_ARGS(db_null(), db_f64(-INFINITY), db_null(), db_null(), db_null(), db_null(), db_null(), db_null()),
                     &r));
    assert_true(isinf(row_f64(&r, T_ECHO_F)));
}

static void spans_are_cut_at_their_length(void **state)
{
    struct row r;
    err *e;

    (void)state;
    assert_ok(db_one(db, SQL_t_echo, DB_ARGS(db_null(), db_null(), db_null(), db_span((struct span){"abcdef", 3}), db_null(), db_null(),
                                             db_null(), db_null()), &r));
    assert_string_equal(row_text(&r, T_ECHO_T), "abc");
    e = db_one(db, SQL_t_echo, DB_ARGS(db_null(), db_null(), db_null(), db_span((struct span){"ab\0ef", 5}), db_null(), db_null(), db_null(),
                                       db_null()), &r);
    assert_err(e, BAD_REQUEST);
}

static void row_counts(void **state)
{
    struct rows rows;
    struct row r;
    bool found;
    int64_t n;

    (void)state;
    fixture_sql(db, "TRUNCATE thing");
    assert_err(db_one(db, SQL_t_some, DB_ARGS(db_i64(7)), &r), NOT_FOUND);
    assert_ok(db_opt(db, SQL_t_some, DB_ARGS(db_i64(7)), &r, &found));
    assert_false(found);
    assert_ok(db_exec(db, SQL_t_add, DB_ARGS(db_i64(7), db_text("x")), &n));
    assert_int_equal(n, 1);
    assert_ok(db_opt(db, SQL_t_some, DB_ARGS(db_i64(7)), &r, &found));
    assert_true(found);
    assert_ok(db_many(db, SQL_t_count, DB_ARGS(db_i64(5)), &rows));
    assert_int_equal(rows.n, 5);
    assert_err(db_one(db, SQL_t_count, DB_ARGS(db_i64(2)), &r), INTERNAL);
}

static void refused_values(void **state)
{
    err *e;

    (void)state;
    e = db_exec(db, SQL_t_json, DB_ARGS(db_i64(1), db_text("{\"a\": \"\\u0000\"}")), NULL);
    assert_err(e, BAD_REQUEST);
    assert_string_equal(e->sqlstate, "22P05");
    assert_err(db_exec(db, SQL_t_json, DB_ARGS(db_i64(1), db_text("{")), NULL), BAD_REQUEST);
    assert_err(db_exec(db, SQL_t_add, DB_ARGS(db_i64(1), db_text("\xff")), NULL), BAD_REQUEST);
    assert_err(db_exec(db, SQL_t_add, DB_ARGS(db_i64(99999999999), db_text("x")), NULL), BAD_REQUEST);
    assert_err(db_exec(db, SQL_t_add, DB_ARGS(db_i64(1), db_text("check")), NULL), INTERNAL);
}

static void known_constraints(void **state)
{
    const char *insert = "INSERT INTO user_account (email) VALUES ('Ann@example.com')";
    err *e;

    (void)state;
    fixture_sql(db, insert);
    e = db_script(db, insert);
    assert_err(e, VALIDATION);
    assert_non_null(e->validation_json);
    assert_non_null(strstr(e->validation_json, "User with this email already exists."));
    assert_err(db_script(db, "INSERT INTO task (project_id, inner_id, data) VALUES (999, 1, '{}')"), CONFLICT);
}

static void a_stream_gives_every_row(void **state)
{
    struct arena_mark m;
    struct db_cursor c;
    struct row r;
    int64_t sum = 0;
    size_t used = 0;
    bool more;

    (void)state;
    assert_ok(db_stream(db, SQL_t_count, DB_ARGS(db_i64(20000)), &c));
    m = arena_mark(fixture_arena);
    for (;;) {
        assert_ok(db_next(&c, &r, &more));
        if (!more)
            break;
        sum += row_i64(&r, T_COUNT_I);
        arena_rewind(fixture_arena, m);
        used = used ? used : arena_used(fixture_arena);
    }
    assert_int_equal(sum, 20000ll * 20001 / 2);
    assert_true(arena_used(fixture_arena) <= used);
    assert_int_equal(fixture_i64(db, "SELECT 1"), 1);
}

static void a_stream_can_be_given_up(void **state)
{
    struct db_cursor c;
    struct row r;
    bool more;

    (void)state;
    assert_ok(db_stream(db, SQL_t_count, DB_ARGS(db_i64(5000000)), &c));
    assert_ok(db_next(&c, &r, &more));
    db_stream_cancel(db);
    assert_int_equal(fixture_i64(db, "SELECT 2"), 2);
    assert_ok(db_stream(db, SQL_t_count, DB_ARGS(db_i64(5000000)), &c));
    assert_ok(db_next(&c, &r, &more));
    assert_ok(db_ensure(db));
    assert_int_equal(fixture_i64(db, "SELECT 3"), 3);
}

static void copy_escapes(void **state)
{
    static char big[200000];
    struct db_copy c;
    struct rows rows;
    struct row r;
    int64_t n;

    (void)state;
    memset(big, '\\', sizeof(big) - 1);
    fixture_sql(db, "TRUNCATE thing");
    assert_ok(db_copy_open(db, "COPY thing (id, name, data) FROM STDIN", &c));
    assert_ok(db_copy_i64(&c, 1));
    assert_ok(db_copy_text(&c, (struct span){"a\tb\nc\\d\re\\N", 11}));
    assert_ok(db_copy_null(&c));
    assert_ok(db_copy_end_row(&c));
    assert_ok(db_copy_i64(&c, 2));
    assert_ok(db_copy_text(&c, (struct span){big, sizeof(big) - 1}));
    assert_ok(db_copy_text(&c, (struct span){"{\"k\": \"\\n\"}", 11}));
    assert_ok(db_copy_end_row(&c));
    assert_ok(db_copy_end(&c, &n));
    assert_int_equal(n, 2);
    assert_ok(db_run(db, "SELECT name, data->>'k' FROM thing ORDER BY id", DB_NOARGS, &rows));
    r = rows_at(&rows, 0);
    assert_string_equal(row_text(&r, 0), "a\tb\nc\\d\re\\N");
    assert_true(row_null(&r, 1));
    r = rows_at(&rows, 1);
    assert_int_equal(row_len(&r, 0), sizeof(big) - 1);
    assert_string_equal(row_text(&r, 1), "\n");
}

static void copy_errors(void **state)
{
    struct db_copy c;
    int64_t n;
    err *e;

    (void)state;
    assert_ok(db_copy_open(db, "COPY thing (id, name) FROM STDIN", &c));
    assert_ok(db_copy_text(&c, (struct span){"no number", 9}));
    assert_ok(db_copy_null(&c));
    assert_ok(db_copy_end_row(&c));
    e = db_copy_end(&c, &n);
    assert_err(e, BAD_REQUEST);
    assert_ok(db_copy_open(db, "COPY thing (id, name) FROM STDIN", &c));
    assert_err(db_copy_text(&c, (struct span){"\0", 1}), BAD_REQUEST);
    db_copy_abort(&c);
    assert_int_equal(fixture_i64(db, "SELECT 4"), 4);
}

static void statement_timeout(void **state)
{
    struct db *quick;

    (void)state;
    assert_ok(db_open(fixture_arena, "test", 100, &quick));
    assert_err(db_exec(quick, SQL_t_sleep, DB_ARGS(db_f64(10)), NULL), TIMEOUT);
    assert_int_equal(fixture_i64(quick, "SELECT 5"), 5);
    db_close(quick);
}

static int64_t pid_of(struct db *d)
{
    struct row r;

    assert_ok(db_one(d, SQL_t_pid, DB_NOARGS, &r));
    return row_i64(&r, T_PID_PID);
}

static void kill_backend(int64_t pid)
{
    fixture_i64(db, arena_printf(fixture_arena, "SELECT pg_terminate_backend(%lld, 5000)::int", (long long)pid));
}

static void a_lost_connection_comes_back(void **state)
{
    struct db *other = fixture_connect();
    int64_t pid = pid_of(other);
    struct row r;

    (void)state;
    kill_backend(pid);
    assert_err(db_one(other, SQL_t_pid, DB_NOARGS, &r), UNAVAILABLE);
    assert_err(db_one(other, SQL_t_pid, DB_NOARGS, &r), UNAVAILABLE);
    assert_ok(db_ensure(other));
    pid = pid_of(other);
    kill_backend(pid);
    assert_ok(db_ensure(other));           /* seen before the first query already */
    assert_int_not_equal(pid_of(other), pid);
    db_close(other);
}

static void a_stream_of_a_lost_connection_ends(void **state)
{
    struct db *other = fixture_connect();
    struct db_cursor c;
    struct row r;
    bool more;
    int64_t pid = pid_of(other);
    err *e;

    (void)state;
    assert_ok(db_stream(other, SQL_t_count, DB_ARGS(db_i64(3000000)), &c));
    kill_backend(pid);
    do
        e = db_next(&c, &r, &more);
    while (!e && more);
    assert_err(e, UNAVAILABLE);
    assert_ok(db_ensure(other));
    db_close(other);
}

static void a_dead_server_is_left_in_peace(void **state)
{
    const char *host = cfg.db_host;
    struct db *other;
    err *e;

    (void)state;
    cfg.db_host = "/nonexistent";
    e = db_open(fixture_arena, "test", 1000, &other);
    assert_err(e, UNAVAILABLE);
    /* Where this process was kept waiting, the pause was over already and another one began. */
    for (int i = 0; i < 1000 && !(e->internal && strstr(e->internal, "a moment ago")); i++) {
        e = db_ensure(other);
        assert_err(e, UNAVAILABLE);
    }
    assert_non_null(strstr(e->internal, "a moment ago"));
    cfg.db_host = host;
    for (int i = 0; i < 1000 && db_ensure(other); i++)
        usleep(30 * 1000);
    assert_ok(db_ensure(other));
    db_close(other);
}

static void composed(void **state)
{
    struct sqlb b;
    struct rows rows;
    struct row r;

    (void)state;
    sqlb_init(&b, fixture_arena);
    sqlb_lit(&b, "SELECT i FROM generate_series(1, 10) AS i WHERE i > ");
    sqlb_param(&b, db_i64(3));
    sqlb_lit(&b, " AND i::text <> ");
    sqlb_param(&b, db_text("7"));
    sqlb_lit(&b, " ORDER BY i LIMIT ");
    sqlb_param(&b, db_i64(4));
    assert_ok(sqlb_run(&b, db, &rows));
    assert_int_equal(rows.n, 4);
    r = rows_at(&rows, 3);
    assert_int_equal(row_i64(&r, 0), 8);
}

/* The same calls as behind a pooler: unnamed statements, nothing left in the session. */
static void pooled(void **state)
{
    struct db *other;
    struct db_cursor c;
    struct row r;
    bool more;

    (void)state;
    cfg.db_pooled = true;
    other = fixture_connect_as("web");
    cfg.db_pooled = false;
    assert_ok(db_one(other, SQL_t_pid, DB_NOARGS, &r));
    assert_ok(db_stream(other, SQL_t_count, DB_ARGS(db_i64(2)), &c));
    do
        assert_ok(db_next(&c, &r, &more));
    while (more);
    assert_int_equal(fixture_i64(other, "SELECT count(*) FROM pg_prepared_statements"), 0);
    assert_int_equal(fixture_i64(other, "SELECT count(*) FROM pg_settings WHERE source IN ('session', 'client')"
                                        " AND name IN ('search_path', 'statement_timeout', 'jit')"), 0);
    db_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back), cmocka_unit_test(nulls_come_back), cmocka_unit_test(special_numbers),
        cmocka_unit_test(spans_are_cut_at_their_length), cmocka_unit_test(row_counts), cmocka_unit_test(refused_values),
        cmocka_unit_test(known_constraints), cmocka_unit_test(a_stream_gives_every_row), cmocka_unit_test(a_stream_can_be_given_up),
        cmocka_unit_test(copy_escapes), cmocka_unit_test(copy_errors), cmocka_unit_test(statement_timeout),
        cmocka_unit_test(a_lost_connection_comes_back), cmocka_unit_test(a_stream_of_a_lost_connection_ends),
        cmocka_unit_test(a_dead_server_is_left_in_peace), cmocka_unit_test(composed), cmocka_unit_test(pooled),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("db");
    fixture_sql(db, "CREATE TABLE thing (id int4, name text CHECK (name <> 'check'), data jsonb)");
    failed = cmocka_run_group_tests_name("db", tests, NULL, NULL);
    fixture_close();
    return failed != 0;
}
