/* Lists in spools, and the document that they end in. Layout as the reference server's: two blanks for each level. */
#include "export/coco.h"

#include <math.h>
#include <string.h>

#include "export/jsontext.h"

err *coco_add(struct arena *a, struct coco_list *l, struct span json)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_puts(&b, l->n++ ? ",\n    " : "\n    ");
    jsontext_ascii(&b, json, 2);
    return exp_spool_add(l->spool, b.buf, b.len);
}

/* What stands before a list's elements or is the whole of another part; after a list follows its end. */
static struct span before(struct arena *a, const struct coco_part *p, bool first)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_printf(&b, "%s\n  \"%s\": ", first ? "{" : ",", p->key);
    if (p->list)
        strbuf_putc(&b, '[');
    else
        jsontext_ascii(&b, p->json, 1);
    return (struct span){b.buf, b.len};
}

static const char *after(const struct coco_part *p)
{
    if (!p->list)
        return "";
    return p->list->n ? "\n  ]" : "]";
}

err *coco_write(struct arena *a, struct exp_zip *zip, const char *name, const struct coco_part *parts, size_t n)
{
    struct span *heads = arena_array(a, n, sizeof *heads);
    int64_t size = 2;

    for (size_t i = 0; i < n; i++) {
        heads[i] = before(a, &parts[i], i == 0);
        size += (int64_t)(heads[i].len + strlen(after(&parts[i]))) + (parts[i].list ? exp_spool_size(parts[i].list->spool) : 0);
    }
    TRY(exp_zip_begin(zip, name, size));
    for (size_t i = 0; i < n; i++) {
        TRY(exp_zip_add(zip, heads[i].p, heads[i].len));
        if (parts[i].list)
            TRY(exp_zip_spool(zip, parts[i].list->spool, 0, exp_spool_size(parts[i].list->spool)));
        TRY(exp_zip_add(zip, after(&parts[i]), strlen(after(&parts[i]))));
    }
    return exp_zip_add(zip, "\n}", 2);
}

void coco_size(struct jw *w, const char *key, double v)
{
    jw_key(w, key);
    if (v == floor(v) && fabs(v) < 1e15)
        jw_i64(w, (int64_t)v);
    else
        jw_f64(w, v);
}
