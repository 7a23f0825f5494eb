/* Previews of task data. Values are cut out of the JSON text; nothing is parsed but the strings
 * that are shown. */
#include "page/cells.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { DEPTH_MOST = 1000 }; /* what is stored was checked when it came */

int cells_column(struct cells *c, const char *key)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->keys[i], key) == 0)
            return (int)i;
    if (c->n == CELLS_MOST)
        return -1;
    c->keys[c->n] = key;
    return (int)c->n++;
}

void cells_read(struct arena *a, struct cells *c, struct span data, struct span values[CELLS_MOST])
{
    struct span value;
    struct jspan walk;
    const char *key;
    bool more = true;

    memset(values, 0, CELLS_MOST * sizeof *values);
    if (jspan_type(data) != JSON_T_OBJECT || jspan_open(&walk, a, data, DEPTH_MOST))
        return;
    while (!jspan_next(&walk, &more, &key, &value) && more) {
        int i = cells_column(c, key);
        if (i >= 0)
            values[i] = value;
    }
}

/* The string that a value is; NULL when it is none. */
static const char *string_of(struct arena *a, struct span value)
{
    json_t *tree;
    const char *text;

    if (jspan_type(value) != JSON_T_STRING)
        return NULL;
    tree = json_loadb(value.p, value.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    text = tree ? arena_strdup(a, json_string_value(tree)) : "";
    json_decref(tree);
    return text;
}

static const char *one_line(struct arena *a, const char *text, size_t len)
{
    size_t n = len < CELL_TEXT_MOST ? len : CELL_TEXT_MOST;
    char *out;

    while (n < len && n > 0 && (text[n] & 0xC0) == 0x80)
        n--;
    out = arena_printf(a, "%.*s%s", (int)n, text, n < len ? "…" : "");
    for (char *p = out; *p; p++)
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    return out;
}

const char *cell_text(struct arena *a, struct span value)
{
    const char *text;

    if (!value.p || jspan_type(value) == JSON_T_NULL)
        return "";
    text = string_of(a, value);
    return text ? one_line(a, text, strlen(text)) : one_line(a, value.p, value.len);
}

static bool has_image_extension(const char *path)
{
    static const char *const extensions[] = {".png",  ".jpg", ".jpeg", ".gif",
                                             ".webp", ".svg", ".bmp"};
    size_t len = strcspn(path, "?#");

    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        size_t n = strlen(extensions[i]);
        if (len > n && strncasecmp(path + len - n, extensions[i], n) == 0)
            return true;
    }
    return false;
}

/* Addresses are stored without the sub-path that the server runs below. */
const char *cell_image(struct arena *a, struct span value, const char *base)
{
    const char *text = string_of(a, value);

    if (!text || !(text_starts(text, "/data/") || text_starts(text, "/static/")) ||
        !has_image_extension(text))
        return NULL;
    return arena_printf(a, "%s%s", base, text);
}
