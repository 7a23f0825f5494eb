/* Of YAML only what data.yaml needs: "names:" with a list or a map, in one line or in several. */
#include "import/yolonames.h"

#include <ctype.h>
#include <string.h>

#include "base/cfg.h"
#include "base/text.h"
#include "import/foreign.h"
#include "json/jin.h"

enum { NAMES_MOST = 100000 };

static void name_put(struct arena *a, json_t *out, int64_t number, const char *name)
{
    json_object_set_new(out, arena_printf(a, "%lld", (long long)number), json_string(name));
}

static bool notes_read(struct arena *a, struct span text, json_t *out)
{
    json_t *tree, *one;
    size_t i;

    if (jin_parse(a, text, (int)cfg.json_max_depth, &tree))
        return false;
    json_array_foreach(json_object_get(tree, "categories"), i, one) {
        json_t *id = json_object_get(one, "id");
        if (json_is_integer(id) && json_is_string(json_object_get(one, "name")))
            name_put(a, out, json_integer_value(id), json_string_value(json_object_get(one, "name")));
    }
    return true;
}

static void list_read(struct arena *a, struct span text, json_t *out)
{
    struct span line;

    for (int64_t n = 0; n < NAMES_MOST && foreign_line(&text, &line); n++) {
        char *name = text_trim(a, line.p, line.len);
        if (*name)
            name_put(a, out, n, name);
    }
}

/* ---- YAML ---- */

/* Without the quotes and what a comment adds. */
static const char *plain(struct arena *a, const char *text)
{
    char *s = text_trim(a, text, strlen(text)), *end;

    if (*s == '\'' || *s == '"') {
        end = strchr(s + 1, *s);
        return end ? arena_strndup(a, s + 1, (size_t)(end - s - 1)) : s;
    }
    end = strstr(s, " #");
    return end ? text_trim(a, s, (size_t)(end - s)) : s;
}

struct yaml {
    struct arena *a;
    json_t *out;
    int64_t next;
};

/* "cat", "- cat" or "3: cat". */
static void entry_read(struct yaml *y, const char *entry)
{
    const char *s = text_trim(y->a, entry, strlen(entry)), *colon;
    int64_t number = y->next;

    if (text_starts(s, "- "))
        s += 2;
    colon = *s == '\'' || *s == '"' ? NULL : strstr(s, ":");
    if (colon && int_parse(arena_strndup(y->a, s, (size_t)(colon - s)), 0, NAMES_MOST, &number))
        s = colon + 1;
    s = plain(y->a, s);
    if (!*s || json_object_size(y->out) >= NAMES_MOST)
        return;
    name_put(y->a, y->out, number, s);
    y->next = number + 1;
}

/* What stands between brackets, at the commas outside quotes. */
static void inline_read(struct yaml *y, const char *p)
{
    char close = *p == '[' ? ']' : '}', quote = 0;
    const char *from = ++p;

    for (; *p && (quote || *p != close); p++) {
        if (quote)
            quote = *p == quote ? 0 : quote;
        else if (*p == '\'' || *p == '"')
            quote = *p;
        else if (*p == ',') {
            entry_read(y, arena_strndup(y->a, from, (size_t)(p - from)));
            from = p + 1;
        }
    }
    entry_read(y, arena_strndup(y->a, from, (size_t)(p - from)));
}

/* Lines below "names:" as long as they are indented or entries of a list. */
static void block_read(struct yaml *y, struct span rest)
{
    struct span line;

    while (foreign_line(&rest, &line)) {
        const char *s = arena_strndup(y->a, line.p, line.len);
        bool inside = isspace((unsigned char)*s) || *s == '-';
        if (*text_trim(y->a, s, strlen(s)) == '#' || !*text_trim(y->a, s, strlen(s)))
            continue;
        if (!inside)
            return;
        entry_read(y, s);
    }
}

static void yaml_read(struct arena *a, struct span text, json_t *out)
{
    struct yaml y = {.a = a, .out = out};
    struct span rest = text, line;

    while (foreign_line(&rest, &line)) {
        const char *s = arena_strndup(a, line.p, line.len);
        if (!text_starts(s, "names:"))
            continue;
        s = text_trim(a, s + 6, strlen(s + 6));
        if (*s == '[' || *s == '{') {
            const char *from = memchr(line.p, *s, line.len);
            inline_read(&y, arena_strndup(a, from, (size_t)(text.p + text.len - from)));
        } else {
            block_read(&y, rest);
        }
        return;
    }
}

bool yolonames_read(struct arena *a, struct span text, enum yolonames_kind kind, json_t *out)
{
    enum { BYTES_MOST = 4 << 20 };

    if (text.len > BYTES_MOST || !utf8_valid(text.p, text.len))
        return false;
    if (kind == YOLONAMES_NOTES)
        return notes_read(a, text, out);
    if (kind == YOLONAMES_YAML)
        yaml_read(a, text, out);
    else
        list_read(a, text, out);
    return true;
}
