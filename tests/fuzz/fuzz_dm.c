/* Data Manager queries: any JSON becomes SQL or an error. What is compiled has balanced parentheses, as many parameters as it names,
 * and nothing of the client's text in it. By way of a page's address it becomes the same SQL. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dm/query.h"
#include "http/query.h"
#include "json/jin.h"
#include "page/dm_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 60 };

/* Statements are made of these characters only: no client can bring in another, and strings are the program's own. */
static void check(const struct sqlb *b)
{
    int depth = 0;
    bool quoted = false;
    size_t highest = 0;

    for (const char *p = b->text.buf; *p; p++) {
        if (*p == '\'')
            quoted = !quoted;
        depth += !quoted && *p == '(';
        depth -= !quoted && *p == ')';
        if (depth < 0 || *p == ';' || *p == '"' || *p == '\\' || (unsigned char)*p >= 0x80)
            abort();
        if (*p == '$' && !quoted && strtoul(p + 1, NULL, 10) > highest)
            highest = strtoul(p + 1, NULL, 10);
    }
    if (depth != 0 || quoted || highest != b->n)
        abort();
}

static void release(void *json)
{
    json_decref(json);
}

/* The conditions of a query whose filters went into an address and came back. */
static void check_address(struct arena *a, const struct dm_context *c, const json_t *json, const struct sqlb *expected)
{
    json_t *copy = json_copy((json_t *)json);
    const char *address;
    struct dm_lines stored, lines;
    struct rq_pair *pairs;
    struct dm_query q;
    struct sqlb b;
    size_t n;

    arena_defer(a, release, copy);
    dm_lines_of_json(a, json_object_get(json, "filters"), &stored);
    address = dm_lines_query(a, &stored);
    if (query_parse(a, "query", address, strlen(address), &pairs, &n))
        return;    /* longer than an address can be */
    dm_lines_read(a, pairs, n, &lines);
    dm_lines_keep(&lines, &stored);
    json_object_set(copy, "filters", dm_lines_json(a, &lines));
    if (dm_compile(a, c, copy, &q))
        abort();
    sqlb_init(&b, a);
    dm_where(&b, &q);
    if (b.n != expected->n || strncmp(b.text.buf, expected->text.buf, b.text.len) != 0)
        abort();
}

static void compile(struct arena *a, const struct dm_context *c, const json_t *json)
{
    struct dm_query q;
    struct sqlb b;

    if (dm_compile(a, c, json, &q))
        return;
    sqlb_init(&b, a);
    dm_where(&b, &q);
    if (!strbuf_check(&b.text))
        check_address(a, c, json, &b);
    sqlb_lit(&b, " ORDER BY ");
    dm_order(&b, &q);
    if (!strbuf_check(&b.text))
        check(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct dm_context plain = {.project = 1};
    const struct dm_context own = {.project = 1, .own = 5, .hide_predictions = true, .model_version = "v", .undefined_key = "text"};
    struct arena *a;
    json_t *json;

    if (size > 1 << 18)
        return 0;
    a = arena_new("fuzz");
    if (!jin_parse(a, (struct span){(const char *)data, size}, DEPTH, &json)) {
        compile(a, &plain, json);
        compile(a, &own, json);
    }
    arena_free(a);
    return 0;
}
