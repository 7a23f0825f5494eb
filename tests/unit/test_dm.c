/* The Data Manager's compiler against golden files: tests/golden/dm/<case>.json holds what the project knows and the query,
 * <case>.sql what becomes of it. LABELD_GOLDEN=write writes the latter anew, for a commit that says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glob.h>

#include <cmocka.h>

#include "dm/query.h"
#include "http/query.h"
#include "page/dm_lines.h"

static struct arena *a;

static char *file_read(const char *path)
{
    FILE *f = fopen(path, "r");
    struct strbuf b;
    int c;

    strbuf_init(&b, a, 1 << 20);
    if (!f)
        return NULL;
    while ((c = getc(f)) != EOF)
        strbuf_putc(&b, (char)c);
    fclose(f);
    return b.buf;
}

static void value_print(struct strbuf *out, const struct sqlb *b, size_t i)
{
    const struct db_arg *v = &b->args[i];

    if (v->kind == DB_ARG_I64)
        strbuf_printf(out, "-- $%zu = %lld\n", i + 1, (long long)v->v.i);
    else if (v->kind == DB_ARG_NULL)
        strbuf_printf(out, "-- $%zu is null\n", i + 1);
    else
        strbuf_printf(out, "-- $%zu = %.*s\n", i + 1, (int)v->v.t.len, v->v.t.p);
}

static const char *compiled_query(const json_t *test, const json_t *query)
{
    const json_t *c = json_object_get(test, "context");
    struct dm_context context = {
        .project = 7,
        .own = json_integer_value(json_object_get(c, "own")),
        .has_reviews = json_is_true(json_object_get(c, "has_reviews")),
        .one_accepts = json_is_true(json_object_get(c, "one_accepts")),
        .hide_predictions = json_is_true(json_object_get(c, "hide_predictions")),
        .model_version = json_string_value(json_object_get(c, "model_version")),
        .undefined_key = json_string_value(json_object_get(c, "undefined_key")),
    };
    struct dm_query q;
    struct sqlb b;
    struct strbuf out;
    err *e = dm_compile(a, &context, query, &q);

    strbuf_init(&out, a, 1 << 20);
    if (e) {
        strbuf_printf(&out, "-- refused: %s\n", e->validation_json);
        return out.buf;
    }
    sqlb_init(&b, a);
    sqlb_lit(&b, "WHERE ");
    dm_where(&b, &q);
    sqlb_lit(&b, "\nORDER BY ");
    dm_order(&b, &q);
    assert_null(strbuf_check(&b.text));
    strbuf_printf(&out, "%s\n", b.text.buf);
    for (size_t i = 0; i < b.n; i++)
        value_print(&out, &b, i);
    return out.buf;
}

/* The query as it comes back from the address of a page. */
static json_t *through_address(const json_t *query)
{
    json_t *copy = json_copy((json_t *)query);
    struct dm_lines stored, lines;
    struct rq_pair *pairs;
    const char *address;
    size_t n;

    dm_lines_of_json(a, json_object_get(query, "filters"), &stored);
    address = dm_lines_query(a, &stored);
    assert_null(query_parse(a, "query", address, strlen(address), &pairs, &n));
    dm_lines_read(a, pairs, n, &lines);
    dm_lines_keep(&lines, &stored);
    assert_string_equal(address, dm_lines_query(a, &lines));
    json_object_set(copy, "filters", dm_lines_json(a, &lines));
    return copy;
}

static void check_address(const char *path, const json_t *test, const char *expected)
{
    json_t *copy = through_address(json_object_get(test, "query"));
    const char *got = compiled_query(test, copy);

    if (strncmp(expected, "-- refused", 10) != 0 && strcmp(expected, got) != 0)
        fail_msg("%s by way of an address: expected\n%sgot\n%s", path, expected, got);
    json_decref(copy);
}

static void check(const char *path)
{
    json_t *test = json_load_file(path, 0, NULL);
    const char *expected_path = arena_printf(a, "%.*ssql", (int)(strlen(path) - strlen("json")), path);
    const char *expected, *got;
    FILE *f;

    if (!test)
        fail_msg("%s: no JSON", path);
    got = compiled_query(test, json_object_get(test, "query"));
    if (getenv("LABELD_GOLDEN")) {
        f = fopen(expected_path, "w");
        assert_non_null(f);
        fputs(got, f);
        fclose(f);
    }
    expected = file_read(expected_path);
    if (!expected || strcmp(expected, got) != 0)
        fail_msg("%s: expected\n%sgot\n%s", path, expected ? expected : "(no file)\n", got);
    check_address(path, test, expected);
    json_decref(test);
}

static void golden(void **state)
{
    const char *src = getenv("LABELD_SRCDIR");
    glob_t found;

    (void)state;
    assert_int_equal(glob(arena_printf(a, "%s/tests/golden/dm/*.json", src ? src : "."), 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 20);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check(found.gl_pathv[i]);
    globfree(&found);
}

static void empty_selections_are_known(void **state)
{
    static const struct {
        const char *json;
        bool nothing;
    } cases[] = {
        {"{}", false}, {"{\"selectedItems\": {\"all\": true}}", false}, {"{\"selectedItems\": {\"all\": false}}", true},
        {"{\"selectedItems\": {\"all\": false, \"included\": []}}", true}, {"{\"selectedItems\": {\"all\": false, \"included\": [3]}}", false},
        {"{\"selectedItems\": {\"all\": true, \"excluded\": []}}", false},
    };
    struct dm_context context = {.project = 7};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *json = json_loads(cases[i].json, 0, NULL);
        struct dm_query q;
        assert_null(dm_compile(a, &context, json, &q));
        assert_int_equal(dm_selects_nothing(&q), cases[i].nothing);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden), cmocka_unit_test(empty_selections_are_known)};
    int failed;

    a = arena_new("test");
    cmocka_set_message_output(CM_OUTPUT_TAP);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
