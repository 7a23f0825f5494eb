/* Files on their way into a project, by extension. Reading JSON is imp_json.c; keeping bytes is
 * upload.c. */
#include "import/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/text.h"
#include "import/table.h"
#include "import/utf8text.h"
#include "json/verr.h"

enum { GROWTH_MOST = 20 }; /* times the largest upload, or the file itself where it came in pieces */

/* The kept file as text: mapped, so that its size costs no memory of ours. */
static err *file_map(struct arena *a, const struct upload *u, struct span *out)
{
    err *e = filemap_whole(a, u->path, &out->p, &out->len);

    return e && e->kind == ERR_NOT_FOUND ? err_internal(a, "could not open upload \"%s\"", u->path) : e;
}

bool imp_is_rows(const char *extension)
{
    return strcmp(extension, "csv") == 0 || strcmp(extension, "tsv") == 0 ||
           strcmp(extension, "txt") == 0;
}

static bool is_markup(const char *extension)
{
    return strcmp(extension, "html") == 0 || strcmp(extension, "htm") == 0 ||
           strcmp(extension, "xml") == 0;
}

/* What is wrong, without the words for a request's body. */
static const char *reason(const err *e)
{
    static const char prefix[] = "JSON parse error - ";

    return text_starts(e->detail, prefix) ? e->detail + sizeof prefix - 1 : e->detail;
}

/* A file being read. */
struct reading {
    struct scope *s;
    struct importer *im;
    const struct upload *u;
    const char *name; /* as people know it */
};

static err *failed(const struct reading *f, const char *why)
{
    return verr_one(f->s->a, NULL, "Failed to parse input file %s: %s", f->name, why);
}

static err *json_file(const struct reading *f, struct span text)
{
    err *e = imp_json(f->im, span_without_mark(text), f->u->id);

    return e && e->kind == ERR_PARSE ? failed(f, reason(e)) : e;
}

/* Short rows below a long header become much more JSON than they were text: there is an end to it.
 */
static err *table_file(const struct reading *f, struct span text, char separator)
{
    int64_t left = GROWTH_MOST * ((int64_t)text.len > cfg.upload_max_bytes ? (int64_t)text.len : cfg.upload_max_bytes);
    const char *problem;
    struct table *t;
    struct span row;

    table_open(f->s->a, text, separator, &t, &problem);
    if (problem)
        return failed(f, problem);
    while (table_next(t, &row)) {
        left -= (int64_t)row.len;
        if (left < 0)
            return failed(f, "its header is too long for so many short rows");
        TRY(imp_data(f->im, row, f->u->id));
    }
    return OK;
}

static err *lines_file(const struct reading *f, struct span text)
{
    const char *problem = utf8text_problem(f->s->a, text);
    struct span line;

    if (problem)
        return failed(f, problem);
    while (utf8text_line(&text, &line)) {
        TRY(imp_value(f->im, line, f->u->id));
        filemap_passed(text.p);
    }
    return OK;
}

/* One value can only go where the label configuration reads no more than one. */
static err *value_add(const struct reading *f, struct span value)
{
    size_t n;

    lc_data_keys(imp_config(f->im), &n);
    if (n > 1)
        return failed(f, "Your label config has more than one data key and direct file upload "
                         "supports only one data key. "
                         "To import data with multiple data keys, use a JSON or CSV file.");
    return imp_value(f->im, value, f->u->id);
}

static err *markup_file(const struct reading *f, struct span text)
{
    const char *problem = utf8text_problem(f->s->a, text);

    return problem ? failed(f, problem) : value_add(f, text);
}

static err *address_add(const struct reading *f)
{
    const char *address = arena_printf(f->s->a, "/data/%s", f->u->file);

    return value_add(f, (struct span){address, strlen(address)});
}

static err *content_add(const struct reading *f)
{
    const char *extension = f->u->extension;
    struct span text;

    TRY(file_map(f->s->a, f->u, &text));
    if (strcmp(extension, "json") == 0)
        return json_file(f, text);
    if (strcmp(extension, "csv") == 0)
        return table_file(f, span_without_mark(text), csv_separator(span_without_mark(text)));
    if (strcmp(extension, "tsv") == 0)
        return table_file(f, span_without_mark(text), '\t');
    return is_markup(extension) ? markup_file(f, text) : lines_file(f, text);
}

static err *read_file(const struct reading *f, bool as_rows)
{
    const char *extension = f->u->extension;
    bool rows = imp_is_rows(extension), table = strcmp(extension, "json") == 0 ||
                                                (rows && as_rows && strcmp(extension, "txt") != 0);

    imp_file_begin(f->im, f->u->file, table);
    TRY(table || (rows && as_rows) || is_markup(extension) ? content_add(f) : address_add(f));
    return imp_file_end(f->im);
}

err *imp_file(struct scope *s, struct importer *im, int64_t project, const char *name,
              const char *temporary, int64_t size_bytes, struct upload *out)
{
    TRY(upload_store(s, project, name, temporary, size_bytes, out));
    return read_file(&(struct reading){s, im, out, name}, true);
}

err *imp_kept(struct scope *s, struct importer *im, const struct upload *u, bool as_rows)
{
    return read_file(&(struct reading){s, im, u, strrchr(u->file, '/') + 1}, as_rows);
}
