/* The SQL builder's text and arguments, the forms of array arguments, and the tables that contrib/sql2h.awk makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/queue.sql.h"
#include "db/sqlb.h"

static struct arena *a;

static void numbers_parameters(void **state)
{
    struct sqlb b;

    (void)state;
    sqlb_init(&b, a);
    sqlb_lit(&b, "x = ");
    sqlb_param(&b, db_i64(7));
    sqlb_lit(&b, " AND y = ");
    sqlb_param(&b, db_text("'; DROP TABLE task; --"));
    assert_string_equal(b.text.buf, "x = $1 AND y = $2");
    assert_int_equal(b.n, 2);
    assert_int_equal(b.args[0].v.i, 7);
    assert_string_equal(b.args[1].v.t.p, "'; DROP TABLE task; --");
}

static void values_in_one_array(void **state)
{
    struct sqlb b;

    (void)state;
    sqlb_init(&b, a);
    b.form = SQLB_ARRAY;
    sqlb_lit(&b, "x = ");
    sqlb_param(&b, db_i64(-7));
    sqlb_lit(&b, "::int8 AND y = ");
    sqlb_param(&b, db_text("a\"b"));
    sqlb_lit(&b, "::text OR ");
    sqlb_param(&b, db_null());
    assert_string_equal(b.text.buf, "x = ($1)[1]::int8 AND y = ($1)[2]::text OR ($1)[3]");
    assert_string_equal(sqlb_array(&b).v.t.p, "{\"-7\",\"a\\\"b\",NULL}");
}

static void values_in_quotes(void **state)
{
    struct sqlb b;

    (void)state;
    sqlb_init(&b, a);
    b.form = SQLB_QUOTED;
    sqlb_param(&b, db_text("it's a \\ and \\'; DROP TABLE task; --"));
    sqlb_param(&b, db_i64(12));
    sqlb_param(&b, db_null());
    assert_string_equal(b.text.buf, "E'it''s a \\\\ and \\\\''; DROP TABLE task; --'E'12'NULL");
}

static void too_many_parameters_are_an_error(void **state)
{
    struct sqlb b;
    struct rows rows;
    err *e;

    (void)state;
    sqlb_init(&b, a);
    for (int i = 0; i < SQLB_PARAMS; i++)
        sqlb_param(&b, db_i64(i));
    assert_null(strbuf_check(&b.text));
    sqlb_param(&b, db_i64(0));
    e = sqlb_run(&b, NULL, &rows);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_TOO_LARGE);
}

static void arrays(void **state)
{
    const int64_t ids[] = {1, -2, INT64_MIN};
    const char *const names[] = {"a", "b\"c\\", NULL, "", "NULL", "{,}"};

    (void)state;
    assert_string_equal(db_i64s(a, ids, 3).v.t.p, "{1,-2,-9223372036854775808}");
    assert_string_equal(db_i64s(a, ids, 0).v.t.p, "{}");
    assert_string_equal(db_texts(a, names, 6).v.t.p, "{\"a\",\"b\\\"c\\\\\",NULL,\"\",\"NULL\",\"{,}\"}");
}

static void nulls(void **state)
{
    (void)state;
    assert_int_equal(db_text(NULL).kind, DB_ARG_NULL);
    assert_int_equal(db_span((struct span){NULL, 0}).kind, DB_ARG_NULL);
    assert_int_equal(db_opt_i64(false, 1).kind, DB_ARG_NULL);
    assert_int_equal(db_opt_i64(true, 0).kind, DB_ARG_I64);
    assert_int_equal(db_text("").kind, DB_ARG_TEXT);
}

static void generated_tables(void **state)
{
    (void)state;
    assert_string_equal(SQL_queue_add->name, "queue_add");
    assert_int_equal(SQL_queue_add->nparams, 6);
    assert_int_equal(SQL_queue_add->types[2], 3802);
    assert_string_equal(SQL_queue_add->param_names[3], "key");
    assert_int_equal(SQL_queue_add->ncols, 1);
    assert_string_equal(SQL_queue_add->cols[QUEUE_ADD_ID], "id");
    assert_int_equal(SQL_queue_add->kind, '1');
    assert_string_equal(SQL_queue_add->file, "src/db/queue.sql");
}

/* ---------------------------------------------------------------- contrib/sql2h.awk */

static char sql[] = "/tmp/labeld-sql2h-XXXXXX";

/* Output of the awk script over this text; its exit status in *status. */
static const char *generate(const char *text, int *status)
{
    static char out[8192];
    const char *src = getenv("LABELD_SRCDIR"), *awk = getenv("AWK");
    FILE *f = fopen(sql, "w");
    size_t n;

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    f = popen(arena_printf(a, "%s -f %s/contrib/sql2h.awk %s 2>&1", awk ? awk : "awk", src ? src : ".", sql), "r");
    assert_non_null(f);
    n = fread(out, 1, sizeof(out) - 1, f);
    out[n] = '\0';
    *status = pclose(f);
    return out;
}

static void check_good(const char *text, const char *expected)
{
    int status;
    const char *out = generate(text, &status);

    assert_int_equal(status, 0);
    if (!strstr(out, expected))
        print_message("# not in: %s\n", out);
    assert_non_null(strstr(out, expected));
}

static void check_bad(const char *text, const char *expected)
{
    int status;
    const char *out = generate(text, &status);

    assert_int_not_equal(status, 0);
    assert_non_null(strstr(out, expected));
}

static void headers_are_read(void **state)
{
    (void)state;
    check_good("-- @query a_b :one (x int4) -> (id, n)\nSELECT 1;\n", "A_B_ID,\n    A_B_N\n");
    check_good("-- @query a :many ()\n-- -> (id)\nSELECT 1\n  FROM t;\n", "\"SELECT 1\" \"\\n\"\n        \"  FROM t\",");
    check_good("-- @query a :exec (x int4,\n--   y jsonb[])\nSELECT 1;\n", ".types = (const Oid[]){23, 3807}");
    check_good("-- @query a :exec ()\nSELECT '\\', \"q\", '?\?/';\n", "\"SELECT '\\\\', \\\"q\\\", '?\\?/'\"");
    check_good("-- words\n\n-- @query a :exec ()\n-- words\nSELECT 1;\n", ".line = 3");
}

static void columns_are_shared(void **state)
{
    const char *shape = "-- @columns s -> (id,\n--   n)\nt.id,\n  $1 AS n\n\n";

    (void)state;
    check_good(arena_printf(a, "%s-- words\n-- @query a :one (x int4) -> @s\nSELECT @s\nFROM t;\n", shape),
               "A_ID,\n    A_N\n");
    check_good(arena_printf(a, "%s-- @query a :one (x int4) -> @s\nSELECT @s\nFROM t WHERE j @> '{}';\n", shape),
               "\"SELECT t.id,\" \"\\n\"\n        \"  $1 AS n\" \"\\n\"\n        \"FROM t WHERE j @> '{}'\",");
    check_bad("-- @query a :one () -> @s\nSELECT 1;\n", "no columns s before a");
    check_bad("-- @query a :one () -> (id)\nSELECT @s;\n", "no columns s before a");
    check_bad(arena_printf(a, "%s%s", shape, shape), "columns s are already defined");
    check_bad("-- @columns s -> (id)\n", "expected `-- @columns");
}

static void mistakes_are_named(void **state)
{
    (void)state;
    check_bad("SELECT 1;\n", ":1: statement outside a query");
    check_bad("\n-- @query a :some () -> (id)\nSELECT 1;\n", ":2: expected");
    check_bad("-- @query a :one (x)  -> (id)\nSELECT 1;\n", "must be `name type`");
    check_bad("-- @query a :one (x integer)  -> (id)\nSELECT 1;\n", "unknown type integer");
    check_bad("-- @query a :one ()\nSELECT 1;\n", "needs `-> (column");
    check_bad("-- @query a :exec () -> (id)\nSELECT 1;\n", "gives no columns");
    check_bad("-- @query a :exec ()\n\n-- @query b :exec ()\nSELECT 1;\n", "query a has no statement");
    check_bad("-- @query a :exec ()\nSELECT 1;\n-- @query a :exec ()\nSELECT 1;\n", "query a is already defined");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_parameters), cmocka_unit_test(values_in_one_array), cmocka_unit_test(values_in_quotes), cmocka_unit_test(too_many_parameters_are_an_error), cmocka_unit_test(arrays),
        cmocka_unit_test(nulls), cmocka_unit_test(generated_tables), cmocka_unit_test(headers_are_read),
        cmocka_unit_test(columns_are_shared), cmocka_unit_test(mistakes_are_named),
    };
    int failed, fd = mkstemp(sql);

    if (fd < 0)
        return 1;
    close(fd);
    a = arena_new("test");
    cmocka_set_message_output(CM_OUTPUT_TAP);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(sql);
    arena_free(a);
    return failed;
}
