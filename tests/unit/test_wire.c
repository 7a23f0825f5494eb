/* Columns as the API writes them: times with and without a fraction, ages, nulls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/wire.h"

static struct arena *a;
static struct strbuf out;
static struct jw w;

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    strbuf_init(&out, a, 10000);
    jw_init_strbuf(&w, &out);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static void clear(void *res)
{
    PQclear(res);
}

/* A row of one text column, as the database would give it; NULL is SQL null. */
static struct row row_of(const char *value)
{
    PGresAttDesc column = {.name = (char[]){"x"}, .typid = 25, .typlen = -1};
    PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

    arena_defer(a, clear, res);
    assert_int_equal(PQsetResultAttrs(res, 1, &column), 1);
    assert_int_equal(PQsetvalue(res, 0, 0, (char *)(uintptr_t)value, value ? (int)strlen(value) : -1), 1);
    return (struct row){res, 0};
}

static void test_times(void **state)
{
    static const char *const cases[][2] = {
        {"2026-11-21 22:31:16.423161+00", "\"2026-11-21T22:31:16.423161Z\""},
        {"2026-11-21 22:31:16.42+00", "\"2026-11-21T22:31:16.420000Z\""},
        {"2026-11-21 22:31:16.000001+00", "\"2026-11-21T22:31:16.000001Z\""},
        {"2026-11-21 22:31:16+00", "\"2026-11-21T22:31:16Z\""},
        {NULL, "null"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct row r = row_of(cases[i][0]);

        strbuf_clear(&out);
        jw_init_strbuf(&w, &out);
        wire_time(&w, &r, 0);
        assert_string_equal(out.buf, cases[i][1]);
    }
    assert_null(wire_time_text(a, NULL));
    assert_string_equal(wire_time_text(a, "2226-10-05 02:14:51+00"), "2226-10-05T02:14:51Z");
}

/* The age of a moment so many seconds ago. */
static const char *ago(int64_t seconds)
{
    time_t t = time(NULL) - (time_t)seconds;
    char text[40];
    struct tm tm;
    struct row r;

    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S.5+00", &tm);
    r = row_of(text);
    strbuf_clear(&out);
    jw_init_strbuf(&w, &out);
    wire_ago(&w, &r, 0);
    return out.buf;
}

static void test_ages(void **state)
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

    (void)state;
    assert_string_equal(ago(0), "\"0\u00a0minutes\"");
    assert_string_equal(ago(-HOUR), "\"0\u00a0minutes\"");   /* the database's clock is ahead */
    assert_string_equal(ago(MINUTE + 10), "\"1\u00a0minute\"");
    assert_string_equal(ago(2 * HOUR + 5 * MINUTE + 10), "\"2\u00a0hours, 5\u00a0minutes\"");
    assert_string_equal(ago(2 * HOUR + 10), "\"2\u00a0hours\"");
    assert_string_equal(ago(DAY + 2 * HOUR + 10), "\"1\u00a0day, 2\u00a0hours\"");
    assert_string_equal(ago(DAY + 5 * MINUTE), "\"1\u00a0day\"");   /* only adjacent units are joined */
    assert_string_equal(ago(8 * DAY + 10), "\"1\u00a0week, 1\u00a0day\"");
}

/* Twelve calendar months are a year, whatever the number of days. */
static void test_ages_in_years(void **state)
{
    time_t t = time(NULL) - 60;
    char text[40];
    struct tm tm;
    struct row r;

    (void)state;
    gmtime_r(&t, &tm);
    tm.tm_year -= 3;
    if (tm.tm_mon == 1 && tm.tm_mday == 29)
        tm.tm_mday = 28;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S+00", &tm);
    r = row_of(text);
    wire_ago(&w, &r, 0);
    assert_string_equal(out.buf, "\"3\u00a0years\"");
}

static void test_columns(void **state)
{
    struct row null = row_of(NULL), number = row_of("42"), real = row_of("0.25"), yes = row_of("t"), json = row_of("{\"a\": 1.0}");

    (void)state;
    jw_obj(&w);
    wire_ki64(&w, "i", &number, 0);
    wire_ki64(&w, "in", &null, 0);
    wire_kf64(&w, "f", &real, 0);
    wire_kf64(&w, "fn", &null, 0);
    wire_kbool(&w, "b", &yes, 0);
    wire_kbool(&w, "bn", &null, 0);
    wire_kstr(&w, "s", &number, 0);
    wire_kstr(&w, "sn", &null, 0);
    wire_kraw(&w, "r", &json, 0);
    wire_kraw(&w, "rn", &null, 0);
    wire_ktime(&w, "tn", &null, 0);
    jw_end(&w);
    assert_string_equal(out.buf, "{\"i\":42,\"in\":null,\"f\":0.25,\"fn\":null,\"b\":true,\"bn\":null,\"s\":\"42\",\"sn\":null,"
                                 "\"r\":{\"a\": 1.0},\"rn\":null,\"tn\":null}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_times), TEST(test_ages), TEST(test_ages_in_years), TEST(test_columns),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
