/* Ids in JSON to the text of an array. */
#include "api/idlist.h"

#include "base/strbuf.h"
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
