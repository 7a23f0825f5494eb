/* Bundles: names sorted once, so that a hundred thousand labels find their pictures. Unpacking is unpack.c. */
#include "import/bundle.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/filemap.h"
#include "import/unpack.h"

struct bundle *bundle_new(struct arena *a)
{
    struct bundle *b = ARENA_NEW(a, struct bundle);

    b->a = a;
    return b;
}

err *bundle_alive(const struct bundle *b)
{
    return b->alive ? b->alive(b->to) : OK;
}

void bundle_add(struct bundle *b, const char *name, struct span bytes)
{
    struct bundle_file *bigger;

    if (b->n == b->room) {
        b->room = b->room ? b->room * 2 : 64;
        bigger = arena_array(b->a, b->room, sizeof *bigger);
        if (b->n)
            memcpy(bigger, b->files, b->n * sizeof *bigger);
        b->files = bigger;
    }
    b->files[b->n++] = (struct bundle_file){.name = arena_strdup(b->a, name), .bytes = bytes};
}

err *bundle_add_file(struct bundle *b, const char *name, const char *path)
{
    struct span bytes = {"", 0};
    err *e = OK;
    off_t len;
    int fd;

    if (bundle_ends(name, "zip"))
        return unpack(b, name, path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_file(b->a, "could not open \"%s\"", path);
    len = lseek(fd, 0, SEEK_END);
    if (len > 0) {
        bytes.len = (size_t)len;
        e = filemap_open(b->a, fd, bytes.len, &bytes.p);
    }
    close(fd);
    TRY(e);
    bundle_add(b, name, bytes);
    b->files[b->n - 1].path = path;
    return OK;
}

/* ---- names ---- */

const char *bundle_base(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

static size_t stem_len(const char *base)
{
    const char *dot = strrchr(base, '.');

    return dot && dot != base ? (size_t)(dot - base) : strlen(base);
}

bool bundle_ends_in(const char *name, const char *const *endings, size_t n)
{
    const char *dot = strrchr(bundle_base(name), '.');

    for (size_t i = 0; dot && i < n; i++)
        if (strcasecmp(dot + 1, endings[i]) == 0)
            return true;
    return false;
}

bool bundle_ends(const char *name, const char *ending)
{
    return bundle_ends_in(name, &ending, 1);
}

bool bundle_is_picture(const struct bundle_file *f)
{
    static const char *const endings[] = {"png", "jpg", "jpeg", "gif", "bmp", "webp", "svg"};

    return bundle_ends_in(f->name, endings, sizeof endings / sizeof *endings);
}

static int stems(const char *x, const char *y)
{
    const char *bx = bundle_base(x), *by = bundle_base(y);
    size_t nx = stem_len(bx), ny = stem_len(by);
    int c = memcmp(bx, by, nx < ny ? nx : ny);

    return c ? c : (nx > ny) - (nx < ny);
}

/* qsort_r keeps the order of names independent of globals. */
static int by_stem(const void *x, const void *y, void *bundle)
{
    const struct bundle *b = bundle;
    const char *nx = b->files[*(const size_t *)x].name, *ny = b->files[*(const size_t *)y].name;
    int c = stems(nx, ny);

    return c ? c : strcmp(nx, ny);
}

void bundle_index(struct bundle *b)
{
    b->by_stem = arena_array(b->a, b->n + 1, sizeof *b->by_stem);
    for (size_t i = 0; i < b->n; i++)
        b->by_stem[i] = i;
    qsort_r(b->by_stem, b->n, sizeof *b->by_stem, by_stem, b);
}

static size_t first_of(const struct bundle *b, const char *name)
{
    size_t low = 0, high = b->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (stems(b->files[b->by_stem[mid]].name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* How many bytes two paths share at their ends, given as lengths before which they are compared. */
static size_t common_end(const char *x, size_t nx, const char *y, size_t ny)
{
    size_t n = 0;

    while (n < nx && n < ny && x[nx - 1 - n] == y[ny - 1 - n])
        n++;
    return n;
}

/* Folders of the same name beside each other: labels/train/a.txt belongs to images/train/a.png. What two files share at the front counts
 * when their ends say nothing. */
static size_t nearness(const char *picture, const char *name, const char *beside)
{
    size_t np = (size_t)(bundle_base(picture) - picture), nn = (size_t)(bundle_base(name) - name), n = common_end(picture, np, name, nn);
    size_t front = 0, nb = (size_t)(bundle_base(beside) - beside);

    n = n * 2 + common_end(picture, np, beside, nb);
    while (front < np && front < nb && picture[front] == beside[front])
        front++;
    return n * 4096 + front;
}

struct bundle_file *bundle_picture(const struct bundle *b, const char *name, const char *beside, bool stem_only)
{
    struct bundle_file *best = NULL;
    size_t most = 0;

    for (size_t i = first_of(b, name); i < b->n && stems(b->files[b->by_stem[i]].name, name) == 0; i++) {
        struct bundle_file *f = &b->files[b->by_stem[i]];
        size_t near = nearness(f->name, name, beside) + 1;
        if (f->is_labels || !bundle_is_picture(f) || (!stem_only && strcmp(bundle_base(f->name), bundle_base(name)) != 0))
            continue;
        if (near > most) {
            most = near;
            best = f;
        }
    }
    return best;
}
