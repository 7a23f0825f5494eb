/* Where the reference server looks for a DocLang document, as observed: in the elements of a result, in their order, whatever control they
 * name. Of type textarea the value's `text` counts, of reactcode its `reactcode`; of the other types that an editor knows nothing does, of
 * any other type the whole value. The first text in it counts, however deep it lies, that is well-formed XML without a DOCTYPE, with the root
 * <doclang> in no namespace or in https://www.doclang.ai/ns/v and a number. */
#include "export/doclang.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/cfg.h"
#include "base/text.h"
#include "base/xmldoc.h"
#include "export/items.h"

static const char namespaces[] = "https://www.doclang.ai/ns/v";

/* ---- texts ---- */

static bool namespace_fits(const xmlNs *ns)
{
    const char *href = ns ? (const char *)ns->href : "", *version = href + sizeof namespaces - 1;

    if (!*href)
        return true;
    return text_starts(href, namespaces) && *version && !version[strspn(version, "0123456789")];
}

static void text_read(struct arena *a, struct span json, struct doclang *out)
{
    const char *text;
    struct xmldoc x;
    xmlNode *root;

    if (!memmem(json.p, json.len, "doclang", strlen("doclang")))
        return;
    text = exp_text(a, json);
    x = xmldoc_read(a, text, strlen(text), XML_PARSE_HUGE | XML_PARSE_NOCDATA);
    root = x.doc && x.namespaces ? xmlDocGetRootElement(x.doc) : NULL;
    if (root && strcmp((const char *)root->name, "doclang") == 0 && namespace_fits(root->ns))
        *out = (struct doclang){text, x.doc};
}

/* As deep as JSON of clients may be. */
static err *value_read(struct arena *a, struct span v, struct doclang *out)
{
    enum json_type type = v.p ? jspan_type(v) : JSON_T_NONE;
    struct jspan walk;
    bool more = true;

    if (type == JSON_T_STRING)
        text_read(a, v, out);
    if (type != JSON_T_OBJECT && type != JSON_T_ARRAY)
        return OK;
    TRY(jspan_open(&walk, a, v, (int)cfg.json_max_depth));
    for (;;) {
        struct span value;

        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more || out->text)
            return OK;
        TRY(value_read(a, value, out));
    }
}

/* ---- elements ---- */

static bool says_nothing(const char *type)
{
    static const char *const types[] = {
        "bitmask",  "bitmasklabels", "brush",   "brushlabels",     "chatmessage",     "choices",        "datetime", "ellipse",     "ellipselabels",
        "keypoint", "labels",        "number",  "hypertextlabels", "keypointlabels",  "magicwand",      "pairwise", "polygon",     "paragraphlabels",
        "rating",   "polygonlabels", "ranker",  "rectangle",       "rectanglelabels", "relation",       "taxonomy", "vector",      "timelinelabels",
        "videovector", "vectorlabels", "timeserieslabels", "videorectangle",
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

static err *element_read(struct arena *a, struct span element, struct doclang *out)
{
    struct span type = jspan_member(a, element, "type"), value = jspan_member(a, element, "value");
    const char *name = type.p && jspan_type(type) == JSON_T_STRING ? exp_text(a, type) : "";

    if (!value.p || says_nothing(name))
        return OK;
    if (strcmp(name, "textarea") == 0)
        value = jspan_member(a, value, "text");
    else if (strcmp(name, "reactcode") == 0)
        value = jspan_member(a, value, "reactcode");
    return value_read(a, value, out);
}

err *doclang_find(struct arena *a, struct span result, struct doclang *out)
{
    struct span element;
    struct jspan walk;
    bool more;

    *out = (struct doclang){0};
    if (!result.p || jspan_type(result) != JSON_T_ARRAY)
        return OK;
    TRY(jspan_open(&walk, a, result, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &element));
        if (!more || out->text)
            return OK;
        if (jspan_type(element) == JSON_T_OBJECT)
            TRY(element_read(a, element, out));
    }
}

/* ---- documents ---- */

static xmlNode *next_node(const xmlNode *n, const xmlNode *root)
{
    if (n->type == XML_ELEMENT_NODE && n->children)
        return n->children;
    while (n != root && !n->next)
        n = n->parent;
    return n == root ? NULL : n->next;
}

xmlNode *doclang_source(const struct doclang *d, const xmlNode *before)
{
    xmlNode *root = xmlDocGetRootElement(d->doc);

    for (xmlNode *n = before ? next_node(before, root) : root; n; n = next_node(n, root))
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, "src") == 0 && xmlHasNsProp(n, (const xmlChar *)"uri", NULL))
            return n;
    return NULL;
}

static void free_buffer(void *buffer)
{
    xmlBufferFree(buffer);
}

struct span doclang_written(struct arena *a, const struct doclang *d)
{
    xmlBuffer *b = xmlBufferCreate();

    arena_defer(a, free_buffer, b);
    xmlNodeDump(b, d->doc, xmlDocGetRootElement(d->doc), 0, 0);
    return (struct span){(const char *)xmlBufferContent(b), (size_t)xmlBufferLength(b)};
}
