/* XML of people who are not trusted: nothing is fetched, and a document with a DOCTYPE ends before a declaration of it is read. */
#ifndef LABELD_BASE_XMLDOC_H
#define LABELD_BASE_XMLDOC_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct xmldoc {
    xmlDoc *doc;     /* lives as long as the arena; NULL = not well-formed, or doctype */
    bool doctype;
    bool namespaces; /* every prefix is declared */
};

/* options: those of libxml2's parser, besides the ones that keep it quiet and at home. */
struct xmldoc xmldoc_read(struct arena *a, const char *p, size_t len, int options);

#endif
