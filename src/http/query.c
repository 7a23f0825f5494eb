/* Splitting and decoding of query strings and urlencoded forms. Typed access to the values lives in rq.c. */
#include "http/query.h"

#include "base/text.h"
#include "json/verr.h"

static size_t count_pieces(const char *s, size_t len)
{
    const char *end = s + len;
    size_t n = 0;

    while (s < end) {
        const char *amp = memchr(s, '&', (size_t)(end - s));

        n++;
        s = amp ? amp + 1 : end;
    }
    return n;
}

err *query_nul(struct arena *a, const char *name)
{
    err *e = verr_one(a, name, "Null characters are not allowed.");

    e->kind = ERR_BAD_REQUEST;
    e->detail = err_default_detail(ERR_VALIDATION);
    return e;
}

/* name: of the field whose value it is, NULL = a name itself. */
static err *decode(struct arena *a, const char *what, const char *name, const char *s, size_t len, const char **out)
{
    size_t n;
    char *text = url_decode(a, s, len, true, &n);

    if (memchr(text, '\0', n))
        return query_nul(a, name);
    if (!utf8_valid(text, n))
        return err_new(a, ERR_BAD_REQUEST, "The %s is not valid UTF-8.", what);
    *out = text;
    return OK;
}

static err *decode_pair(struct arena *a, const char *what, const char *s, size_t len, struct rq_pair *p)
{
    const char *eq = memchr(s, '=', len);
    size_t name_len = eq ? (size_t)(eq - s) : len;

    p->value = "";
    TRY(decode(a, what, NULL, s, name_len, &p->name));
    if (!eq)
        return OK;
    return decode(a, what, p->name, eq + 1, len - name_len - 1, &p->value);
}

err *query_parse(struct arena *a, const char *what, const char *s, size_t len, struct rq_pair **pairs, size_t *n)
{
    const char *end = s + len;
    size_t most = count_pieces(s, len);

    *n = 0;
    *pairs = NULL;
    if (most > QUERY_MOST)
        return err_new(a, ERR_BAD_REQUEST, "The %s has more than %d fields.", what, QUERY_MOST);
    *pairs = arena_array(a, most, sizeof **pairs);
    while (s < end) {
        const char *amp = memchr(s, '&', (size_t)(end - s));
        size_t piece = (size_t)((amp ? amp : end) - s);

        if (piece)
            TRY(decode_pair(a, what, s, piece, &(*pairs)[(*n)++]));
        s += piece + (amp ? 1 : 0);
    }
    return OK;
}

const char *pairs_last(const struct rq_pair *pairs, size_t n, const char *name)
{
    while (n-- > 0)
        if (strcmp(pairs[n].name, name) == 0)
            return pairs[n].value;
    return NULL;
}
