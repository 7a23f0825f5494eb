/* What tools call the files. Masks lie in folders of their own, or have names of their own:
 *
 *   SegmentationClass/a.png      Pascal VOC, CVAT, labelme; objects are told apart in SegmentationObject/a.png
 *   masks/a.png, masks_machine/a.png, labels/a.png, annotations/training/a.png, trainannot/a.png, semantic/a.png
 *   a_mask.png                   Roboflow
 *   a_L.png                      CamVid
 *   a_gtFine_labelIds.png        Cityscapes, of a_leftImg8bit.png; or a_gtFine_color.png, where colours have names
 *
 * Names come from the file of them that lies nearest above the mask. */
#include "import/classmask.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "import/classread.h"
#include "import/splits.h"

enum place { PLACE_NONE, PLACE_VOC, PLACE_MASKS, PLACE_MAYBE, PLACE_PASSED };
enum { SAME_MOST = 8 };

/* ---- names of files ---- */

/* Is a folder of the path called that? */
static bool has_folder(const char *name, const char *folder)
{
    size_t n = strlen(folder);

    for (const char *p = name; (p = strstr(p, folder)); p += n)
        if (p[n] == '/' && (p == name || p[-1] == '/'))
            return true;
    return false;
}

static enum place place_of(const char *name)
{
    static const struct {
        const char *folder;
        enum place place;
    } folders[] = {
        {"SegmentationClass", PLACE_VOC}, {"SegmentationClassPNG", PLACE_VOC}, {"SegmentationObject", PLACE_PASSED},
        {"SegmentationObjectPNG", PLACE_PASSED}, {"SegmentationClassVisualization", PLACE_PASSED}, {"SegmentationObjectVisualization", PLACE_PASSED},
        {"masks_human", PLACE_PASSED}, {"semantic_rgb", PLACE_PASSED}, {"masks", PLACE_MASKS}, {"mask", PLACE_MASKS}, {"masks_machine", PLACE_MASKS},
        {"labels", PLACE_MAYBE}, {"annotations", PLACE_MAYBE}, {"annot", PLACE_MAYBE}, {"trainannot", PLACE_MAYBE}, {"valannot", PLACE_MAYBE},
        {"testannot", PLACE_MAYBE}, {"semantic", PLACE_MAYBE}, {"gtFine", PLACE_MAYBE},
    };

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (has_folder(name, folders[i].folder))
            return folders[i].place;
    return PLACE_NONE;
}

/* What names of masks end in, and what those of their pictures end in then. */
static const struct {
    const char *end, *picture;
} endings[] = {{"_mask", ""}, {"_L", ""}, {"_gtFine_labelIds", "_leftImg8bit"}, {"_gtFine_labelTrainIds", "_leftImg8bit"}, {"_gtFine_color", "_leftImg8bit"}};

enum { ENDINGS = sizeof endings / sizeof *endings };

/* Length of the base name without its type. */
static size_t stem_of(const char *base)
{
    const char *dot = strrchr(base, '.');

    return dot ? (size_t)(dot - base) : strlen(base);
}

/* Which of them; ENDINGS: none. */
static size_t ending_of(const char *name)
{
    const char *base = bundle_base(name);
    size_t n = stem_of(base), i = 0;

    for (; i < ENDINGS; i++) {
        size_t len = strlen(endings[i].end);
        if (n > len && memcmp(base + n - len, endings[i].end, len) == 0)
            break;
    }
    return i;
}

static bool is_objects(const char *name)
{
    const char *base = bundle_base(name), *end = strstr(base, "_gtFine_instanceIds.");

    return end != NULL;
}

/* masks/LABEL/a.png is of one label, unless classes have names and the folder is that of a part of the data. */
static bool is_of_label(const char *name, bool named)
{
    static const char *const parts[] = {"masks", "mask", "train", "training", "val", "valid", "validation", "test", "testing"};
    const char *base = bundle_base(name), *end = base > name ? base - 1 : name, *from = end;

    while (from > name && from[-1] != '/')
        from--;
    for (size_t i = 0; i < (named ? sizeof parts / sizeof *parts : 2); i++)
        if (strlen(parts[i]) == (size_t)(end - from) && strncasecmp(from, parts[i], (size_t)(end - from)) == 0)
            return false;
    return from > name && (has_folder(name, "masks") || has_folder(name, "mask"));
}

bool classmask_named(const struct bundle *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (classnames_is(b->files[i].name))
            return true;
    return false;
}

bool classmask_is_voc(const struct bundle_file *file)
{
    return bundle_is_picture(file) && place_of(file->name) == PLACE_VOC;
}

bool classmask_is(const struct bundle_file *file, bool named)
{
    enum place place = place_of(file->name);

    if (!bundle_is_picture(file) || place == PLACE_PASSED || is_objects(file->name))
        return false;
    if (place == PLACE_VOC)
        return true;
    if (place == PLACE_MASKS)
        return !is_of_label(file->name, named);
    return named && bundle_ends(file->name, "png") && (place == PLACE_MAYBE || ending_of(file->name) < ENDINGS);
}

/* Texts of the same name are YOLO's labels of a picture, which then is one. */
static bool has_text(const struct bundle *b, const char *name)
{
    size_t n;
    const size_t *same = bundle_same_stem(b, name, &n);

    for (size_t i = 0; i < n && i < SAME_MOST; i++)
        if (bundle_ends(b->files[same[i]].name, "txt"))
            return true;
    return false;
}

bool classmask_fits(const struct bundle *b)
{
    bool named = classmask_named(b), found = false;

    for (size_t i = 0; i < b->n; i++)
        if (classmask_is(&b->files[i], named)) {
            if (has_text(b, b->files[i].name))
                return false;
            found = true;
        }
    return found;
}

/* ---- names of classes ---- */

void classmask_open(struct classmasks *c, struct foreign *f, bool voc_only)
{
    bool named = classmask_named(f->b);

    *c = (struct classmasks){.f = f, .voc_only = voc_only};
    for (size_t i = 0; i < f->b->n; i++) {
        struct bundle_file *file = &f->b->files[i];
        enum place place = place_of(file->name);
        file->is_labels = place == PLACE_PASSED || is_objects(file->name) || (voc_only ? classmask_is_voc(file) : classmask_is(file, named));
        if (classnames_is(file->name) && c->n < CLASSMASK_TABLES_MOST)
            c->tables[c->n++].file = file;
    }
}

/* How many bytes of folders the two share, or none when the file of names lies elsewhere. */
static size_t nearness(const char *names, const char *mask)
{
    size_t n = (size_t)(bundle_base(names) - names);

    return strncmp(names, mask, n) == 0 ? n + 1 : 0;
}

static bool is_better(const char *name, const char *best, const char *mask)
{
    size_t near = nearness(name, mask), nearest = nearness(best, mask);

    return near != nearest ? near > nearest : classnames_is(name) < classnames_is(best);
}

/* *out NULL: there are none. */
static err *names_find(struct classmasks *c, const struct bundle_file *mask, const struct classnames **out)
{
    size_t best = 0;

    *out = NULL;
    for (size_t i = 1; i < c->n; i++)
        if (is_better(c->tables[i].file->name, c->tables[best].file->name, mask->name))
            best = i;
    if (c->n && !c->tables[best].names)
        TRY(classnames_read(c->f, c->tables[best].file, &c->tables[best].names));
    if (!c->n && classmask_is_voc(mask) && !c->voc)
        c->voc = classnames_voc(c->f->a);
    *out = c->n ? c->tables[best].names : classmask_is_voc(mask) ? c->voc : NULL;
    return OK;
}

/* ---- masks ---- */

/* The same path with another folder and another type; NULL: there is no such file. */
static struct bundle_file *twin(struct classmasks *c, const char *name, const char *folder, const char *other)
{
    const char *at = name, *p, *found = NULL, *base = bundle_base(name);
    size_t n = strlen(folder);

    for (; (p = strstr(at, folder)) && p < base; at = p + n)
        if ((p == name || p[-1] == '/') && p[n] == '/')
            found = p;
    if (!found)
        return NULL;
    return bundle_named(c->f->b, arena_printf(c->f->item, "%.*s%s%.*s%.*s.png", (int)(found - name), name, other, (int)(base - found - (ptrdiff_t)n), found + n,
                                              (int)stem_of(base), base));
}

static const struct bundle_file *objects_of(struct classmasks *c, const struct bundle_file *mask)
{
    struct bundle_file *f = twin(c, mask->name, "SegmentationClass", "SegmentationObject");

    return f ? f : twin(c, mask->name, "SegmentationClassPNG", "SegmentationObjectPNG");
}

static bool has_other(struct classmasks *c, const char *name, size_t ending, const char *other)
{
    size_t n = strlen(name) - 4 - strlen(endings[ending].end); /* ".png" */

    return bundle_named(c->f->b, arena_printf(c->f->item, "%.*s%s.png", (int)n, name, other)) != NULL;
}

/* Of Cityscapes' masks of one picture the one that the names are for. */
static bool is_spare(struct classmasks *c, const char *name, const struct classnames *names)
{
    size_t i = ending_of(name);
    bool coloured = names && names->coloured;

    if (i < 2 || i >= ENDINGS || !bundle_ends(name, "png"))
        return false;
    if (strcmp(endings[i].end, "_gtFine_color") == 0)
        return !coloured && has_other(c, name, i, "_gtFine_labelIds");
    if (coloured && has_other(c, name, i, "_gtFine_color"))
        return true;
    return strcmp(endings[i].end, "_gtFine_labelTrainIds") == 0 && has_other(c, name, i, "_gtFine_labelIds");
}

static err *read(struct classmasks *c, struct foreign_item *it, struct bundle_file *mask)
{
    const struct classnames *names;

    mask->used = true;
    TRY(names_find(c, mask, &names));
    if (is_spare(c, mask->name, names))
        return OK;
    if (!names)
        return foreign_refuse(c->f, mask->name, 0, NULL, "no file says what its values are called: labelmap.txt, _classes.csv or classes.txt");
    return classread(c->f, it, mask, objects_of(c, mask), names);
}

err *classmask_beside(struct classmasks *c, struct foreign_item *it)
{
    struct bundle_file *mask = twin(c, it->file, "Annotations", "SegmentationClass"), *only = NULL;
    const struct bundle *b = c->f->b;
    size_t n, masks = 0, boxes;
    const size_t *same = bundle_same_stem(b, it->file, &n);

    for (size_t i = 0; i < n && n <= SAME_MOST; i++)
        if (classmask_is_voc(&b->files[same[i]]) && !split_differs(b->files[same[i]].name, it->file)) {
            only = &b->files[same[i]];
            masks++;
        }
    mask = mask ? mask : masks == 1 ? only : NULL;
    if (!mask || mask->used)
        return OK;
    boxes = it->n;
    TRY(read(c, it, mask));
    for (size_t i = boxes; i < it->n; i++)
        it->regions[i].beside_boxes = boxes > 0;
    return OK;
}

static const char *type_of(const struct foreign *f)
{
    return f->extension ? f->extension : "jpg";
}

/* Its own name, if there is such a picture, else that without the ending. */
static void picture_find(struct classmasks *c, struct foreign_item *it, const char *name)
{
    struct foreign *f = c->f;
    const char *base = bundle_base(name);
    size_t n = stem_of(base), i = ending_of(name);

    it->image = arena_printf(f->item, "%.*s.%s", (int)n, base, type_of(f));
    if (i < ENDINGS && !bundle_picture(f->b, it->image, name, true))
        it->image = arena_printf(f->item, "%.*s%s.%s", (int)(n - strlen(endings[i].end)), base, endings[i].picture, type_of(f));
    foreign_picture(f, it, true);
}

static err *item_read(struct classmasks *c, struct bundle_file *mask)
{
    struct foreign_item it = {.file = mask->name};

    const struct classnames *names;

    TRY(names_find(c, mask, &names));
    if (is_spare(c, mask->name, names))
        return OK;
    picture_find(c, &it, mask->name);
    TRY(read(c, &it, mask));
    return foreign_done(c->f, &it);
}

err *classmask_rest(struct classmasks *c)
{
    const struct bundle *b = c->f->b;
    bool named = c->n > 0;

    for (size_t i = 0; i < b->n; i++) {
        struct bundle_file *file = &b->files[b->by_stem[i]];
        if (!file->used && (c->voc_only ? classmask_is_voc(file) : classmask_is(file, named)))
            TRY(item_read(c, file));
    }
    return OK;
}
