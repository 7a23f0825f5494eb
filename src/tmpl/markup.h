/* Text between markup. */
#ifndef LABELD_TMPL_MARKUP_H
#define LABELD_TMPL_MARKUP_H

#include "base/strbuf.h"

/* As HTML and XML have it, between tags and in quotes. */
void markup_put(struct strbuf *b, const char *p, size_t len);

#endif
