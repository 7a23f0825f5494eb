/* Finds the line of a configuration that a message speaks of, and cuts out its surroundings. The
 * messages are labelconfig's: XML errors name line and column, others name a tag or an attribute.
 */
#include "page/config_error.h"

#include <string.h>

#include "base/text.h"

enum { AROUND = 2, LINE_MOST = 300 }; /* lines before and after; bytes shown of one */

static int line_of(const char *xml, const char *at)
{
    int line = 1;

    for (const char *p = xml; p < at; p++)
        line += *p == '\n';
    return line;
}

/* "…: line 3, column 5" */
static int line_named(const char *message, size_t *text_len)
{
    const char *at = NULL;
    int64_t line;

    for (const char *p = message; (p = strstr(p, ": line ")) != NULL; p += 7)
        at = p;
    if (!at || at[7] < '0' || at[7] > '9')
        return 0;
    line = strtol(at + 7, NULL, 10);
    *text_len = (size_t)(at - message);
    return line > 0 && line < 10000000 ? (int)line : 0;
}

/* toName="x" not found … */
static int line_of_target(struct arena *a, const char *xml, const char *message)
{
    const char *end, *at;

    if (!text_starts(message, "toName=\"") || !(end = strchr(message + 8, '"')))
        return 0;
    for (at = xml; (at = strstr(at, "toName=\"")) != NULL; at += 8) {
        const char *name = arena_strndup(a, message + 8, (size_t)(end - message) - 8);
        const char *list = arena_printf(a, ",%.*s,", (int)strcspn(at + 8, "\""), at + 8);
        if (strstr(list, arena_printf(a, ",%s,", name)))
            return line_of(xml, at);
    }
    return 0;
}

/* The second tag of a name. "name=" also ends "toName=", which has a capital N. */
static int line_of_repeat(const char *xml, const char *message)
{
    if (!strstr(message, "non-unique names"))
        return 0;
    for (const char *p = xml; (p = strstr(p, " name=\"")) != NULL; p += 7) {
        size_t len = strcspn(p + 7, "\"") + 1;
        for (const char *q = xml; (q = strstr(q, " name=\"")) != NULL && q < p; q += 7)
            if (strncmp(q + 7, p + 7, len) == 0)
                return line_of(xml, p);
    }
    return 0;
}

/* One line of the source, cut between characters. */
static const char *line_text(struct arena *a, const char *p)
{
    size_t len = strcspn(p, "\r\n"), n = len < LINE_MOST ? len : LINE_MOST;

    while (n < len && n > 0 && (p[n] & 0xC0) == 0x80)
        n--;
    return arena_printf(a, "%.*s%s", (int)n, p, n < len ? "…" : "");
}

static json_t *excerpt(struct arena *a, const char *xml, int bad)
{
    json_t *list = json_array();
    int line = 1;

    for (const char *p = xml;; p++, line++) {
        if (line >= bad - AROUND && line <= bad + AROUND)
            json_array_append_new(list, json_pack("{s:i, s:s, s:b}", "number", line, "text",
                                                  line_text(a, p), "bad", line == bad));
        p += strcspn(p, "\n");
        if (!*p || line > bad + AROUND)
            return list;
    }
}

/* The lines of a message after its first. */
static json_t *further_lines(const char *message, size_t len)
{
    const char *end = message + len, *p = memchr(message, '\n', len);
    json_t *list = json_array();

    while (p && ++p < end) {
        const char *next = memchr(p, '\n', (size_t)(end - p));
        json_array_append_new(list, json_stringn(p, (size_t)((next ? next : end) - p)));
        p = next;
    }
    return list;
}

json_t *config_error(struct arena *a, const char *xml, const char *message)
{
    json_t *o = json_object();
    size_t text_len = strlen(message), first_len = strcspn(message, "\n");
    int line = line_named(message, &text_len);

    if (!line)
        line = line_of_target(a, xml, message);
    if (!line)
        line = line_of_repeat(xml, message);
    json_object_set_new(o, "text",
                        json_stringn(message, text_len < first_len ? text_len : first_len));
    json_object_set_new(o, "more", further_lines(message, text_len));
    json_object_set_new(o, "line_text",
                        line ? json_string(arena_printf(a, "%d", line)) : json_null());
    json_object_set_new(o, "has_excerpt", json_boolean(line > 0));
    json_object_set_new(o, "excerpt", line ? excerpt(a, xml, line) : json_array());
    return o;
}

json_t *config_error_of(struct arena *a, const char *xml, const char *validation_json)
{
    json_t *tree = validation_json ? json_loads(validation_json, 0, NULL) : NULL, *out = NULL;
    const json_t *messages = json_object_get(tree, "label_config");
    const char *first =
        json_string_value(json_is_array(messages) ? json_array_get(messages, 0) : messages);

    if (first)
        out = config_error(a, xml, first);
    json_decref(tree);
    return out;
}
