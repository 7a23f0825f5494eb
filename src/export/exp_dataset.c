/* Format HUGGINGFACE: a directory that the library "datasets" loads as it is. data/train.jsonl has a row for each task, images/ the files, and
 * README.md says of what type each column is, since a loader that guesses does so from the first rows. */
#include <string.h>

#include "base/cfg.h"
#include "export/pictures.h"
#include "export/shape.h"
#include "json/jw.h"

struct dataset {
    struct exp_pictures p; /* first: callbacks get its address */
    struct exp_spool *rows;
    struct exp_parts *columns;
    int64_t task;
    bool open;
};

/* ---- rows ---- */

/* Texts as they are; all else as JSON, so that a column is of one type. */
static err *data_write(struct dataset *d, struct jw *w, const struct exp_item *it)
{
    struct arena *a = d->p.s->a;
    struct jspan walk;
    struct span value;
    const char *key;
    bool more;

    TRY(jspan_open(&walk, a, it->data, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            return OK;
        key = arena_printf(a, "data.%s", key);
        if (!exp_parts_has(d->columns, key))
            TRY(exp_parts_put(d->columns, key, "", 0));
        jw_key(w, key);
        if (jspan_type(value) == JSON_T_STRING)
            jw_rawn(w, value.p, value.len);
        else if (jspan_type(value) == JSON_T_NULL)
            jw_null(w);
        else
            jw_strn(w, value.p, value.len);
    }
}

static void number_write(struct jw *w, const char *key, bool has, double v)
{
    if (has)
        jw_kf64(w, key, v);
    else
        jw_knull(w, key);
}

static err *region_write(struct dataset *d, struct jw *w, const struct exp_group *g, const struct exp_region *r)
{
    struct arena *a = d->p.s->a;
    const char *const *labels;
    struct exp_shape s;
    size_t n;

    TRY(exp_shape_read(a, r, &s));
    TRY(exp_region_labels(a, g, r, &labels, &n));
    jw_obj(w);
    jw_kstr(w, "from_name", g->name);
    jw_kstr(w, "type", g->control->type);
    jw_key(w, "labels");
    jw_arr(w);
    for (size_t i = 0; i < n; i++)
        jw_str(w, labels[i]);
    jw_end(w);
    number_write(w, "start", s.has_range, s.start);
    number_write(w, "end", s.has_range, s.end);
    number_write(w, "x", s.has_point, s.x);
    number_write(w, "y", s.has_point, s.y);
    number_write(w, "width", s.has_box, s.width);
    number_write(w, "height", s.has_box, s.height);
    number_write(w, "rotation", s.has_rotation, s.rotation);
    number_write(w, "original_width", s.has_size, s.original_width);
    number_write(w, "original_height", s.has_size, s.original_height);
    jw_key(w, "value");
    jw_strn(w, r->value.p, r->value.len);
    jw_end(w);
    return OK;
}

static err *annotation_write(struct dataset *d, struct jw *w, const struct exp_item *it)
{
    jw_obj(w);
    jw_ki64(w, "id", it->annotation);
    jw_kstr(w, "annotator", exp_annotator(d->p.s->a, it));
    jw_kstr(w, "created_at", it->created_at);
    number_write(w, "lead_time", it->has_lead_time, it->lead_time);
    jw_key(w, "regions");
    jw_arr(w);
    for (size_t i = 0; i < it->n_groups; i++)
        for (size_t k = 0; k < it->groups[i].n; k++)
            TRY(region_write(d, w, &it->groups[i], &it->groups[i].regions[k]));
    jw_end(w);
    jw_end(w);
    return OK;
}

static err *row_end(struct dataset *d)
{
    bool open = d->open;

    d->open = false;
    return open ? exp_spool_add(d->rows, "]}\n", 3) : OK;
}

/* Up to its annotations, which are items of their own. */
static err *row_begin(struct dataset *d, const struct exp_item *it, const struct exp_file *f)
{
    static const char head[] = ",\"annotations\":[";
    struct arena *a = d->p.s->a;
    struct strbuf b;
    struct jw w;

    TRY(row_end(d));
    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "id", it->task);
    jw_kstr(&w, "file_name", f->fd >= 0 ? arena_printf(a, "images/%s", f->name) : NULL);
    TRY(data_write(d, &w, it));
    jw_end(&w);
    d->open = true;
    TRY(exp_spool_add(d->rows, b.buf, b.len - 1));
    return exp_spool_add(d->rows, head, sizeof head - 1);
}

static err *item_out(struct exp_pictures *p, const struct exp_item *it, const struct exp_file *f)
{
    struct dataset *d = (struct dataset *)p;
    bool first = !d->open || d->task != it->task;
    struct strbuf b;
    struct jw w;

    if (first)
        TRY(row_begin(d, it, f));
    d->task = it->task;
    if (!it->annotated)
        return OK;
    strbuf_init(&b, p->s->a, SIZE_MAX);
    strbuf_puts(&b, first ? "" : ",");
    jw_init_strbuf(&w, &b);
    TRY(annotation_write(d, &w, it));
    return exp_spool_add(d->rows, b.buf, b.len);
}

/* ---- what the columns are ---- */

static err *column_put(void *to, struct exp_spool *spool, const char *name, int64_t at, size_t len)
{
    struct strbuf *b = to;

    (void)spool;
    (void)at;
    (void)len;
    strbuf_puts(b, "  - name: ");
    json_quote(b, name, strlen(name));
    strbuf_puts(b, "\n    dtype: string\n");
    return OK;
}

static err *readme_out(struct dataset *d)
{
    static const char head[] = "---\nconfigs:\n- config_name: default\n  data_files: data/train.jsonl\ndataset_info:\n  features:\n"
                               "  - name: id\n    dtype: int64\n  - name: file_name\n    dtype: string\n";
    static const char annotations[] = "  - name: annotations\n    list:\n    - name: id\n      dtype: int64\n    - name: annotator\n      dtype: string\n"
                                      "    - name: created_at\n      dtype: string\n    - name: lead_time\n      dtype: float64\n"
                                      "    - name: regions\n      list:\n      - name: from_name\n        dtype: string\n      - name: type\n        dtype: string\n"
                                      "      - name: labels\n        list: string\n";
    static const char *const numbers[] = {"start", "end", "x", "y", "width", "height", "rotation", "original_width", "original_height"};
    struct strbuf b;

    strbuf_init(&b, d->p.a, SIZE_MAX);
    strbuf_puts(&b, head);
    TRY(exp_parts_each(d->columns, column_put, &b));
    strbuf_puts(&b, annotations);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        strbuf_printf(&b, "      - name: %s\n        dtype: float64\n", numbers[i]);
    strbuf_puts(&b, "      - name: value\n        dtype: string\n---\n");
    return exp_zip_bytes(d->p.zip, "README.md", b.buf, b.len);
}

err *exp_dataset_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct dataset d = {.task = 0};

    TRY(exp_pictures_open(s, o, out, o->resources, &d.p));
    d.p.all_items = true;
    TRY(exp_parts_open(d.p.a, &d.columns));
    TRY(exp_spool_open(d.p.a, &d.rows));
    TRY(exp_pictures_each(&d.p, item_out));
    TRY(row_end(&d));
    TRY(exp_zip_begin(d.p.zip, "data/train.jsonl", exp_spool_size(d.rows)));
    TRY(exp_zip_spool(d.p.zip, d.rows, 0, exp_spool_size(d.rows)));
    TRY(readme_out(&d));
    return exp_zip_end(d.p.zip);
}
