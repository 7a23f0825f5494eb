/* Ids in JSON to the text of an array. */
#include "api/idlist.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "json/jin.h"
#include "json/verr.h"

err *idlist_read(struct arena *a, const char *field, json_t *list, const char **out)
{
    struct strbuf b;
    json_t *item;
    size_t i;

    *out = NULL;
    if (!list || json_is_null(list))
        return OK;
    if (!json_is_array(list))
        return verr_one(a, field, "Expected a list of items but got type \"%s\".",
                        jin_type_name(list));
    strbuf_init(&b, a, 64u << 20);
    strbuf_putc(&b, '{');
    json_array_foreach(list, i, item)
    {
        if (!json_is_integer(item) || json_integer_value(item) < 0 ||
            json_integer_value(item) > INT32_MAX)
            return verr_one(a, field, "A valid integer is required.");
        strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)json_integer_value(item));
    }
    strbuf_putc(&b, '}');
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}

err *id_query(struct rq *rq, const char *name, int64_t *out)
{
    const char *text = rq_query(rq, name);

    TRY(rq_query_id(rq, name, out));
    if (*out == 0 && text && *text)
        *out = -1;
    return OK;
}

/* The numbers of "1,2" behind those that are in the list already. */
static bool add_csv(struct arena *a, struct strbuf *b, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, ",");
        int64_t id;

        if (!int_parse(arena_strndup(a, text, len), INT32_MIN, INT32_MAX, &id))
            return false;
        strbuf_printf(b, "%s%lld", b->len ? "," : "{", (long long)id);
        text += len + (text[len] == ',');
    }
    return true;
}

err *idlist_query(struct rq *rq, const char *name, const char **out)
{
    const char **texts;
    size_t n = rq_query_all(rq, name, &texts);
    struct strbuf b;

    *out = NULL;
    if (n == 0)
        return OK;
    strbuf_init(&b, rq->a, 1u << 20);
    for (size_t i = 0; i < n; i++)
        if (!add_csv(rq->a, &b, texts[i]))
            return verr_one(rq->a, name, "Enter a list of numbers separated by commas.");
    strbuf_puts(&b, b.len ? "}" : "{}");
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}
