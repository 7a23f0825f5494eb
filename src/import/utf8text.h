/* What is wrong with text that should be UTF-8, in the words of the reference server, and its
 * lines. */
#ifndef LABELD_IMPORT_UTF8TEXT_H
#define LABELD_IMPORT_UTF8TEXT_H

#include "json/jspan.h"

/* "utf-8 b'caf\xe9' 3 4 unexpected end of data": the bytes around the first fault, where it lies in
 * them, and what it is. NULL for valid UTF-8. */
const char *utf8text_problem(struct arena *a, struct span text);
/* Takes the next line off `rest`, at any of the breaks that Python's splitlines knows; false when
 * nothing is left. */
bool utf8text_line(struct span *rest, struct span *line);

#endif
