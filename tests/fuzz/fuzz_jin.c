/* Bodies against a spec of every type, as JSON and as a form: no crash, errors that are JSON themselves, and accepted
 * values that Postgres can hold. */
#include <assert.h>
#include <math.h>
#include <stdint.h>

#include "base/text.h"
#include "json/jin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct jin_field fields[] = {
    {.name = "t", .type = JIN_TEXT, .max = 5},
    {.name = "r", .type = JIN_TEXT, .flags = JIN_RAW | JIN_BLANK | JIN_NULL},
    {.name = "i", .type = JIN_INT},
    {.name = "f", .type = JIN_FLOAT, .max = 100, .min = -100},
    {.name = "b", .type = JIN_BOOL, .flags = JIN_NULL},
    {.name = "j", .type = JIN_JSON, .flags = JIN_NULL},
    {.name = "o", .type = JIN_OBJECT},
    {.name = "a", .type = JIN_ARRAY},
    {.name = "e", .type = JIN_ENUM, .choices = "one|two"},
    {.name = "w", .type = JIN_TIME},
    {.name = "u", .type = JIN_UUID},
    {.name = "c", .type = JIN_COLOR},
    {.name = "m", .type = JIN_EMAIL},
    {.name = NULL},
};
static const struct jin_spec spec = {"Fuzz", fields};

static void look_text(const struct jin *in, const char *name)
{
    const char *s = jin_text(in, name);

    assert(!s || utf8_valid(s, strlen(s)));
}

static void look_json(const struct jin *in, const char *name)
{
    const char *s = jin_json(in, name);

    assert((s != NULL) == jin_has(in, name));
    if (!s)
        return;
    assert(!jspan_check(in->a, (struct span){s, strlen(s)}, 200) && !jspan_unstorable((struct span){s, strlen(s)}));
    assert(jin_tree(in, name));
}

static void look(struct arena *a, const struct jin *in, const err *e)
{
    if (e) {
        assert((e->kind == ERR_VALIDATION) == (e->validation_json != NULL));
        assert(!e->validation_json || !jspan_check(a, (struct span){e->validation_json, strlen(e->validation_json)}, 3));
        return;
    }
    for (const struct jin_field *f = fields; f->name; f++) {
        if (f->type == JIN_JSON || f->type == JIN_OBJECT || f->type == JIN_ARRAY)
            look_json(in, f->name);
        else if (f->type != JIN_INT && f->type != JIN_FLOAT && f->type != JIN_BOOL)
            look_text(in, f->name);
    }
    assert(jin_int(in, "i", 0) >= INT32_MIN && jin_int(in, "i", 0) <= INT32_MAX);
    assert(fabs(jin_float(in, "f", 0)) <= 100);
    jin_bool(in, "b", false);
}

/* The text as the value of each field, one at a time: one bad field would hide the others. */
static void try_form(struct arena *a, const char *text)
{
    struct jin in;

    for (const struct jin_field *f = fields; f->name; f++)
        look(a, &in, jin_read_form(a, &spec, &f->name, &text, 1, false, &in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct span text = {(const char *)data, size};
    struct jin in;

    look(a, &in, jin_read(a, &spec, text, false, 64, &in));
    try_form(a, span_dup(a, text));
    arena_free(a);
    return 0;
}
