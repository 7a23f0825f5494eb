/* The allow-list sanitiser: libxml2 reads the HTML as leniently as a browser, and what is known to
 * be harmless is written anew. Nothing of the source text is copied as markup. */
#include "tmpl/sanitize.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "tmpl/markup.h"

/* HTML_MOST: the million characters that the API takes, of four bytes each. */
enum { HTML_MOST = 4 * 1000 * 1000, TREE_DEPTH = 64 };

struct writer {
    struct strbuf out;
    const char *base;
};

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcasecmp(name, *list) == 0)
            return true;
    return false;
}

static void put_attr(struct writer *w, const char *name, const char *prefix, const char *value)
{
    strbuf_printf(&w->out, " %s=\"", name);
    markup_put(&w->out, prefix, strlen(prefix));
    markup_put(&w->out, value, strlen(value));
    strbuf_putc(&w->out, '"');
}

/* A link target or image address that starts as one of the allowed ones. Anything with control
 * characters is none. */
static bool address_ok(const char *s, const char *const *starts)
{
    const char *p;

    for (p = s; *p; p++)
        if ((unsigned char)*p < ' ')
            return false;
    for (; *starts; starts++)
        if (strncasecmp(s, *starts, strlen(*starts)) == 0)
            return true;
    return false;
}

static bool is_number(const char *s)
{
    size_t n = strspn(s, "0123456789");

    return n > 0 && n <= 4 && !s[n];
}

static void put_link(struct writer *w, const char *href)
{
    static const char *const starts[] = {"http://", "https://", "mailto:", NULL};

    if (!address_ok(href, starts))
        return;
    put_attr(w, "href", "", href);
    /* Instructions are read while labelling: a link must not take the unsaved work away. */
    strbuf_puts(&w->out, " rel=\"noopener\" target=\"_blank\"");
}

static void put_image(struct writer *w, const char *src)
{
    static const char *const web[] = {"http://", "https://", NULL};
    static const char *const own[] = {"/data/upload/", NULL};

    if (address_ok(src, own) && !strstr(src, ".."))
        put_attr(w, "src", w->base, src);
    else if (address_ok(src, web))
        put_attr(w, "src", "", src);
}

static void put_attribute(struct writer *w, const char *tag, const char *name, const char *value)
{
    static const char *const cells[] = {"td", "th", NULL};
    static const char *const spans[] = {"colspan", "rowspan", NULL};
    static const char *const sizes[] = {"width", "height", NULL};

    if (strcasecmp(tag, "a") == 0 && strcasecmp(name, "href") == 0)
        put_link(w, value);
    else if (strcasecmp(tag, "img") == 0 && strcasecmp(name, "src") == 0)
        put_image(w, value);
    else if (strcasecmp(tag, "img") == 0 && strcasecmp(name, "alt") == 0)
        put_attr(w, "alt", "", value);
    else if (strcasecmp(tag, "img") == 0 && is_one_of(name, sizes) && is_number(value))
        put_attr(w, name, "", value);
    else if (is_one_of(tag, cells) && is_one_of(name, spans) && is_number(value))
        put_attr(w, name, "", value);
}

static void put_attributes(struct writer *w, xmlNode *n)
{
    xmlAttr *at;

    for (at = n->properties; at; at = at->next) {
        xmlChar *value = xmlNodeListGetString(n->doc, at->children, 1);

        if (value)
            put_attribute(w, (const char *)n->name, (const char *)at->name, (const char *)value);
        xmlFree(value);
    }
}

static bool is_allowed(const char *tag)
{
    static const char *const list[] = {
        "p",   "br",    "b",     "strong", "i",  "em", "u",  "s",   "a",     "ul",         "ol",
        "li",  "h1",    "h2",    "h3",     "h4", "h5", "h6", "hr",  "table", "blockquote", "code",
        "pre", "thead", "tbody", "tfoot",  "tr", "td", "th", "img", "span",  "div",        "sub",
        "sup", "kbd",   "dl",    "dt",     "dd", NULL};

    return is_one_of(tag, list);
}

static bool is_dropped(const char *tag)
{
    static const char *const list[] = {
        "script",  "style",    "iframe",    "object", "embed",  "template", "noscript",
        "svg",     "math",     "head",      "title",  "select", "textarea", "xmp",
        "noembed", "noframes", "plaintext", "audio",  "video",  "canvas",   NULL};

    return is_one_of(tag, list);
}

static bool is_void(const char *tag)
{
    static const char *const list[] = {"br", "hr", "img", NULL};

    return is_one_of(tag, list);
}

static void put_nodes(struct writer *w, xmlNode *n, int depth);

static void put_element(struct writer *w, xmlNode *n, int depth)
{
    const char *tag = (const char *)n->name;

    if (is_dropped(tag))
        return;
    if (!is_allowed(tag)) {
        put_nodes(w, n->children, depth + 1);
        return;
    }
    strbuf_printf(&w->out, "<%s", tag);
    put_attributes(w, n);
    strbuf_putc(&w->out, '>');
    if (is_void(tag))
        return;
    put_nodes(w, n->children, depth + 1);
    strbuf_printf(&w->out, "</%s>", tag);
}

static void put_nodes(struct writer *w, xmlNode *n, int depth)
{
    if (depth > TREE_DEPTH)
        return;
    for (; n; n = n->next) {
        if (n->type == XML_TEXT_NODE && n->content)
            markup_put(&w->out, (const char *)n->content, strlen((const char *)n->content));
        else if (n->type == XML_ELEMENT_NODE)
            put_element(w, n, depth);
    }
}

/* People who write plain text mean their line ends. */
static char *plain_text(struct arena *a, const char *text)
{
    struct strbuf b;
    const char *p;

    strbuf_init(&b, a, HTML_MOST * 6);
    for (p = text; *p; p++) {
        if (*p == '\n')
            strbuf_puts(&b, "<br>");
        markup_put(&b, p, 1);
    }
    return b.buf;
}

char *html_sanitize(struct arena *a, const char *html, const char *base)
{
    struct writer w = {.base = base ? base : ""};
    size_t len = html ? strlen(html) : 0;
    htmlDocPtr doc;

    if (!len || len > HTML_MOST)
        return arena_strdup(a, "");
    if (!strchr(html, '<') && !strchr(html, '&'))
        return plain_text(a, html);
    strbuf_init(&w.out, a, HTML_MOST * 8);
    doc = htmlReadMemory(html, (int)len, NULL, "UTF-8",
                         HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                             HTML_PARSE_RECOVER);
    if (!doc)
        return arena_strdup(a, "");
    put_nodes(&w, xmlDocGetRootElement(doc), 0);
    xmlFreeDoc(doc);
    return w.out.overflow ? arena_strdup(a, "") : w.out.buf;
}
