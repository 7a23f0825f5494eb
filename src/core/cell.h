/* Cells of tables for spreadsheets. */
#ifndef LABELD_CORE_CELL_H
#define LABELD_CORE_CELL_H

#include "base/strbuf.h"

/* Quoted; what a spreadsheet would take for a formula begins with an apostrophe. */
void cell_add(struct strbuf *b, const char *text);

#endif
