/* DocLang documents in results: XML that annotators and models write into texts and custom interfaces. */
#ifndef LABELD_EXPORT_DOCLANG_H
#define LABELD_EXPORT_DOCLANG_H

#include <libxml/tree.h>

#include "json/jspan.h"

struct doclang {
    const char *text; /* as it was written; NULL = there is none */
    xmlDoc *doc;      /* the same, read */
};

/* The first document in a result (JSON text). What it gives lives in the arena. */
err *doclang_find(struct arena *a, struct span result, struct doclang *out) __attribute__((warn_unused_result));
/* The next <src uri="…"/> of a document, in its order; NULL: there is no more. before: NULL = from the beginning. */
xmlNode *doclang_source(const struct doclang *d, const xmlNode *before);
/* The document with what was changed in it since. */
struct span doclang_written(struct arena *a, const struct doclang *d);

#endif
