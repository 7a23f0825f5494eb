/* A key of the task data in SQL, for filters and orders (compile.c) and for indexes (index.c): both must say it in the same words, or
 * the planner does not see that they mean the same. */
#include <string.h>
#include <strings.h>

#include "dm/query.h"

enum { PATH_MOST = 64 };

/* "a.b" or "a__b" as steps; 0 for a plain key. */
static size_t key_path(struct arena *a, const char *key, const char *steps[PATH_MOST])
{
    if (!strchr(key, '.') && !strstr(key, "__"))
        return 0;
    for (size_t n = 0; n < PATH_MOST; n++) {
        const char *dot = strchr(key, '.'), *low = strstr(key, "__");
        const char *end = dot && (!low || dot < low) ? dot : low;
        steps[n] = end ? arena_strndup(a, key, (size_t)(end - key)) : key;
        if (!end)
            return n + 1;
        key = end + (end == dot ? 1 : 2);
    }
    return 0;
}

/* Definitions of indexes know no alias. */
static void data_column_add(struct sqlb *b)
{
    sqlb_add_literal(b, b->form == SQLB_QUOTED ? "data " : "t.data ");
}

/* As an array of texts, which the planner makes a constant of: indexes are found by constants. */
static void path_add(struct sqlb *b, const char *const *steps, size_t n)
{
    sqlb_lit(b, "ARRAY[");
    for (size_t i = 0; i < n; i++) {
        sqlb_add_literal(b, i ? ", " : "");
        sqlb_param(b, db_text(steps[i]));
        sqlb_lit(b, "::text");
    }
    sqlb_lit(b, "]");
}

/* The JSON value of one key, or its text. A key with dots is one that is called so, else a path. */
static void data_key_add(struct sqlb *b, const char *key, bool text)
{
    const char *steps[PATH_MOST];
    size_t n = key_path(b->text.a, key, steps);

    sqlb_add_literal(b, n ? "coalesce(" : "(");
    data_column_add(b);
    sqlb_add_literal(b, text ? "->> " : "-> ");
    sqlb_param(b, db_text(key));
    sqlb_lit(b, "::text");
    if (n) {
        sqlb_lit(b, ", ");
        data_column_add(b);
        sqlb_add_literal(b, text ? "#>> " : "#> ");
        path_add(b, steps, n);
    }
    sqlb_lit(b, ")");
}

/* The first key of a configuration also stands for data that was imported before there was one. */
void dm_data(struct sqlb *b, const struct dm_context *c, const char *key, bool text)
{
    bool first = c->undefined_key && strcmp(c->undefined_key, key) == 0;

    if (first) {
        sqlb_lit(b, "CASE WHEN ");
        data_column_add(b);
        sqlb_lit(b, "? '$undefined$' THEN ");
        data_column_add(b);
        sqlb_add_literal(b, text ? "->> '$undefined$' ELSE " : "-> '$undefined$' ELSE ");
    }
    data_key_add(b, key, text);
    if (first)
        sqlb_lit(b, " END");
}

void dm_data_number(struct sqlb *b, const struct dm_context *c, const char *key)
{
    sqlb_lit(b, "json_number(");
    dm_data(b, c, key, false);
    sqlb_lit(b, ")");
}

void dm_data_lower(struct sqlb *b, const struct dm_context *c, const char *key)
{
    sqlb_lit(b, "lower(");
    dm_data(b, c, key, true);
    sqlb_lit(b, " COLLATE label_order)");
}

/* The first 200 characters decide: whole texts would take long to sort, and an index could not hold them. */
void dm_data_rank(struct sqlb *b, const struct dm_context *c, const char *key)
{
    sqlb_lit(b, "left(");
    dm_data(b, c, key, true);
    sqlb_lit(b, ", 200) COLLATE label_order");
}

/* Of signs beyond ASCII two have lower cases in ASCII (of K the sign of the kelvin, of I one with a dot), so those letters may be any sign.
 * Data as JSON writes quotes, backslashes and control characters in another way than its values, and the rest as it is. */
const char *dm_glance_pattern(struct arena *a, const char *pattern, bool as_json)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    for (const char *p = pattern; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x80 || (as_json && (c < 0x20 || c == '"' || (c == '\\' && p[1] == '\\'))))
            return NULL;
        if (c == '\\')
            strbuf_putc(&b, *p++);
        c = (unsigned char)*p;
        strbuf_putc(&b, strchr("iIkK", c) ? '_' : c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : (char)c);
    }
    return b.buf;
}

/* What it looks for has nothing of what stands between the values of a list. */
bool dm_pattern_within_values(const char *pattern)
{
    static const char null[] = "null";
    size_t len = strlen(pattern) - 2;

    if (len == 0 || pattern[1] == ' ' || pattern[len] == ' ' || strpbrk(pattern, ",[]"))
        return false;
    for (size_t i = 0; i + len < sizeof null; i++)
        if (strncasecmp(null + i, pattern + 1, len) == 0)
            return false;
    return true;
}
