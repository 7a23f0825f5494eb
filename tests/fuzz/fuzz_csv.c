/* Tables of arbitrary text: whatever the header and the cells are, each row is a JSON object with
 * the keys of the first. */
#include <stdint.h>
#include <string.h>

#include "import/table.h"
#include "import/utf8text.h"
#include "json/jin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t keys_of(struct arena *a, struct span row)
{
    size_t n = 0;
    struct jspan walk;
    struct span value;
    const char *key;
    bool more;

    if (jspan_open(&walk, a, row, 4) != OK)
        abort();
    for (;; n++) {
        if (jspan_next(&walk, &more, &key, &value) != OK)
            abort();
        if (!more)
            return n;
        if (jspan_type(value) == JSON_T_OBJECT || jspan_type(value) == JSON_T_ARRAY ||
            jspan_type(value) == JSON_T_NULL)
            abort();
    }
}

static void table_check(struct arena *a, struct span text, char separator)
{
    const char *problem;
    size_t keys = 0;
    struct table *t;
    struct span row;

    table_open(a, text, separator, &t, &problem);
    while (!problem && table_next(t, &row)) {
        struct arena_mark m = arena_mark(a);
        size_t n = keys_of(a, row);

        if (n == 0 || (keys && n != keys))
            abort();
        keys = n;
        arena_rewind(a, m);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = {(const char *)data, size}, rest = text, line;
    struct arena *a = arena_new("fuzz");
    size_t seen = 0;

    table_check(a, text, csv_separator(text));
    table_check(a, text, '\t');
    while (utf8text_line(&rest, &line))
        seen += line.len;
    if (seen > size)
        abort();
    arena_free(a);
    return 0;
}
