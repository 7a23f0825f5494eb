/* Tables of answer fields: which column goes out under which key, and the `include=` choice of clients. */
#ifndef LABELD_CORE_FIELDS_H
#define LABELD_CORE_FIELDS_H

#include "db/db.h"
#include "json/jw.h"

struct field {
    const char *key;
    int col;
    char type;      /* s text, i integer, b boolean, j JSON, t time, f float, c counter (an integer) */
};

/* include: comma list of keys, NULL = every key. */
bool field_wanted(const char *include, const char *key);
void field_write(struct jw *w, const struct row *r, const struct field *f);

#endif
