/* The OpenAPI document: every route is described, every shape follows the notation (else the program stops), the whole is JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "api/openapi.h"
#include "api/schema.h"
#include "base/cfg.h"

enum { MOST = 8 << 20 };

static void test_document_is_json(void **state)
{
    struct arena *a = arena_new("test");
    struct strbuf b;
    struct jw w;
    json_t *tree;

    (void)state;
    cfg.base_path = "";
    strbuf_init(&b, a, MOST);
    jw_init_strbuf(&w, &b);
    openapi_write(&w);
    tree = json_loads(b.buf, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(tree);
    assert_string_equal(json_string_value(json_object_get(tree, "openapi")), "3.0.3");
    json_decref(tree);
    arena_free(a);
}

static const struct {
    const char *shape, *schema;
} shapes[] = {
    {"int", "{\"type\":\"integer\"}"},
    {"any", "{}"},
    {"time?", "{\"type\":\"string\",\"format\":\"date-time\",\"nullable\":true}"},
    {"[str?]", "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"nullable\":true}}"},
    {"<int>", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}"},
    {"'a|b'", "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}"},
    {"'a|b'?", "{\"type\":\"string\",\"enum\":[\"a\",\"b\",null],\"nullable\":true}"},
    {"Task", "{\"$ref\":\"#/components/schemas/Task\"}"},
    {"Task?", "{\"allOf\":[{\"$ref\":\"#/components/schemas/Task\"}],\"nullable\":true}"},
    {"@task", "{\"$ref\":\"#/components/schemas/task\"}"},
    {"^Task", "{\"$ref\":\"#/components/schemas/PaginatedTaskList\"}"},
    {"[%]", "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Own\"}}"},
    {"{}", "{\"type\":\"object\",\"properties\":{}}"},
    {"{a~:int}", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}"},
    {"{a-b:{c:bool} d~:uuid}", "{\"type\":\"object\",\"properties\":{\"a-b\":{\"type\":\"object\",\"properties\":{\"c\":{\"type\":\"boolean\"}},"
                               "\"required\":[\"c\"]},\"d\":{\"type\":\"string\",\"format\":\"uuid\"}},\"required\":[\"a-b\"]}"},
};

static void test_shapes(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct strbuf b;
        struct jw w;

        strbuf_init(&b, a, MOST);
        jw_init_strbuf(&w, &b);
        schema_write_shape(&w, shapes[i].shape, "Own");
        assert_string_equal(b.buf, shapes[i].schema);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document_is_json),
        cmocka_unit_test(test_shapes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
