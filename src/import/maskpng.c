/* Masks have the size of their picture, and all of an import together a budget. */
#include "import/maskpng.h"

#include <string.h>

#include "import/cocorle.h"

static bool is_jpeg(struct span s)
{
    return s.len > 2 && memcmp(s.p, "\xff\xd8\xff", 3) == 0;
}

static err *size_check(struct foreign *f, struct foreign_item *it, const struct bundle_file *file, const struct pngrows *p, bool *fits)
{
    if (p->width > COCORLE_PIXELS_MOST / p->height)
        return foreign_refuse(f, file->name, 0, NULL, "has more than 67,108,864 pixels");
    if (it->width <= 0) {
        it->width = (int64_t)p->width;
        it->height = (int64_t)p->height;
    }
    if (it->width != (int64_t)p->width || it->height != (int64_t)p->height)
        return foreign_refuse(f, file->name, 0, NULL, "has %zux%zu pixels, the picture %lldx%lld", p->width, p->height, (long long)it->width,
                              (long long)it->height);
    *fits = true;
    return foreign_pixels(f, file->name, 0, (uint64_t)p->width * p->height * p->stored);
}

err *maskpng_open(struct foreign *f, struct foreign_item *it, const struct bundle_file *file, struct pngrows *p, bool *fits)
{
    *fits = false;
    if (is_jpeg(file->bytes))
        return foreign_refuse(f, file->name, 0, NULL, "is a JPEG file, which does not keep the values of pixels; masks are PNG files");
    if (!pngrows_open(p, f->mask, file->bytes))
        return foreign_refuse(f, file->name, 0, NULL, "is not a PNG file: %s", p->why);
    return size_check(f, it, file, p, fits);
}
