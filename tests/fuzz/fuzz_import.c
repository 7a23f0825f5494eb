/* Items of a JSON import: judged against label configurations of several shapes, their problems told, fields made predictions, numbers
 * made text. No crash; every answer and every result made is JSON, every number one that the database takes. Input: one byte that
 * chooses the configuration, then the body. */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "import/columns.h"
#include "import/number.h"
#include "import/preannotate.h"
#include "import/problems.h"
#include "json/jin.h"
#include "labelconfig/lc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 60 };

static const char *const configs[] = {
    "<View/>",
    "<View><Text name=\"text\" value=\"$text\"/><Choices name=\"c\" toName=\"text\"><Choice value=\"A\"/></Choices></View>",
    "<View><Image name=\"i\" value=\"$image.url\"/><RectangleLabels name=\"b\" toName=\"i\"><Label value=\"X\"/></RectangleLabels>"
    "<Rating name=\"r\" toName=\"i\"/><TextArea name=\"t\" toName=\"i\"/><Number name=\"n\" toName=\"i\"/></View>",
    "<View><Repeater on=\"$pages\" indexFlag=\"{{i}}\"><Text name=\"p{{i}}\" value=\"$pages[{{i}}].t\"/></Repeater>"
    "<Taxonomy name=\"x\" toName=\"h\" value=\"$tree\"/><HyperText name=\"h\" value=\"$html\"/></View>",
};

static void must_be_json(struct arena *a, const char *p, size_t len)
{
    if (jspan_check(a, (struct span){p, len}, 512))
        abort();
}

/* Each member as a field that becomes a prediction. */
static void preannotate(struct arena *a, const struct lc *lc, json_t *root, struct span item)
{
    static const char *const fields[] = {"c", "b", "r", "t", "n", "x", "text", ""};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        json_t *value = json_object_get(root, fields[i]);
        struct strbuf b;

        if (!value || json_is_null(value))
            continue;
        strbuf_init(&b, a, SIZE_MAX);
        preannotate_result(&b, a, lc, fields[i], value, jspan_member(a, item, fields[i]));
        must_be_json(a, b.buf, b.len);
    }
}

static void numbers(struct arena *a, json_t *root)
{
    const char *key;
    json_t *value;

    json_object_foreach(root, key, value) {
        const char *n = number_text(a, value);
        char *end;

        if (n && (strtod(n, &end), *end || end == n || strspn(n, "0123456789+-.eE") != strlen(n)))
            abort();
    }
}

static void item(struct arena *a, const struct lc *lc, struct problems *p, int64_t index, struct span text, struct columns *c)
{
    const char *problem;
    bool wrapped;
    json_t *root;

    if (jin_parse(a, text, DEPTH, &root))
        return;
    columns_task(c, root);
    preannotate(a, lc, root, text);
    numbers(a, root);
    problem = lc_task_problem(lc, a, root, &wrapped);
    if (problem && !utf8_valid(problem, strlen(problem)))
        abort();
    if (problem)
        problems_add(p, a, index, problem, root);
}

static int64_t items(struct arena *a, const struct lc *lc, struct problems *p, struct span text, struct columns *c)
{
    struct span value;
    struct jspan walk;
    int64_t n = 0;
    bool more;

    if (jspan_type(text) != JSON_T_ARRAY) {
        item(a, lc, p, 0, text, c);
        return 1;
    }
    if (jspan_open(&walk, a, text, DEPTH))
        abort();
    for (;; n++) {
        if (jspan_next(&walk, &more, NULL, &value))
            abort();
        if (!more)
            return n;
        item(a, lc, p, n, value, c);
    }
}

static void fields(struct arena *a, struct span text)
{
    const char *list = span_dup(a, text);
    size_t n;
    const char *const *names = preannotate_fields(a, &list, 1, &n);

    for (size_t i = 0; i < n; i++)
        if (!*names[i] || !strstr(list, names[i]))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problems p = {0};
    struct columns *c;
    struct arena *a;
    struct span text;
    struct lc *lc;
    int64_t n;

    if (size < 1 || size > 1 << 16)
        return 0;
    a = arena_new("fuzz");
    text = (struct span){(const char *)data + 1, size - 1};
    if (lc_parse(a, configs[data[0] % (sizeof configs / sizeof *configs)], "label_config", &lc))
        abort();
    fields(a, text);
    if (!jspan_check(a, text, DEPTH)) {
        c = columns_new(a);
        columns_file(c, "upload/1/a.json", true);
        n = items(a, lc, &p, text, c);
        if (p.first) {
            const err *e = problems_answer(&p, a, n);

            must_be_json(a, e->validation_json, strlen(e->validation_json));
        }
        if (columns_file_end(c))
            abort();
    }
    arena_free(a);
    return 0;
}
