/* libxml2 on a short leash. */
#include "base/xmldoc.h"

#include <libxml/parser.h>
#include <limits.h>

#include "base/log.h"

static void free_doc(void *doc)
{
    xmlFreeDoc(doc);
}

static void silent(void *to, const char *fmt, ...)
{
    (void)to;
    (void)fmt;
}

static void on_doctype(void *to, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    xmlParserCtxt *ctxt = to;

    (void)name;
    (void)public_id;
    (void)system_id;
    ((struct xmldoc *)ctxt->_private)->doctype = true;
    xmlStopParser(ctxt);
}

struct xmldoc xmldoc_read(struct arena *a, const char *p, size_t len, int options)
{
    struct xmldoc out = {0};
    xmlParserCtxt *ctxt;

    if (len == 0 || len > INT_MAX)
        return out;
    xmlSetGenericErrorFunc(NULL, silent);
    ctxt = xmlNewParserCtxt();
    if (!ctxt)
        BUG("no memory for an XML parser");
    ctxt->_private = &out;
    ctxt->sax->internalSubset = on_doctype;
    out.doc = xmlCtxtReadMemory(ctxt, p, (int)len, NULL, NULL, options | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    out.namespaces = ctxt->nsWellFormed;
    xmlFreeParserCtxt(ctxt);
    if (out.doc)
        arena_defer(a, free_doc, out.doc);
    if (out.doctype)
        out.doc = NULL;
    return out;
}
