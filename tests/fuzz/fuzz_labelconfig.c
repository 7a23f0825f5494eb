/* The label-config parser and all that follows from a config it accepts. Input: the XML, then
 * optionally a NUL and JSON that serves as task, result and usage. No crash, and whatever goes out
 * as JSON is JSON. */
#include <stdint.h>

#include "labelconfig/lc.h"
#include "json/jin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 60 };

static void must_be_json(struct arena *a, const char *text)
{
    if (jspan_check(a, (struct span){text, strlen(text)}, 512))
        abort();
}

static void judge(const struct lc *lc, struct arena *a, const char *json, size_t len)
{
    struct lc_usage used = {.tasks = 1};
    json_t *v;
    size_t n;

    if (jin_parse(a, (struct span){json, len}, DEPTH, &v))
        return;
    lc_item_error(a, 0, "x", v);
    lc_task_problem(lc, a, v, NULL);
    lc_check_prediction(lc, a, v);
    lc_check_result(lc, a, v);
    lc_region_tuple(a, v);
    lc_region_labels(a, v, &n);
    used.created_annotations = used.created_labels = used.created_labels_drafts =
        used.linked_labels = json;
    if (lc_check_annotations_change(lc, a, &used, true, "label_config"))
        return;
}

static void derive(const struct lc *lc, struct arena *a)
{
    must_be_json(a, lc_parsed_json(lc, a));
    must_be_json(a, lc_control_weights(lc, a, lc_control_weights(lc, a, NULL)));
    must_be_json(a, lc_sample_task(lc, a));
    must_be_json(a, lc_sample_full(lc, a, 1));
    lc_bulk_suitable(lc);
    if (lc_essential_change(lc, lc))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a;
    struct lc *lc;
    const char *xml;
    size_t len;

    if (size > 1 << 18)
        return 0;
    a = arena_new("fuzz");
    xml = arena_strndup(a, (const char *)data, size);
    len = strlen(xml);
    if (!lc_parse(a, xml, "label_config", &lc)) {
        derive(lc, a);
        if (len < size)
            judge(lc, a, arena_memdup(a, data + len + 1, size - len - 1), size - len - 1);
    }
    arena_free(a);
    return 0;
}
