/* Formats of other tools, one file each behind struct foreign_format. A reader turns the files of a bundle into items, one after the other,
 * and says what it cannot use; it knows neither projects nor label configurations. Pure: no database. */
#ifndef LABELD_IMPORT_FOREIGN_H
#define LABELD_IMPORT_FOREIGN_H

#include <jansson.h>

#include "import/bundle.h"

enum shape { SHAPE_BOX, SHAPE_POLYGON, SHAPE_MASK, SHAPE_POINT, SHAPE_SPAN, SHAPES };

/* Places are in percent of the picture, as results have them. */
struct foreign_region {
    enum shape shape;
    const char *label;
    int64_t row; /* where it stands, for messages; 0 = the item's */
    size_t id;     /* its number in the item, from 1 on */
    size_t parent; /* points: the id of the box that they belong to; 0 = none */
    double x, y, width, height, rotation; /* boxes; of polygons and masks what encloses them; of points x and y */
    const double *points;                 /* polygons: x, y, x, y … */
    size_t n_points;
    struct span rle;    /* masks, as base/rle.h writes them; none while only looked at */
    bool beside_boxes;  /* a mask of what has boxes in the same item: those are enough where nothing takes masks */
    int64_t start, end; /* spans: code points of the text; and bytes, while it is being made */
    size_t text_from, text_to;
    struct span text;
    bool has_score;
    double score;
};

struct foreign_item {
    const char *file; /* where it stands, for messages */
    int64_t row;      /* 0 = the file as a whole */
    const char *field;
    const char *image;           /* its name or address; NULL = a text */
    struct bundle_file *picture; /* NULL = not among the files */
    int64_t width, height;       /* 0 = not known */
    struct span text;
    json_t *captions;            /* texts about the picture; NULL = none */
    struct foreign_region *regions;
    size_t n, room;
    struct span split; /* the part of the data set that it belongs to, as it is called there; none where there are no parts */
    struct span json; /* a task or its data as it stands; nothing else of the item counts then */
};

struct foreign {
    struct arena *a;    /* of the whole import */
    struct arena *item; /* of one item; emptied when it was taken */
    struct arena *mask; /* of the pixels of one mask */
    struct arena *scratch; /* of one line or annotation of an item; emptied by the reader */
    int64_t pixels;        /* of the masks so far */
    json_t *points;        /* names of points → their place in a set of them, in the order in which they were met; NULL = none yet */
    struct bundle *b;
    const char *prefix;    /* goes before names of pictures that were not sent; NULL = none */
    const char *extension; /* of such pictures, where labels do not say it */
    const char *variant;   /* "obb", "seg" or NULL */
    bool look;             /* labels and numbers only: masks need not be made */
    /* An item; and what cannot be used (row 0, field NULL: does not apply). Their errors end the import. */
    err *(*take)(void *to, struct foreign_item *it);
    err *(*refuse)(void *to, const char *file, int64_t row, const char *field, const char *why);
    void *to;
};

struct foreign_format {
    const char *name, *title;
    const char *variant;
    bool text; /* items are texts, not pictures */
    /* Does the bundle look like it? NULL: only when it is named. */
    bool (*fits)(struct arena *a, const struct bundle *b);
    err *(*read)(struct foreign *f);
};

/* By name; NULL when there is none. */
const struct foreign_format *foreign_find(const char *name);
const struct foreign_format *foreign_recognise(struct arena *a, const struct bundle *b);
/* The i-th, NULL after the last. */
const struct foreign_format *foreign_at(size_t i);

/* Is it a file that a reader may want, though no import takes it by itself: an archive, lines of JSON …? By its ending. */
bool foreign_takes(const char *name);

/* Most bytes of what becomes one item, and of one element of a file. */
enum { FOREIGN_ITEM_BYTES = 32 << 20 };
/* More names of points than any label configuration takes. */
enum { FOREIGN_POINTS_MOST = 100000 };

/* ---- for readers ---- */

/* A new region of an item, empty but for its shape and label. It stays in place until the next one is added. */
struct foreign_region *foreign_region_add(struct foreign *f, struct foreign_item *it, enum shape shape, const char *label);
/* A new point, the one at a place of its kind's set; parent: the box that it belongs to, 0 = none. */
struct foreign_region *foreign_point_add(struct foreign *f, struct foreign_item *it, const char *name, size_t place, size_t parent);
/* There is a point of this name, whether or not it is seen anywhere. */
void foreign_point_named(struct foreign *f, const char *name, size_t place);
/* The item is whole: taken, and its memory given back. */
err *foreign_done(struct foreign *f, struct foreign_item *it) __attribute__((warn_unused_result));
err *foreign_refuse(struct foreign *f, const char *file, int64_t row, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 5, 6), warn_unused_result));
/* Finds the picture (by its name, else whatever its ending, else by the name of its labels) and, unless the labels say it, its size. */
void foreign_picture(struct foreign *f, struct foreign_item *it, bool stem_only);
/* Can a place or a size be that? Percentages of it must stay numbers. */
bool foreign_finite(double v);
/* A polygon from points in pixels or parts of `scale`; bounds are set from it. */
void foreign_polygon(struct foreign *f, struct foreign_region *r, const double *xy, size_t n, double scale_x, double scale_y);
/* Pixels of masks that come as runs cost so much less than those of pictures. */
enum { FOREIGN_RUNS_CHEAPER = 8 };
/* A run of pixels in a mask costs as much as so many pixels of one byte. */
enum { FOREIGN_RUN_COSTS = 64 };
/* A mask of that many pixels comes (of pictures, of one byte): it counts towards what all masks of an import may have together.
 * Errors: VALIDATION. */
err *foreign_pixels(struct foreign *f, const char *file, int64_t row, uint64_t n) __attribute__((warn_unused_result));
/* Takes the next line off `rest`, without its end (\n or \r\n); false when nothing is left. */
bool foreign_line(struct span *rest, struct span *line);
bool foreign_blank(struct span line);
/* Too many bytes? It is refused then. */
err *foreign_fits(struct foreign *f, const char *file, int64_t row, const char *field, size_t n, bool *fits) __attribute__((warn_unused_result));
/* Pictures that no labels belonged to are items of their own. */
err *foreign_pictures_left(struct foreign *f) __attribute__((warn_unused_result));

#define FOREIGN_FORMAT(name) \
    bool imp_##name##_fits(struct arena *a, const struct bundle *b); \
    err *imp_##name##_read(struct foreign *f) __attribute__((warn_unused_result));
FOREIGN_FORMAT(coco)
FOREIGN_FORMAT(yolo)
FOREIGN_FORMAT(voc)
FOREIGN_FORMAT(conll)
FOREIGN_FORMAT(jsonl)
FOREIGN_FORMAT(masks)
#undef FOREIGN_FORMAT

#endif
