/* JSON lists as long as a file: checked whole before the first element is used, in memory only where they are being read. */
#ifndef LABELD_IMPORT_DOCUMENT_H
#define LABELD_IMPORT_DOCUMENT_H

#include "json/jspan.h"

/* Exactly one value, as jspan_check has it. alive: called at short intervals, its error ends the check; NULL = nobody asks. */
err *document_check(struct arena *a, struct span text, err *(*alive)(void *to), void *to) __attribute__((warn_unused_result));

#endif
