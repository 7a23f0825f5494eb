/* Format DOCLANG: each annotation that holds a DocLang document (doclang.c) as an archive of that kind, an OPC package.
 *
 * As observed: task-<T>-annotation-<A>.dclx, of predictions that a snapshot has in full task-<T>-prediction-<P>.dclx; a single one comes
 * alone, several or none as a zip. Inside: [Content_Types].xml, _rels/.rels, document.xml and, when resources are downloaded, the pages and
 * what the document names.
 *   pages/<n>.<png, jpg, jpeg or webp; png when the name does not say>: where the data field of an Image with valueList holds a list, its
 *     addresses, there or not; else the field of an Image with value, or `image`. The Image is one that a control points at, of several that of
 *     the last control in the configuration as it is stored. An address may be data: in base64, or stand in {"url": address}.
 *   assets/<name>: what <src uri="…"/> names, of the kinds above, svg or no ending; the second of a name has -2 in it. The document then says
 *     the name here, and is written anew, from its root on. */
#include <libxml/tree.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "export/doclang.h"
#include "export/names.h"
#include "export/pictures.h"

static const char content_types[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n"
    "  <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\n"
    "  <Default Extension=\"png\" ContentType=\"image/png\"/>\n"
    "  <Default Extension=\"jpg\" ContentType=\"image/jpeg\"/>\n"
    "  <Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/>\n"
    "  <Default Extension=\"webp\" ContentType=\"image/webp\"/>\n"
    "  <Default Extension=\"mp3\" ContentType=\"audio/mpeg\"/>\n"
    "  <Default Extension=\"m4a\" ContentType=\"audio/mp4\"/>\n"
    "  <Default Extension=\"aac\" ContentType=\"audio/aac\"/>\n"
    "  <Default Extension=\"ogg\" ContentType=\"audio/ogg\"/>\n"
    "  <Default Extension=\"opus\" ContentType=\"audio/ogg\"/>\n"
    "  <Default Extension=\"wav\" ContentType=\"audio/wav\"/>\n"
    "  <Default Extension=\"flac\" ContentType=\"audio/flac\"/>\n"
    "  <Default Extension=\"mp4\" ContentType=\"video/mp4\"/>\n"
    "  <Default Extension=\"webm\" ContentType=\"video/webm\"/>\n"
    "  <Default Extension=\"mkv\" ContentType=\"video/x-matroska\"/>\n"
    "  <Default Extension=\"mov\" ContentType=\"video/quicktime\"/>\n"
    "  <Override PartName=\"/document.xml\" ContentType=\"application/vnd.doclang.document+xml\"/>\n"
    "</Types>\n";

static const char relationships[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n"
                                    "  <Relationship Id=\"rId1\"\n"
                                    "    Type=\"http://doclang.ai/ns/package/2026/relationships/document\"\n"
                                    "    Target=\"document.xml\"/>\n"
                                    "</Relationships>\n";

enum { STEM_MOST = 200 }; /* with a number and an ending it is still the name of a file */

/* A zip that is kept. */
struct file {
    struct exp_spool *spool;
    struct exp_zip *zip;
    struct exp_out out;
    err *e;
};

struct documents {
    struct scope *s;
    const struct exp_out *out;
    struct arena *a; /* what lasts until the end; s->a is rewound after each item */
    struct exp_media *media;
    bool fetch;
    const char *page_key, *list_key; /* of the data; list_key may be NULL */
    struct arena *next;      /* of the package being made */
    struct exp_spool *first; /* the first package: NULL = there is none yet */
    struct file whole;       /* all of them; what kind of file comes is not known before the end */
    int64_t n, awake_us;
};

struct package {
    struct documents *x;
    struct arena *a;
    struct file f;
    struct exp_names assets;
};

/* ---- endings ---- */

static const char *const page_endings[] = {"png", "jpg", "jpeg", "webp", NULL};
static const char *const asset_endings[] = {"png", "jpg", "jpeg", "webp", "svg", NULL};

/* The dot of the ending, NULL: there is none. */
static const char *ending_of(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && dot > name && dot[1] ? dot : NULL;
}

static const char *known_ending(const char *dot, const char *const *list)
{
    for (; dot && *list; list++)
        if (strcasecmp(dot + 1, *list) == 0)
            return *list;
    return NULL;
}

/* ---- pages ---- */

/* A configuration is stored with short names first. */
static bool stored_before(const struct lc_control *a, const struct lc_control *b)
{
    size_t n = strlen(a->name), m = strlen(b->name);

    return n != m ? n < m : strcmp(a->name, b->name) < 0;
}

/* Of the last Image that was given in this way; NULL = there is none. */
static const char *image_key(const struct lc *lc, bool is_list)
{
    const struct lc_control *last = NULL;
    const char *key = NULL;

    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        for (size_t k = 0; k < c->n_inputs; k++) {
            const struct lc_input *in = &c->inputs[k];
            if (strcmp(in->type, "Image") != 0 || in->is_list != is_list || (last && stored_before(c, last)))
                continue;
            key = in->value;
            last = c;
        }
    }
    return key;
}

/* An address, or NULL. */
static const char *page_source(struct arena *a, struct span v)
{
    if (v.p && jspan_type(v) == JSON_T_OBJECT)
        v = jspan_member(a, v, "url");
    return v.p && jspan_type(v) == JSON_T_STRING && v.len > 2 ? exp_text(a, v) : NULL;
}

/* "data:image/png;base64,…" */
static err *page_inline(struct package *p, const char *value, int n)
{
    const char *mime = value + strlen("data:"), *bytes = strstr(mime, ";base64,");
    const char *ending = text_starts(mime, "image/jpeg;") ? "jpg" : text_starts(mime, "image/webp;") ? "webp" : "png";
    size_t len, room;
    char *out;

    if (!bytes)
        return OK;
    bytes += strlen(";base64,");
    room = strlen(bytes);
    out = arena_alloc(p->x->s->a, room);
    if (sodium_base642bin((unsigned char *)out, room, bytes, room, " \r\n\t", &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return OK;
    return exp_zip_bytes(p->f.zip, arena_printf(p->a, "pages/%d.%s", n, ending), out, len);
}

static err *page_add(struct package *p, const char *value, int n)
{
    const char *ending = known_ending(ending_of(exp_path_name(p->a, value)), page_endings);
    struct exp_file f;
    err *e = OK;

    if (text_starts(value, "data:"))
        return page_inline(p, value, n);
    TRY(exp_media_find(p->x->media, value, &f));
    if (f.fd >= 0 && !ending)
        ending = known_ending(ending_of(f.name), page_endings);
    if (f.fd >= 0)
        e = exp_zip_file(p->f.zip, arena_printf(p->a, "pages/%d.%s", n, ending ? ending : "png"), f.fd, f.size_bytes);
    exp_file_close(&f);
    return e;
}

typedef err *page_fn(void *to, const char *value, int n);

/* Each page that the data of a task names. */
static err *pages_each(struct documents *x, struct span data, page_fn *fn, void *to)
{
    struct span v = x->list_key ? jspan_member(x->s->a, data, x->list_key) : (struct span){0};
    const char *source;
    struct jspan walk;
    bool more;

    if (!v.p || jspan_type(v) != JSON_T_ARRAY) {
        source = page_source(x->s->a, jspan_member(x->s->a, data, x->page_key));
        return source ? fn(to, source, 1) : OK;
    }
    TRY(jspan_open(&walk, x->s->a, v, (int)cfg.json_max_depth));
    for (int n = 0;;) {
        TRY(jspan_next(&walk, &more, NULL, &v));
        if (!more)
            return OK;
        source = page_source(x->s->a, v);
        if (source)
            TRY(fn(to, source, ++n));
    }
}

static err *page_out(void *to, const char *value, int n)
{
    return page_add(to, value, n);
}

/* ---- what a document names ---- */

/* "a.png", "a-2.png" */
static const char *asset_name(struct package *p, const char *name, const char *ending)
{
    struct arena *a = p->a;
    const char *dot = ending_of(name);
    const char *bare = dot ? arena_strndup(a, name, (size_t)(dot - name)) : name;
    const char *stem = *bare ? text_cut(a, exp_name_clean(a, bare), STEM_MOST) : "image";
    const char *out = arena_printf(a, "%s.%s", stem, ending);

    for (int n = 2; exp_names_find(&p->assets, out) >= 0; n++)
        out = arena_printf(a, "%s-%d.%s", stem, n, ending);
    exp_names_add(&p->assets, out);
    return out;
}

static err *asset_add(struct package *p, const char *uri, const char **out)
{
    const char *name = exp_path_name(p->a, uri), *ending = ending_of(name);
    struct exp_file f;
    err *e = OK;

    *out = NULL;
    if (ending && !known_ending(ending, asset_endings))
        return OK;
    TRY(exp_media_find(p->x->media, uri, &f));
    if (!*name && !strstr(uri, "://"))
        name = f.name;
    ending = ending_of(name) ? known_ending(ending_of(name), asset_endings) : "png";
    if (f.fd >= 0 && ending) {
        *out = arena_printf(p->a, "assets/%s", asset_name(p, name, ending));
        e = exp_zip_file(p->f.zip, *out, f.fd, f.size_bytes);
    }
    exp_file_close(&f);
    return e;
}

static err *assets_out(struct package *p, const struct doclang *d, bool *changed)
{
    for (xmlNode *n = doclang_source(d, NULL); n; n = doclang_source(d, n)) {
        xmlChar *uri = xmlGetNoNsProp(n, (const xmlChar *)"uri");
        const char *here, *asked = arena_strdup(p->a, (const char *)uri);

        xmlFree(uri);
        TRY(asset_add(p, asked, &here));
        if (here)
            xmlSetProp(n, (const xmlChar *)"uri", (const xmlChar *)here);
        *changed = *changed || here;
    }
    return OK;
}

/* ---- packages ---- */

static void keep(void *to, const char *bytes, size_t len)
{
    struct file *f = to;

    if (!f->e)
        f->e = exp_spool_add(f->spool, bytes, len);
}

static err *kept(void *to)
{
    return ((struct file *)to)->e;
}

static err *file_open(struct arena *a, struct file *f)
{
    *f = (struct file){.out = {.put = keep, .flush = kept, .to = f}};
    TRY(exp_spool_open(a, &f->spool));
    return exp_zip_open(a, &f->out, &f->zip);
}

static err *package_write(struct package *p, const struct exp_item *it, const struct doclang *d)
{
    struct span text = {d->text, strlen(d->text)};
    bool changed = false;

    TRY(file_open(p->a, &p->f));
    TRY(exp_zip_bytes(p->f.zip, "[Content_Types].xml", content_types, sizeof content_types - 1));
    TRY(exp_zip_bytes(p->f.zip, "_rels/.rels", relationships, sizeof relationships - 1));
    if (p->x->fetch)
        TRY(assets_out(p, d, &changed));
    if (changed)
        text = doclang_written(p->a, d);
    TRY(exp_zip_bytes(p->f.zip, "document.xml", text.p, text.len));
    if (p->x->fetch)
        TRY(pages_each(p->x, it->data, page_out, p));
    return exp_zip_end(p->f.zip);
}

static const char *name_of(struct arena *a, const struct exp_item *it)
{
    return arena_printf(a, "task-%lld-%s-%lld.dclx", (long long)it->task, it->prediction ? "prediction" : "annotation",
                        (long long)(it->prediction ? it->prediction : it->annotation));
}

static err *item_out(void *to, const struct exp_item *it)
{
    struct documents *x = to;
    struct package p = {.x = x, .a = x->n ? x->next : x->a};
    struct doclang d;

    TRY(exp_awake(x->s, x->out, &x->awake_us));
    TRY(doclang_find(x->s->a, it->result, &d));
    if (!d.text)
        return OK;
    arena_reset(x->next);
    exp_names_init(&p.assets, p.a);
    TRY(package_write(&p, it, &d));
    x->first = x->n++ ? x->first : p.f.spool;
    return exp_zip_part(x->whole.zip, p.f.spool, name_of(p.a, it), 0, (size_t)exp_spool_size(p.f.spool));
}

struct look {
    struct documents *x;
    bool full;
};

static err *page_ahead(void *to, const char *value, int n)
{
    struct look *l = to;

    (void)n;
    l->full = l->full || !exp_media_ahead(l->x->media, value);
    return OK;
}

/* Pages of a later task are fetched while this one is written. */
static bool ahead(void *to, struct span data)
{
    struct look l = {.x = to};

    return pages_each(to, data, page_ahead, &l) != OK || !l.full; /* what is wrong with the data is told when its turn comes */
}

/* ---- the file ---- */

static err *beat(void *to)
{
    const struct exp_out *out = ((struct documents *)to)->out;

    return out->beat ? out->beat(out->to) : OK;
}

static err *send(struct documents *x, struct exp_spool *spool, const char *extension)
{
    char piece[65536];

    exp_named(x->out, extension);
    for (int64_t at = 0, size = exp_spool_size(spool); at < size; at += (int64_t)sizeof piece) {
        size_t n = size - at < (int64_t)sizeof piece ? (size_t)(size - at) : sizeof piece;

        TRY(exp_spool_read(spool, at, piece, n));
        x->out->put(x->out->to, piece, n);
        TRY(x->out->flush(x->out->to));
    }
    return OK;
}

static void pages_named(struct documents *x, const struct lc *lc)
{
    x->list_key = image_key(lc, true);
    x->page_key = image_key(lc, false);
    if (!x->page_key)
        x->page_key = "image";
}

err *exp_doclang_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct documents x = {.s = s, .out = out, .a = arena_below(s->a, "export"), .fetch = o->resources};
    const struct exp_out later = {.flush = beat, .to = &x};
    struct exp_options walk = *o;
    const struct lc *lc;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    pages_named(&x, lc);
    x.next = arena_below(x.a, "package");
    x.media = exp_media_new(x.a, s, o, x.fetch);
    walk.predictions = true;
    walk.ahead = x.fetch ? ahead : NULL;
    walk.ahead_to = &x;
    TRY(file_open(x.a, &x.whole));
    TRY(exp_items(s, &walk, lc, &later, item_out, &x));
    TRY(exp_zip_end(x.whole.zip));
    return x.n == 1 ? send(&x, x.first, "dclx") : send(&x, x.whole.spool, "zip");
}
