/* Files of other tools: whatever stands in them, readers end, what they make is JSON, and the label configuration made of their labels is one
 * that is taken. Input: a byte that chooses the format, then the files, each after a line "@@ NAME". */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/cfg.h"
#include "base/rle.h"
#include "base/text.h"
#include "import/labelmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FORMATS = 8, FILES_MOST = 20, REFUSED_MOST = 1000 };

struct run {
    struct arena *a;
    struct foreign f;
    struct label_survey survey;
    struct labelmap map;
    bool mapped;
    size_t refused;
};

static err *refuse(void *to, const char *file, int64_t row, const char *field, const char *why)
{
    struct run *r = to;

    (void)field;
    if (!file || row < 0 || !*why)
        abort();
    return ++r->refused > REFUSED_MOST ? err_new(r->a, ERR_VALIDATION, NULL) : OK;
}

/* Every mask has the pixels of its picture. */
static void mask_check(struct run *r, const struct foreign_item *it, const struct foreign_region *region)
{
    size_t pixels = (size_t)(it->width * it->height);
    uint32_t values;

    if (!rle_values((const unsigned char *)region->rle.p, region->rle.len, &values) || values != (uint32_t)(pixels * 4))
        abort();
    if (pixels < 1 << 16 && !rle_alpha((const unsigned char *)region->rle.p, region->rle.len, arena_alloc(r->f.item, pixels), pixels))
        abort();
}

static void item_write(struct run *r, struct foreign_item *it)
{
    const struct labelmap_options o = {.predictions = it->n % 2, .model_version = "m"};
    struct strbuf b;
    struct jw w;
    size_t kept = 0;

    for (size_t i = 0; i < it->n; i++)
        if (it->regions[i].shape == SHAPE_MASK)
            mask_check(r, it, &it->regions[i]);
    for (size_t i = 0; i < it->n; i++)
        if (!labelmap_spares(&r->map, &it->regions[i]) && !labelmap_problem(&r->map, r->f.item, &it->regions[i]))
            it->regions[kept++] = it->regions[i];
    it->n = kept;
    strbuf_init(&b, r->f.item, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    labelmap_write(&r->map, &w, it, it->image, &o);
    if (utf8_valid(b.buf, b.len) && jspan_check(r->f.item, (struct span){b.buf, b.len}, 60))
        abort();
}

static err *take(void *to, struct foreign_item *it)
{
    struct run *r = to;

    if (it->json.p)
        return OK;
    survey_item(&r->survey, it);
    if (r->mapped)
        item_write(r, it);
    return OK;
}

static uint32_t number(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The check sums of a PNG file's chunks are made right: what was changed in them comes to be read. */
static struct span png_mend(struct arena *a, struct span s)
{
    enum { SIGNATURE = 8, AROUND = 12 };
    unsigned char *p = (unsigned char *)arena_memdup(a, s.p, s.len), *end = p + s.len, *at = p + SIGNATURE;

    if (s.len < SIGNATURE || memcmp(p, "\x89PNG", 4) != 0)
        return s;
    while (end - at >= AROUND && number(at) <= (size_t)(end - at - AROUND)) {
        uint32_t n = number(at), crc = (uint32_t)crc32(0, at + 4, n + 4);
        for (int i = 0; i < 4; i++)
            at[8 + n + (uint32_t)i] = (unsigned char)(crc >> (24 - 8 * i));
        at += AROUND + n;
    }
    return (struct span){(const char *)p, s.len};
}

static struct bundle *bundle_of(struct arena *a, const char *p, size_t len)
{
    struct bundle *b = bundle_new(a);
    const char *end = p + len, *next, *line;

    while (b->n < FILES_MOST && p < end && (line = memchr(p, '\n', (size_t)(end - p)))) {
        size_t n = (size_t)(line - p);
        const char *name = n > 3 ? arena_strndup(a, p + 3, n - 3) : "x";
        next = memmem(line, (size_t)(end - line), "\n@@ ", 4);
        p = next && next > line ? next + 1 : end;
        if (utf8_valid(name, strlen(name)))
            bundle_add(b, name, png_mend(a, (struct span){line + 1, (size_t)(p - line - 1)}));
    }
    bundle_index(b);
    return b;
}

static void run(struct run *r, const struct foreign_format *format)
{
    const char *why;
    struct lc *lc;

    r->f.look = true;
    survey_init(&r->survey, r->a);
    if (format->read(&r->f) || r->survey.regions == 0)
        return;
    r->survey.points = r->f.points;
    if (lc_parse(r->a, survey_config(r->a, &r->survey, format->text), NULL, &lc))
        return;
    if (!labelmap_open(&r->map, r->a, lc, format->text, &why))
        abort();
    r->mapped = true;
    r->f.look = false;
    r->f.pixels = 0;
    (void)!format->read(&r->f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz"), *item = arena_new("fuzz item"), *mask = arena_new("fuzz mask"), *scratch = arena_new("fuzz scratch");
    struct run r = {.a = a};

    cfg.data_dir = "/tmp";
    cfg.json_max_depth = 60;
    cfg.import_mask_pixels = 1 << 24;
    if (size > 0) {
        struct bundle *b = bundle_of(a, (const char *)data + 1, size - 1);
        const struct foreign_format *format = foreign_at(data[0] % FORMATS), *seen = foreign_recognise(a, b);
        r.f = (struct foreign){.a = a, .item = item, .mask = mask, .scratch = scratch, .b = b, .prefix = "/", .variant = format->variant, .take = take, .refuse = refuse, .to = &r};
        run(&r, seen && data[0] % 2 ? seen : format);
    }
    arena_free(scratch);
    arena_free(mask);
    arena_free(item);
    arena_free(a);
    return 0;
}
