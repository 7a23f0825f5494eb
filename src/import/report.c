/* Reports: bounded, however much is wrong. */
#include "import/report.h"

#include "base/text.h"
#include "json/verr.h"

struct report *report_new(struct arena *a, bool skip)
{
    struct report *r = ARENA_NEW(a, struct report);

    r->a = a;
    r->skip = skip;
    return r;
}

void report_add(struct report *r, const char *file, int64_t row, const char *field, const char *why)
{
    r->n++;
    if (r->kept >= (r->skip ? REPORT_MOST : REPORT_REFUSALS_MOST))
        return;
    r->rows[r->kept++] = (struct report_row){arena_strdup(r->a, file), arena_strdup(r->a, field), text_cut(r->a, why, REPORT_TEXT_MOST), row};
}

bool report_full(const struct report *r)
{
    return !r->skip && r->kept >= REPORT_REFUSALS_MOST;
}

/* "labels/a.txt, row 3, width: is negative" */
static void row_add(struct verr *v, const struct report *r, const struct report_row *row)
{
    const char *place = row->file ? row->file : "";

    if (row->row)
        place = arena_printf(r->a, "%s%srow %lld", place, *place ? ", " : "", (long long)row->row);
    if (row->field)
        place = arena_printf(r->a, "%s%s%s", place, *place ? ", " : "", row->field);
    verr_add(v, "non_field_errors", "%s%s%s", place, *place ? ": " : "", row->why);
}

err *report_refusal(const struct report *r)
{
    struct verr *v = verr_new(r->a);

    if (r->skip || r->n == 0)
        return OK;
    for (size_t i = 0; i < r->kept; i++)
        row_add(v, r, &r->rows[i]);
    if (report_full(r))
        verr_add(v, "non_field_errors", "...");
    return verr_done(v);
}

void report_write(struct jw *w, const struct report *r)
{
    jw_obj(w);
    jw_ki64(w, "count", r->n);
    jw_key(w, "rows");
    jw_arr(w);
    for (size_t i = 0; i < r->kept; i++) {
        const struct report_row *row = &r->rows[i];
        jw_obj(w);
        jw_kstr(w, "file", row->file);
        if (row->row)
            jw_ki64(w, "row", row->row);
        else
            jw_knull(w, "row");
        jw_kstr(w, "field", row->field);
        jw_kstr(w, "reason", row->why);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}
