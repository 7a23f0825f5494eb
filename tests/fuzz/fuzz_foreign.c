/* Files of other tools: whatever stands in them, readers end, what they make is JSON, and the label configuration made of their labels is one
 * that is taken. Input: a byte that chooses the format, then the files, each after a line "@@ NAME". */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
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

static void write(struct run *r, struct foreign_item *it)
{
    const struct labelmap_options o = {.predictions = it->n % 2, .model_version = "m"};
    struct strbuf b;
    struct jw w;
    size_t kept = 0;

    for (size_t i = 0; i < it->n; i++)
        if (!labelmap_problem(&r->map, r->f.item, &it->regions[i]))
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
        write(r, it);
    return OK;
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
            bundle_add(b, name, (struct span){line + 1, (size_t)(p - line - 1)});
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
