/* The library of scripts. The index gives order, words and a sample for each; the script is a file of its own, so that it can be read and
 * checked like any other. */
#include "page/script_examples.h"

#include <string.h>

#include "api/gallery.h"

static json_t *examples;

static void release(void *tree)
{
    json_decref(tree);
    examples = NULL;
}

static const char *name_of(const json_t *example)
{
    const char *name = json_string_value(json_object_get(example, "name"));

    return name ? name : "";
}

err *script_examples_load(struct arena *boot, const char *dir)
{
    const char *path = arena_printf(boot, "%s/index.json", dir);
    json_error_t why;
    json_t *example;
    size_t i;

    examples = json_load_file(path, 0, &why);
    if (!examples)
        return err_new(boot, ERR_BAD_REQUEST, "could not read \"%s\" line %d: %s", path, why.line, why.text);
    arena_defer(boot, release, examples);
    json_array_foreach(examples, i, example)
        TRY(gallery_text(boot, arena_printf(boot, "%s/%s.js", dir, name_of(example)), example, "script"));
    return OK;
}

json_t *script_examples(void)
{
    return examples;
}

json_t *script_example(const char *name)
{
    json_t *example;
    size_t i;

    json_array_foreach(examples, i, example)
        if (strcmp(name_of(example), name) == 0)
            return example;
    return NULL;
}
