/* JSON Lines: a task or the data of one in each line, passed on as it stands. */
#include <string.h>

#include "base/filemap.h"
#include "import/foreign.h"

static bool is_jsonl(const struct bundle_file *file)
{
    return bundle_ends(file->name, "jsonl") || bundle_ends(file->name, "ndjson");
}

bool imp_jsonl_fits(struct arena *a, const struct bundle *b)
{
    (void)a;
    for (size_t i = 0; i < b->n; i++)
        if (is_jsonl(&b->files[i]))
            return true;
    return false;
}

static err *file_read(struct foreign *f, const struct bundle_file *file)
{
    struct span text = file->bytes, line;

    text = span_without_mark(text);
    for (int64_t row = 1; foreign_line(&text, &line); row++) {
        struct foreign_item it = {.file = file->name, .row = row, .json = line};
        bool fits;
        if (foreign_blank(line))
            continue;
        TRY(foreign_fits(f, file->name, row, NULL, line.len, &fits));
        if (fits)
            TRY(foreign_done(f, &it));
        filemap_passed(text.p);
    }
    return OK;
}

err *imp_jsonl_read(struct foreign *f)
{
    bool named = imp_jsonl_fits(f->a, f->b);

    for (size_t i = 0; i < f->b->n; i++)
        if (!named || is_jsonl(&f->b->files[i]))
            TRY(file_read(f, &f->b->files[i]));
    return OK;
}
