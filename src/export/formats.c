/* What is done with the table of export formats (formats.def). A new format is one new file and one line there. */
#include "export/exp.h"

#include <string.h>

#include "base/clock.h"
#include "export/export.sql.h"
#include "export/offered.h"

static const struct exp_format formats[] = {
#define FORMAT(name, title, description, extension, about, offered, write) {name, title, description, extension, about, offered, write},
#include "export/formats.def"
#undef FORMAT
};

enum { FORMATS = sizeof formats / sizeof *formats };

const struct exp_format *exp_format_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static void tags_write(struct jw *w, const char *about)
{
    if (!*about)
        return;
    jw_key(w, "tags");
    jw_arr(w);
    for (size_t n; *about; about += n + (about[n] != '\0')) {
        n = strcspn(about, ",");
        jw_strn(w, about, n);
    }
    jw_end(w);
}

void exp_formats_write(struct arena *a, struct jw *w, const struct lc *lc)
{
    jw_arr(w);
    for (int first = 1; first >= 0; first--)
        for (size_t i = 0; i < FORMATS; i++) {
            if (formats[i].offered(lc) != (first == 1))
                continue;
            jw_obj(w);
            jw_kstr(w, "title", formats[i].title);
            jw_kstr(w, "description", formats[i].description);
            jw_kstr(w, "link", arena_printf(a, "/docs/export/#%s", formats[i].name));
            tags_write(w, formats[i].about);
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
    return exp_convert(s, f, o, out);
}

err *exp_convert(struct scope *s, const struct exp_format *f, const struct exp_options *o,
                 const struct exp_out *out)
{
    if (f->extension)
        exp_named(out, f->extension);
    return f->write(s, o, out);
}

enum { AWAKE_EVERY_US = 5000000 };

err *exp_awake(struct scope *s, const struct exp_out *out, int64_t *at_us)
{
    int64_t now_us = clock_mono_us();
    struct row r;

    if (now_us < *at_us)
        return OK;
    *at_us = now_us + AWAKE_EVERY_US;
    TRY(db_one(s->db, SQL_export_by_index, DB_NOARGS, &r));
    return out->beat ? out->beat(out->to) : OK;
}
