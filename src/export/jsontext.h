/* JSON text laid out as the reference server's text formats have it: compact or indented, with "/"
 * escaped. */
#ifndef LABELD_EXPORT_JSONTEXT_H
#define LABELD_EXPORT_JSONTEXT_H

#include "base/strbuf.h"
#include "json/jspan.h"

/* Append a valid JSON value without blanks. */
void jsontext_compact(struct strbuf *b, struct span json);
/* Append it over several lines, two blanks per level, as part of something `level` levels deep. */
void jsontext_pretty(struct strbuf *b, struct span json, int level);
/* Append a text as a JSON string. */
void jsontext_string(struct strbuf *b, struct arena *a, const char *text);

#endif
