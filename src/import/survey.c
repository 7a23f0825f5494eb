/* Labels that were met, and the configuration made of them. */
#include <string.h>

#include "base/strbuf.h"
#include "import/labelmap.h"
#include "json/jin.h"

static const struct {
    const char *tag, *name;
} controls[SHAPES] = {
    [SHAPE_BOX] = {"RectangleLabels", "box"},
    [SHAPE_POLYGON] = {"PolygonLabels", "polygon"},
    [SHAPE_MASK] = {"BrushLabels", "mask"},
    [SHAPE_POINT] = {"KeyPointLabels", "point"},
    [SHAPE_SPAN] = {"Labels", "label"},
};

void survey_init(struct label_survey *s, struct arena *a)
{
    *s = (struct label_survey){0};
    for (int i = 0; i < SHAPES; i++) {
        s->labels[i] = json_object();
        arena_defer(a, jin_release, s->labels[i]);
    }
}

void survey_item(struct label_survey *s, const struct foreign_item *it)
{
    s->items++;
    s->pictures += it->picture != NULL;
    s->regions += (int64_t)it->n;
    for (size_t i = 0; i < it->n; i++) {
        json_t *labels = s->labels[it->regions[i].shape];
        if (json_object_size(labels) >= SURVEY_LABELS_MOST)
            continue;
        json_int_t n = json_integer_value(json_object_get(labels, it->regions[i].label));
        json_object_set_new(labels, it->regions[i].label, json_integer(n + 1));
    }
}

static bool met_before(const struct label_survey *s, int shape, const char *label)
{
    for (int i = 0; i < shape; i++)
        if (json_object_get(s->labels[i], label))
            return true;
    return false;
}

size_t survey_label_count(const struct label_survey *s)
{
    const char *label;
    json_t *v;
    size_t n = 0;

    for (int i = 0; i < SHAPES; i++)
        json_object_foreach(s->labels[i], label, v)
            n += !met_before(s, i, label);
    return n;
}

void survey_labels_write(struct jw *w, const struct label_survey *s)
{
    const char *label;
    json_t *v;

    jw_arr(w);
    for (int i = 0; i < SHAPES; i++)
        json_object_foreach(s->labels[i], label, v)
            if (!met_before(s, i, label))
                jw_str(w, label);
    jw_end(w);
}

/* What XML cannot hold is left out; such a label finds no control then. */
static void attribute_put(struct strbuf *b, const char *text)
{
    for (; *text; text++)
        if (*text == '&')
            strbuf_puts(b, "&amp;");
        else if (*text == '<')
            strbuf_puts(b, "&lt;");
        else if (*text == '"')
            strbuf_puts(b, "&quot;");
        else if ((unsigned char)*text >= 0x20)
            strbuf_putc(b, *text);
}

static void control_put(struct strbuf *b, json_t *labels, int shape, const char *object)
{
    const char *label;
    json_t *v;

    if (json_object_size(labels) == 0)
        return;
    strbuf_printf(b, "  <%s name=\"%s\" toName=\"%s\">\n", controls[shape].tag, controls[shape].name, object);
    json_object_foreach(labels, label, v) {
        strbuf_puts(b, "    <Label value=\"");
        attribute_put(b, label);
        strbuf_putc(b, '"');
        /* Exports tell points by it. */
        if (shape == SHAPE_POINT)
            strbuf_printf(b, " model_index=\"%lld\"", (long long)json_integer_value(v));
        strbuf_puts(b, "/>\n");
    }
    strbuf_printf(b, "  </%s>\n", controls[shape].tag);
}

const char *survey_config(struct arena *a, const struct label_survey *s, bool text)
{
    const char *object = text ? "text" : "image";
    struct strbuf b;

    strbuf_init(&b, a, LC_MAX_BYTES);
    strbuf_printf(&b, "<View>\n  <%s name=\"%s\" value=\"$%s\"/>\n", text ? "Text" : "Image", object, object);
    for (int i = 0; i < SHAPES; i++)
        control_put(&b, i == SHAPE_POINT ? s->points : s->labels[i], i, object);
    strbuf_puts(&b, "</View>\n");
    return strbuf_check(&b) ? NULL : b.buf;
}
