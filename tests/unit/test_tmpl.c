/* The template engine: what it prints, and above all what it refuses to compile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "tmpl/sanitize.h"
#include "tmpl/tmpl.h"

static err *compile(struct tmpl_set *set, const char *name, const char *text)
{
    return tmpl_compile(a, set, name, text, strlen(text));
}

static const char *render_set(struct tmpl_set *set, const char *name, json_t *ctx)
{
    struct strbuf out;

    strbuf_init(&out, a, 1 << 20);
    assert_null(tmpl_render(set, a, name, ctx, &out));
    json_decref(ctx);
    return out.buf;
}

static const char *render(const char *text, const char *json)
{
    struct tmpl_set *set = tmpl_set_new(a);
    json_t *ctx = json_loads(json, 0, NULL);

    assert_non_null(ctx);
    assert_null(compile(set, "t", text));
    return render_set(set, "t", ctx);
}

static const char *refusal(const char *text)
{
    err *e = compile(tmpl_set_new(a), "t", text);

    if (!e)
        return "accepted";
    assert_int_equal(e->kind, ERR_BAD_REQUEST);
    return e->detail;
}

#define assert_refused(text, part) assert_non_null(strstr(refusal(text), part))
#define assert_accepted(text) assert_string_equal(refusal(text), "accepted")

static void test_values(void **state)
{
    (void)state;
    assert_string_equal(render("a{{x}}b", "{\"x\":\"<&>\\\"'\"}"), "a&lt;&amp;&gt;&quot;&#39;b");
    assert_string_equal(render("{{ n }} {{r}} {{t}} {{f}}{{z}}{{none}}|",
                               "{\"n\":-3,\"r\":0.1,\"t\":true,\"f\":false,\"z\":null}"),
                        "-3 0.1 true |");
    assert_string_equal(render("{{a.b.c}}|{{a.x.c}}", "{\"a\":{\"b\":{\"c\":\"deep\"}}}"), "deep|");
    assert_string_equal(render("{{o}}{{l}}", "{\"o\":{\"k\":1},\"l\":[1]}"), "");
    assert_string_equal(render("x{{! a note }}y", "{}"), "xy");
    assert_string_equal(render("<p title='{{x}}'>", "{\"x\":\"it's\"}"), "<p title='it&#39;s'>");
    assert_string_equal(render("<textarea>{{x}}</textarea>", "{\"x\":\"</textarea>\"}"),
                        "<textarea>&lt;/textarea&gt;</textarea>");
}

static void test_sections(void **state)
{
    (void)state;
    assert_string_equal(render("{{#l}}[{{.}}]{{/l}}", "{\"l\":[1,\"b\",2]}"), "[1][b][2]");
    assert_string_equal(
        render("{{#l}}{{n}}{{o}} {{/l}}", "{\"o\":\"!\",\"l\":[{\"n\":1},{\"n\":2}]}"), "1! 2! ");
    assert_string_equal(render("{{#o}}{{k}}{{/o}}", "{\"o\":{\"k\":\"v\"}}"), "v");
    assert_string_equal(render("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":true}"), "yes");
    assert_string_equal(render("{{#s}}{{.}}{{/s}}", "{\"s\":\"text\"}"), "text");
    /* A null inside hides the same name outside. */
    assert_string_equal(render("{{#l}}{{x}}{{/l}}", "{\"x\":\"out\",\"l\":[{\"x\":null}]}"), "");
}

static void test_empty_values(void **state)
{
    static const char *const empties[] = {"null", "false", "0", "0.0", "\"\"", "[]"};
    static const char *const full[] = {"true", "1", "-0.5", "\"0\"", "[0]", "{}"};
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++) {
        const char *t = "{{#x}}full{{/x}}{{^x}}empty{{/x}}";

        assert_string_equal(render(t, arena_printf(a, "{\"x\":%s}", empties[i])), "empty");
        assert_string_equal(render(t, arena_printf(a, "{\"x\":%s}", full[i])), "full");
    }
}

static void test_standalone_lines(void **state)
{
    (void)state;
    assert_string_equal(
        render("<ul>\n  {{#l}}\n  <li>{{.}}</li>\n  {{/l}}\n</ul>\n", "{\"l\":[1,2]}"),
        "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>\n");
    assert_string_equal(render("a\n{{! note }}\nb", "{}"), "a\nb");
    assert_string_equal(render("a {{#x}}\nb{{/x}}", "{\"x\":1}"), "a \nb");
}

static void test_partials(void **state)
{
    struct tmpl_set *set = tmpl_set_new(a);
    struct strbuf out;

    (void)state;
    assert_null(compile(set, "page", "{{>parts/head}}{{#l}}{{>item}}{{/l}}"));
    assert_non_null(tmpl_check_partials(set, a));
    assert_null(compile(set, "parts/head", "<h1>{{t}}</h1>"));
    assert_null(compile(set, "item", "<i>{{.}}</i>"));
    assert_null(tmpl_check_partials(set, a));
    assert_string_equal(render_set(set, "page", json_pack("{s:s, s:[i,i]}", "t", "T", "l", 1, 2)),
                        "<h1>T</h1><i>1</i><i>2</i>");
    assert_non_null(compile(set, "item", "again"));

    assert_null(compile(set, "loop", "{{>loop}}"));
    strbuf_init(&out, a, 100);
    assert_int_equal(tmpl_render(set, a, "loop", NULL, &out)->kind, ERR_INTERNAL);
    assert_int_equal(tmpl_render(set, a, "absent", NULL, &out)->kind, ERR_NOT_FOUND);
}

static void test_limits(void **state)
{
    struct tmpl_set *set = tmpl_set_new(a);
    struct strbuf out;
    json_t *ctx = json_pack("{s:s}", "x", "0123456789");

    (void)state;
    assert_null(compile(set, "t", "{{x}}{{x}}"));
    strbuf_init(&out, a, 15);
    assert_int_equal(tmpl_render(set, a, "t", ctx, &out)->kind, ERR_TOO_LARGE);
    json_decref(ctx);
}

static void test_refused_places(void **state)
{
    (void)state;
    assert_refused("<a href={{x}}>", "quoted");
    assert_refused("<a href=/p/{{x}}>", "quoted");
    assert_refused("<script>var x = '{{x}}'</script>", "<script>");
    assert_refused("<style>a { color: {{x}} }</style>", "<style>");
    assert_refused("<p style=\"color: {{x}}\">", "style");
    assert_refused("<p ONclick=\"f('{{x}}')\">", "on");
    assert_refused("<p {{x}}>", "inside a tag");
    assert_refused("<p {{x}}=\"1\">", "inside a tag");
    assert_refused("<{{x}}>", "inside a tag");
    assert_refused("<!-- {{x}} -->", "comment");
    assert_refused("<iframe srcdoc=\"{{x}}\">", "srcdoc");
    assert_refused("<script type=\"{{x}}\">", "type of a script");
    assert_refused("<script type=\"{{#x}}application/json{{/x}}\">", "type of a script");
    assert_refused("<script>{{json x}}</script>", "application/json");
    assert_refused("<script type=\"text/x\" type=\"application/json\">{{json x}}</script>",
                   "application/json");
    assert_refused("<p>{{json x}}</p>", "application/json");
    assert_refused("<p title=\"{{html x}}\">", "text between tags");
    assert_refused("<textarea>{{html x}}</textarea>", "text between tags");
    assert_refused("<p title=\"{{>x}}\">", "text between tags");
}

static void test_refused_sections(void **state)
{
    (void)state;
    assert_refused("{{#x}}<b {{/x}}>", "another place");
    assert_refused("{{#x}}<script>{{/x}}", "another place");
    assert_refused("<a href=\"{{#x}}a\" href=\"b{{/x}}c\">", "another place");
    assert_refused("<p {{#x}}><script {{/x}}>", "another place");
    assert_refused("<scr{{#x}}ipt{{/x}}>", "blank");
    assert_refused("<p o{{#x}}{{/x}}nclick=\"{{y}}\">", "blank");
    assert_refused("<p {{#x}}on{{/x}}click=\"{{y}}\">", "blank");
    assert_refused("<p x{{#x}} y{{/x}}=\"1\">", "blank");
    assert_refused("<p x={{#x}}\"1\"{{/x}}>", "half a tag");
    assert_refused("<p x=a{{#x}}b{{/x}}>", "unquoted");
    assert_refused("{{#a}}{{#b}}{{/a}}{{/b}}", "another section");
    assert_refused("{{#a}}", "not closed");
    assert_refused("{{/a}}", "no section");
    assert_accepted("<option value=\"1\"{{#x}} selected{{/x}}>");
    assert_accepted("<option{{#x}} selected{{/x}}>");
    assert_accepted("<input class=\"a{{#x}} b{{/x}}\"{{#y}} title=\"{{.}}\"{{/y}} disabled>");
    assert_accepted("<textarea>{{#x}}{{y}}{{/x}}</textarea>");
}

static void test_refused_syntax(void **state)
{
    (void)state;
    assert_refused("a\nb {{x", "line 2");
    assert_refused("{{{x}}}", "no raw form");
    assert_refused("{{&x}}", "no raw form");
    assert_refused("{{x y}}", "not a name");
    assert_refused("{{}}", "empty name");
    assert_refused("{{a..b}}", "empty name");
    assert_refused("{{>../etc}}", "not a template name");
    assert_refused("a < b", "&lt;");
    assert_refused("<p", "ends inside");
    assert_refused("<script>", "ends inside");
    assert_refused("<p x=>", "without a value");
    assert_refused("{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}"
                   "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}",
                   "too deep");
}

static void test_html_is_followed(void **state)
{
    (void)state;
    assert_accepted("<!DOCTYPE html><!-- <script> --><p>{{x}}</p>");
    assert_accepted("<script src=\"{{x}}\"></script><p>{{x}}</p>");
    assert_accepted("<script>if (a < b) '</scripty>'</script><p>{{x}}</p>");
    assert_accepted("<title>{{x}}</title><br/><input value=a>{{x}}");
    assert_accepted("<textarea><b></textarea>{{x}}");
    assert_refused("<TEXTAREA><b></textarea><script>{{x}}</script>", "<script>");
    assert_refused("<!-- --><script>{{x}}</script>", "<script>");
    assert_refused("<p title='>'><script >{{x}}</script>", "<script>");
}

static void test_urls(void **state)
{
    static const char *const bad[] = {
        "javascript:alert(1)", " JavaScript:x", "java\\tscript:x", "\\u0001javascript:x",
        "data:text/html,x",    "vbscript:x",    "blob:x",          "x:y"};
    static const char *const good[] = {
        "/a?b=c", "https://h/a:b", "HTTP://h", "mailto:ann@example.com", "", "?x=a:b", "a/b:c"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(render("<a href=\"{{x}}\">", arena_printf(a, "{\"x\":\"%s\"}", bad[i])),
                            "<a href=\"#\">");
    for (i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(render("<a href='{{x}}'>", arena_printf(a, "{\"x\":\"%s\"}", good[i])),
                            arena_printf(a, "<a href='%s'>", good[i]));
    assert_string_equal(
        render("<a href=\"{{b}}{{x}}\" title=\"{{x}}\">", "{\"b\":\"\",\"x\":\"javascript:x\"}"),
        "<a href=\"#\" title=\"javascript:x\">");
    assert_string_equal(render("<a href=\"{{b}}/p/{{x}}\">", "{\"b\":\"/sub\",\"x\":\"a:b\"}"),
                        "<a href=\"/sub/p/a:b\">");
    assert_string_equal(
        render("<form action=\"{{#x}}{{.}}{{/x}}\">", "{\"x\":[\"java\",\"script:x\"]}"),
        "<form action=\"#\">");
    assert_string_equal(render("<a href=\"/?q={{url x}}\">", "{\"x\":\"a b&c/é\"}"),
                        "<a href=\"/?q=a%20b%26c%2F%C3%A9\">");
}

static void test_data_islands(void **state)
{
    struct tmpl_set *set = tmpl_set_new(a);
    const char *t = "<script type=\"application/json\">{{json x}}</script>";

    (void)state;
    assert_string_equal(
        render(t, "{\"x\":{\"s\":\"</script><!--&\",\"n\":[1,true,null,0.1]}}"),
        "<script type=\"application/json\">"
        "{\"s\":\"\\u003c/script\\u003e\\u003c!--\\u0026\",\"n\":[1,true,null,0.1]}</script>");
    assert_string_equal(render(t, "{}"), "<script type=\"application/json\">null</script>");
    assert_null(compile(set, "t", t));
    assert_string_equal(
        render_set(set, "t",
                   json_pack("{s:{s:o}}", "x", "data", tmpl_json("{\"n\":0.10,\"s\":\"<\"}"))),
        "<script type=\"application/json\">{\"data\":{\"n\":0.10,\"s\":\"\\u003c\"}}</script>");
}

static void test_marked_html(void **state)
{
    struct tmpl_set *set = tmpl_set_new(a);

    (void)state;
    assert_null(compile(set, "t", "{{#x}}{{html x}}|{{x}}{{/x}}"));
    assert_string_equal(render_set(set, "t", json_pack("{s:o}", "x", tmpl_html("<b>ok</b>"))),
                        "<b>ok</b>|&lt;b&gt;ok&lt;/b&gt;");
    assert_string_equal(render_set(set, "t", json_pack("{s:s}", "x", "<b>no</b>")),
                        "|&lt;b&gt;no&lt;/b&gt;");
    assert_string_equal(render_set(set, "t", json_pack("{s:{s:s}}", "x", "html", "<b>no</b>")),
                        "|");
    assert_string_equal(render_set(set, "t", json_pack("{s:o}", "x", tmpl_html(""))), "");
}

static void test_sanitize_keeps(void **state)
{
    (void)state;
    assert_string_equal(html_sanitize(a, "<p>a <b>b</b><br>&amp; &lt;</p>", ""),
                        "<p>a <b>b</b><br>&amp; &lt;</p>");
    assert_string_equal(html_sanitize(a, "one\ntwo", NULL), "one<br>\ntwo");
    assert_string_equal(
        html_sanitize(a, "<a href=\"https://example.com/?a=1&amp;b=2\" class=x>l</a>", ""),
        "<a href=\"https://example.com/?a=1&amp;b=2\" rel=\"noopener\" target=\"_blank\">l</a>");
    assert_string_equal(
        html_sanitize(a, "<img src=/data/upload/1/a.png alt='x\"' width=20>", "/sub"),
        "<img src=\"/sub/data/upload/1/a.png\" alt=\"x&quot;\" width=\"20\">");
    assert_string_equal(html_sanitize(a, "<p>caf\xc3\xa9 \xe2\x80\x93 ok</p>", ""),
                        "<p>caf\xc3\xa9 \xe2\x80\x93 ok</p>");
    assert_string_equal(html_sanitize(a, "<section><ul><li>x</section>", ""),
                        "<ul><li>x</li></ul>");
    assert_string_equal(html_sanitize(a, "<dl><dt>CO<sub>2</sub><dd>m<sup>3</sup>, <kbd>Enter</kbd></dl>", ""),
                        "<dl><dt>CO<sub>2</sub></dt><dd>m<sup>3</sup>, <kbd>Enter</kbd></dd></dl>");
    assert_string_equal(html_sanitize(a, NULL, ""), "");
}

static void test_sanitize_removes(void **state)
{
    static const char *const bad[] = {
        "<script>alert(1)</script>",
        "<p onclick=alert(1) style='color:red'></p>",
        "<a href=\"javascript:alert(1)\"></a>",
        "<a href=\" java\tscript:alert(1)\"></a>",
        "<a href=\"data:text/html,alert(1)\"></a>",
        "<img src=x onerror=alert(1)>",
        "<img src='/data/upload/../../alert(1)'>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'></mi></math>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<style>@import 'alert(1)'</style>",
        "<scr<script>ipt>alert</script>",
        "<form action='javascript:alert(1)'><input value='alert(1)'></form>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *out = html_sanitize(a, bad[i], "");

        assert_null(strstr(out, "<script"));
        assert_null(strstr(out, "<svg"));
        assert_null(strstr(out, "javascript"));
        assert_null(strstr(out, "style"));
        assert_null(strstr(out, "=alert"));
        assert_null(strstr(out, "onerror="));
        assert_null(strstr(out, "alert(1)"));
    }
}

static void test_shipped_templates(void **state)
{
    const char *src = getenv("LABELD_SRCDIR");
    struct tmpl_set *set;
    err *e = tmpl_load(a, arena_printf(a, "%s/templates", src ? src : "."), &set);

    (void)state;
    if (e)
        fail_msg("%s", e->detail);
    e = tmpl_load(a, "/nonexistent/templates", &set);
    assert_non_null(e);
    assert_non_null(strstr(e->detail, "/nonexistent/templates"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values),
        TEST(test_sections),
        TEST(test_empty_values),
        TEST(test_standalone_lines),
        TEST(test_partials),
        TEST(test_limits),
        TEST(test_refused_places),
        TEST(test_refused_sections),
        TEST(test_refused_syntax),
        TEST(test_html_is_followed),
        TEST(test_urls),
        TEST(test_data_islands),
        TEST(test_marked_html),
        TEST(test_sanitize_keeps),
        TEST(test_sanitize_removes),
        TEST(test_shipped_templates),

    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
