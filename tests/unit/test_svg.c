/* Drawings of people who are not trusted: what is drawn stays, what runs or fetches goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tmpl/svg.h"
#include "with_arena.h"

#define HEAD "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
#define SVG "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "

static const char *cleaned(const char *in)
{
    struct strbuf out;
    const char *why;

    strbuf_init(&out, a, 1 << 20);
    why = svg_clean(a, (struct span){in, strlen(in)}, &out);
    return why ? why : out.buf;
}

static void test_drawings_stay(void **state)
{
    (void)state;
    assert_string_equal(cleaned("<svg viewBox=\"0 0 9 9\"/>"), HEAD " viewBox=\"0 0 9 9\"></svg>");
    assert_string_equal(cleaned(SVG "><g fill=\"url( '#f' )\"><path d=\"M0 0\"/><text>a &lt; b</text></g></svg>"),
                        HEAD "><g fill=\"url( &#39;#f&#39; )\"><path d=\"M0 0\"></path><text>a &lt; b</text></g></svg>");
    assert_string_equal(cleaned(SVG "><style>.a{fill:#fff}</style><use xlink:href=\"#a\"/></svg>"),
                        HEAD "><style>.a{fill:#fff}</style><use xlink:href=\"#a\"></use></svg>");
    assert_string_equal(cleaned(SVG "><image href=\"data:image/png;base64,AA==\"/></svg>"), HEAD "><image href=\"data:image/png;base64,AA==\"></image></svg>");
    assert_string_equal(cleaned("<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://x/svg11.dtd\">" SVG "/>"), HEAD "></svg>");
    assert_string_equal(cleaned(SVG "><style>a url</style></svg>"), HEAD "><style>a url</style></svg>");
    assert_string_equal(cleaned(SVG "><text id=\"a&#10;b\">c&#13;\n</text></svg>"), HEAD "><text id=\"a&#10;b\">c&#13;\n</text></svg>");
    assert_string_equal(cleaned(SVG "><a href=\"http://x/\"><rect width=\"1\"/></a></svg>"), HEAD "><rect width=\"1\"></rect></svg>");
}

static void test_what_runs_or_fetches_goes(void **state)
{
    static const char *const rest[] = {
        "<script>x()</script>", "<s:script xmlns:s='http://www.w3.org/2000/svg'>x()</s:script>", "<foreignObject><b>x</b></foreignObject>",
        "<animate attributeName='href' to='javascript:x()'/>", "<set attributeName='onload' to='x()'/>", "<iframe src='x'/>",
        "<style>@import 'http://x/';</style>", "<style>a{b:url(http://x)}</style>", "<style>a{b:u\\72l(http://x)}</style>", "<!-- x --><?xml-stylesheet href='http://x'?>",
        "<h:img xmlns:h='http://www.w3.org/1999/xhtml' src='x' onerror='x()'/>", "<SCRIPT>x()</SCRIPT>"};
    static const char *const attributes[] = {
        "onload='x()'", "ONLOAD='x()'", "xml:base='http://x/'", "href='javascript:x()'", "href='http://x/#a'", "href='data:image/svg+xml,x'",
        "fill='url(http://x)'", "style='background:URL ( \"//x\")'", "style='b:image-set(\"http://x\" 1x)'", "xmlns:z='urn:z' z:href='javascript:x()'"};

    (void)state;
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        assert_string_equal(cleaned(arena_printf(a, SVG ">%s</svg>", rest[i])), HEAD "></svg>");
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        assert_string_equal(cleaned(arena_printf(a, SVG "><use %s/></svg>", attributes[i])), HEAD "><use></use></svg>");
    assert_string_equal(cleaned(SVG "onload='x()' width='1'/>"), HEAD " width=\"1\"></svg>");
    assert_string_equal(cleaned(SVG "><image xlink:href='data:image/svg+xml;base64,AA=='/></svg>"), HEAD "><image></image></svg>");
}

static void test_what_is_refused(void **state)
{
    (void)state;
    assert_string_equal(cleaned(""), "is not well-formed XML");
    assert_string_equal(cleaned("<svg><g></svg>"), "is not well-formed XML");
    assert_string_equal(cleaned("<svg><a xlink:href='javascript:x()'/></svg>"), "is not well-formed XML"); /* nobody declares xlink */
    assert_string_equal(cleaned("<html/>"), "is no SVG");
    assert_string_equal(cleaned("<svg xmlns='http://www.w3.org/1999/xhtml'/>"), "is no SVG");
    assert_string_equal(cleaned("<!DOCTYPE svg [<!ENTITY x \"y\">]><svg>&x;</svg>"), "has a DOCTYPE with declarations, which are not taken");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_drawings_stay), TEST(test_what_runs_or_fetches_goes), TEST(test_what_is_refused)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
