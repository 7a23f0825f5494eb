/* The SQL builder, for the one place that composes statements (Data Manager lists). Literals only as text, values only as parameters. */
#ifndef LABELD_DB_SQLB_H
#define LABELD_DB_SQLB_H

#include "base/strbuf.h"
#include "db/db.h"

enum { SQLB_PARAMS = 512 };

struct sqlb {
    struct strbuf text;
    struct db_arg args[SQLB_PARAMS];
    size_t n;
    bool in_array;      /* values are elements of one array of texts, $1, see sqlb_array */
};

void sqlb_init(struct sqlb *b, struct arena *a);
void sqlb_add_literal(struct sqlb *b, const char *s);
/* Append a string literal; a variable does not compile. */
#define sqlb_lit(b, s) sqlb_add_literal((b), "" s "")
/* Append $n for the value; ($1)[n] in an array, where it is a text: cast it. */
void sqlb_param(struct sqlb *b, struct db_arg v);
/* All values as one text[], for a function that executes the statement; with in_array set before the first value. */
struct db_arg sqlb_array(struct sqlb *b);
err *sqlb_run(struct sqlb *b, struct db *db, struct rows *out) __attribute__((warn_unused_result));

#endif
