/* An allow-list over libxml2's tree: nothing of the source text is copied as markup. What a browser would run or fetch is not on it. */
#include "tmpl/svg.h"

#include <libxml/parser.h>
#include <string.h>
#include <strings.h>

#include "base/xmldoc.h"
#include "tmpl/markup.h"

enum { DEPTH_MOST = 200 };

static const char svg_namespace[] = "http://www.w3.org/2000/svg", xlink_namespace[] = "http://www.w3.org/1999/xlink",
                  xml_namespace[] = "http://www.w3.org/XML/1998/namespace";

static const char *const elements[] = {
    "svg", "g", "defs", "symbol", "use", "a", "switch", "title", "desc", "style", "image", "view",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath",
    "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker",
    "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap",
    "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode",
    "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", NULL};

/* What they are written around stays: a link's drawing is no link. */
static const char *const unwrapped[] = {"a", "switch", "view", NULL};

static bool is_one_of(const char *name, const char *const *list)
{
    while (*list && strcmp(name, *list) != 0)
        list++;
    return *list != NULL;
}

static bool is_in(const xmlNs *ns, const char *uri)
{
    return ns && strcmp((const char *)ns->href, uri) == 0;
}

/* ---- values ---- */

static const char *past_blanks(const char *s)
{
    return s + strspn(s, " \t\r\n\f");
}

/* Styles and presentation attributes: url() may mean a part of this file. Escapes of CSS could hide one, and @ begins what fetches. */
static bool style_is_harmless(const char *s)
{
    if (strpbrk(s, "\\@") || strcasestr(s, "image-set") || strcasestr(s, "expression") || strcasestr(s, "src("))
        return false;
    while ((s = strcasestr(s, "url"))) {
        s = past_blanks(s + strlen("url"));
        if (*s != '(')
            continue;
        s = past_blanks(s + 1);
        if (*s == '"' || *s == '\'')
            s = past_blanks(s + 1);
        if (*s != '#')
            return false;
    }
    return true;
}

static bool is_picture_inside(const char *s)
{
    static const char *const starts[] = {"data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncasecmp(s, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool link_is_harmless(const char *element, const char *value)
{
    value = past_blanks(value);
    return *value == '#' || (strcmp(element, "image") == 0 && is_picture_inside(value));
}

static bool attribute_is_harmless(const char *element, const xmlAttr *at, const char *value)
{
    const char *name = (const char *)at->name;

    if (at->ns && !is_in(at->ns, xlink_namespace))
        return is_in(at->ns, xml_namespace) && (strcmp(name, "space") == 0 || strcmp(name, "lang") == 0);
    if (strcmp(name, "href") == 0)
        return link_is_harmless(element, value);
    return !at->ns && strncasecmp(name, "on", 2) != 0 && style_is_harmless(value);
}

/* ---- writing ---- */

/* Line ends and tabs as they are: a reader makes others of those that are not spelled. */
static void put_text(struct strbuf *out, const char *s, const char *spelled)
{
    for (size_t n; *s; s += n) {
        n = strcspn(s, spelled);
        markup_put(out, s, n);
        if (s[n])
            strbuf_printf(out, "&#%d;", s[n++]);
    }
}

static void put_attributes(struct strbuf *out, const xmlNode *n)
{
    for (const xmlAttr *at = n->properties; at; at = at->next) {
        xmlChar *value = xmlNodeListGetString(n->doc, at->children, 1);
        const char *text = value ? (const char *)value : "";
        if (attribute_is_harmless((const char *)n->name, at, text)) {
            strbuf_printf(out, " %s%s=\"", !at->ns ? "" : is_in(at->ns, xlink_namespace) ? "xlink:" : "xml:", (const char *)at->name);
            put_text(out, text, "\r\n\t");
            strbuf_putc(out, '"');
        }
        xmlFree(value);
    }
}

static void put_nodes(struct strbuf *out, const xmlNode *n, int depth);

static void put_style(struct strbuf *out, const xmlNode *n)
{
    xmlChar *text = xmlNodeGetContent(n);

    if (text && style_is_harmless((const char *)text)) {
        strbuf_puts(out, "<style>");
        put_text(out, (const char *)text, "\r");
        strbuf_puts(out, "</style>");
    }
    xmlFree(text);
}

static void put_element(struct strbuf *out, const xmlNode *n, int depth)
{
    const char *name = (const char *)n->name;

    if ((n->ns && !is_in(n->ns, svg_namespace)) || !is_one_of(name, elements))
        return;
    if (strcmp(name, "style") == 0) {
        put_style(out, n);
        return;
    }
    if (is_one_of(name, unwrapped)) {
        put_nodes(out, n->children, depth + 1);
        return;
    }
    strbuf_printf(out, "<%s", name);
    if (depth == 0)
        strbuf_printf(out, " xmlns=\"%s\" xmlns:xlink=\"%s\"", svg_namespace, xlink_namespace);
    put_attributes(out, n);
    strbuf_putc(out, '>');
    put_nodes(out, n->children, depth + 1);
    strbuf_printf(out, "</%s>", name);
}

static void put_nodes(struct strbuf *out, const xmlNode *n, int depth)
{
    if (depth > DEPTH_MOST)
        return;
    for (; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            put_element(out, n, depth);
        else if ((n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && n->content)
            put_text(out, (const char *)n->content, "\r");
}

/* Drawing programs begin with the DOCTYPE of SVG 1.1, which says nothing. One that declares entities stays, and is refused by the reader. */
static struct span without_doctype(struct arena *a, struct span in)
{
    static const char word[] = "<!DOCTYPE";
    const char *at = memmem(in.p, in.len, word, strlen(word)), *end, *root = memmem(in.p, in.len, "<svg", 4);
    char *rest;

    if (!at || !root || at > root)
        return in;
    end = memchr(at, '>', (size_t)(root - at));
    if (!end || memchr(at, '[', (size_t)(end - at)))
        return in;
    rest = arena_alloc(a, in.len);
    memcpy(rest, in.p, (size_t)(at - in.p));
    memcpy(rest + (at - in.p), end + 1, in.len - (size_t)(end + 1 - in.p));
    return (struct span){rest, in.len - (size_t)(end + 1 - at)};
}

const char *svg_clean(struct arena *a, struct span in, struct strbuf *out)
{
    struct xmldoc x;
    xmlNode *root;

    in = without_doctype(a, in);
    x = xmldoc_read(a, in.p, in.len, 0);
    if (x.doctype)
        return "has a DOCTYPE with declarations, which are not taken";
    root = x.doc && x.namespaces ? xmlDocGetRootElement(x.doc) : NULL; /* a prefix that nobody declared might mean something in what is written */
    if (!root)
        return "is not well-formed XML";
    if (strcmp((const char *)root->name, "svg") != 0 || (root->ns && !is_in(root->ns, svg_namespace)))
        return "is no SVG";
    put_element(out, root, 0);
    return out->overflow ? "is too large" : NULL;
}
