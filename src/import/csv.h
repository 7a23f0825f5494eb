/* Rows of CSV and TSV text (RFC 4180, read as leniently as the reference server reads it). What the
 * cells mean is table.h's business. */
#ifndef LABELD_IMPORT_CSV_H
#define LABELD_IMPORT_CSV_H

#include "json/jspan.h"

enum { CSV_CELLS_MOST = 100000 };

struct csv {
    const char *p, *end;
    char separator;
    struct arena *a;    /* problem texts */
    struct arena *row;  /* cells whose quotes had to be undone; emptied with every row */
    struct span *cells; /* of the present row; they point into the text or into `row` */
    size_t n, room;
    int64_t line; /* of the present row: rows and blank lines, from 1; line breaks inside quotes do
                     not count */
    int64_t rows; /* read so far */
    const char *problem; /* set when csv_next ended for another reason than the end of the text */
};

/* `text` must stay. Nothing is read yet. */
void csv_open(struct csv *c, struct arena *a, struct span text, char separator);
/* The next row that is not blank; its cells live until the next call. False at the end and on a
 * problem. */
bool csv_next(struct csv *c);
/* ';' when the first line has more of them than commas, else ','. */
char csv_separator(struct span text);

#endif
