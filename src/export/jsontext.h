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
/* As jsontext_pretty, and characters past ASCII as escapes. */
void jsontext_ascii(struct strbuf *b, struct span json, int level);
/* The same in one line, blanks after commas and colons, "/" as it is: what Python writes. */
void jsontext_line(struct strbuf *b, struct span json);
/* The present year and moment ("2026-11-21 22:40:03.656272") as information about a file. */
int64_t jsontext_year(void);
const char *jsontext_now(struct arena *a);
/* Would a spreadsheet take a cell of this text for a formula? One with an apostrophe before it is a text for sure. */
bool jsontext_is_formula(struct span text);
/* Append a text as a JSON string. */
void jsontext_string(struct strbuf *b, struct arena *a, const char *text);

#endif
