/* The SQL builder, for the one place that composes statements (Data Manager lists). Literals only as text, values only as parameters. */
#ifndef LABELD_DB_SQLB_H
#define LABELD_DB_SQLB_H

#include "base/strbuf.h"
#include "db/db.h"

enum { SQLB_PARAMS = 1024 };

/* How values stand in the text: as parameters; as elements of one array of texts, for a function that executes the statement; or in
 * quotes, which is for definitions only, since those take no parameters. */
enum sqlb_form { SQLB_PARAMETERS, SQLB_ARRAY, SQLB_QUOTED };

struct sqlb {
    struct strbuf text;
    struct db_arg args[SQLB_PARAMS];
    size_t n;
    enum sqlb_form form;      /* set before the first value */
};

void sqlb_init(struct sqlb *b, struct arena *a);
void sqlb_add_literal(struct sqlb *b, const char *s);
/* Append a string literal; a variable does not compile. */
#define sqlb_lit(b, s) sqlb_add_literal((b), "" s "")
/* Append $n for the value, or ($1)[n], or the quoted text: but for the first cast it. */
void sqlb_param(struct sqlb *b, struct db_arg v);
/* SQLB_ARRAY: all values as one text[]. */
struct db_arg sqlb_array(struct sqlb *b);
err *sqlb_run(struct sqlb *b, struct db *db, struct rows *out) __attribute__((warn_unused_result));

#endif
