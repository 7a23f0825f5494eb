/* Of YAML only what data.yaml needs: "names:", "kpt_shape:" and "kpt_names:" with a list or a map, in one line or in several. */
#include "import/yolonames.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "import/foreign.h"
#include "json/jin.h"

enum { NAMES_MOST = 100000, POINTS_MOST = 1000, BYTES_MOST = 4 << 20 };

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

/* Where a quoted text ends, NULL when it does not: '' is a quote inside single ones, \" one inside double ones. */
static const char *quote_end(const char *s)
{
    char quote = *s;

    for (s++; *s; s++) {
        if (quote == '"' && *s == '\\' && s[1])
            s++;
        else if (*s == quote && quote == '\'' && s[1] == quote)
            s++;
        else if (*s == quote)
            return s;
    }
    return NULL;
}

static void code_put(struct strbuf *b, uint32_t c)
{
    if (c >= 0x10000) {
        strbuf_putc(b, (char)(0xF0 | c >> 18));
        strbuf_putc(b, (char)(0x80 | (c >> 12 & 0x3F)));
    } else if (c >= 0x800) {
        strbuf_putc(b, (char)(0xE0 | c >> 12));
    }
    if (c >= 0x800)
        strbuf_putc(b, (char)(0x80 | (c >> 6 & 0x3F)));
    else if (c >= 0x80)
        strbuf_putc(b, (char)(0xC0 | c >> 6));
    strbuf_putc(b, (char)(c >= 0x80 ? 0x80 | (c & 0x3F) : c));
}

/* \xE9, \u732B, \U0001F408: the number of digits, 0 when it is none of them. */
static size_t code_read(const char *p, uint32_t *code)
{
    size_t n = *p == 'x' ? 2 : *p == 'u' ? 4 : *p == 'U' ? 8 : 0;
    char digits[9] = "";

    for (size_t i = 0; i < n && isxdigit((unsigned char)p[i + 1]); i++)
        digits[i] = p[i + 1];
    *code = (uint32_t)strtoul(digits, NULL, 16);
    return strlen(digits) == n && *code && *code < 0x110000 && (*code < 0xD800 || *code > 0xDFFF) ? n : 0;
}

/* What stands between quotes. */
static const char *unquoted(struct arena *a, const char *from, const char *end)
{
    bool doubled = *from == '"';
    struct strbuf b;
    uint32_t code;

    strbuf_init(&b, a, SIZE_MAX);
    for (const char *p = from + 1; p < end; p++) {
        size_t n = doubled && *p == '\\' ? code_read(p + 1, &code) : 0;
        if (n) {
            code_put(&b, code);
            p += n + 1;
        } else {
            p += (doubled && *p == '\\') || (!doubled && *p == '\'');
            strbuf_putc(&b, *p);
        }
    }
    return b.len ? b.buf : "";
}

/* Without the quotes and what a comment adds. */
static const char *plain(struct arena *a, const char *text)
{
    char *s = text_trim(a, text, strlen(text)), *end;

    if (*s == '\'' || *s == '"') {
        const char *close = quote_end(s);
        return close ? unquoted(a, s, close) : s;
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
    const char *s = text_trim(y->a, entry, strlen(entry)), *colon, *key;
    int64_t number = y->next;

    if (text_starts(s, "- "))
        s += 2;
    key = *s == '\'' || *s == '"' ? quote_end(s) : NULL;
    colon = !key ? strstr(s, ":") : key[1] == ':' ? key + 1 : NULL;
    if (key && colon && int_parse(unquoted(y->a, s, key), 0, NAMES_MOST, &number))
        s = colon + 1;
    else if (!key && colon && int_parse(arena_strndup(y->a, s, (size_t)(colon - s)), 0, NAMES_MOST, &number))
        s = colon + 1;
    s = plain(y->a, s);
    if (!*s || json_object_size(y->out) >= NAMES_MOST)
        return;
    name_put(y->a, y->out, number, s);
    y->next = number + 1;
}

/* After a comma or the colon of a key. */
static bool value_begins(const char *from, const char *p)
{
    while (p > from && isspace((unsigned char)p[-1]))
        p--;
    return p == from || p[-1] == ':';
}

/* What stands between brackets, at the commas outside quotes. */
static void inline_read(struct yaml *y, const char *p)
{
    char close = *p == '[' ? ']' : '}';
    const char *from = ++p;

    for (; *p && *p != close; p++) {
        const char *quoted = (*p == '\'' || *p == '"') && value_begins(from, p) ? quote_end(p) : NULL;
        if (quoted)
            p = quoted;
        else if (*p == '#' && value_begins(from, p) && p > from)
            from = p += strcspn(p, "\n") - (p[strcspn(p, "\n")] == '\0');
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

/* The value of `key`: what stands in its line, and the lines from the next one on. False when there is none. */
static bool yaml_find(struct arena *a, struct span text, const char *key, const char **value, struct span *rest)
{
    struct span line;

    *rest = text;
    while (foreign_line(rest, &line)) {
        const char *s = arena_strndup(a, line.p, line.len);
        if (!text_starts(s, key))
            continue;
        *value = text_trim(a, s + strlen(key), strlen(s + strlen(key)));
        if (**value == '[' || **value == '{') {
            const char *from = memchr(line.p, **value, line.len);
            *value = arena_strndup(a, from, (size_t)(text.p + text.len - from));
        }
        return true;
    }
    return false;
}

static void yaml_read(struct arena *a, struct span text, const char *key, json_t *out)
{
    struct yaml y = {.a = a, .out = out};
    const char *value;
    struct span rest;

    if (!yaml_find(a, text, key, &value, &rest))
        return;
    if (*value == '[' || *value == '{')
        inline_read(&y, value);
    else
        block_read(&y, rest);
}

bool yolonames_read(struct arena *a, struct span text, enum yolonames_kind kind, json_t *out)
{
    if (text.len > BYTES_MOST || !utf8_valid(text.p, text.len))
        return false;
    text = span_without_mark(text);
    if (kind == YOLONAMES_NOTES)
        return notes_read(a, text, out);
    if (kind == YOLONAMES_YAML)
        yaml_read(a, text, "names:", out);
    else
        list_read(a, text, out);
    return true;
}

/* ---- points ---- */

static bool notes_points(struct arena *a, struct span text, struct yolopoints *out)
{
    json_t *tree, *one;
    size_t i;

    if (jin_parse(a, text, (int)cfg.json_max_depth, &tree))
        return false;
    json_array_foreach(json_object_get(tree, "categories"), i, one)
    {
        json_t *id = json_object_get(one, "id"), *names = json_object_get(one, "keypoints");
        if (!json_is_integer(id) || json_array_size(names) == 0)
            continue;
        out->n = out->n ? out->n : (int64_t)json_array_size(names);
        json_object_set(out->names, arena_printf(a, "%lld", (long long)json_integer_value(id)), names);
    }
    out->each = 3;
    return out->n <= POINTS_MOST;
}

/* Lines below "kpt_names:": the number of a class, and its names in the same line or below it. */
static void points_block(struct arena *a, struct span rest, json_t *out)
{
    struct yaml y = {.a = a};
    struct span line;

    while (foreign_line(&rest, &line)) {
        const char *s = arena_strndup(a, line.p, line.len), *text = text_trim(a, s, strlen(s)), *colon = strchr(text, ':');
        int64_t class;
        if (!*text || *text == '#')
            continue;
        if (!isspace((unsigned char)*s) && *s != '-')
            return;
        if (colon && int_parse(arena_strndup(a, text, (size_t)(colon - text)), 0, NAMES_MOST, &class)) {
            y = (struct yaml){.a = a, .out = json_object()};
            json_object_set_new(out, arena_printf(a, "%lld", (long long)class), y.out);
            text = text_trim(a, colon + 1, strlen(colon + 1));
            if (*text == '[')
                inline_read(&y, text);
        } else if (y.out) {
            entry_read(&y, text);
        }
    }
}

static json_t *list_of(struct arena *a, const json_t *by_number, int64_t n)
{
    json_t *list = json_array();

    for (int64_t i = 0; i < n && i < (int64_t)json_object_size(by_number); i++) {
        json_t *name = json_object_get(by_number, arena_printf(a, "%lld", (long long)i));
        json_array_append_new(list, name ? json_incref(name) : json_null());
    }
    return list;
}

static bool number_at(const json_t *by_number, const char *at, int64_t least, int64_t most, int64_t *out)
{
    const char *text = json_string_value(json_object_get(by_number, at));

    return text && int_parse(text, least, most, out);
}

static bool yaml_points(struct arena *a, struct span text, struct yolopoints *out)
{
    json_t *shape = json_object(), *names = json_object(), *one;
    const char *value, *class;
    struct span rest;

    arena_defer(a, jin_release, shape);
    arena_defer(a, jin_release, names);
    if (!yaml_find(a, text, "kpt_shape:", &value, &rest))
        return true;
    yaml_read(a, text, "kpt_shape:", shape);
    if (!number_at(shape, "0", 1, POINTS_MOST, &out->n) || !number_at(shape, "1", 2, 3, &out->each))
        return false;
    if (yaml_find(a, text, "kpt_names:", &value, &rest))
        points_block(a, rest, names);
    json_object_foreach(names, class, one)
    {
        json_object_set_new(out->names, class, list_of(a, one, out->n));
    }
    return true;
}

bool yolonames_points(struct arena *a, struct span text, enum yolonames_kind kind, struct yolopoints *out)
{
    if (kind == YOLONAMES_LIST || text.len > BYTES_MOST || !utf8_valid(text.p, text.len))
        return true;
    return kind == YOLONAMES_NOTES ? notes_points(a, text, out) : yaml_points(a, text, out);
}
