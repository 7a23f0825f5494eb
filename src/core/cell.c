/* Cells of tables for spreadsheets. */
#include "core/cell.h"

#include <string.h>

void cell_add(struct strbuf *b, const char *text)
{
    strbuf_putc(b, '"');
    if (strchr("=+-@\t\r", *text) && *text)
        strbuf_putc(b, '\'');
    for (; *text; text++) {
        if (*text == '"')
            strbuf_putc(b, '"');
        strbuf_putc(b, *text);
    }
    strbuf_putc(b, '"');
}
