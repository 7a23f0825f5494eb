/* Template compiler, renderer and the sanitisers of HTML and SVG over arbitrary text: no crash, and no raw markup
 * from a value. */
#include <stdint.h>

#include "tmpl/sanitize.h"
#include "tmpl/svg.h"
#include "tmpl/tmpl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void render(struct arena *a, const struct tmpl_set *set)
{
    json_t *ctx =
        json_pack("{s:s, s:[{s:s},{s:i}], s:{s:b}, s:o}", "x", "<script>\"'&javascript:", "l", "n",
                  "</title>", "n", 2, "o", "k", 1, "h", tmpl_html("<b>h</b>"));
    struct strbuf out;
    err *e;

    strbuf_init(&out, a, 1 << 20);
    e = tmpl_render(set, a, "t", ctx, &out);
    if (!e && out.len != strlen(out.buf) && memchr(out.buf, '\0', out.len) == NULL)
        abort();
    json_decref(ctx);
}

/* What is cleaned is clean: a second time changes nothing. */
static void drawing(struct arena *a, struct span text)
{
    struct strbuf once, twice;

    strbuf_init(&once, a, 1 << 20);
    strbuf_init(&twice, a, 1 << 20);
    if (svg_clean(a, text, &once))
        return;
    if (svg_clean(a, (struct span){once.buf, once.len}, &twice) || strcmp(once.buf, twice.buf) != 0 || strstr(once.buf, "<script"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a;
    struct tmpl_set *set;
    const char *clean;

    if (size > 65536)
        return 0;
    a = arena_new("fuzz");
    set = tmpl_set_new(a);
    if (!tmpl_compile(a, set, "t", (const char *)data, size))
        render(a, set);
    clean = html_sanitize(a, arena_strndup(a, (const char *)data, size), "/sub");
    if (strstr(clean, "<script") || strstr(clean, "href=\"javascript"))
        abort();
    drawing(a, (struct span){(const char *)data, size});
    arena_free(a);
    return 0;
}
