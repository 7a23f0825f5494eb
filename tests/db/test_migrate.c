/* Migrations: once each, in order, all or nothing, by one caller at a time; changed and unknown ones are refused. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "db/migrate.h"
#include "fixture.h"

static struct db *db;
static char dir[] = "/tmp/labeld-migrate-XXXXXX";

static const char *path_of(const char *name)
{
    return arena_printf(fixture_arena, "%s/migrations/%s", dir, name);
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(path_of(name), "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int set_up(void **state)
{
    (void)state;
    cfg.sql_dir = dir;
    cfg.db_schema = "test_migrate";
    db_close(db);
    assert_ok(db_ensure(db));
    fixture_sql(db, "DROP SCHEMA IF EXISTS test_migrate CASCADE");
    assert_int_equal(system(arena_printf(fixture_arena, "rm -rf %s/migrations && mkdir %s/migrations", dir, dir)), 0);
    put("0001_one.sql", "CREATE TABLE one (id int4);\nINSERT INTO one VALUES (1);\n");
    put("README", "not a migration");
    return 0;
}

static bool current(void)
{
    bool yes;

    assert_ok(migrate_current(db, &yes));
    return yes;
}

static int run(void)
{
    int applied;

    assert_ok(migrate_run(db, &applied));
    return applied;
}

static void from_empty_and_onward(void **state)
{
    (void)state;
    assert_false(current());
    assert_int_equal(run(), 1);
    assert_true(current());
    assert_int_equal(run(), 0);
    put("0002_two.sql", "CREATE TABLE two (id int4); ALTER TABLE one ADD x text;");
    assert_false(current());
    assert_int_equal(run(), 1);
    assert_true(current());
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM one"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM schema_migration"), 2);
}

static void all_or_nothing(void **state)
{
    int applied;

    (void)state;
    put("0002_bad.sql", "CREATE TABLE two (id int4); SELECT 1/0;");
    assert_err(migrate_run(db, &applied), INTERNAL);
    assert_int_equal(applied, 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM schema_migration"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM pg_tables WHERE schemaname = 'test_migrate' AND tablename = 'two'"), 0);
}

static void changed_files_are_refused(void **state)
{
    int applied;

    (void)state;
    run();
    put("0001_one.sql", "CREATE TABLE one (id int8);");
    assert_err(migrate_run(db, &applied), CONFLICT);
    assert_false(current());
}

static void a_newer_database_is_refused(void **state)
{
    int applied;

    (void)state;
    put("0002_two.sql", "CREATE TABLE two (id int4)");
    run();
    unlink(path_of("0002_two.sql"));
    assert_err(migrate_run(db, &applied), CONFLICT);
    assert_false(current());
}

static void outside_a_transaction(void **state)
{
    (void)state;
    run();
    fixture_sql(db, "CREATE INDEX one_id ON one (id)");
    fixture_sql(db, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'one_id'::regclass");
    put("0002_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS one_id ON one (id);\n"
                          "CREATE INDEX CONCURRENTLY IF NOT EXISTS one_id2 ON one (id);\n");
    assert_int_equal(run(), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM pg_index WHERE indrelid = 'one'::regclass AND indisvalid"), 2);
    assert_true(current());
}

static _Noreturn void run_in_child(void)
{
    struct db *mine;
    int applied;
    err *e = db_open(fixture_arena, "test", 0, &mine);

    if (!e)
        e = migrate_run(mine, &applied);
    if (e)
        log_err(e, "child");
    _exit(e ? 1 : 0);
}

static void many_callers_take_turns(void **state)
{
    enum { CALLERS = 5 };

    (void)state;
    put("0002_slow.sql", "SELECT pg_sleep(0.3); CREATE TABLE two (id int4)");
    for (int i = 0; i < CALLERS; i++)
        if (fork() == 0)
            run_in_child();
    for (int i = 0; i < CALLERS; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_true(current());
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM one"), 1);
}

/* Through a pooler the search path is the role's; a fresh pooled session then finds the tables. */
static void pooled(void **state)
{
    struct db *other;

    (void)state;
    cfg.db_pooled = true;
    other = fixture_connect();
    cfg.db_pooled = false;
    fixture_sql(db, "ALTER ROLE labeld IN DATABASE labeld RESET search_path");
    {
        int applied;

        assert_ok(migrate_run(other, &applied));
        assert_int_equal(applied, 1);
        assert_ok(db_ensure(db));       /* an idle session like any other: replaced */
    }
    db_close(other);
    cfg.db_pooled = true;
    other = fixture_connect();
    cfg.db_pooled = false;
    assert_int_equal(fixture_i64(other, "SELECT count(*) FROM one"), 1);
    db_close(other);
    fixture_sql(db, "ALTER ROLE labeld IN DATABASE labeld RESET ALL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(from_empty_and_onward, set_up), cmocka_unit_test_setup(all_or_nothing, set_up),
        cmocka_unit_test_setup(changed_files_are_refused, set_up), cmocka_unit_test_setup(a_newer_database_is_refused, set_up),
        cmocka_unit_test_setup(outside_a_transaction, set_up), cmocka_unit_test_setup(many_callers_take_turns, set_up),
        cmocka_unit_test_setup(pooled, set_up),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("migrate_real");      /* the program's own migrations, from empty */
    if (!mkdtemp(dir))
        return 1;
    failed = cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
    if (system(arena_printf(fixture_arena, "rm -rf %s", dir)))
        failed++;
    fixture_close();
    return failed != 0;
}
