/* Reads the XML through libxml2's SAX interface into our own small tree, and runs the validation
 * steps in order. No entity, file or network access is possible: any DOCTYPE ends the parse, and
 * only the five built-in entities exist then. */
#include "labelconfig/lc_priv.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "base/log.h"
#include "json/verr.h"

struct build {
    struct arena *a;
    struct lc *lc;
    struct strbuf
        *out; /* the elements serialised again: two of the reference's checks work on that text */
    struct lc_node *open, *last;
    xmlParserCtxtPtr ctxt;
    size_t n_nodes, len;
    int depth;
    const char *problem; /* the first one; the parser is stopped with it */
};

static void stop(struct build *b, const char *problem)
{
    if (!b->problem)
        b->problem = problem;
    xmlStopParser(b->ctxt);
}

static void put_escaped(struct strbuf *b, const char *s, size_t len, bool attribute)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '&')
            strbuf_puts(b, "&amp;");
        else if (s[i] == '<')
            strbuf_puts(b, "&lt;");
        else if (s[i] == '>')
            strbuf_puts(b, "&gt;");
        else if (attribute && s[i] == '"')
            strbuf_puts(b, "&quot;");
        else
            strbuf_putc(b, s[i]);
    }
}

/* As ElementTree names it: a namespace goes in front in braces. */
static char *full_name(struct arena *a, const xmlChar *local, const xmlChar *uri)
{
    if (!uri)
        return arena_strdup(a, (const char *)local);
    return arena_printf(a, "{%s}%s", (const char *)uri, (const char *)local);
}

/* libxml2 leaves "&#38;" for an ampersand in attribute values when it does not replace entities
 * itself. */
static char *attr_value(struct arena *a, const xmlChar *from, const xmlChar *to)
{
    static const char amp[] = "&#38;";
    char *s = arena_strndup(a, (const char *)from, (size_t)(to - from));
    char *w = s;

    for (const char *r = s; *r; w++) {
        bool hit = strncmp(r, amp, sizeof amp - 1) == 0;

        *w = *r;
        r += hit ? sizeof amp - 1 : 1;
    }
    *w = '\0';
    return s;
}

static void link_node(struct build *b, struct lc_node *n)
{
    n->parent = b->open;
    if (!b->last)
        b->lc->root = n;
    else
        b->last->next = n;
    b->last = n;
    if (!b->open)
        return;
    if (b->open->last_child)
        b->open->last_child->next_sibling = n;
    else
        b->open->first_child = n;
    b->open->last_child = n;
}

static void on_start(void *to, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int n_ns, const xmlChar **ns, int n_attrs, int n_defaulted,
                     const xmlChar **attrs)
{
    struct build *b = to;
    struct lc_node *n;
    struct lc_attr *copy;

    (void)prefix, (void)n_ns, (void)ns, (void)n_defaulted;
    if (b->problem)
        return;
    if (++b->depth > LC_MAX_DEPTH || ++b->n_nodes > LC_MAX_NODES || n_attrs > LC_MAX_ATTRIBUTES) {
        stop(b,
             arena_printf(
                 b->a,
                 "label config is too large: at most %d tags, %d levels, %d attributes of one tag",
                 LC_MAX_NODES, LC_MAX_DEPTH, LC_MAX_ATTRIBUTES));
        return;
    }
    n = ARENA_NEW(b->a, struct lc_node);
    n->tag = full_name(b->a, local, uri);
    n->attrs = copy = arena_array(b->a, (size_t)n_attrs, sizeof *copy);
    n->n_attrs = (size_t)n_attrs;
    strbuf_printf(b->out, "<%s", (const char *)local);
    for (int i = 0; i < n_attrs;
         i++, attrs += 5) { /* local name, prefix, URI, value, end of value */
        copy[i].name = full_name(b->a, attrs[0], attrs[2]);
        copy[i].value = attr_value(b->a, attrs[3], attrs[4]);
        strbuf_printf(b->out, " %s=\"", (const char *)attrs[0]);
        put_escaped(b->out, copy[i].value, strlen(copy[i].value), true);
        strbuf_putc(b->out, '"');
    }
    strbuf_putc(b->out, '>');
    link_node(b, n);
    b->open = n;
}

static void on_end(void *to, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    struct build *b = to;

    (void)local, (void)prefix, (void)uri;
    if (b->problem || !b->open)
        return;
    b->depth--;
    b->open = b->open->parent;
    strbuf_puts(b->out, "</>");
}

static void on_text(void *to, const xmlChar *s, int len)
{
    struct build *b = to;

    if (!b->problem)
        put_escaped(b->out, (const char *)s, (size_t)len, false);
}

static void put_none_or_text(struct strbuf *b, const xmlChar *s)
{
    if (s)
        lc_python_put_text(b, (const char *)s, strlen((const char *)s));
    else
        strbuf_puts(b, "None");
}

static void on_doctype(void *to, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system_id)
{
    struct build *b = to;
    struct strbuf msg;

    strbuf_init(&msg, b->a, LC_MAX_BYTES * 5ul);
    strbuf_puts(&msg, "DTDForbidden(name=");
    put_none_or_text(&msg, name);
    strbuf_puts(&msg, ", system_id=");
    put_none_or_text(&msg, system_id);
    strbuf_puts(&msg, ", public_id=");
    put_none_or_text(&msg, public_id);
    strbuf_putc(&msg, ')');
    stop(b, msg.buf);
}

static void on_error(void *to, xmlErrorPtr e)
{
    struct build *b = to;
    long at;

    if (e->level < XML_ERR_ERROR || b->problem)
        return;
    at = xmlByteConsumed(b->ctxt);
    stop(b, lc_xml_message(b->a, e->code, b->lc->xml, b->len, at < 0 ? b->len : (size_t)at));
}

const char *lc_build(struct arena *a, struct lc *lc, size_t len, struct strbuf *serialised)
{
    struct build b = {.a = a, .lc = lc, .out = serialised, .len = len};

    if (len == 0)
        return "no element found: line 1, column 0";
    b.ctxt = xmlNewParserCtxt();
    if (!b.ctxt || !b.ctxt->sax)
        BUG("no memory for an XML parser");
    memset(b.ctxt->sax, 0, sizeof *b.ctxt->sax);
    b.ctxt->sax->initialized = XML_SAX2_MAGIC;
    b.ctxt->sax->startElementNs = on_start;
    b.ctxt->sax->endElementNs = on_end;
    b.ctxt->sax->characters = on_text;
    b.ctxt->sax->ignorableWhitespace = on_text;
    b.ctxt->sax->cdataBlock = on_text;
    b.ctxt->sax->internalSubset = on_doctype;
    b.ctxt->sax->serror = on_error;
    b.ctxt->userData = &b;
    /* The text reached us decoded: an encoding named in its declaration says nothing about it any
     * more. */
    xmlFreeDoc(xmlCtxtReadMemory(b.ctxt, lc->xml, (int)len, NULL, "UTF-8",
                                 XML_PARSE_NONET | XML_PARSE_IGNORE_ENC));
    if (!b.problem && !b.ctxt->wellFormed)
        b.problem = lc_xml_message(a, XML_ERR_INTERNAL_ERROR, lc->xml, len, len);
    xmlFreeParserCtxt(b.ctxt);
    return b.problem;
}

static const char *run_steps(struct arena *a, struct arena *scratch, struct lc *lc, size_t len)
{
    struct strbuf serialised;
    const char *problem;

    strbuf_init(&serialised, scratch,
                SIZE_MAX); /* bounded by the input: at most six bytes for one */
    problem = lc_build(a, lc, len, &serialised);
    if (!problem)
        problem = lc_schema_problem(a, lc);
    if (!problem)
        problem = lc_names_problem(a, scratch, serialised.buf);
    if (!problem)
        problem = lc_video_problem(a, lc);
    return problem;
}

err *lc_parse(struct arena *a, const char *xml, const char *field, struct lc **out)
{
    struct lc *lc = ARENA_NEW(a, struct lc);
    struct arena *scratch;
    const char *problem;
    size_t len;

    if (!xml)
        return verr_one(a, field, "can only parse strings");
    len = strlen(xml);
    if (len > LC_MAX_BYTES)
        return verr_one(a, field, "label config is too large: %zu bytes, at most %d", len,
                        LC_MAX_BYTES);
    lc->xml = arena_strndup(a, xml, len);
    scratch = arena_new("label config");
    problem = run_steps(a, scratch, lc, len);
    arena_free(scratch);
    if (problem)
        return verr_one(a, field, "%s", problem);
    lc_collect(a, lc);
    *out = lc;
    return OK;
}
