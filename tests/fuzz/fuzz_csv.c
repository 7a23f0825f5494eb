/* Tables of arbitrary text: whatever the header and the cells are, each row is a JSON object with
 * the keys of the first, and the cells of a column that are not empty are of one type. */
#include <stdint.h>
#include <string.h>

#include "import/table.h"
#include "import/utf8text.h"
#include "json/jin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TYPED_MOST = 64 }; /* columns whose type is watched */

static void type_check(unsigned char *seen, struct span value)
{
    bool empty = value.len == 2 && value.p[0] == '"';
    enum json_type type = jspan_type(value) == JSON_T_TRUE ? JSON_T_FALSE : jspan_type(value);

    if (empty)
        return;
    if (*seen != JSON_T_NONE && *seen != (unsigned char)type)
        abort();
    *seen = (unsigned char)type;
}

static size_t keys_of(struct arena *a, struct span row, unsigned char *seen)
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
        if (n < TYPED_MOST)
            type_check(&seen[n], value);
    }
}

static void table_check(struct arena *a, struct span text, char separator)
{
    const char *problem;
    unsigned char seen[TYPED_MOST] = {0};
    size_t keys = 0;
    struct table *t;
    struct span row;

    table_open(a, text, separator, &t, &problem);
    while (!problem && table_next(t, &row)) {
        struct arena_mark m = arena_mark(a);
        size_t n = keys_of(a, row, seen);

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
