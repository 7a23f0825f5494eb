/* Judging against a configuration: task data, results, a change of configuration; and the samples
 * made from one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "base/text.h"
#include "labelconfig/lc.h"
#include "json/jin.h"

static struct lc *parse(const char *tags)
{
    struct lc *lc = NULL;
    err *e = lc_parse(a, arena_printf(a, "<View>%s</View>", tags), NULL, &lc);

    if (e)
        fail_msg("%s: %s", tags, e->validation_json);
    return lc;
}

static json_t *tree(const char *json)
{
    json_t *v = NULL;

    if (jin_parse(a, (struct span){json, strlen(json)}, 60, &v))
        fail_msg("no JSON: %s", json);
    return v;
}

#define TEXT "<Text name=\"t\" value=\"$text\"/>"
#define WRAPPED " [assume: item[\"data\"] = task root with values]"
#define BARE " [assume: item as is = task root with values] "

static void check_task(const struct lc *lc, const char *item, const char *problem)
{
    const char *found = lc_task_problem(lc, a, tree(item), NULL);

    if (!problem)
        assert_null(found);
    else if (!found)
        fail_msg("accepted: %s", item);
    else
        assert_string_equal(found, problem);
}

static void test_task_shape(void **state)
{
    const struct lc *lc = parse("");
    bool wrapped = true;

    (void)state;
    check_task(lc, "{\"anything\":1}", NULL);
    check_task(
        lc, "[1]",
        "Task root must be dict with \"data\", \"meta\", \"annotations\", \"predictions\" fields");
    check_task(lc, "{\"data\":null}", "Task[data] must be dict or list");
    check_task(lc, "{\"data\":{},\"annotations\":{}}", "Task[annotations] must be list");
    check_task(lc, "{\"data\":{},\"annotations\":[{}]}", "Annotation must have \"result\" fields");
    check_task(lc, "{\"data\":{},\"annotations\":[7]}", "Annotation must have \"result\" fields");
    check_task(lc, "{\"data\":{},\"annotations\":[{\"result\":{}}]}",
               "\"result\" field in annotation must be list");
    check_task(lc, "{\"data\":{},\"predictions\":3}", "Task[predictions] must be list");
    check_task(lc, "{\"data\":{},\"predictions\":[{\"score\":1}]}",
               "Prediction must have \"result\" fields");
    check_task(lc, "{\"data\":{},\"meta\":null}", "Task[meta] must be dict or list");
    check_task(lc,
               "{\"data\":{},\"annotations\":[{\"result\":[]}],\"predictions\":[{\"result\":[]}],"
               "\"meta\":{}}",
               NULL);
    assert_null(lc_task_problem(NULL, a, tree("{\"text\":1}"), &wrapped));
    assert_false(wrapped);
}

static void test_task_data(void **state)
{
    const struct lc *text = parse(TEXT);

    (void)state;
    check_task(text, "{\"text\":\"x\",\"more\":null}", NULL);
    check_task(text, "{\"data\":{\"text\":[1]}}", NULL);
    check_task(text, "{\"text\":true}", NULL);
    check_task(text, "{\"$undefined$\":\"x\"}", NULL);
    check_task(text, "{\"data\":{}}", "\"text\" key is expected in task data" WRAPPED);
    check_task(text, "{}", "\"text\" key is expected in task data" BARE);
    check_task(text, "{\"text\":{\"a\":1}}",
               "data['text']={'a': 1} is of type 'dict', but the object tag Text expects the "
               "following types: "
               "['str', 'int', 'float', 'list']" BARE);
    check_task(text, "{\"text\":null}",
               "data['text']=None is of type 'NoneType', but the object tag Text expects the "
               "following types: "
               "['str', 'int', 'float', 'list']" BARE);
}

static void test_task_keys(void **state)
{
    const struct lc *nested = parse("<Audio name=\"a\" value=\"$media.url\"/>");
    const struct lc *list = parse("<Repeater indexFlag=\"{{i}}\" on=\"$imgs\"><Image "
                                  "name=\"p_{{i}}\" value=\"$imgs[{{i}}].url\"/></Repeater>");

    (void)state;
    check_task(nested, "{\"media\":{\"url\":\"u\"}}", NULL);
    check_task(nested, "{\"media.url\":\"u\"}", "\"media.url\" key is expected in task data" BARE);
    check_task(nested, "{\"media\":\"u\"}", "\"media.url\" key is expected in task data" BARE);
    check_task(nested, "{\"media\":{\"url\":5}}",
               "data['media.url']=5 is of type 'int', but the object tag Audio expects the "
               "following types: ['str']" BARE);
    check_task(list, "{\"imgs\":[]}", NULL);
    check_task(list, "{\"imgs\":\"x\"}",
               "data['imgs']=x is of type 'str', but the object tag Image expects the following "
               "types: ['list']" BARE);
    check_task(parse(TEXT "<Taxonomy name=\"x\" toName=\"t\" value=\"$tax\"/>"),
               "{\"text\":\"\",\"tax\":null}", NULL);
}

static void test_item_error(void **state)
{
    json_t *item = tree("{\"a\":1.0,\"b\":[null,true,\"it's\",\"q\\\"'\",\"\\u200bé\\u0007\\n\"]}");

    (void)state;
    assert_string_equal(lc_item_error(a, 3, "x", item),
                        "Error at item 3: x :: {'a': 1.0, 'b': [None, True, \"it's\", 'q\"\\'', "
                        "'\\u200bé\\x07\\n']}");
    assert_string_equal(lc_python_repr(a, tree("[1e16,1e15,-0.5,12345678901]")),
                        "[1e+16, 1000000000000000.0, -0.5, 12345678901]");
}

/* --- change --- */

#define LABELS(list) TEXT "<Labels name=\"l\" toName=\"t\">" list "</Labels>"
#define L(v) "<Label value=\"" v "\"/>"

static void check_change(const char *tags, bool strict, const char *message)
{
    struct lc_usage used = {
        3,   "{\"l|t|labels\":3}", "{\"l\":{\"A\":1,\"B\":2}}", "{\"l\":{\"B\":1,\"C\":2}}",
        NULL};
    err *e = lc_check_annotations_change(parse(tags), a, &used, strict, "label_config");
    json_t *v;

    if (!message) {
        assert_null(e);
        return;
    }
    assert_non_null(e);
    v = tree(e->validation_json);
    assert_string_equal(json_string_value(json_array_get(json_object_get(v, "label_config"), 0)),
                        message);
}

static void test_change_controls(void **state)
{
    static const char gone[] =
        "Created annotations are incompatible with provided labeling schema, we found:\n"
        "3 with from_name=l, to_name=t, type=labels";

    (void)state;
    check_change(LABELS(L("A") L("B") L("C") L("D")), true, NULL);
    check_change(TEXT "<Labels name=\"l2\" toName=\"t\">" L("A") "</Labels>", false, gone);
    check_change(
        "<Text name=\"u\" value=\"$text\"/><Labels name=\"l\" toName=\"u\">" L("A") "</Labels>",
        false, gone);
    check_change(TEXT "<Choices name=\"l\" toName=\"t\"><Choice value=\"A\"/></Choices>", false,
                 gone);
    check_change(
        "<Text name=\"t\" value=\"$other\"/><Labels name=\"l\" toName=\"t\">" L("A") "</Labels>",
        false, NULL);
    check_change("", true, NULL);
}

static void test_change_labels(void **state)
{
    (void)state;
    check_change(LABELS(L("D")), false, NULL);
    check_change(LABELS(L("D")), true,
                 "These labels still exist in annotations or drafts:\nA (1 annotation)\nB (2 "
                 "annotations, 1 draft)\nC (2 drafts)\n"
                 "Please add labels to tag with name=\"l\".");
    check_change(TEXT "<Labels name=\"l\" toName=\"t\" value=\"$dyn\"/>", true, NULL);
    check_change(
        LABELS(L(
            "A")) "<VideoRectangle name=\"v\" toName=\"t\"/><Labels name=\"m\" toName=\"t\">" L("B")
            L("C") "</Labels>",
        true, NULL);
}

static void test_change_exemptions(void **state)
{
    struct lc_usage used = {
        1,    "{\"x|t|textarea\":1,\"chat|chat|chatmessage\":2,\"r_1|p_1|rectanglelabels\":1}",
        NULL, NULL,
        NULL};
    const struct lc *repeated =
        parse("<Repeater indexFlag=\"{{i}}\"><Image name=\"p_{{i}}\" value=\"$imgs[{{i}}]\"/>"
              "<RectangleLabels name=\"r_{{i}}\" toName=\"p_{{i}}\"><Label "
              "value=\"a\"/></RectangleLabels></Repeater>");

    (void)state;
    assert_null(lc_check_annotations_change(repeated, a, &used, true, NULL));
    used.created_labels = "{\"zz\":{\"A\":3}}";
    assert_string_equal(
        lc_check_annotations_change(repeated, a, &used, false, NULL)->validation_json,
        "{\"non_field_errors\":[\"There are 3 annotation(s) created with tag \\\"zz\\\", you can't "
        "remove it\"]}");
    used.tasks = 0;
    assert_null(lc_check_annotations_change(repeated, a, &used, true, NULL));
}

static void test_essential_change(void **state)
{
    const struct lc *old = parse(LABELS(L("A") L("B")));

    (void)state;
    assert_false(lc_essential_change(old, old));
    assert_false(lc_essential_change(old, parse(LABELS(L("B") L("A") L("C")))));
    assert_false(lc_essential_change(old, parse(TEXT)));
    assert_true(lc_essential_change(old, parse(LABELS(L("A")))));
    assert_true(
        lc_essential_change(old, parse(LABELS(L("A") L("B")) "<Rating name=\"q\" toName=\"t\"/>")));
    assert_true(lc_essential_change(
        old, parse("<Text name=\"t\" value=\"$z\"/><Labels name=\"l\" toName=\"t\">" L("A")
                       L("B") "</Labels>")));
}

/* --- results --- */

#define BOXES                                                                      \
    "<Image name=\"i\" value=\"$i\"/><RectangleLabels name=\"r\" toName=\"i\">" L( \
        "A") "</RectangleLabels>"
#define REGION(from, to, type, value)                                                   \
    "[{\"id\":\"1\",\"from_name\":\"" from "\",\"to_name\":\"" to "\",\"type\":\"" type \
    "\",\"value\":" value "}]"

static void check_result(const char *tags, const char *result, const char *problem)
{
    const struct lc_problems *p = lc_check_result(parse(tags), a, tree(result));

    if (!problem) {
        if (p)
            fail_msg("%s: %s", result, p->text[0]);
        return;
    }
    assert_non_null(p);
    assert_string_equal(p->text[0], problem);
}

static void test_result_names(void **state)
{
    (void)state;
    check_result(BOXES,
                 REGION("r", "i", "rectanglelabels",
                        "{\"x\":1,\"y\":1,\"width\":-5,\"height\":1,\"rectanglelabels\":[\"A\"]}"),
                 NULL);
    check_result(BOXES, REGION("zz", "i", "rectanglelabels", "{}"),
                 "Region 0: 'from_name' 'zz' not found in configuration");
    check_result(BOXES, REGION("r", "zz", "rectanglelabels", "{}"),
                 "Region 0: 'to_name' 'zz' not found in configuration");
    check_result(
        BOXES, REGION("r", "i", "choices", "{}"),
        "Region 0: Type 'choices' does not match expected type 'rectanglelabels' for control 'r'");
    check_result(BOXES TEXT, REGION("r", "t", "rectanglelabels", "{}"),
                 "Region 0: 'to_name' 't' is not valid for control 'r'. Valid options: ['i']");
    check_result(BOXES, "[{\"from_name\":\"r\"}]", "Region 0: Missing required field 'to_name'");
    check_result(BOXES, "[5]", "Region must be a dictionary. Got <class 'int'>: 5");
    check_result(BOXES, "{}", "'result' must be a list");
}

static void test_result_values(void **state)
{
    (void)state;
    check_result(BOXES,
                 REGION("r", "i", "rectanglelabels",
                        "{\"x\":101,\"y\":1,\"width\":5,\"height\":1,\"rectanglelabels\":[\"A\"]}"),
                 "Region 0: Invalid geometry for control 'r': x 101 out of bounds [0, 100]");
    check_result(BOXES,
                 REGION("r", "i", "rectanglelabels",
                        "{\"x\":1,\"y\":1,\"width\":5,\"height\":1,\"rectanglelabels\":[\"Z\"]}"),
                 "Region 0: Invalid value for control 'r'. Got: {'x': 1, 'y': 1, 'width': 5, "
                 "'height': 1, 'rectanglelabels': ['Z']}. "
                 "Valid options: expected fields: ['x', 'y', 'width', 'height', 'rotation', "
                 "'rectanglelabels']; valid labels: ['A']");
    check_result(TEXT "<Rating name=\"q\" toName=\"t\" maxRating=\"3\"/>",
                 REGION("q", "t", "rating", "{\"rating\":3}"), NULL);
    check_result(TEXT "<Rating name=\"q\" toName=\"t\" maxRating=\"3\"/>",
                 REGION("q", "t", "rating", "{\"rating\":4}"),
                 "Region 0: Invalid value for control 'q'. Got: {'rating': 4}. Valid options: "
                 "expected fields: ['rating']");
    check_result(TEXT "<Taxonomy name=\"x\" toName=\"t\"><Choice value=\"a\"><Choice "
                      "value=\"b\"/></Choice></Taxonomy>",
                 REGION("x", "t", "taxonomy", "{\"taxonomy\":[[\"a\",\"b\"]]}"), NULL);
    check_result(TEXT "<Strange name=\"x\" toName=\"t\"/>",
                 REGION("x", "t", "strange", "{\"any\":1}"), NULL);
    check_result(
        "<Chat name=\"c\" value=\"$m\"/>",
        REGION("c", "c", "chatmessage", "{\"chatmessage\":{\"role\":\"user\",\"content\":\"hi\"}}"),
        NULL);
}

#define MERGED                                                                                \
    "<Image name=\"i\" value=\"$i\"/><Rectangle name=\"g\" toName=\"i\"/><Labels name=\"l\" " \
    "toName=\"i\">" L("A") "</Labels>"
#define BOX "\"x\":1,\"y\":1,\"width\":5,\"height\":1"

static void test_result_merged(void **state)
{
    (void)state;
    check_result(MERGED, REGION("l", "i", "rectanglelabels", "{" BOX ",\"labels\":[\"A\"]}"), NULL);
    check_result(MERGED, REGION("l", "i", "rectanglelabels", "{" BOX ",\"labels\":[]}"),
                 "Region 0: Invalid value for control 'l'. Got: {'x': 1, 'y': 1, 'width': 5, "
                 "'height': 1, 'labels': []}. "
                 "Valid options: expected fields: ['start', 'end', 'labels']; valid labels: ['A']");
    check_result(
        MERGED,
        "[{\"id\":\"1\",\"from_name\":\"g\",\"to_name\":\"i\",\"type\":\"rectangle\",\"value\":"
        "{" BOX "}},"
        "{\"id\":\"1\",\"from_name\":\"l\",\"to_name\":\"i\",\"type\":\"labels\",\"value\":{" BOX
        ",\"labels\":[\"A\"]}}]",
        NULL);
}

static void test_result_relations(void **state)
{
    static const char regions[] =
        "{\"id\":\"1\",\"from_name\":\"g\",\"to_name\":\"i\",\"type\":\"rectangle\",\"value\":{" BOX
        "}}";

    (void)state;
    check_result(
        MERGED,
        arena_printf(
            a,
            "[%s,{\"type\":\"relation\",\"from_id\":\"1\",\"to_id\":\"1\",\"direction\":\"bi\"}]",
            regions),
        NULL);
    check_result(
        MERGED,
        arena_printf(
            a,
            "[%s,{\"type\":\"relation\",\"from_id\":\"1\",\"to_id\":\"9\",\"direction\":\"bi\"}]",
            regions),
        "Relation 1: 'to_id' '9' not found in regions");
    check_result(
        MERGED,
        arena_printf(
            a,
            "[%s,{\"type\":\"relation\",\"from_id\":\"1\",\"to_id\":\"1\",\"direction\":\"up\"}]",
            regions),
        "Relation 1: Direction must be one of ('left', 'right', 'bi'), got 'up'");
}

static void test_prediction(void **state)
{
    const struct lc *lc = parse(BOXES);

    (void)state;
    assert_null(lc_check_prediction(lc, a, tree("{\"result\":[],\"score\":1}")));
    assert_null(lc_check_prediction(lc, a, tree("{\"result\":[],\"score\":null}")));
    assert_string_equal(lc_check_prediction(lc, a, tree("{\"result\":[],\"score\":1.5}"))->text[0],
                        "Score must be between 0.00 and 1.00 inclusive, got 1.5");
    assert_string_equal(lc_check_prediction(lc, a, tree("{\"score\":1}"))->text[0],
                        "Missing required field 'result'");
}

static void test_summary_keys(void **state)
{
    const char *const *labels;
    size_t n;

    (void)state;
    assert_string_equal(
        lc_region_tuple(
            a, tree("{\"from_name\":\"p\",\"to_name\":[\"a\",\"b\"],\"type\":\"Ranker\"}")),
        "p|a,b|ranker");
    assert_null(
        lc_region_tuple(a, tree("{\"from_name\":\"p\",\"to_name\":\"a\",\"type\":\"pairwise\"}")));
    assert_null(lc_region_tuple(a, tree("{\"type\":\"relation\"}")));
    labels = lc_region_labels(
        a, tree("{\"type\":\"taxonomy\",\"value\":{\"taxonomy\":[[\"a\",\"b\"],[\"c\"]]}}"), &n);
    assert_int_equal(n, 3);
    assert_string_equal(labels[1], "b");
    labels = lc_region_labels(
        a, tree("{\"type\":\"videorectangle\",\"value\":{\"labels\":[\"v\"]}}"), &n);
    assert_int_equal(n, 1);
    assert_string_equal(labels[0], "v");
    lc_region_labels(a, tree("{\"type\":\"number\",\"value\":{\"number\":4}}"), &n);
    assert_int_equal(n, 0);
}

/* --- samples --- */

static void check_sample(const char *tags, const char *json)
{
    assert_string_equal(lc_sample_task(parse(tags), a), json);
}

static void test_sample(void **state)
{
    (void)state;
    check_sample(TEXT, "{\"text\":\"Sample: Your text will go here.\"}");
    check_sample("<Image name=\"i\" valueList=\"$pages\"/>",
                 "{\"pages\":[\"/static/samples/sample.jpg\"]}");
    check_sample("<Image name=\"i\" value=\"$imgs[{{x}}].url\"/>",
                 "{\"imgs\":[{\"url\":\"/static/samples/sample.jpg\"},{\"url\":\"/static/samples/"
                 "sample.jpg\"}]}");
    check_sample("<Audio name=\"a\" value=\"$m[0]\"/><Video name=\"v\" value=\"plain\"/><Foo "
                 "name=\"f\" value=\"$f.g\"/>",
                 "{\"m\":[\"/static/samples/game.wav\",\"/static/samples/"
                 "game.wav\"],\"f.g\":\"Something\"}");
    check_sample(
        "<TimeSeries name=\"s\" value=\"$csv\" timeColumn=\"tm\" sep=\";\" "
        "timeFormat=\"%Y-%m-%d\"><Channel column=\"a\"/><Channel column=\"b c\"/></TimeSeries>",
        "{\"csv\":\"/samples/time-series.csv?time=tm&values=a%2Cb+c&sep=%3B&tf=%25Y-%25m-%25d\"}");
    check_sample("<Paragraphs name=\"p\" value=\"$d\" valueType=\"url\" textKey=\"say\"/>",
                 "{\"d\":\"/samples/paragraphs.json?nameKey=author&textKey=say\"}");
}

static void test_sample_overlay(void **state)
{
    (void)state;
    check_sample(TEXT "<!-- {\"data\":{\"text\":\"mine\",\"n\":1.50}} -->",
                 "{\"text\":\"mine\",\"n\":1.50}");
    check_sample(TEXT "<!--{\"text\":12345678901234567890}-->", "{\"text\":12345678901234567890}");
    check_sample(TEXT "<!-- {\"annotations\":[]} -->",
                 "{\"text\":\"Sample: Your text will go here.\"}");
    check_sample(TEXT "<!-- { broken -->", "{\"text\":\"Sample: Your text will go here.\"}");
}

#define SERIES(attrs)                                                                  \
    "<TimeSeries name=\"s\" value=\"$ts\" valueType=\"json\" timeColumn=\"tm\" " attrs \
    "><Channel column=\"a\"/></TimeSeries>"

static void test_sample_series(void **state)
{
    json_t *plain = json_object_get(tree(lc_sample_task(parse(SERIES("")), a)), "ts");
    json_t *dated =
        json_object_get(tree(lc_sample_task(parse(SERIES("timeFormat=\"%Y-%m-%d\"")), a)), "ts");

    (void)state;
    assert_int_equal(json_array_size(json_object_get(plain, "a")), 100);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(plain, "tm"), 99)), 99);
    assert_string_equal(json_string_value(json_array_get(json_object_get(dated, "tm"), 31)),
                        "2020-02-01");
}

/* Every control of the tag table: what the long sample fills in passes the check of results. */
static void test_sample_full_fits(void **state)
{
    static const char *const tags[] = {
#define LC_CONTROL(name, labels, value, traits) name,
#define LC_OBJECT(name, types)
#include "labelconfig/lc_tags.def"
    };

    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        bool label = text_ends(tags[i], "labels") || strcmp(tags[i], "choices") == 0 ||
                     strcmp(tags[i], "taxonomy") == 0;
        const struct lc *lc = parse(arena_printf(a, TEXT "<%s name=\"c\" toName=\"t\">%s</%s>",
                                                 tags[i], label ? L("A") : "", tags[i]));
        json_t *full = tree(lc_sample_full(lc, a, 7));
        json_t *annotation = json_array_get(json_object_get(full, "annotations"), 0);
        const struct lc_problems *p = lc_check_result(lc, a, json_object_get(annotation, "result"));

        assert_int_equal(json_integer_value(json_object_get(annotation, "completed_by")), 7);
        assert_int_equal(json_array_size(json_object_get(annotation, "result")), 1);
        if (p)
            fail_msg("%s: %s", tags[i], p->text[0]);
        assert_null(
            lc_check_prediction(lc, a, json_array_get(json_object_get(full, "predictions"), 0)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_task_shape),        TEST(test_task_data),        TEST(test_task_keys),
        TEST(test_item_error),        TEST(test_change_controls),  TEST(test_change_labels),
        TEST(test_change_exemptions), TEST(test_essential_change), TEST(test_result_names),
        TEST(test_result_values),     TEST(test_result_merged),    TEST(test_result_relations),
        TEST(test_prediction),        TEST(test_summary_keys),     TEST(test_sample),
        TEST(test_sample_overlay),    TEST(test_sample_series),    TEST(test_sample_full_fits),

    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
