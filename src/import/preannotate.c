/* One region per field: the control of that name says its type and target; without one it is taken
 * for choices on "text". */
#include "import/preannotate.h"

#include <string.h>

#include "base/text.h"
#include "json/jw.h"

static size_t count(const char *text, char separator)
{
    size_t n = 1;

    for (; *text; text++)
        n += *text == separator;
    return n;
}

static char separator_of(const char *text)
{
    const char *const separators = ",;|";

    for (const char *s = separators; *s; s++)
        if (strchr(text, *s))
            return *s;
    return ',';
}

const char *const *preannotate_fields(struct arena *a, const char *const *texts, size_t n_texts,
                                      size_t *n)
{
    const char **fields;
    size_t room = 0;

    for (size_t i = 0; i < n_texts; i++)
        room += count(texts[i], separator_of(texts[i]));
    fields = arena_array(a, room, sizeof *fields);
    *n = 0;
    for (size_t i = 0; i < n_texts; i++) {
        char separator = separator_of(texts[i]);
        for (const char *p = texts[i], *end; p; p = *end ? end + 1 : NULL) {
            end = strchrnul(p, separator);
            if (end > p)
                fields[(*n)++] = arena_strndup(a, p, (size_t)(end - p));
        }
    }
    return fields;
}

static char *lower(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, s);

    for (char *p = out; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 'a' - 'A');
    return out;
}

/* Controls whose value is one thing; those of all others are lists. */
static bool is_single(const char *type)
{
    return strcmp(type, "rating") == 0 || strcmp(type, "number") == 0 ||
           strcmp(type, "datetime") == 0;
}

static void value_put(struct strbuf *b, const char *type, json_t *value, struct span text)
{
    const char *key = strcmp(type, "textarea") == 0 ? "text" : type;
    bool wrap = !json_is_array(value) && !is_single(type);

    if (json_is_object(value)) {
        strbuf_add(b, text.p, text.len);
        return;
    }
    strbuf_putc(b, '{');
    json_quote(b, key, strlen(key));
    strbuf_puts(b, wrap ? ":[" : ":");
    strbuf_add(b, text.p, text.len);
    strbuf_puts(b, wrap ? "]}" : "}");
}

void preannotate_result(struct strbuf *b, struct arena *a, const struct lc *lc, const char *field,
                        json_t *value, struct span text)
{
    const struct lc_control *c = lc_control_find(lc, field);
    const char *type = c ? lower(a, c->type) : "choices",
               *to = c && c->n_to_name ? c->to_name[0] : "text";

    strbuf_puts(b, "[{\"from_name\":");
    json_quote(b, field, strlen(field));
    strbuf_puts(b, ",\"to_name\":");
    json_quote(b, to, strlen(to));
    strbuf_printf(b, ",\"type\":\"%s\",\"value\":", type);
    value_put(b, type, value, text);
    strbuf_puts(b, "}]");
}
