/* COCO: lists of images, annotations and categories in one document, in any order. Nothing of the document is kept: the places of images and
 * annotations are sorted by image in a file (sorted.h), then each image is read with its annotations. Documents that tell of the same images,
 * as instances_train.json and captions_train.json beside each other do, are read as one. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/text.h"
#include "import/cocorle.h"
#include "import/foreign.h"
#include "import/sorted.h"
#include "json/jin.h"
#include "json/verr.h"

enum { TELL = 1 << 20, TOUCHED = 8 << 20, TOUCH = 65536 };

/* What is told of the same images, in the order in which it is read: what only refers to a region comes after it. */
static const char *const kinds[] = {"instances_", "person_keypoints_", "stuff_", "captions_"};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* One document. */
struct part {
    const struct bundle *b;
    const char *file;
    const char *text;
    struct span images, annotations, categories;
    json_t *by_id; /* id as text → category */
};

struct coco {
    struct foreign *f;
    struct arena *a; /* of these documents */
    struct part parts[KINDS];
    size_t n;
    const struct part *reading;
    struct sorted *pictures, *regions;
    struct sorted_place region; /* the next one */
    bool more;
    size_t touched;
    json_t *seen; /* annotations of the image that is read: id as text → its first region; NULL where there is one document */
};

/* A place says which document it is in. */
enum { PART_SHIFT = 56 };

static struct part *part_of(struct coco *c, const struct sorted_place *p)
{
    return &c->parts[p->at >> PART_SHIFT];
}

/* ---- the document ---- */

static const char *blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    return p;
}

static const char *string_end(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\';
    return p < end ? p + 1 : end;
}

/* Where a value ends, by its brackets alone: what is in it is checked when it is read. */
static const char *value_end(const struct part *c, const char *p, const char *end)
{
    const char *told = p;
    size_t depth = 0;

    while (p < end) {
        if (p - told > TELL) {
            if (bundle_alive(c->b)) /* it is asked again when something was read */
                return end;
            filemap_passed(p);
            told = p;
        }
        if (depth == 0 && (*p == ',' || *p == '}' || *p == ']'))
            return p;
        if (*p == '"') {
            p = string_end(p, end);
            continue;
        }
        depth += *p == '[' || *p == '{';
        depth -= *p == ']' || *p == '}';
        p++;
        if (depth == 0 && (p[-1] == ']' || p[-1] == '}'))
            return p;
    }
    return end;
}

static bool is_key(struct span key, const char *name)
{
    return key.len == strlen(name) + 2 && memcmp(key.p + 1, name, key.len - 2) == 0;
}

/* Members of the document; false when it is no object. */
static bool members_find(struct span text, struct part *c)
{
    const char *end = span_end(text), *p = blanks(span_without_mark(text).p, end);

    if (p == end || *p++ != '{')
        return false;
    for (;;) {
        struct span key = {p = blanks(p, end), 0}, value;
        if (p == end || *p != '"')
            return true;
        p = string_end(p, end);
        key.len = (size_t)(p - key.p);
        p = blanks(p, end);
        if (p == end || *p++ != ':')
            return true;
        value.p = p = blanks(p, end);
        p = value_end(c, p, end);
        value.len = (size_t)(p - value.p);
        if (is_key(key, "images"))
            c->images = value;
        else if (is_key(key, "annotations"))
            c->annotations = value;
        else if (is_key(key, "categories"))
            c->categories = value;
        p = blanks(p, end);
        if (p < end && *p == ',')
            p++;
    }
}

static bool is_list(struct span value)
{
    return value.len > 0 && *value.p == '[';
}

static bool is_coco(const struct part *c)
{
    return is_list(c->images) && (is_list(c->annotations) || is_list(c->categories));
}

static bool is_json(const struct bundle_file *file)
{
    return bundle_ends(file->name, "json");
}

bool imp_coco_fits(struct arena *a, const struct bundle *b)
{
    (void)a;
    for (size_t i = 0; i < b->n; i++) {
        struct part c = {.b = b};
        if (is_json(&b->files[i]) && members_find(b->files[i].bytes, &c) && is_coco(&c))
            return true;
    }
    return false;
}

/* ---- ids ---- */

/* Numbers are their own keys; of texts, which some tools write, a hash is. */
static uint64_t key_of(struct span id)
{
    static const unsigned char any[crypto_shorthash_KEYBYTES];
    uint64_t key = 0;
    char *end, digits[32];

    if (id.len > 0 && id.len < sizeof digits && *id.p != '"') {
        memcpy(digits, id.p, id.len);
        digits[id.len] = '\0';
        key = (uint64_t)strtoll(digits, &end, 10) ^ (uint64_t)1 << 63;
        if (!*end)
            return key;
    }
    crypto_shorthash((unsigned char *)&key, (const unsigned char *)id.p, id.len, any);
    return key;
}

static const char *id_text(struct arena *a, json_t *id)
{
    if (json_is_string(id))
        return arena_printf(a, "\"%s\"", json_string_value(id));
    return json_is_integer(id) ? arena_printf(a, "%lld", (long long)json_integer_value(id)) : NULL;
}

/* ---- sorting ---- */

/* Places of the elements of a list, under the id that each has as `member`. */
static err *places_sort(struct coco *c, size_t part, struct span list, const char *name, const char *member, struct sorted *out)
{
    struct foreign *f = c->f;
    const struct part *d = &c->parts[part];
    struct sorted_place place = {0};
    struct span value, id;
    struct jspan walk;
    bool more, fits;

    TRY(jspan_open(&walk, f->item, list, (int)cfg.json_max_depth));
    for (;; place.index++) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            break;
        TRY(foreign_fits(f, d->file, place.index + 1, name, value.len, &fits));
        id = fits ? jspan_member(f->item, value, member) : (struct span){0};
        if (fits && id.len == 0) {
            TRY(foreign_refuse(f, d->file, place.index + 1, arena_printf(f->item, "%s.%s", name, member), "is missing"));
        } else if (fits) {
            place.key = key_of(id);
            place.at = (uint64_t)part << PART_SHIFT | (uint64_t)(value.p - d->text);
            place.len = (uint32_t)value.len;
            TRY(sorted_add(out, &place));
        }
        filemap_passed(value.p);
        arena_reset(f->item);
        TRY(bundle_alive(f->b));
    }
    return OK;
}

/* The elements lie anywhere: after some megabytes of them the pages are given back. */
static struct span element(struct coco *c, const struct sorted_place *p)
{
    c->reading = part_of(c, p);
    c->touched += p->len + TOUCH;
    if (c->touched > TOUCHED) {
        for (size_t i = 0; i < c->n; i++)
            filemap_drop(c->parts[i].text);
        c->touched = 0;
    }
    return (struct span){part_of(c, p)->text + (p->at & (((uint64_t)1 << PART_SHIFT) - 1)), p->len};
}

static void points_named(struct coco *c, const json_t *category)
{
    json_t *name;
    size_t i;

    json_array_foreach(json_object_get(category, "keypoints"), i, name)
    {
        if (json_is_string(name))
            foreign_point_named(c->f, json_string_value(name), i);
    }
}

static err *categories_read(struct coco *c, struct part *d)
{
    json_t *list, *one;
    size_t i;

    d->by_id = json_object();
    arena_defer(c->a, jin_release, d->by_id);
    if (d->categories.len == 0)
        return OK;
    if (d->categories.len > FOREIGN_ITEM_BYTES)
        return verr_one(c->f->a, NULL, "%s: the categories have more than %d bytes", d->file, FOREIGN_ITEM_BYTES);
    TRY(jin_parse(c->a, d->categories, (int)cfg.json_max_depth, &list));
    json_array_foreach(list, i, one) {
        const char *id = id_text(c->a, json_object_get(one, "id"));
        if (id && json_is_string(json_object_get(one, "name"))) {
            json_object_set(d->by_id, id, one);
            points_named(c, one);
        } else {
            TRY(foreign_refuse(c->f, d->file, (int64_t)i + 1, "categories", "needs an id and a name"));
        }
    }
    return OK;
}

/* ---- regions ---- */

/* An annotation on its way into an item. */
struct annotation {
    struct coco *c;
    const struct part *part;
    struct foreign_item *it;
    json_t *tree, *category;
    const char *label;
    int64_t row;
};

static err *wrong(const struct annotation *n, const char *field, const char *why)
{
    return foreign_refuse(n->c->f, n->part->file, n->row, arena_printf(n->c->f->scratch, "annotations.%s", field), "%s", why);
}

/* Finite numbers of a list; NULL when there is anything else. */
static double *numbers(struct arena *a, json_t *list, size_t *n)
{
    double *out = arena_array(a, json_array_size(list) + 1, sizeof *out);
    json_t *v;
    size_t i;

    json_array_foreach(list, i, v) {
        if (!json_is_number(v) || !foreign_finite(json_number_value(v)))
            return NULL;
        out[i] = json_number_value(v);
    }
    *n = json_array_size(list);
    return out;
}

static void scored(const struct annotation *n, struct foreign_region *r)
{
    json_t *score = json_object_get(n->tree, "score");

    r->row = n->row;
    r->has_score = json_is_number(score);
    r->score = json_number_value(score);
}

/* What encloses it, as the file says: for configurations that know boxes only. */
static void bounds_set(const struct annotation *n, struct foreign_region *r)
{
    size_t len;
    double *b = numbers(n->c->f->scratch, json_object_get(n->tree, "bbox"), &len);

    if (!b || len != 4)
        return;
    r->x = b[0] * 100 / (double)n->it->width;
    r->y = b[1] * 100 / (double)n->it->height;
    r->width = b[2] * 100 / (double)n->it->width;
    r->height = b[3] * 100 / (double)n->it->height;
}

static err *box_read(const struct annotation *n)
{
    size_t len;
    double *b = numbers(n->c->f->scratch, json_object_get(n->tree, "bbox"), &len);
    struct foreign_region *r;

    if (!b || len != 4 || b[2] < 0 || b[3] < 0)
        return wrong(n, "bbox", "must be [x, y, width, height]");
    r = foreign_region_add(n->c->f, n->it, SHAPE_BOX, n->label);
    scored(n, r);
    bounds_set(n, r);
    return OK;
}

static err *polygons_read(const struct annotation *n, json_t *list)
{
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one) {
        struct foreign_region *r;
        size_t len = 0;
        double *xy = numbers(n->c->f->scratch, one, &len);
        if (!xy || len < 6 || len % 2) {
            TRY(wrong(n, "segmentation", "a polygon must be a list of at least three pairs of numbers"));
            continue;
        }
        r = foreign_region_add(n->c->f, n->it, SHAPE_POLYGON, n->label);
        scored(n, r);
        foreign_polygon(n->c->f, r, xy, len, (double)n->it->width, (double)n->it->height);
        if (json_array_size(list) == 1)
            bounds_set(n, r);
    }
    return OK;
}

static err *mask_read(const struct annotation *n, json_t *rle)
{
    json_t *size = json_object_get(rle, "size");
    json_int_t h = json_integer_value(json_array_get(size, 0)), w = json_integer_value(json_array_get(size, 1));
    struct foreign *f = n->c->f;
    struct foreign_region *r;
    struct maskruns runs;

    if (h <= 0 || w <= 0 || w > COCORLE_PIXELS_MOST / h)
        return wrong(n, "segmentation.size", "must be [height, width] of at most 67,108,864 pixels");
    if (w != n->it->width || h != n->it->height)
        return wrong(n, "segmentation.size", "is not the size of the image");
    TRY(foreign_pixels(f, n->part->file, n->row, (uint64_t)w * (uint64_t)h / FOREIGN_RUNS_CHEAPER));
    arena_reset(f->mask);
    maskruns_begin(&runs, f->mask, (size_t)w, (size_t)h);
    if (!cocorle_read(f->mask, json_object_get(rle, "counts"), (size_t)w, (size_t)h, f->look ? NULL : &runs))
        return wrong(n, "segmentation.counts", "the runs do not fill the mask");
    r = foreign_region_add(f, n->it, SHAPE_MASK, n->label);
    scored(n, r);
    if (!f->look) {
        maskruns_end(&runs, f->item, r);
        TRY(foreign_pixels(f, n->part->file, n->row, (uint64_t)runs.runs * FOREIGN_RUN_COSTS));
    }
    bounds_set(n, r);
    return OK;
}

static const char *point_name(const struct annotation *n, size_t i)
{
    const char *name = json_string_value(json_array_get(json_object_get(n->category, "keypoints"), i));

    return name ? name : arena_printf(n->c->f->item, "%s %zu", n->label, i + 1);
}

/* The region that another document made of the same annotation; 0 = none. */
static size_t seen_before(const struct annotation *n)
{
    const char *id = n->c->seen ? id_text(n->c->f->scratch, json_object_get(n->tree, "id")) : NULL;

    return id ? (size_t)json_integer_value(json_object_get(n->c->seen, id)) : 0;
}

static void seen_now(const struct annotation *n, size_t before)
{
    const char *id = n->c->seen && n->it->n > before ? id_text(n->c->f->scratch, json_object_get(n->tree, "id")) : NULL;

    if (id)
        json_object_set_new(n->c->seen, id, json_integer((json_int_t)n->it->regions[before].id));
}

/* Files of points alone have one category, "default": it has no boxes of its own. */
static bool has_box(const struct annotation *n)
{
    return strcmp(n->label, "default") != 0 && json_array_size(json_object_get(n->tree, "bbox")) == 4;
}

static err *points_read(const struct annotation *n, json_t *list)
{
    struct foreign *f = n->c->f;
    size_t len = 0, before = n->it->n, parent = seen_before(n);
    double *v = numbers(f->scratch, list, &len);

    if (!v || len % 3)
        return wrong(n, "keypoints", "must be a list of x, y and visibility of each point");
    if (!parent && has_box(n)) {
        TRY(box_read(n));
        parent = n->it->n > before ? n->it->regions[n->it->n - 1].id : 0;
    }
    for (size_t i = 0; i + 2 < len; i += 3) {
        struct foreign_region *r;
        if (v[i + 2] <= 0)
            continue;
        r = foreign_point_add(f, n->it, point_name(n, i / 3), i / 3, parent);
        r->row = n->row;
        r->x = v[i] * 100 / (double)n->it->width;
        r->y = v[i + 1] * 100 / (double)n->it->height;
    }
    return OK;
}

static err *shape_read(const struct annotation *n)
{
    json_t *points = json_object_get(n->tree, "keypoints"), *segmentation = json_object_get(n->tree, "segmentation");

    if (json_array_size(points) > 0)
        return points_read(n, points);
    if (json_is_object(segmentation))
        return mask_read(n, segmentation);
    return json_array_size(segmentation) > 0 ? polygons_read(n, segmentation) : box_read(n);
}

/* A sentence about the image. */
static err *caption_read(const struct annotation *n, json_t *caption)
{
    if (!json_is_string(caption))
        return wrong(n, "caption", "is not a text");
    if (!n->it->captions) {
        n->it->captions = json_array();
        arena_defer(n->c->f->item, jin_release, n->it->captions);
    }
    json_array_append(n->it->captions, caption);
    return OK;
}

/* NULL: no database can keep it, which is told. */
static err *element_parse(struct coco *c, struct arena *a, const struct sorted_place *p, const char *list, json_t **tree)
{
    err *e = jin_parse(a, element(c, p), (int)cfg.json_max_depth, tree);

    if (!e || (e->kind != ERR_VALIDATION && e->kind != ERR_PARSE))
        return e;
    *tree = NULL;
    return foreign_refuse(c->f, part_of(c, p)->file, (int64_t)p->index + 1, list, "is not JSON that can be stored");
}

static err *annotation_read(struct coco *c, struct foreign_item *it, const struct sorted_place *p)
{
    struct annotation n = {.c = c, .part = part_of(c, p), .it = it, .row = (int64_t)p->index + 1};
    size_t before = it->n;
    json_t *caption;
    const char *id;

    arena_reset(c->f->scratch);
    TRY(element_parse(c, c->f->scratch, p, "annotations", &n.tree));
    if (!n.tree)
        return OK;
    id = id_text(c->f->scratch, json_object_get(n.tree, "category_id"));
    caption = id ? NULL : json_object_get(n.tree, "caption");
    if (caption)
        return caption_read(&n, caption);
    n.category = id ? json_object_get(n.part->by_id, id) : NULL;
    if (!n.category)
        return wrong(&n, "category_id", id ? arena_printf(c->f->scratch, "%s is not among the categories", id) : "is missing");
    n.label = json_string_value(json_object_get(n.category, "name"));
    TRY(shape_read(&n));
    seen_now(&n, before);
    return OK;
}

/* ---- images ---- */

static const char *text_of(json_t *tree, const char *key)
{
    const char *text = json_string_value(json_object_get(tree, key));

    return text && *text ? text : NULL;
}

/* A picture that was not sent may be on the web. */
static void address_read(struct foreign *f, struct foreign_item *it, json_t *tree)
{
    const char *web = text_of(tree, "coco_url");

    foreign_picture(f, it, false);
    if (!it->picture && !f->prefix && web && strstr(web, "://"))
        it->image = web;
}

/* Those of no image before one; all that are left when that is NULL. */
static err *skip_regions(struct coco *c, const struct sorted_place *until)
{
    while (c->more && (!until || c->region.key < until->key)) {
        TRY(foreign_refuse(c->f, part_of(c, &c->region)->file, (int64_t)c->region.index + 1, "annotations.image_id", "no image has this id"));
        TRY(sorted_next(c->regions, &c->more, &c->region));
    }
    return OK;
}

static err *image_passed(struct coco *c, const struct sorted_place *p)
{
    arena_reset(c->f->item);
    while (c->more && c->region.key == p->key)
        TRY(sorted_next(c->regions, &c->more, &c->region));
    return OK;
}

static err *image_refused(struct coco *c, const struct sorted_place *p, const char *field, const char *why)
{
    TRY(foreign_refuse(c->f, part_of(c, p)->file, (int64_t)p->index + 1, arena_printf(c->f->item, "images.%s", field), "%s", why));
    return image_passed(c, p);
}

static void seen_begin(struct coco *c)
{
    if (c->n == 1)
        return;
    c->seen = json_object();
    arena_defer(c->f->item, jin_release, c->seen);
}

static err *image_read(struct coco *c, const struct sorted_place *p)
{
    struct foreign_item it = {.file = part_of(c, p)->file, .row = (int64_t)p->index + 1, .field = "images.file_name"};
    size_t bytes = 0;
    json_t *tree;

    TRY(element_parse(c, c->f->item, p, "images", &tree));
    if (!tree)
        return image_passed(c, p);
    it.image = text_of(tree, "file_name");
    it.width = json_integer_value(json_object_get(tree, "width"));
    it.height = json_integer_value(json_object_get(tree, "height"));
    if (!it.image)
        return image_refused(c, p, "file_name", "is missing");
    address_read(c->f, &it, tree);
    if (c->more && c->region.key == p->key && (it.width <= 0 || it.height <= 0))
        return image_refused(c, p, "width", "width and height are missing, and the picture is not among the files");
    seen_begin(c);
    while (c->more && c->region.key == p->key) {
        bytes += c->region.len;
        if (bytes > FOREIGN_ITEM_BYTES)
            return image_refused(c, p, "id", "its annotations have too many bytes together");
        TRY(annotation_read(c, &it, &c->region));
        TRY(sorted_next(c->regions, &c->more, &c->region));
    }
    return foreign_done(c->f, &it);
}

/* One image twice in a document, or another one of the same id in the next document. */
static err *image_again(struct coco *c, const struct sorted_place *p, const struct sorted_place *last)
{
    json_t *tree, *before;

    TRY(element_parse(c, c->f->item, p, "images", &tree));
    if (!tree)
        return image_passed(c, p);
    if (part_of(c, p) == part_of(c, last) || jin_parse(c->f->item, element(c, last), (int)cfg.json_max_depth, &before) ||
        !json_equal(json_object_get(tree, "file_name"), json_object_get(before, "file_name")))
        return image_refused(c, p, "id", "another image has the same id");
    arena_reset(c->f->item);
    return OK;
}

static err *images_read(struct coco *c)
{
    struct sorted_place p, last = {0};
    bool more, first = true;

    TRY(sorted_next(c->regions, &c->more, &c->region));
    for (;; first = false, last = p) {
        TRY(sorted_next(c->pictures, &more, &p));
        if (!more)
            break;
        TRY(skip_regions(c, &p));
        if (!first && p.key == last.key)
            TRY(image_again(c, &p, &last));
        else
            TRY(image_read(c, &p));
    }
    return skip_regions(c, NULL);
}

/* ---- documents ---- */

static err *parts_read(struct coco *c)
{
    static const struct span none = {"[]", 2};

    TRY(sorted_new(c->a, &c->pictures));
    TRY(sorted_new(c->a, &c->regions));
    for (size_t i = 0; i < c->n; i++) {
        struct part *d = &c->parts[i];
        c->reading = d;
        TRY(categories_read(c, d));
        TRY(places_sort(c, i, d->images, "images", "id", c->pictures));
        TRY(places_sort(c, i, d->annotations.len ? d->annotations : none, "annotations", "image_id", c->regions));
    }
    TRY(sorted_end(c->pictures));
    TRY(sorted_end(c->regions));
    return images_read(c);
}

/* False when it is none. */
static bool part_add(struct coco *c, struct bundle_file *file)
{
    struct part d = {.b = c->f->b, .file = file->name, .text = file->bytes.p};

    if (!is_json(file) || !members_find(file->bytes, &d) || !is_coco(&d))
        return false;
    file->used = true;
    c->parts[c->n++] = d;
    return true;
}

/* The kind that a name begins with; KINDS = none of them. */
static size_t kind_of(const char *base)
{
    size_t k = 0;

    while (k < KINDS && !text_starts(base, kinds[k]))
        k++;
    return k;
}

/* With those that tell more of the same images. Errors in the JSON itself end the import: nothing after them can be trusted. */
static err *documents_read(struct foreign *f, struct arena *a, struct bundle_file *file)
{
    const char *base = bundle_base(file->name);
    struct coco c = {.f = f, .a = a};
    size_t kind = kind_of(base);
    err *e;

    if (!part_add(&c, file))
        return OK;
    for (size_t k = kind + 1; k < KINDS; k++) {
        struct bundle_file *more = bundle_named(f->b, arena_printf(a, "%.*s%s%s", (int)(base - file->name), file->name, kinds[k], base + strlen(kinds[kind])));
        if (more && !more->used)
            (void)part_add(&c, more);
    }
    e = parts_read(&c);
    return e && e->kind == ERR_PARSE ? verr_one(f->a, NULL, "%s: %s", c.reading->file, e->detail) : e;
}

err *imp_coco_read(struct foreign *f)
{
    struct arena *a = arena_below(f->a, "coco file");

    for (size_t i = 0; i < f->b->n; i++)
        f->b->files[i].used = f->b->files[i].used && !is_json(&f->b->files[i]);
    for (size_t kind = 0; kind <= KINDS; kind++)
        for (size_t i = 0; i < f->b->n; i++) {
            struct bundle_file *file = &f->b->files[i];
            bool now = is_json(file) && !file->used && kind_of(bundle_base(file->name)) == kind;
            TRY(now ? documents_read(f, a, file) : OK);
            arena_reset(a); /* and the files that places were sorted in */
        }
    return foreign_pictures_left(f);
}
