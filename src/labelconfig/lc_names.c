/* Validation steps 4 and 5: names are unique, and every toName is one. Both work on the serialised
 * text, as the reference does, so any attribute that ends in `name`, and quoted text that looks
 * like one, counts. */
#include "labelconfig/lc_priv.h"

struct names {
    const char **at;
    size_t n, cap;
};

static int by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void add(struct arena *a, struct names *list, const char *name)
{
    if (list->n == list->cap) {
        const char **grown = arena_array(a, list->cap ? list->cap * 2 : 64, sizeof *grown);

        if (list->n)
            memcpy(grown, list->at, list->n * sizeof *grown);
        list->at = grown;
        list->cap = list->cap ? list->cap * 2 : 64;
    }
    list->at[list->n++] = name;
}

/* Every text between `key` and the next quotation mark, in order. */
static struct names find_all(struct arena *a, const char *text, const char *key)
{
    struct names found = {0};

    for (const char *p = strstr(text, key); p; p = strstr(p, key)) {
        size_t len;

        p += strlen(key);
        len = strcspn(p, "\"");
        if (!p[len])
            break;
        add(a, &found, arena_strndup(a, p, len));
        p += len + 1;
    }
    return found;
}

static bool repeats(const struct names *sorted)
{
    for (size_t i = 1; i < sorted->n; i++)
        if (strcmp(sorted->at[i - 1], sorted->at[i]) == 0)
            return true;
    return false;
}

static bool knows(const struct names *sorted, const char *name)
{
    return sorted->n && bsearch(&name, sorted->at, sorted->n, sizeof *sorted->at, by_text);
}

static const char *check_target(struct arena *a, struct arena *scratch, const struct names *names,
                                const char *to_name)
{
    int n = 0;

    for (const char *p = to_name;; p++) {
        size_t len = strcspn(p, ",");
        const char *one = arena_strndup(scratch, p, len);

        if (++n > LC_MAX_TARGETS)
            return arena_printf(a, "toName lists more than %d names", LC_MAX_TARGETS);
        if (!knows(names, one))
            return arena_printf(a, "toName=\"%s\" not found in names: %s", one,
                                lc_python_texts(a, names->at, names->n));
        p += len;
        if (!*p)
            return NULL;
    }
}

const char *lc_names_problem(struct arena *a, struct arena *scratch, const char *serialised)
{
    struct names names = find_all(scratch, serialised, "name=\"");
    struct names targets = find_all(scratch, serialised, "toName=\"");

    if (names.n)
        qsort(names.at, names.n, sizeof *names.at, by_text);
    if (repeats(&names))
        return "Label config contains non-unique names";
    for (size_t i = 0; i < targets.n; i++) {
        const char *problem = check_target(a, scratch, &names, targets.at[i]);

        if (problem)
            return problem;
    }
    return NULL;
}
