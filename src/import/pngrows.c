/* libpng leaves its functions by longjmp: each function here that calls it sets its own place to come back to, and keeps what it needs
 * afterwards in memory. */
#include "import/pngrows.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

struct pngrows_read {
    struct arena *a;
    struct span rest;
    png_struct *png;
    png_info *info;
    char why[128];
    bool interlaced;
    size_t y, stride;
    unsigned char *pixels; /* a row, or all of them */
};

static void on_error(png_struct *png, const char *why)
{
    struct pngrows_read *r = png_get_error_ptr(png);

    strncpy(r->why, why, sizeof r->why - 1);
    png_longjmp(png, 1);
}

static void on_warning(png_struct *png, const char *why)
{
    (void)png;
    (void)why;
}

static void on_read(png_struct *png, unsigned char *to, size_t n)
{
    struct pngrows_read *r = png_get_io_ptr(png);

    if (n > r->rest.len)
        png_error(png, "it ends too early");
    memcpy(to, r->rest.p, n);
    r->rest.p += n;
    r->rest.len -= n;
}

static void release(void *read)
{
    struct pngrows_read *r = read;

    png_destroy_read_struct(&r->png, &r->info, NULL);
}

/* ---- the head ---- */

/* Bits that are no whole bytes are unpacked, colours of 16 bits lose their lower half; texts, profiles and the like are not even read. */
static void transforms_set(struct pngrows *p, struct pngrows_read *r)
{
    unsigned depth = png_get_bit_depth(r->png, r->info);

    p->stored = ((size_t)png_get_channels(r->png, r->info) * depth + 7) / 8;
    p->wide = p->kind == PNGROWS_GREY && depth == 16;
    if (depth < 8)
        png_set_packing(r->png);
    if (depth == 16 && !p->wide)
        png_set_strip_16(r->png);
    r->interlaced = png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE;
    if (r->interlaced)
        (void)png_set_interlace_handling(r->png);
}

static void colours_read(struct pngrows *p, struct pngrows_read *r)
{
    png_color *colours;
    png_byte *alphas;
    png_color_16 *clear;
    int n = 0;

    if (p->kind == PNGROWS_PALETTE && png_get_PLTE(r->png, r->info, &colours, &n))
        for (p->colours = 0; p->colours < (size_t)n && p->colours < 256; p->colours++)
            p->palette[p->colours] = (uint32_t)colours[p->colours].red << 16 | (uint32_t)colours[p->colours].green << 8 | colours[p->colours].blue;
    if (!png_get_tRNS(r->png, r->info, &alphas, &n, &clear))
        return;
    p->has_clear = p->kind != PNGROWS_PALETTE;
    for (int i = 0; p->kind == PNGROWS_PALETTE && i < n && i < 256; i++)
        p->transparent[i] = alphas[i] == 0;
    if (p->kind == PNGROWS_GREY)
        p->clear = clear->gray;
    if (p->kind == PNGROWS_COLOUR) {
        unsigned shift = png_get_bit_depth(r->png, r->info) == 16 ? 8 : 0;
        p->clear = (uint32_t)(clear->red >> shift & 255) << 16 | (uint32_t)(clear->green >> shift & 255) << 8 | (clear->blue >> shift & 255);
    }
}

static bool head_read(struct pngrows *p, struct pngrows_read *r)
{
    int type;

    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_set_read_fn(r->png, r, on_read);
    png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_benign_errors(r->png, 1);
    (void)png_set_option(r->png, PNG_IGNORE_ADLER32, PNG_OPTION_ON); /* each chunk has its own check sum */
    png_read_info(r->png, r->info);
    type = png_get_color_type(r->png, r->info);
    p->kind = type == PNG_COLOR_TYPE_PALETTE ? PNGROWS_PALETTE : type & PNG_COLOR_MASK_COLOR ? PNGROWS_COLOUR : PNGROWS_GREY;
    p->alpha = type & PNG_COLOR_MASK_ALPHA;
    p->width = png_get_image_width(r->png, r->info);
    p->height = png_get_image_height(r->png, r->info);
    transforms_set(p, r);
    colours_read(p, r);
    png_read_update_info(r->png, r->info);
    r->stride = png_get_rowbytes(r->png, r->info);
    p->pixel = r->stride / p->width;
    return true;
}

bool pngrows_open(struct pngrows *p, struct arena *a, struct span file)
{
    struct pngrows_read *r = ARENA_NEW(a, struct pngrows_read);

    *p = (struct pngrows){.read = r, .why = r->why};
    r->a = a;
    r->rest = file;
    r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    r->info = r->png ? png_create_info_struct(r->png) : NULL;
    arena_defer(a, release, r);
    if (!r->info) {
        p->why = "there is no memory for it";
        return false;
    }
    return head_read(p, r);
}

/* ---- rows ---- */

static bool all_read(struct pngrows *p, struct pngrows_read *r)
{
    unsigned char **rows;

    if (p->height > PNGROWS_INTERLACED_MOST / p->width) {
        p->why = "it is interlaced, and has more than 16,777,216 pixels";
        return false;
    }
    r->pixels = arena_array(r->a, p->height, r->stride);
    rows = arena_array(r->a, p->height, sizeof *rows);
    for (size_t y = 0; y < p->height; y++)
        rows[y] = r->pixels + y * r->stride;
    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_read_image(r->png, rows);
    return true;
}

static bool row_read(struct pngrows_read *r)
{
    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_read_row(r->png, r->pixels, NULL);
    return true;
}

const unsigned char *pngrows_next(struct pngrows *p)
{
    struct pngrows_read *r = p->read;

    if (r->interlaced) {
        if (r->y == 0 && !all_read(p, r))
            return NULL;
        return r->pixels + r->y++ * r->stride;
    }
    if (!r->pixels)
        r->pixels = arena_alloc(r->a, r->stride);
    return row_read(r) ? r->pixels : NULL;
}

/* ---- pixels ---- */

/* A byte that equals the one a pixel before it goes on with the run: eight of them at a time. */
size_t pngrows_run(const struct pngrows *p, const unsigned char *row, size_t x)
{
    const unsigned char *from = row + x * p->pixel, *at = from + p->pixel, *end = row + p->width * p->pixel;
    uint64_t now, before;

    while (end - at >= 8) {
        memcpy(&now, at, 8);
        memcpy(&before, at - p->pixel, 8);
        if (now != before)
            break;
        at += 8;
    }
    while (at < end && *at == *(at - p->pixel))
        at++;
    return x + (size_t)(at - from) / p->pixel;
}

uint32_t pngrows_value(const struct pngrows *p, const unsigned char *pixel)
{
    if (p->kind == PNGROWS_COLOUR)
        return (uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | pixel[2];
    return p->wide ? (uint32_t)pixel[0] << 8 | pixel[1] : pixel[0];
}

uint32_t pngrows_colour(const struct pngrows *p, const unsigned char *pixel)
{
    if (p->kind == PNGROWS_COLOUR)
        return pngrows_value(p, pixel);
    return p->kind == PNGROWS_PALETTE ? p->palette[pixel[0]] : (uint32_t)pixel[0] * 0x010101;
}

bool pngrows_clear(const struct pngrows *p, const unsigned char *pixel)
{
    if (p->kind == PNGROWS_PALETTE)
        return p->transparent[pixel[0]];
    if (p->has_clear)
        return pngrows_value(p, pixel) == p->clear;
    if (!p->alpha)
        return false;
    return pixel[p->pixel - 1] == 0 && (!p->wide || pixel[p->pixel - 2] == 0);
}
