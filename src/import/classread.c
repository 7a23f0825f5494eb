/* One pass over the rows, a run of equal pixels after the other: each run goes to the region of its class and object. No pixels are kept, so any
 * number of classes costs as much as one. */
#include "import/classread.h"

#include <stdlib.h>
#include <string.h>

#include "import/maskpng.h"
#include "import/maskruns.h"

enum { PARTS_MOST = 65536, UNKNOWN_MOST = 100, VOC_EDGE = 0xe0e0c0, NOTHING = -1, UNSEEN = -2 };

struct part {
    uint64_t key; /* place of the class, then the object */
    struct maskruns runs;
};

struct scan {
    struct foreign *f;
    const struct bundle_file *file;
    const struct classnames *names;
    struct pngrows classes, objects;
    bool has_objects, by_colour;
    int32_t seen[256];           /* the places of classes by a pixel's byte */
    uint32_t last_value;         /* of wider pixels */
    int32_t last;
    uint32_t unknown[UNKNOWN_MOST]; /* values that were told */
    size_t n_unknown;
    struct part **parts;
    size_t n, room;
    struct part **slots; /* by key: a power of two of them, half of them free */
    size_t n_slots;
    size_t bytes, runs; /* of all masks */
    bool over;    /* no more of it is wanted: it was refused */
};

/* ---- values ---- */

/* A palette whose colours have names means colours, and so does a grey where all that have names are greys; else a number is the class. */
static bool means_colours(const struct pngrows *p, const struct classnames *names)
{
    bool greys = true, named = false;

    if (!names->coloured || p->kind != PNGROWS_PALETTE)
        return names->coloured && (p->kind == PNGROWS_COLOUR || (names->greys && !p->wide));
    for (size_t i = 0; i < p->colours; i++) {
        uint32_t colour = p->palette[i];
        greys = greys && colour == (colour & 255) * 0x010101;
        named = named || (colour && classnames_key(names, colour));
    }
    return greys ? names->greys : named;
}

/* What nobody named and yet is no mistake: black or 0, and the edges between objects. */
static bool is_void(const struct scan *s, uint32_t value)
{
    if (s->by_colour)
        return value == 0 || value == VOC_EDGE;
    return value == 0 || value == 255 || (value == 65535 && s->classes.wide);
}

static err *unknown(struct scan *s, uint32_t value)
{
    struct foreign *f = s->f;
    const char *name = s->file->name, *names = s->names->file;

    for (size_t i = 0; i < s->n_unknown; i++)
        if (s->unknown[i] == value)
            return OK;
    if (s->n_unknown == UNKNOWN_MOST) {
        s->over = true;
        return foreign_refuse(f, name, 0, NULL, "more than %d values have no name in %s", UNKNOWN_MOST, names);
    }
    s->unknown[s->n_unknown++] = value;
    if (s->by_colour || value > UINT16_MAX)
        return foreign_refuse(f, name, 0, NULL, "the colour %u,%u,%u has no name in %s", value >> 16, value >> 8 & 255, value & 255, names);
    return foreign_refuse(f, name, 0, NULL, "the value %u has no name in %s", value, names);
}

/* Where names are of numbers, a grey in three channels is one. */
static uint32_t value_of(const struct scan *s, const unsigned char *pixel)
{
    uint32_t v = s->by_colour ? pngrows_colour(&s->classes, pixel) : pngrows_value(&s->classes, pixel);

    return !s->by_colour && s->classes.kind == PNGROWS_COLOUR && v == (v & 255) * 0x010101 ? v & 255 : v;
}

static err *class_find(struct scan *s, uint32_t value, int32_t *out)
{
    const struct class_name *found = s->by_colour ? classnames_key(s->names, value) : classnames_number(s->names, value);

    *out = found && !found->nothing ? (int32_t)found->place : NOTHING;
    return found || is_void(s, value) ? OK : unknown(s, value);
}

static err *class_of(struct scan *s, const unsigned char *pixel, int32_t *out)
{
    uint32_t value;

    *out = NOTHING;
    if (s->classes.pixel == 1) {
        *out = s->seen[*pixel];
        if (*out != UNSEEN)
            return OK;
        *out = NOTHING;
        if (!pngrows_clear(&s->classes, pixel) || !s->by_colour)
            TRY(class_find(s, value_of(s, pixel), out));
        s->seen[*pixel] = *out;
        return OK;
    }
    if (pngrows_clear(&s->classes, pixel))
        return OK;
    value = value_of(s, pixel);
    if (s->last == UNSEEN || value != s->last_value)
        TRY(class_find(s, value, &s->last));
    s->last_value = value;
    *out = s->last;
    return OK;
}

/* 0: none. */
static uint32_t object_of(const struct scan *s, const unsigned char *pixel)
{
    const struct pngrows *p = &s->objects;
    uint32_t v = pngrows_value(p, pixel);

    if (pngrows_clear(p, pixel) || (p->kind == PNGROWS_COLOUR ? v == VOC_EDGE : v == 255 || (p->wide && v == 65535)))
        return 0;
    return v;
}

/* ---- regions ---- */

static size_t slot_of(const struct scan *s, uint64_t key)
{
    size_t i = (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (s->n_slots - 1);

    while (s->slots[i] && s->slots[i]->key != key)
        i = (i + 1) & (s->n_slots - 1);
    return i;
}

static void grow(struct scan *s)
{
    s->room = s->room ? s->room * 2 : 32;
    struct part **bigger = arena_array(s->f->mask, s->room, sizeof *bigger);
    if (s->n)
        memcpy(bigger, s->parts, s->n * sizeof *bigger);
    s->parts = bigger;
    s->n_slots = s->room * 2;
    s->slots = arena_array(s->f->mask, s->n_slots, sizeof *s->slots);
    for (size_t i = 0; i < s->n; i++)
        s->slots[slot_of(s, s->parts[i]->key)] = s->parts[i];
}

static err *part_find(struct scan *s, uint64_t key, struct part **out)
{
    size_t slot;

    if (s->n == s->room)
        grow(s);
    slot = slot_of(s, key);
    *out = s->slots[slot];
    if (*out)
        return OK;
    if (s->n == PARTS_MOST) {
        s->over = true;
        return foreign_refuse(s->f, s->file->name, 0, NULL, "has more than %d regions", PARTS_MOST);
    }
    *out = s->slots[slot] = s->parts[s->n++] = ARENA_NEW(s->f->mask, struct part);
    (*out)->key = key;
    if (!s->f->look)
        maskruns_begin(&(*out)->runs, s->f->mask, s->classes.width, s->classes.height);
    return OK;
}

static err *run_take(struct scan *s, uint64_t key, size_t y, size_t from, size_t to)
{
    struct part *part = NULL;
    size_t before;

    TRY(part_find(s, key, &part));
    s->runs++;
    if (!part || s->f->look)
        return OK;
    before = maskruns_bytes(&part->runs);
    maskruns_add(&part->runs, y, from, to);
    s->bytes += maskruns_bytes(&part->runs) - before;
    return OK;
}

/* ---- rows ---- */

static err *row_take(struct scan *s, const unsigned char *row, const unsigned char *objects, size_t y)
{
    size_t class_end = 0, object_end = s->has_objects ? 0 : s->classes.width;
    uint32_t object = 0;
    int32_t class = NOTHING;

    for (size_t x = 0, to; x < s->classes.width && !s->over; x = to) {
        if (x == class_end) {
            class_end = pngrows_run(&s->classes, row, x);
            TRY(class_of(s, row + x * s->classes.pixel, &class));
        }
        if (x == object_end) {
            object_end = pngrows_run(&s->objects, objects, x);
            object = object_of(s, objects + x * s->objects.pixel);
        }
        to = class_end < object_end ? class_end : object_end;
        if (class != NOTHING)
            TRY(run_take(s, (uint64_t)class << 32 | object, y, x, to));
    }
    return OK;
}

static err *rows_read(struct scan *s)
{
    const unsigned char *row, *objects = NULL;

    for (size_t y = 0; y < s->classes.height && !s->over; y++) {
        row = pngrows_next(&s->classes);
        if (row && s->has_objects)
            objects = pngrows_next(&s->objects);
        s->over = !row || (s->has_objects && !objects);
        if (s->over)
            return foreign_refuse(s->f, s->file->name, 0, NULL, "%s is damaged: %s", row ? "the picture of its objects" : "it", row ? s->objects.why : s->classes.why);
        TRY(row_take(s, row, objects, y));
        if (s->bytes > FOREIGN_ITEM_BYTES)
            break;
    }
    return OK;
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = (*(struct part *const *)x)->key, b = (*(struct part *const *)y)->key;

    return (a > b) - (a < b);
}

/* In the order of classes, then of objects. */
static err *regions_add(struct scan *s, struct foreign_item *it)
{
    size_t before = it->n;
    bool fits = true;

    if (s->n)
        qsort(s->parts, s->n, sizeof *s->parts, by_key);
    s->bytes = 0;
    for (size_t i = 0; i < s->n && fits; i++) {
        struct foreign_region *r = foreign_region_add(s->f, it, SHAPE_MASK, s->names->all[s->parts[i]->key >> 32].name);
        if (s->f->look)
            continue;
        maskruns_end(&s->parts[i]->runs, s->f->item, r);
        s->bytes += r->rle.len;
        TRY(foreign_fits(s->f, s->file->name, 0, "masks", s->bytes, &fits));
    }
    if (!fits)
        it->n = before;
    return bundle_alive(s->f->b);
}

static err *objects_open(struct scan *s, struct foreign_item *it, const struct bundle_file *objects, bool *fits)
{
    *fits = true;
    s->has_objects = objects != NULL;
    if (objects)
        TRY(maskpng_open(s->f, it, objects, &s->objects, fits));
    return OK;
}

err *classread(struct foreign *f, struct foreign_item *it, const struct bundle_file *mask, const struct bundle_file *objects,
               const struct classnames *names)
{
    struct scan s = {.f = f, .file = mask, .names = names, .last = UNSEEN};
    bool fits;

    arena_reset(f->mask);
    for (size_t i = 0; i < 256; i++)
        s.seen[i] = UNSEEN;
    TRY(maskpng_open(f, it, mask, &s.classes, &fits));
    if (fits)
        TRY(objects_open(&s, it, objects, &fits));
    if (!fits)
        return OK;
    s.by_colour = means_colours(&s.classes, names);
    TRY(rows_read(&s));
    TRY(foreign_pixels(f, mask->name, 0, (uint64_t)s.runs * FOREIGN_RUN_COSTS));
    return s.over ? OK : regions_add(&s, it);
}
