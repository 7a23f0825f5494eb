/* The splitter on any bytes: it must agree with its own whole-text check and with jansson on what is JSON, and what it
 * yields must be JSON again. */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>

#include "json/jspan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 64, JANSSON_DEPTH = 2048 };

static void check_element(const struct jspan *s, struct span text, bool good, const char *key, struct span value)
{
    assert(!jspan_check(s->a, value, DEPTH - 1));
    assert((key != NULL) == s->object);
    if (good && key && text.len < 1000)
        assert(jspan_member(s->a, text, key).p);
}

/* Walks to the end; true when it is a good one. */
static bool walk(struct arena *a, struct span text, bool good)
{
    struct span value;
    struct jspan s;
    const char *key;
    bool more;

    if (jspan_open(&s, a, text, DEPTH))
        return false;
    for (;;) {
        if (jspan_next(&s, &more, &key, &value))
            return false;
        if (!more)
            return true;
        check_element(&s, text, good, key, value);
    }
}

/* jansson refuses more (most of what jspan_unstorable names, integers of 309 digits), never less, but that it skips NUL bytes. */
static void compare(struct arena *a, struct span text)
{
    bool good = !jspan_check(a, text, JANSSON_DEPTH);
    bool storable = !jspan_unstorable(text);
    json_t *tree = json_loadb(text.p, text.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);

    if (tree)
        assert(good || memchr(text.p, '\0', text.len));
    else if (good && storable)
        assert(text.len > 300);
    json_decref(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct span text = {(const char *)data, size};
    bool good = !jspan_check(a, text, DEPTH);
    enum json_type t = jspan_type(text);

    if (t == JSON_T_OBJECT || t == JSON_T_ARRAY)
        assert(walk(a, text, good) == good);
    compare(a, text);
    arena_free(a);
    return 0;
}
