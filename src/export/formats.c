/* The table of export formats. A new format is one new file and one line here. */
#include "export/exp.h"

#include <string.h>

#include "export/export.sql.h"

static const struct exp_format formats[] = {
    {"JSON", "JSON", "Every task with its data and all its annotations, as labeld stores them.",
     "json", NULL, exp_json_write},
    {"JSON_MIN", "JSON-MIN",
     "One flat object for each annotation: the task's data, and one key for each control.", "json",
     NULL, exp_min_write},
    {"CSV", "CSV",
     "One row for each annotation, with a column for each field of the data and each control.",
     "csv", NULL, exp_csv_write},
    {"TSV", "TSV", "The same rows, separated by tabs.", "csv", NULL, exp_tsv_write},
};

enum { FORMATS = sizeof formats / sizeof *formats };

const struct exp_format *exp_format_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static bool offered(const struct exp_format *f, const struct lc *lc)
{
    return !f->offered || f->offered(lc);
}

void exp_formats_write(struct jw *w, const struct lc *lc)
{
    jw_arr(w);
    for (int first = 1; first >= 0; first--)
        for (size_t i = 0; i < FORMATS; i++) {
            if (offered(&formats[i], lc) != (first == 1))
                continue;
            jw_obj(w);
            jw_kstr(w, "title", formats[i].title);
            jw_kstr(w, "description", formats[i].description);
            jw_kstr(w, "link", "/docs/export");
            jw_kstr(w, "name", formats[i].name);
            if (!first)
                jw_kbool(w, "disabled", true);
            jw_end(w);
        }
    jw_end(w);
}

err *exp_write(struct scope *s, const struct exp_format *f, const struct exp_options *o,
               const struct exp_out *out)
{
    struct row r;

    TRY(db_one(s->db, SQL_export_by_index, DB_NOARGS, &r));
    return f->write(s, o, out);
}
