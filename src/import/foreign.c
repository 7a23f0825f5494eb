/* The table of formats, and what their readers share. */
#include "import/foreign.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/cfg.h"
#include "base/imgsize.h"
#include "base/text.h"
#include "json/jin.h"
#include "json/verr.h"

/* In the order in which they are recognised: COCO's folders may hold texts and masks too. */
static const struct foreign_format formats[] = {
    {"coco", "COCO", NULL, false, imp_coco_fits, imp_coco_read},
    {"voc", "Pascal VOC", NULL, false, imp_voc_fits, imp_voc_read},
    {"yolo", "YOLO", NULL, false, imp_yolo_fits, imp_yolo_read},
    {"yolo_obb", "YOLO with turned boxes", "obb", false, NULL, imp_yolo_read},
    {"yolo_seg", "YOLO with polygons", "seg", false, NULL, imp_yolo_read},
    {"conll2003", "CoNLL 2003", NULL, true, imp_conll_fits, imp_conll_read},
    {"jsonl", "JSON Lines", NULL, true, imp_jsonl_fits, imp_jsonl_read},
    {"masks", "PNG masks", NULL, false, imp_masks_fits, imp_masks_read},
};

enum { FORMATS = sizeof formats / sizeof *formats };

const struct foreign_format *foreign_at(size_t i)
{
    return i < FORMATS ? &formats[i] : NULL;
}

const struct foreign_format *foreign_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

const struct foreign_format *foreign_recognise(struct arena *a, const struct bundle *b)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i].fits && formats[i].fits(a, b))
            return &formats[i];
    return NULL;
}

bool foreign_takes(const char *name)
{
    static const char *const endings[] = {"zip", "jsonl", "ndjson", "conll", "conll2003", "iob", "iob2", "bio", "yaml", "yml"};

    return bundle_ends_in(name, endings, sizeof endings / sizeof *endings);
}

struct foreign_region *foreign_region_add(struct foreign *f, struct foreign_item *it, enum shape shape, const char *label)
{
    struct foreign_region *bigger;

    if (it->n == it->room) {
        it->room = it->room ? it->room * 2 : 16;
        bigger = arena_array(f->item, it->room, sizeof *bigger);
        if (it->n)
            memcpy(bigger, it->regions, it->n * sizeof *bigger);
        it->regions = bigger;
    }
    it->regions[it->n] = (struct foreign_region){.shape = shape, .label = label, .id = it->n + 1};
    return &it->regions[it->n++];
}

void foreign_point_named(struct foreign *f, const char *name, size_t place)
{
    if (!f->points) {
        f->points = json_object();
        arena_defer(f->a, jin_release, f->points);
    }
    if (json_object_size(f->points) < FOREIGN_POINTS_MOST && !json_object_get(f->points, name))
        json_object_set_new(f->points, name, json_integer((json_int_t)place));
}

struct foreign_region *foreign_point_add(struct foreign *f, struct foreign_item *it, const char *name, size_t place, size_t parent)
{
    struct foreign_region *r = foreign_region_add(f, it, SHAPE_POINT, name);

    foreign_point_named(f, name, place);
    r->parent = parent;
    return r;
}

err *foreign_done(struct foreign *f, struct foreign_item *it)
{
    TRY(f->take(f->to, it));
    arena_reset(f->item);
    return bundle_alive(f->b);
}

err *foreign_refuse(struct foreign *f, const char *file, int64_t row, const char *field, const char *fmt, ...)
{
    struct arena_mark m = arena_mark(f->scratch);
    va_list ap;
    err *e;

    va_start(ap, fmt);
    e = f->refuse(f->to, file, row, field, arena_vprintf(f->scratch, fmt, ap));
    va_end(ap);
    arena_rewind(f->scratch, m); /* an item may have any number of things that cannot be used */
    return e ? e : bundle_alive(f->b);
}

err *foreign_fits(struct foreign *f, const char *file, int64_t row, const char *field, size_t n, bool *fits)
{
    *fits = n <= FOREIGN_ITEM_BYTES;
    return *fits ? OK : foreign_refuse(f, file, row, field, "has more than %d bytes", FOREIGN_ITEM_BYTES);
}

err *foreign_pixels(struct foreign *f, const char *file, int64_t row, uint64_t n)
{
    if (n <= (uint64_t)(cfg.import_mask_pixels - f->pixels)) {
        f->pixels += (int64_t)n;
        return OK;
    }
    return verr_one(f->a, NULL, "%s: the masks up to here have more than %lld pixels together: import fewer of them at a time",
                    row ? arena_printf(f->a, "%s, row %lld", file, (long long)row) : file, (long long)cfg.import_mask_pixels);
}

/* Names that no picture has by that ending: it became another one, or there was none. */
static struct bundle_file *whatever_ending(struct foreign *f, const struct foreign_item *it, const char *name)
{
    struct bundle_file own = {.name = name};
    const char *stem = bundle_is_picture(&own) ? name : arena_printf(f->item, "%s.", name);
    struct bundle_file *found = bundle_picture(f->b, stem, it->file, true);

    return found || it->row ? found : bundle_picture(f->b, it->file, it->file, true); /* labels of one picture are called as it is */
}

/* As other machines write paths, and addresses are written. */
static struct bundle_file *picture_find(struct foreign *f, const struct foreign_item *it, bool stem_only)
{
    char *name = arena_strdup(f->item, it->image);
    struct bundle_file *found;
    size_t n;

    for (char *p = name; (p = strchr(p, '\\'));)
        *p = '/';
    found = bundle_picture(f->b, name, it->file, stem_only);
    if (found || stem_only)
        return found;
    if (strchr(name, '%')) {
        char *plain = url_decode(f->item, name, strlen(name), false, &n);
        found = plain && strlen(plain) == n ? bundle_picture(f->b, plain, it->file, false) : NULL;
    }
    return found ? found : whatever_ending(f, it, name);
}

void foreign_picture(struct foreign *f, struct foreign_item *it, bool stem_only)
{
    struct imgsize size;

    it->picture = picture_find(f, it, stem_only);
    if (!it->picture)
        return;
    it->picture->used = true;
    if (it->width <= 0 && imgsize_read((const unsigned char *)it->picture->bytes.p, it->picture->bytes.len, &size)) {
        it->width = size.width;
        it->height = size.height;
    }
}

static void bounds(struct foreign_region *r, const double *xy, size_t n)
{
    double right = xy[0], low = xy[1];

    r->x = xy[0];
    r->y = xy[1];
    for (size_t i = 2; i + 1 < n; i += 2) {
        r->x = xy[i] < r->x ? xy[i] : r->x;
        r->y = xy[i + 1] < r->y ? xy[i + 1] : r->y;
        right = xy[i] > right ? xy[i] : right;
        low = xy[i + 1] > low ? xy[i + 1] : low;
    }
    r->width = right - r->x;
    r->height = low - r->y;
}

bool foreign_finite(double v)
{
    return fabs(v) <= 1e15;
}

void foreign_polygon(struct foreign *f, struct foreign_region *r, const double *xy, size_t n, double scale_x, double scale_y)
{
    double *points = arena_array(f->item, n, sizeof *points);

    for (size_t i = 0; i < n; i++)
        points[i] = xy[i] * 100 / (i % 2 ? scale_y : scale_x);
    r->points = points;
    r->n_points = n;
    bounds(r, points, n);
}

bool foreign_blank(struct span line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!strchr(" \t\r\v\f", line.p[i]) || !line.p[i])
            return false;
    return true;
}

bool foreign_line(struct span *rest, struct span *line)
{
    const char *end;

    if (rest->len == 0)
        return false;
    end = memchr(rest->p, '\n', rest->len);
    *line = (struct span){rest->p, end ? (size_t)(end - rest->p) : rest->len};
    rest->p += line->len + (end != NULL);
    rest->len -= line->len + (end != NULL);
    line->len -= line->len > 0 && line->p[line->len - 1] == '\r';
    return true;
}

err *foreign_pictures_left(struct foreign *f)
{
    for (size_t i = 0; i < f->b->n; i++) {
        struct bundle_file *file = &f->b->files[i];
        struct foreign_item it = {.file = file->name, .image = file->name, .picture = file};
        if (!file->used && !file->is_labels && bundle_is_picture(file))
            TRY(foreign_done(f, &it));
    }
    return OK;
}
