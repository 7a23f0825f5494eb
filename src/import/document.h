/* JSON lists as long as a file: checked whole before the first element is used, in memory only where they are being read. */
#ifndef LABELD_IMPORT_DOCUMENT_H
#define LABELD_IMPORT_DOCUMENT_H

#include "json/jspan.h"

/* Exactly one value, as jspan_check has it. */
err *document_check(struct arena *a, struct span text) __attribute__((warn_unused_result));

#endif
