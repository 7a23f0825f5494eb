/* SVG files without what could do something: for servers that hand their uploads on to places where no sandbox holds them. */
#ifndef LABELD_TMPL_SVG_H
#define LABELD_TMPL_SVG_H

#include "base/strbuf.h"
#include "json/jspan.h"

/* The drawing, written anew: shapes, texts, gradients and their kind, with what they refer to inside of the file. Scripts, event handlers,
 * animations, foreign markup and every address of something else go, links stay as what they show.
 *
 * in     the file; with a DOCTYPE only if that declares nothing
 * out    appended; of what it may hold at most
 * Returns NULL, or what is wrong with the file. */
const char *svg_clean(struct arena *a, struct span in, struct strbuf *out);

#endif
