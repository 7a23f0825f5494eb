/* Label configurations: what is refused and with which words, and what is derived from the accepted
 * ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "base/strbuf.h"
#include "labelconfig/lc.h"
#include "json/jin.h"

static struct lc *parse(const char *xml)
{
    struct lc *lc = NULL;
    err *e = lc_parse(a, xml, "label_config", &lc);

    if (e)
        fail_msg("%s: %s", xml, e->validation_json);
    return lc;
}

/* The one message under label_config. */
static const char *refusal(const char *xml)
{
    struct lc *lc;
    err *e = lc_parse(a, xml, "label_config", &lc);
    json_t *v;

    if (!e)
        fail_msg("accepted: %s", xml);
    assert_int_equal(e->kind, ERR_VALIDATION);
    assert_null(jin_parse(a, (struct span){e->validation_json, strlen(e->validation_json)}, 9, &v));
    return json_string_value(json_array_get(json_object_get(v, "label_config"), 0));
}

struct pair {
    const char *xml, *text;
};

static void check_refusals(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_string_equal(refusal(pairs[i].xml), pairs[i].text);
}
#define CHECK_REFUSALS(pairs) check_refusals(pairs, sizeof pairs / sizeof *pairs)

/* Texts and places as the reference (which reads with expat) gave them for the same inputs. */
static void test_not_well_formed(void **state)
{
    static const struct pair pairs[] = {
        {NULL, "can only parse strings"},
        {"", "no element found: line 1, column 0"},
        {"<View>", "no element found: line 1, column 6"},
        {"5", "syntax error: line 1, column 0"},
        {"<View><a></b></View>", "mismatched tag: line 1, column 11"},
        {"<View>\n <Text name=\"é\" value=\"$a\" >\n </Txt></View>",
         "mismatched tag: line 3, column 3"},
        {"<View>&nbsp;</View>", "undefined entity: line 1, column 6"},
        {"\n\n<View></View", "unclosed token: line 3, column 6"},
        {"<View a=\"", "unclosed token: line 1, column 0"},
        {"<View><!-- x</View>", "unclosed token: line 1, column 6"},
        {"<View><![CDATA[x</View>", "unclosed CDATA section: line 1, column 23"},
        {"<View a=b/>", "not well-formed (invalid token): line 1, column 8"},
        {"<View>&</View>", "not well-formed (invalid token): line 1, column 7"},
        {"<View/>x", "junk after document element: line 1, column 7"},
        {"<a:View/>", "unbound prefix: line 1, column 0"},
        {" <?xml version=\"1.0\"?><View/>",
         "XML or text declaration not at start of entity: line 1, column 1"},
    };

    (void)state;
    CHECK_REFUSALS(pairs);
}

static void test_doctype(void **state)
{
    static const struct pair pairs[] = {
        {"<!DOCTYPE x><View/>", "DTDForbidden(name='x', system_id=None, public_id=None)"},
        {"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><View/>",
         "DTDForbidden(name='x', system_id='file:///etc/passwd', public_id=None)"},
        {"<!DOCTYPE x PUBLIC \"p\" \"s\"><View/>",
         "DTDForbidden(name='x', system_id='s', public_id='p')"},
        {"<!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]><View>&c;</View>",
         "DTDForbidden(name='x', system_id=None, public_id=None)"},
    };

    (void)state;
    CHECK_REFUSALS(pairs);
}

#define TEXT "<Text name=\"t\" value=\"$t\"/>"

static void test_schema(void **state)
{
    static const struct pair pairs[] = {
        {"<View><Text name=\"t\"/></View>",
         "Validation failed on : 'value' is a required property"},
        {"<View>" TEXT "<Text name=\"u\"/></View>",
         "Validation failed on 1: 'value' is a required property"},
        {"<View>" TEXT "<Choices toName=\"t\"><Choice value=\"a\"/></Choices></View>",
         "Validation failed on : 'name' is a required property"},
        {"<View>" TEXT
         "<Choices name=\"c\" toName=\"t\"><Choice value=\"a\"/><Choice/></Choices></View>",
         "Validation failed on Choice/1: 'value' is a required property"},
        {"<View>" TEXT "<Choices name=\"c\" toName=\"t\"/></View>",
         "Validation failed on : 'Choice' is a required property"},
        {"<View>" TEXT
         "<Choices name=\"c\" toName=\"t\"/><Choices name=\"d\" toName=\"t\"/></View>",
         "Validation failed on 0: 'Choice' is a required property"},
        {"<View>" TEXT "<Labels name=\"c\" toName=\"t\"/></View>",
         "Validation failed on : 'Label' is a required property"},
        {"<View>" TEXT
         "<Labels name=\"c\" toName=\"t\"><Label value=\"a\"/><Label/></Labels></View>",
         "Validation failed on 1: 'value' is a required property"},
        {"<View>" TEXT "<Labels name=\"c\"><Label value=\"a\"/></Labels></View>",
         "Validation failed on : 'toName' is a required property"},
        {"<View><TextArea/></View>", "Validation failed on : 'name' is a required property"},
        {"<View><TextArea name=\"a\" toName=\"x\"/><TextArea name=\"b\"/></View>",
         "Validation failed on : 'toName' is a required property"},
        {"<View><Number name=\"t\"/></View>",
         "Validation failed on : 'toName' is a required property"},
        {"<View><Image value=\"$b\"/></View>",
         "Validation failed on : 'name' is a required property"},
        {"<View><View/><View>" TEXT "<Text/></View></View>",
         "Validation failed on 1: 'name' is a required property"},
        {"<View><View><Label/></View></View>",
         "Validation failed on : 'value' is a required property"},
        /* which of two faults: at the root the last tag name */
        {"<View><Choices/><Labels name=\"z\" toName=\"z\"/></View>",
         "Validation failed on : 'Label' is a required property"},
        /* deeper, the deepest fault */
        {"<View>" TEXT
         "<Choices name=\"c\"/><Choices name=\"d\" toName=\"t\"><Choice/></Choices></View>",
         "Validation failed on 1/Choice/0: 'value' is a required property"},
    };

    (void)state;
    CHECK_REFUSALS(pairs);
}

static void test_names(void **state)
{
    static const struct pair pairs[] = {
        {"<View>" TEXT "<Image name=\"t\" value=\"$i\"/></View>",
         "Label config contains non-unique names"},
        {"<View classname='t'>" TEXT "</View>", "Label config contains non-unique names"},
        {"<View>" TEXT "<Style>p[name=\"t\"]</Style></View>",
         "Label config contains non-unique names"},
        {"<View>" TEXT "<Rectangle name=\"c\" toName=\"zz\"/></View>",
         "toName=\"zz\" not found in names: ['c', 't']"},
        {"<View>" TEXT "<Rectangle name=\"c\" toName=\"t, c\"/></View>",
         "toName=\" c\" not found in names: ['c', 't']"},
        {"<View><Text name=\"a&amp;b\" value=\"$a\"/><Rectangle name=\"b\" toName=\"x\"/></View>",
         "toName=\"x\" not found in names: ['a&amp;b', 'b']"},
    };

    (void)state;
    CHECK_REFUSALS(pairs);
    parse("<View><!-- name=\"t\" -->" TEXT "</View>");
}

static void test_video_speed(void **state)
{
    static const struct pair pairs[] = {
        {"<View><Video name=\"v\" value=\"$v\" defaultPlaybackSpeed=\"99\" "
         "minPlaybackSpeed=\"x\"/></View>",
         "Video tag \"v\": minPlaybackSpeed must be a number, got \"x\"\n"
         "Video tag \"v\": defaultPlaybackSpeed must be between 0.05 and 10, got 99.0"},
        {"<View><Video name=\"v\" value=\"$v\" defaultPlaybackSpeed=\"1\" "
         "minPlaybackSpeed=\"2\"/></View>",
         "Video tag \"v\": minPlaybackSpeed (2.0) must not exceed defaultPlaybackSpeed (1.0)"},
        {"<View><Video name=\"v\" value=\"$v\" minplaybackspeed=\"0.01\"/></View>",
         "Video tag \"v\": minPlaybackSpeed must be between 0.05 and 10, got 0.01"},
    };

    (void)state;
    CHECK_REFUSALS(pairs);
    parse("<View><Video name=\"v\" value=\"$v\" defaultPlaybackSpeed=\"\" "
          "minPlaybackSpeed=\"0.5\"/></View>");
}

static void test_accepted(void **state)
{
    static const char *const configs[] = {
        "<View></View>",
        "<Root/>",
        "<Choices/>",
        "  <View/>",
        "<?xml version=\"1.0\" encoding=\"latin-1\"?><View>é</View>",
        "<View><Foo name=\"f\" value=\"plain\"/><Bar name=\"b\" toName=\"f\"/></View>",
        "<View>" TEXT "<RectangleLabels name=\"r\" toName=\"t\"/><Rating name=\"q\"/></View>",
        "<View>" TEXT "<Choices name=\"c\" toName=\"t\" choice=\"bogus\"><Choice "
                      "value=\"a\"/><Choice value=\"a\"/></Choices></View>",
        "<View>" TEXT "<Choices name=\"c\" toName=\"t\" value=\"$o\"/></View>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++)
        parse(configs[i]);
    assert_false(lc_has_controls(parse("<View></View>")));
    assert_string_equal(lc_parsed_json(parse("<View></View>"), a), "{}");
}

static char *repeat(const char *head, const char *piece, size_t n, const char *tail)
{
    struct strbuf b;

    strbuf_init(&b, a, 64u << 20);
    strbuf_puts(&b, head);
    for (size_t i = 0; i < n; i++)
        strbuf_puts(&b, piece);
    strbuf_puts(&b, tail);
    return b.buf;
}

/* Hostile sizes end early; large honest ones pass in reasonable time. */
static void test_limits(void **state)
{
    static const char big[] = "label config is too large";

    (void)state;
    assert_memory_equal(refusal(repeat("", "<View>", 5000, "")), big, sizeof big - 1);
    assert_memory_equal(refusal(repeat("<View>", "<a/>", LC_MAX_NODES + 1, "</View>")), big,
                        sizeof big - 1);
    assert_memory_equal(refusal(repeat("<View>", "          ", LC_MAX_BYTES / 10, "</View>")), big,
                        sizeof big - 1);
    assert_string_equal(refusal(repeat("<View>" TEXT "<Rectangle name=\"c\" toName=\"t", ",t",
                                       LC_MAX_TARGETS, "\"/></View>")),
                        "toName lists more than 1000 names");
    assert_int_equal(
        lc_control_at(parse(repeat("<View>" TEXT "<Taxonomy name=\"x\" toName=\"t\">",
                                   "<Choice value=\"v\"/>", 100000, "</Taxonomy></View>")),
                      0)
            ->n_labels,
        1);
}

/* --- derived --- */

static json_t *golden(const char *name)
{
    const char *top = getenv("LABELD_SRCDIR");
    char *path = arena_printf(a, "%s/tests/golden/labelconfig/%s", top ? top : ".", name);
    json_t *v = json_load_file(path, 0, NULL);

    if (!v)
        fail_msg("cannot read %s", path);
    arena_defer(a, (void (*)(void *))json_decref, v);
    return v;
}

static const char *file_text(const char *name)
{
    const char *top = getenv("LABELD_SRCDIR");
    FILE *f = fopen(arena_printf(a, "%s/tests/golden/labelconfig/%s", top ? top : ".", name), "r");
    char *text = arena_alloc(a, 8192);

    assert_non_null(f);
    assert_in_range(fread(text, 1, 8191, f), 1, 8190);
    fclose(f);
    return text;
}

/* Same members in the same order: compared as text. */
static void same_json(const char *json, json_t *expected)
{
    char *text = json_dumps(expected, JSON_COMPACT);

    assert_string_equal(json, text);
    free(text);
}

static const char *types_json(const struct lc *lc)
{
    size_t n;
    const struct lc_data_key *k = lc_data_keys(lc, &n);
    char *s = arena_strdup(a, "{");

    for (size_t i = 0; i < n; i++)
        s = arena_printf(a, "%s%s\"%s\":\"%s\"", s, i ? "," : "", k[i].key, k[i].tag);
    return arena_printf(a, "%s}", s);
}

/* The expected files hold what the reference server derives from the same configurations. */
static void test_golden(void **state)
{
    static const char *const names[] = {"image", "repeater", "dynamic"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct lc *lc = parse(file_text(arena_printf(a, "%s.xml", names[i])));
        json_t *g = golden(arena_printf(a, "%s.json", names[i]));

        same_json(lc_parsed_json(lc, a), json_object_get(g, "parsed_label_config"));
        same_json(types_json(lc), json_object_get(g, "data_types"));
        same_json(lc_control_weights(lc, a, NULL), json_object_get(g, "control_weights"));
    }
}

static void test_first_data_key(void **state)
{
    (void)state;
    assert_string_equal(
        lc_first_data_key(parse("<View>" TEXT "<Image name=\"i\" value=\"$i\"/></View>")), "t");
    assert_null(lc_first_data_key(parse("<View><Image name=\"i\" valueList=\"$i\"/></View>")));
}

static void test_control_weights_kept(void **state)
{
    const struct lc *lc =
        parse("<View>" TEXT "<Choices name=\"c\" toName=\"t\"><Choice value=\"a\"/><Choice "
                            "value=\"b\"/></Choices></View>");

    (void)state;
    assert_string_equal(
        lc_control_weights(lc, a,
                           "{\"c\":{\"overall\":0.5,\"type\":\"Labels\",\"labels\":{\"a\":0.1,"
                           "\"gone\":3,\"b\":null}},\"x\":{}}"),
        "{\"c\":{\"overall\":0.5,\"type\":\"Choices\",\"labels\":{\"a\":0.1,\"b\":1.0}}}");
    assert_string_equal(lc_control_weights(lc, a, "broken"), lc_control_weights(lc, a, NULL));
}

static void test_bulk(void **state)
{
    static const struct {
        const char *tag;
        bool suits;
    } cases[] = {
        {"<Choices name=\"c\" toName=\"t\"><Choice value=\"a\"/></Choices>", true},
        {"<Choices name=\"c\" toName=\"t\" value=\"$x\"/>", false},
        {"<Choices name=\"c\" toName=\"t\" perItem=\"True\"><Choice value=\"a\"/></Choices>",
         false},
        {"<TextArea name=\"c\" toName=\"t\" perRegion=\"true\"/>", false},
        {"<Taxonomy name=\"c\" toName=\"t\" labeling=\"true\"/>", false},
        {"<Taxonomy name=\"c\" toName=\"t\" apiUrl=\"\"/>", false},
        {"<Labels name=\"c\" toName=\"t\"><Label value=\"a\"/></Labels>", false},
        {"<MagicWand name=\"c\" toName=\"t\"/>", false},
        {"<Vector name=\"c\" toName=\"t\"/>", true},
        {"<Unknown name=\"c\" toName=\"t\"/>", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            lc_bulk_suitable(parse(arena_printf(a, "<View>" TEXT "%s</View>", cases[i].tag))),
            cases[i].suits);
}

static void test_find_by_pattern(void **state)
{
    const struct lc *lc = parse(file_text("repeater.xml"));

    (void)state;
    assert_string_equal(lc_control_find(lc, "l_12")->name, "l_{{idx}}");
    assert_string_equal(lc_control_find(lc, "l_")->name, "l_{{idx}}");
    assert_string_equal(lc_control_find(lc, "all")->name, "all");
    assert_null(lc_control_find(lc, "xl_12"));
    assert_true(lc_control_has_label(lc_control_find(lc, "all"), "good"));
    assert_false(lc_control_has_label(lc_control_find(lc, "all"), "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_not_well_formed),
        TEST(test_doctype),
        TEST(test_schema),
        TEST(test_names),
        TEST(test_video_speed),
        TEST(test_accepted),
        TEST(test_limits),
        TEST(test_golden),
        TEST(test_first_data_key),
        TEST(test_control_weights_kept),
        TEST(test_bulk),
        TEST(test_find_by_pattern),

    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
