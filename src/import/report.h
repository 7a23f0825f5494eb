/* What an import could not use: file, row, field and why. Gathered to refuse the import, or to tell what was left out. */
#ifndef LABELD_IMPORT_REPORT_H
#define LABELD_IMPORT_REPORT_H

#include "base/err.h"
#include "json/jw.h"

enum { REPORT_MOST = 1000, REPORT_REFUSALS_MOST = 99, REPORT_TEXT_MOST = 2000 };

struct report {
    struct arena *a;
    bool skip;     /* what cannot be used is left out; else the import is refused */
    int64_t n;     /* also those that are not kept */
    size_t kept;
    struct report_row {
        const char *file, *field, *why;
        int64_t row;
    } rows[REPORT_MOST];
};

struct report *report_new(struct arena *a, bool skip);
/* The texts are copied. file, field NULL, row 0: does not apply. */
void report_add(struct report *r, const char *file, int64_t row, const char *field, const char *why);
/* Is there no use in reading on? */
bool report_full(const struct report *r);
/* The refusal, when anything is to be refused. */
err *report_refusal(const struct report *r) __attribute__((warn_unused_result));
/* {"count", "rows": [{"file", "row", "field", "reason"}]} */
void report_write(struct jw *w, const struct report *r);

#endif
