/* Previews of task data. Values are cut out of the JSON text; nothing is parsed but the strings
 * that are shown. */
#include "page/cells.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { DEPTH_MOST = 1000 }; /* what is stored was checked when it came */

/* "user.name": the member of a member. */
static struct span path_value(struct arena *a, struct span data, const char *path)
{
    for (const char *dot; data.p && (dot = strchr(path, '.')); path = dot + 1)
        data = jspan_member(a, data, arena_strndup(a, path, (size_t)(dot - path)));
    return data.p ? jspan_member(a, data, path) : data;
}

void cells_read(struct arena *a, struct span data, const char *const *keys, size_t n, struct span *values)
{
    struct span value;
    struct jspan walk;
    const char *key;
    bool more = true;

    for (size_t i = 0; i < n; i++)
        values[i] = (struct span){NULL, 0};
    if (jspan_type(data) != JSON_T_OBJECT || jspan_open(&walk, a, data, DEPTH_MOST))
        return;
    while (!jspan_next(&walk, &more, &key, &value) && more)
        for (size_t i = 0; i < n; i++)
            if (strcmp(keys[i], key) == 0)
                values[i] = value;
    for (size_t i = 0; i < n; i++)
        if (!values[i].p && strchr(keys[i], '.'))
            values[i] = path_value(a, data, keys[i]);
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

static bool ends_as(const char *path, size_t len, const char *const *extensions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = strlen(extensions[i]);
        if (len > k && strncasecmp(path + len - k, extensions[i], k) == 0)
            return true;
    }
    return false;
}

enum cell_media cell_media(struct arena *a, struct span value)
{
    static const char *const pictures[] = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".avif"};
    static const char *const sounds[] = {".mp3", ".wav", ".ogg", ".oga", ".flac", ".m4a", ".aac", ".opus"};
    static const char *const films[] = {".mp4", ".webm", ".mov", ".m4v", ".ogv"};
    const char *text = string_of(a, value);
    size_t len = text ? strcspn(text, "?#") : 0;

    if (ends_as(text, len, pictures, sizeof pictures / sizeof *pictures))
        return CELL_PICTURE;
    if (ends_as(text, len, sounds, sizeof sounds / sizeof *sounds))
        return CELL_SOUND;
    return ends_as(text, len, films, sizeof films / sizeof *films) ? CELL_FILM : CELL_NONE;
}

/* Addresses are stored without the sub-path that the server runs below. */
const char *cell_href(struct arena *a, struct span value, const char *base, int64_t project)
{
    static const char *const clouds[] = {"s3://", "gs://", "azure-blob://"};
    const char *text = string_of(a, value);

    if (!text)
        return NULL;
    if (text_starts(text, "/data/") || text_starts(text, "/static/"))
        return arena_printf(a, "%s%s", base, text);
    if (text_starts(text, "https://") || text_starts(text, "http://"))
        return text;
    for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++)
        if (text_starts(text, clouds[i]))
            return arena_printf(a, "%s/projects/%lld/resolve/?fileuri=%s", base, (long long)project, b64url_encode(a, text, strlen(text)));
    return NULL;
}
