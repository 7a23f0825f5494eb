/* Bundles: names sorted once, so that a hundred thousand labels find their pictures. Unpacking is unpack.c. */
#include "import/bundle.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/filemap.h"
#include "import/splits.h"
#include "import/unpack.h"

/* So many files of one base name are compared one by one; of more, some in each order, and not for long. */
enum { CROWD = 512, AROUND = 64, STEPS = 512 };

/* Nearer than any folder. */
static const size_t SPLIT_NEAR = (size_t)1 << 40;

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

    if (bundle_ends(name, "zip"))
        return unpack(b, name, path);
    TRY(filemap_whole(b->a, path, &bytes.p, &bytes.len));
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

/* How many bytes two paths share at their ends, given as lengths before which they are compared. */
static size_t common_end(const char *x, size_t nx, const char *y, size_t ny)
{
    size_t n = 0;

    while (n < nx && n < ny && x[nx - 1 - n] == y[ny - 1 - n])
        n++;
    return n;
}

/* Folders compared from their ends on, so that those lie together that end alike. */
static int folders(const char *x, const char *y)
{
    size_t nx = (size_t)(bundle_base(x) - x), ny = (size_t)(bundle_base(y) - y), n = common_end(x, nx, y, ny);

    if (n == nx || n == ny)
        return (nx > ny) - (nx < ny);
    return (unsigned char)x[nx - 1 - n] - (unsigned char)y[ny - 1 - n];
}

static int by_folder(const void *x, const void *y, void *bundle)
{
    const struct bundle *b = bundle;
    const char *nx = b->files[*(const size_t *)x].name, *ny = b->files[*(const size_t *)y].name;
    int c = stems(nx, ny);

    c = c ? c : folders(nx, ny);
    return c ? c : strcmp(nx, ny);
}

static bool has_crowd(const struct bundle *b)
{
    size_t from = 0;

    for (size_t i = 1; i < b->n; i++) {
        if (stems(b->files[b->by_stem[i]].name, b->files[b->by_stem[from]].name) != 0)
            from = i;
        if (i - from >= CROWD)
            return true;
    }
    return false;
}

void bundle_index(struct bundle *b)
{
    b->by_stem = arena_array(b->a, b->n + 1, sizeof *b->by_stem);
    for (size_t i = 0; i < b->n; i++)
        b->by_stem[i] = i;
    qsort_r(b->by_stem, b->n, sizeof *b->by_stem, by_stem, b);
    if (!has_crowd(b))
        return;
    b->by_folder = arena_array(b->a, b->n, sizeof *b->by_folder);
    memcpy(b->by_folder, b->by_stem, b->n * sizeof *b->by_folder);
    qsort_r(b->by_folder, b->n, sizeof *b->by_folder, by_folder, b);
}

/* The first file from `low` on, before `high`, that does not come before `name` in an order. */
static size_t place_of(const struct bundle *b, const size_t *order, size_t low, size_t high, const char *name, int (*compare)(const char *, const char *))
{
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (compare(b->files[order[mid]].name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static int past_stem(const char *x, const char *y)
{
    return stems(x, y) > 0 ? 0 : -1;
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

struct choice {
    const char *name, *beside;
    bool stem_only;
    struct bundle_file *best;
    size_t most;
};

/* Never one of another part of the data set: labels to train with are none of a picture to test with, though both have one name. */
static bool may_be(const struct choice *c, const struct bundle_file *f)
{
    return !f->is_labels && bundle_is_picture(f) && (c->stem_only || strcmp(bundle_base(f->name), bundle_base(c->name)) == 0) &&
           !split_differs(f->name, c->beside);
}

/* The folder may be called so where the labels lie in a file that is: instances_train.json, images/train/a.png. */
static bool of_one_split(const struct choice *c, const struct bundle_file *f)
{
    enum split s = split_of(f->name, false, NULL);

    return s && s == split_of(c->beside, split_in_base(c->beside), NULL);
}

static bool consider(struct choice *c, struct bundle_file *f)
{
    size_t near;

    if (!may_be(c, f))
        return false;
    near = nearness(f->name, c->name, c->beside) + 1 + (of_one_split(c, f) ? SPLIT_NEAR : 0);
    if (near > c->most) {
        c->most = near;
        c->best = f;
    }
    return true;
}

/* Some on both sides of a place in an order, of those from `low` to `high`. */
static void look_around(struct choice *c, const struct bundle *b, const size_t *order, size_t low, size_t high, size_t at)
{
    for (size_t i = at, seen = 0; i < high && i < at + STEPS && seen < AROUND; i++)
        seen += consider(c, &b->files[order[i]]);
    for (size_t i = at, seen = 0; i > low && i + STEPS > at && seen < AROUND; i--)
        seen += consider(c, &b->files[order[i - 1]]);
}

/* Where a hundred thousand files have one base name, the nearest ones lie beside each other in one of two orders. */
static void look_in_crowd(struct choice *c, const struct bundle *b, size_t low, size_t high)
{
    const char *const names[] = {c->name, c->beside};

    for (int i = 0; i < 2; i++) {
        look_around(c, b, b->by_stem, low, high, place_of(b, b->by_stem, low, high, names[i], strcmp));
        look_around(c, b, b->by_folder, low, high, place_of(b, b->by_folder, low, high, names[i], folders));
    }
}

struct bundle_file *bundle_picture(const struct bundle *b, const char *name, const char *beside, bool stem_only)
{
    struct choice c = {.name = name, .beside = beside, .stem_only = stem_only};
    size_t low = place_of(b, b->by_stem, 0, b->n, name, stems), high = place_of(b, b->by_stem, low, b->n, name, past_stem);

    if (high - low > CROWD)
        look_in_crowd(&c, b, low, high);
    else
        for (size_t i = low; i < high; i++)
            (void)consider(&c, &b->files[b->by_stem[i]]);
    return c.best;
}

static int full_names(const char *x, const char *y)
{
    int c = stems(x, y);

    return c ? c : strcmp(x, y);
}

struct bundle_file *bundle_named(const struct bundle *b, const char *name)
{
    size_t at = place_of(b, b->by_stem, 0, b->n, name, full_names);

    return at < b->n && strcmp(b->files[b->by_stem[at]].name, name) == 0 ? &b->files[b->by_stem[at]] : NULL;
}

const size_t *bundle_same_stem(const struct bundle *b, const char *name, size_t *n)
{
    size_t low = place_of(b, b->by_stem, 0, b->n, name, stems);

    *n = place_of(b, b->by_stem, low, b->n, name, past_stem) - low;
    return b->by_stem + low;
}
