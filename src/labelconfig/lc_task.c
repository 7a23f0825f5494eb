/* Is a task's data what the configuration reads? Messages are the reference's, word for word:
 * import scripts match them. */
#include "labelconfig/lc_priv.h"

#include "json/jin.h"
#include "json/verr.h"

static const char wrapped_note[] = " [assume: item[\"data\"] = task root with values]";
static const char bare_note[] = " [assume: item as is = task root with values] ";

/* Is `name` (a Python type name) among the blank-separated names? A bool counts as int, as it does
 * there. */
static bool type_listed(const char *types, const char *name)
{
    size_t len;

    if (strcmp(name, "bool") == 0)
        name = "int";
    len = strlen(name);
    for (const char *p = types; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");

        if (n == len && strncmp(p, name, n) == 0)
            return true;
        p += n;
    }
    return false;
}

static const char *python_types(struct arena *a, const char *types)
{
    struct strbuf b;

    strbuf_init(&b, a, 256);
    strbuf_puts(&b, "['");
    for (const char *p = types; *p; p++) {
        if (*p == ' ')
            strbuf_puts(&b, "', '");
        else
            strbuf_putc(&b, *p);
    }
    strbuf_puts(&b, "']");
    return b.buf;
}

/* str() of a value: as repr(), but a text is shown as it is. */
static const char *python_str(struct arena *a, json_t *v)
{
    return json_is_string(v) ? json_string_value(v) : lc_python_repr(a, v);
}

/* "a.b" walks objects; without a dot the key is taken whole. */
static json_t *find_value(struct arena *a, json_t *data, const char *key)
{
    const char *p = key;

    while (data && p) {
        const char *dot = strchr(p, '.');

        data = json_object_get(data, dot ? arena_strndup(a, p, (size_t)(dot - p)) : p);
        p = dot ? dot + 1 : NULL;
    }
    return data;
}

static json_t *value_of_key(const struct lc *lc, struct arena *a, json_t *data, const char *key)
{
    json_t *v = find_value(a, data, key);

    if (!v && strcmp(key, lc_first_data_key(lc)) == 0)
        v = json_object_get(data, "$undefined$");
    return v;
}

static const char *key_problem(const struct lc *lc, struct arena *a, json_t *data,
                               const struct lc_data_key *k)
{
    const char *bracket = strchr(k->key, '[');
    const char *key = bracket ? arena_strndup(a, k->key, (size_t)(bracket - k->key)) : k->key;
    const char *types = bracket ? "list" : lc_tag_data_types(k->tag);
    json_t *v = value_of_key(lc, a, data, key);

    if (!v)
        return arena_printf(a, "\"%s\" key is expected in task data", key);
    if (type_listed(types, jin_type_name(v)))
        return NULL;
    return arena_printf(
        a, "data['%s']=%s is of type '%s', but the object tag %s expects the following types: %s",
        key, python_str(a, v), jin_type_name(v), k->tag, python_types(a, types));
}

static const char *data_problem(const struct lc *lc, struct arena *a, json_t *data)
{
    for (size_t i = 0; lc && i < lc->n_keys; i++) {
        const char *problem = key_problem(lc, a, data, &lc->keys[i]);

        if (problem)
            return problem;
    }
    return NULL;
}

static const char *data_problem_noted(const struct lc *lc, struct arena *a, json_t *data,
                                      const char *note)
{
    const char *problem = data_problem(lc, a, data);

    return problem ? arena_printf(a, "%s%s", problem, note) : NULL;
}

/* An absent list is fine, anything else than a list is not. Elements that are no objects are
 * refused like ones without a result: the reference fails on them later. */
static const char *annotations_problem(json_t *list)
{
    size_t i;
    json_t *v;

    if (!list)
        return NULL;
    if (!json_is_array(list))
        return "Task[annotations] must be list";
    json_array_foreach(list, i, v) {
        json_t *result = json_object_get(v, "result");

        if (!result)
            return "Annotation must have \"result\" fields";
        if (!json_is_array(result))
            return "\"result\" field in annotation must be list";
    }
    return NULL;
}

static const char *predictions_problem(json_t *list)
{
    size_t i;
    json_t *v;

    if (!list)
        return NULL;
    if (!json_is_array(list))
        return "Task[predictions] must be list";
    json_array_foreach(list, i, v)
        if (!json_object_get(v, "result"))
            return "Prediction must have \"result\" fields";
    return NULL;
}

static bool is_container(json_t *v)
{
    return json_is_object(v) || json_is_array(v);
}

static const char *wrapped_problem(const struct lc *lc, struct arena *a, json_t *item)
{
    json_t *data = json_object_get(item, "data"), *meta = json_object_get(item, "meta");
    const char *problem;

    if (!is_container(data))
        return "Task[data] must be dict or list";
    problem = data_problem_noted(lc, a, data, wrapped_note);
    if (!problem)
        problem = annotations_problem(json_object_get(item, "annotations"));
    if (!problem)
        problem = predictions_problem(json_object_get(item, "predictions"));
    if (!problem && meta && !is_container(meta))
        problem = "Task[meta] must be dict or list";
    return problem;
}

const char *lc_task_problem(const struct lc *lc, struct arena *a, json_t *item, bool *wrapped)
{
    bool has_data = json_object_get(item, "data");

    if (wrapped)
        *wrapped = has_data;
    if (!json_is_object(item))
        return "Task root must be dict with \"data\", \"meta\", \"annotations\", \"predictions\" "
               "fields";
    return has_data ? wrapped_problem(lc, a, item) : data_problem_noted(lc, a, item, bare_note);
}

err *lc_check_task(const struct lc *lc, struct arena *a, json_t *item)
{
    const char *problem = lc_task_problem(lc, a, item, NULL);

    return problem ? verr_one(a, NULL, "%s", problem) : OK;
}

const char *lc_item_error(struct arena *a, int64_t index, const char *problem, json_t *item)
{
    return arena_printf(a, "Error at item %lld: %s :: %s", (long long)index, problem,
                        lc_python_repr(a, item));
}
