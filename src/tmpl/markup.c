/* The five characters that mean something to HTML and XML. */
#include "tmpl/markup.h"

void markup_put(struct strbuf *b, const char *p, size_t len)
{
    static const char *const as[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
    };
    size_t i, from = 0;

    for (i = 0; i < len; i++) {
        const char *e = as[(unsigned char)p[i]];

        if (!e)
            continue;
        strbuf_add(b, p + from, i - from);
        strbuf_puts(b, e);
        from = i + 1;
    }
    strbuf_add(b, p + from, len - from);
}
