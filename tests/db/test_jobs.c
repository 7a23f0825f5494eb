/* The runner: claiming, retries, checkpoints, take-over, stopping; and the handlers, a whole project included. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "db/queue.h"
#include "fixture.h"
#include "jobs/runner.h"

static struct db *db;
static struct runner runner;
static bool stop;
static int runs;

static bool stopping(void)
{
    return stop;
}

static err *succeed(struct job *j)
{
    (void)j;
    runs++;
    return OK;
}

static err *refuse(struct job *j)
{
    runs++;
    return err_new(j->a, ERR_UPSTREAM, "not now");
}

static err *never(struct job *j)
{
    runs++;
    return err_new(j->a, ERR_VALIDATION, "never");
}

/* Ten steps of one row each; crashes or is stopped on the way. */
struct count {
    struct job *j;
    int64_t done, next;
};

static err *count_step(struct db *d, void *arg)
{
    struct count *c = arg;

    c->next = c->done + 1;
    TRY(db_script(d, "INSERT INTO counted DEFAULT VALUES"));
    return job_beat(c->j, arena_printf(c->j->a, "{\"done\": %lld}", (long long)c->next), NULL);
}

static err *count_to_ten(struct job *j)
{
    struct count c = {.j = j};

    runs++;
    if (j->checkpoint)
        assert_true(job_number(j, j->checkpoint, "done", &c.done));
    while (c.done < 10) {
        TRY(tx_run(j->db, TX_WRITE, count_step, &c));
        c.done = c.next;
        if (c.done == 4 && j->attempt == 1 && strstr(j->payload, "crash"))
            return err_new(j->a, ERR_UPSTREAM, "crash");
        if (c.done == 4 && strstr(j->payload, "stop"))
            stop = true;
        if (c.done == 4 && j->attempt == 1 && strstr(j->payload, "steal"))
            TRY(db_script(j->db, "UPDATE job SET locked_by = 'thief'"));
        if (c.done == 4 && j->attempt == 1 && strstr(j->payload, "die"))
            raise(SIGKILL);
        TRY(job_go_on(j));
    }
    return OK;
}

static err *cut(struct job *j)
{
    return db_script(j->db, "SELECT pg_terminate_backend(pg_backend_pid())");
}

static const struct job_def defs[] = {
    {"succeed", succeed, 3, 0, ""}, {"refuse", refuse, 3, 0, ""}, {"never", never, 3, 0, ""}, {"count", count_to_ten, 3, 0, ""},
    {"cut", cut, 3, 0, ""}, {NULL, NULL, 0, 0, NULL},
};

static int set_up(void **state)
{
    (void)state;
    stop = false;
    runs = 0;
    fixture_sql(db, "TRUNCATE job, counted CASCADE");
    runner = (struct runner){.db = db, .a = runner.a ? runner.a : arena_new("round"), .defs = defs, .stopping = stopping};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_use_arena(db, fixture_arena);
    return 0;
}

static bool step(void)
{
    bool worked;

    assert_ok(runner_step(&runner, &worked));
    return worked;
}

static void add(const char *kind, const char *payload, const char *key)
{
    assert_ok(queue_add(db, kind, 0, payload, key, NULL));
}

static int64_t jobs_where(const char *condition)
{
    return fixture_i64(db, arena_printf(fixture_arena, "SELECT count(*) FROM job WHERE %s", condition));
}

static void runs_each_once_in_order(void **state)
{
    (void)state;
    assert_false(step());
    add("succeed", NULL, NULL);
    assert_ok(queue_add_later(db, "never", 0, NULL, NULL, 0, 9, NULL));
    assert_ok(queue_add_later(db, "succeed", 0, NULL, NULL, 60, 0, NULL));
    add("from a newer program", NULL, NULL);
    assert_true(step());
    assert_int_equal(jobs_where("state = 'failed' AND kind = 'never' AND error = 'VALIDATION: never'"), 1);
    assert_true(step());
    assert_int_equal(jobs_where("state = 'done' AND kind = 'succeed' AND finished_at IS NOT NULL AND locked_by IS NULL"), 1);
    assert_false(step());
    assert_int_equal(runs, 2);
    assert_int_equal(jobs_where("state = 'waiting'"), 2);
}

static void failures_wait_longer_and_end(void **state)
{
    (void)state;
    add("refuse", NULL, NULL);
    assert_true(step());
    assert_int_equal(jobs_where("state = 'waiting' AND error = 'UPSTREAM: not now' AND run_at > now() + interval '1 s'"), 1);
    assert_false(step());
    fixture_sql(db, "UPDATE job SET run_at = now()");
    assert_true(step());
    assert_int_equal(jobs_where("state = 'waiting' AND run_at > now() + interval '2 s'"), 1);
    fixture_sql(db, "UPDATE job SET run_at = now()");
    assert_true(step());
    assert_int_equal(jobs_where("state = 'failed' AND attempts = 3"), 1);
    assert_int_equal(runs, 3);
}

static void a_newer_one_with_the_same_key_takes_over(void **state)
{
    (void)state;
    fixture_sql(db, "INSERT INTO job (kind, key, state, heartbeat_at, locked_by) VALUES ('refuse', 'k', 'running', now() - interval '1 h', 'x');"
                    "INSERT INTO job (kind, key, run_at) VALUES ('refuse', 'k', now() + interval '1 h')");
    assert_true(step());
    assert_int_equal(jobs_where("key = 'k' AND state = 'cancelled' AND finished_at IS NOT NULL"), 1);
    assert_int_equal(jobs_where("key = 'k' AND state = 'waiting'"), 1);
}

static void goes_on_at_the_checkpoint(void **state)
{
    (void)state;
    add("count", "{\"x\": \"crash\"}", NULL);
    assert_true(step());
    assert_int_equal(jobs_where("state = 'waiting' AND checkpoint = '{\"done\": 4}'"), 1);
    fixture_sql(db, "UPDATE job SET run_at = now()");
    assert_true(step());
    assert_int_equal(jobs_where("state = 'done'"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM counted"), 10);
}

static void stopping_hands_back(void **state)
{
    (void)state;
    add("count", "{\"x\": \"stop\"}", NULL);
    assert_true(step());
    assert_int_equal(jobs_where("state = 'waiting' AND attempts = 0 AND run_at <= now() AND error IS NULL"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM counted"), 4);
    stop = false;
    assert_true(step());
    assert_int_equal(jobs_where("state = 'done'"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM counted"), 10);
}

static void a_runner_given_up_cannot_write(void **state)
{
    (void)state;
    add("count", "{\"x\": \"steal\"}", NULL);
    assert_true(step());
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM counted"), 4);
    assert_int_equal(jobs_where("state = 'running' AND locked_by = 'thief'"), 1);
}

static void a_silent_job_is_taken_over(void **state)
{
    (void)state;
    add("succeed", NULL, NULL);
    fixture_sql(db, "UPDATE job SET state = 'running', attempts = 1, locked_by = 'x', heartbeat_at = now() - interval '5 s'");
    assert_false(step());
    fixture_sql(db, "UPDATE job SET heartbeat_at = now() - interval '1 h'");
    runner.look_at_us = 0;
    assert_true(step());
    assert_int_equal(jobs_where("state = 'done' AND attempts = 2"), 1);
    add("succeed", NULL, NULL);
    fixture_sql(db, "UPDATE job SET state = 'running', attempts = 3, locked_by = 'x', heartbeat_at = now() - interval '1 h'"
                    " WHERE state = 'waiting'");
    runner.look_at_us = 0;
    assert_true(step());
    assert_int_equal(jobs_where("state = 'failed' AND error LIKE '%died in each of 3 attempts'"), 1);
    assert_int_equal(runs, 1);
}

static void killed_in_the_middle(void **state)
{
    pid_t pid;
    int status;

    (void)state;
    add("count", "{\"x\": \"die\"}", NULL);
    pid = fork();
    if (pid == 0) {
        bool worked;

        runner.a = arena_new("child");
        if (db_open(arena_new("child connection"), "test", 10000, &runner.db))
            _exit(9);
        (void)!runner_step(&runner, &worked);
        _exit(8);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(jobs_where("state = 'running' AND checkpoint = '{\"done\": 4}'"), 1);
    fixture_sql(db, "UPDATE job SET heartbeat_at = now() - interval '1 h'");
    assert_true(step());
    assert_int_equal(jobs_where("state = 'done' AND attempts = 2"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM counted"), 10);
}

/* Several processes on one queue: every job exactly once. */
static void many_runners(void **state)
{
    enum { RUNNERS = 4, JOBS = 200 };

    (void)state;
    fixture_sql(db, "INSERT INTO job (kind, payload) SELECT 'succeed', to_jsonb(i) FROM generate_series(1, 200) i");
    for (int i = 0; i < RUNNERS; i++)
        if (fork() == 0) {
            runner.a = arena_new("child");
            if (db_open(arena_new("child connection"), "test", 10000, &runner.db))
                _exit(99);
            runner_run(&runner, true);
            _exit(runs > 60 ? 60 + runs / 10 : runs);
        }
    for (int i = 0; i < RUNNERS; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status));
        assert_int_not_equal(WEXITSTATUS(status), 99);
    }
    assert_int_equal(jobs_where("state = 'done' AND attempts = 1"), JOBS);
}

/* The connection goes away inside the handler: the outcome is still written, over a new one. */
static void the_outcome_waits_for_the_database(void **state)
{
    (void)state;
    add("cut", NULL, NULL);
    assert_true(step());
    assert_int_equal(jobs_where("state = 'waiting' AND attempts = 1 AND error LIKE 'UNAVAILABLE%'"), 1);
}

/* ---------------------------------------------------------------- the real handlers */

/* Every periodic job once. */
static void round_of_jobs(void)
{
    assert_true(step());
    while (step())
        ;
}

static void periodic_jobs_exist_once(void **state)
{
    (void)state;
    runner.defs = job_defs;
    round_of_jobs();
    assert_int_equal(jobs_where("kind = 'sweep' AND key = 'periodic' AND state = 'done'"), 1);
    runner.look_at_us = 0;
    assert_false(step());
    fixture_sql(db, "UPDATE job SET finished_at = now() - interval '1 h'");
    runner.look_at_us = 0;
    round_of_jobs();
    assert_int_equal(jobs_where("kind = 'sweep' AND state = 'done'"), 2);
}

static void sweep_removes_what_is_over(void **state)
{
    (void)state;
    runner.defs = job_defs;
    fixture_sql(db, "INSERT INTO user_account (id, email) VALUES (1, 'ann@example.com');"
                    "INSERT INTO user_session (token_hash, user_id, created_at, last_seen_at) VALUES"
                    " ('\\x01', 1, now(), now()), ('\\x02', 1, now() - interval '1 year', now()),"
                    " ('\\x03', 1, now(), now() - interval '1 year');"
                    "INSERT INTO login_throttle VALUES ('old', 3, now() - interval '1 day'), ('new', 3, now());"
                    "INSERT INTO job (kind, state, finished_at) VALUES ('x', 'done', now() - interval '8 days'),"
                    " ('x', 'failed', now() - interval '8 days'), ('x', 'done', now())");
    round_of_jobs();
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM user_session"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM login_throttle WHERE key = 'new'"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM login_throttle"), 1);
    assert_int_equal(jobs_where("kind = 'x'"), 2);
    fixture_sql(db, "TRUNCATE user_account CASCADE; TRUNCATE login_throttle");
}

static const char *const fill_project =
    "INSERT INTO user_account (id, email) SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 2) i;"
    "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
    "INSERT INTO project (id, organization_id) VALUES (1, 1), (2, 1);"
    "INSERT INTO project_sequence (project_id) VALUES (1), (2);"
    "INSERT INTO file_upload (id, project_id, file, size_bytes) VALUES (1, 1, 'upload/1/a.csv', 1), (2, 2, 'upload/2/b.csv', 1),"
    " (3, 1, '../passwd', 1);"
    "INSERT INTO task (id, project_id, inner_id, data, file_upload_id)"
    " SELECT i, 1 + i % 2, i / 2 + 1, '{}', 1 + i % 2 FROM generate_series(0, 4999) i;"
    "INSERT INTO annotation (task_id, project_id, result, completed_by)"
    " SELECT t.id, t.project_id, '[]', u FROM task t, generate_series(1, 2) u;"
    "INSERT INTO draft (task_id, project_id, annotation_id, user_id, result) SELECT task_id, project_id, id, 1, '[]' FROM annotation LIMIT 50;"
    "INSERT INTO prediction (task_id, project_id, result) SELECT id, project_id, '[]' FROM task;"
    "INSERT INTO task_lock (task_id, user_id, project_id, expires_at) SELECT id, 1, project_id, now() + interval '1 day' FROM task LIMIT 100;"
    "INSERT INTO stream_cursor (project_id, user_id, low_inner_id) VALUES (1, 1, 1000), (2, 1, 1000);"
    "INSERT INTO stream_history (project_id, user_id, task_id, annotation_id) SELECT project_id, 1, task_id, max(id) FROM annotation"
    " GROUP BY 1, 3 LIMIT 200;"
    "SELECT task_recount(array_agg(id), NULL) FROM task;";

static int64_t left_of(const char *table, int project)
{
    return fixture_i64(db, arena_printf(fixture_arena, "SELECT count(*) FROM %s WHERE project_id = %d", table, project));
}

static void a_whole_project_goes(void **state)
{
    static const char *const tables[] = {"task", "annotation", "draft", "prediction", "task_lock", "stream_history", "stream_cursor",
                                         "stream_revisit", "file_upload", "project_counter", "project_user_counter", "task_block",
                                         "project_sequence"};
    const char *upload = arena_printf(fixture_arena, "%s/upload/1", cfg.data_dir);

    (void)state;
    runner.defs = job_defs;
    runner.look_at_us = INT64_MAX;
    fixture_sql(db, fill_project);
    assert_int_equal(system(arena_printf(fixture_arena, "mkdir -p %s && touch %s/a.csv %s/without-a-row", upload, upload, upload)), 0);
    add("project_delete", "{\"project\": 1}", "1");
    assert_true(step());
    assert_int_equal(jobs_where("state = 'failed' AND error LIKE 'NOT_FOUND%'"), 1);
    assert_int_equal(left_of("task", 1), 2500);

    fixture_sql(db, "UPDATE project SET deleted_at = now() WHERE id = 1");
    stop = true;                        /* one step at a time */
    add("project_delete", "{\"project\": 1}", "1");
    for (int i = 0; jobs_where("state = 'done'") == 0; i++) {
        assert_true(i < 20);
        assert_true(step());
    }
    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        assert_int_equal(left_of(tables[i], 1), 0);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM project"), 1);
    assert_int_equal(left_of("task", 2), 2500);
    assert_int_equal(left_of("annotation", 2), 5000);
    assert_int_equal(access(upload, F_OK), -1);
    assert_int_equal(fixture_i64(db, "SELECT sum(task_number) FROM project_counter WHERE project_id = 2"), 2500);
    assert_int_equal(jobs_where("progress = '{\"tasks\": 2500}'"), 1);
    /* Again is nothing. */
    add("project_delete", "{\"project\": 1}", "1");
    stop = false;
    assert_true(step());
    assert_int_equal(jobs_where("state = 'done'"), 2);
}

#define NOTE "DO $$ BEGIN PERFORM storage_note('{7000000}'); END $$"

static int64_t can_be_taken(const char *from)
{
    return fixture_i64(db, arena_printf(fixture_arena, "SELECT count(*) FROM (SELECT FROM %s FOR UPDATE SKIP LOCKED) x", from));
}

/* What an export storage has to hear of is taken neither before the change is over nor without a job that comes after it. */
static void notes_wait_for_their_change(void **state)
{
    struct db *other = fixture_connect();

    (void)state;
    fixture_sql(db, "INSERT INTO organization (id, title, token) VALUES (7, 'Notes', 'n'); INSERT INTO project (id, organization_id) VALUES (7, 7);"
                    "INSERT INTO task (id, project_id, inner_id, data) VALUES (70000, 7, 1, '{}');"
                    "INSERT INTO annotation (id, task_id, project_id, result) VALUES (7000000, 70000, 7, '[]');"
                    "INSERT INTO storage (project_id, direction, type) VALUES (7, 'export', 'localfiles');" NOTE);
    assert_int_equal(jobs_where("kind = 'storage_due' AND state = 'waiting'"), 1);
    fixture_sql(other, "BEGIN; " NOTE);
    assert_int_equal(can_be_taken("storage_due"), 0);
    assert_int_equal(can_be_taken("job"), 0);
    fixture_sql(other, "COMMIT");
    assert_int_equal(can_be_taken("storage_due"), 1);
    assert_int_equal(can_be_taken("job"), 1);
    fixture_sql(other, "BEGIN; UPDATE job SET state = 'running', locked_by = 'x', heartbeat_at = now() WHERE kind = 'storage_due'");
    fixture_sql(db, NOTE);
    fixture_sql(other, "COMMIT");
    assert_int_equal(jobs_where("kind = 'storage_due' AND state = 'waiting'"), 1);
    fixture_sql(db, "TRUNCATE organization CASCADE");
    db_close(other);
}

static bool there(const char *file)
{
    return access(arena_printf(fixture_arena, "%s/upload/%s", cfg.data_dir, file), F_OK) == 0;
}

/* A file goes when no row knows it, when it is old, and when its project is there and nobody is at work who may know it. */
static void files_without_rows_go(void **state)
{
    const char *d = arena_printf(fixture_arena, "%s/upload", cfg.data_dir);
    struct db *other;

    (void)state;
    runner.defs = job_defs;
    runner.look_at_us = INT64_MAX;
    cfg.upload_orphan_s = 1;
    fixture_sql(db, "TRUNCATE organization CASCADE; INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
                    "INSERT INTO project (id, organization_id, deleted_at) VALUES (1, 1, NULL), (2, 1, now());"
                    "INSERT INTO file_upload (project_id, file, size_bytes) VALUES (1, 'upload/1/known', 1)");
    assert_int_equal(system(arena_printf(fixture_arena, "mkdir -p %s/1/dir %s/2 %s/3 %s/x && touch %s/1/known %s/1/lost %s/2/lost %s/3/lost %s/lost"
                                                        " && for i in `seq 2500`; do : >%s/1/n$i; done", d, d, d, d, d, d, d, d, d, d)), 0);
    sleep(2);
    assert_int_equal(system(arena_printf(fixture_arena, "touch %s/1/new", d)), 0);
    assert_ok(db_open(fixture_arena, "test", 10000, &other));
    fixture_sql(other, "BEGIN; SELECT 1");
    sleep(2);
    add("sweep_files", "{}", NULL);
    assert_true(step());
    assert_false(there("1/lost") || there("1/n1") || there("1/n2500") || there("2/lost"));
    assert_true(there("1/known") && there("1/new") && there("1/dir") && there("3/lost") && there("lost"));
    fixture_sql(other, "ROLLBACK");
    add("sweep_files", "{}", NULL);
    assert_true(step());
    assert_false(there("1/new"));
    assert_true(there("1/known") && there("3/lost"));
    assert_int_equal(jobs_where("state = 'done'"), 2);
    db_close(other);
    fixture_sql(db, "TRUNCATE organization CASCADE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_each_once_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_wait_longer_and_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_one_with_the_same_key_takes_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_on_at_the_checkpoint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stopping_hands_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_runner_given_up_cannot_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_silent_job_is_taken_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(killed_in_the_middle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_runners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_outcome_waits_for_the_database, set_up, tear_down),
        cmocka_unit_test_setup_teardown(periodic_jobs_exist_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sweep_removes_what_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_whole_project_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notes_wait_for_their_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_without_rows_go, set_up, tear_down),
    };
    char dir[] = "/tmp/labeld-jobs-XXXXXX";
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("jobs");
    log_init("test", LOG_CRIT, 0);
    if (!mkdtemp(dir))
        return 1;
    cfg.data_dir = dir;
    fixture_sql(db, "CREATE TABLE counted (id int8 GENERATED ALWAYS AS IDENTITY)");
    failed = cmocka_run_group_tests_name("jobs", tests, NULL, NULL);
    if (system(arena_printf(fixture_arena, "rm -rf %s", dir)))
        failed++;
    fixture_close();
    return failed != 0;
}
