/* Format CSV_REGIONS: a table with a row for each region. Its columns are always the same, so it needs no look ahead; what they do not
 * hold is in the last two, as JSON. Cells that a spreadsheet would take for formulas begin with an apostrophe. */
#include <string.h>

#include "core/project.h"
#include "export/jsontext.h"
#include "export/pictures.h"
#include "export/shape.h"
#include "json/jnum.h"

struct regions {
    struct scope *s;
    const struct exp_out *out;
};

static void cell(struct strbuf *b, struct span text)
{
    strbuf_puts(b, "\"");
    if (jsontext_is_formula(text))
        strbuf_putc(b, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == '"')
            strbuf_putc(b, '"');
        strbuf_putc(b, text.p[i]);
    }
    strbuf_puts(b, "\",");
}

static void text_cell(struct strbuf *b, const char *text)
{
    cell(b, text ? (struct span){text, strlen(text)} : (struct span){"", 0});
}

static void number_cell(struct strbuf *b, bool has, double v)
{
    char text[JNUM_BYTES];

    if (has)
        strbuf_add(b, text, jnum_f64(text, v));
    strbuf_putc(b, ',');
}

/* One label a line. */
static err *labels_cell(struct strbuf *b, struct arena *a, const struct exp_group *g, const struct exp_region *r)
{
    const char *const *labels;
    struct strbuf joined;
    size_t n;

    TRY(exp_region_labels(a, g, r, &labels, &n));
    strbuf_init(&joined, a, SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&joined, "%s%s", i ? "\n" : "", labels[i]);
    cell(b, (struct span){joined.buf, joined.len});
    return OK;
}

static void geometry_cells(struct strbuf *b, const struct exp_shape *s)
{
    number_cell(b, s->has_range, s->start);
    number_cell(b, s->has_range, s->end);
    number_cell(b, s->has_point, s->x);
    number_cell(b, s->has_point, s->y);
    number_cell(b, s->has_box, s->width);
    number_cell(b, s->has_box, s->height);
    number_cell(b, s->has_rotation, s->rotation);
    number_cell(b, s->has_size, s->original_width);
    number_cell(b, s->has_size, s->original_height);
}

static err *row_out(struct regions *x, const struct exp_item *it, const struct exp_group *g, const struct exp_region *r)
{
    struct arena *a = x->s->a;
    struct exp_shape s;
    struct strbuf b;

    TRY(exp_shape_read(a, r, &s));
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_printf(&b, "%lld,%lld,", (long long)it->task, (long long)it->annotation);
    text_cell(&b, exp_annotator(a, it));
    text_cell(&b, it->created_at);
    text_cell(&b, r->id.p && jspan_type(r->id) == JSON_T_STRING ? exp_text(a, r->id) : "");
    text_cell(&b, g->name);
    text_cell(&b, g->control->type);
    TRY(labels_cell(&b, a, g, r));
    text_cell(&b, s.text.p && jspan_type(s.text) == JSON_T_STRING ? exp_text(a, s.text) : "");
    geometry_cells(&b, &s);
    cell(&b, r->value);
    cell(&b, it->data);
    b.buf[b.len - 1] = '\r';
    strbuf_putc(&b, '\n');
    x->out->put(x->out->to, b.buf, b.len);
    return OK;
}

static err *item_out(void *to, const struct exp_item *it)
{
    for (size_t i = 0; i < it->n_groups; i++)
        for (size_t k = 0; k < it->groups[i].n; k++)
            TRY(row_out(to, it, &it->groups[i], &it->groups[i].regions[k]));
    return OK;
}

err *exp_regions_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    static const char head[] = "task,annotation,annotator,created_at,region,from_name,type,labels,text,start,end,x,y,width,height,rotation,"
                               "original_width,original_height,value,data\r\n";
    struct regions x = {s, out};
    const struct lc *lc;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    out->put(out->to, head, sizeof head - 1);
    return exp_items(s, o, lc, out, item_out, &x);
}
