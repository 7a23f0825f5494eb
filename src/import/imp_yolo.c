/* YOLO: a text file for each picture, a line for each region: the number of its class and parts of width and height. Four numbers are a box
 * by its centre (a fifth is the confidence of a model), eight a turned box by its corners, other even counts a polygon. What the classes are
 * called stands in notes.json, data.yaml, classes.txt or obj.names of the innermost folder that has one; where the first two tell of points, these
 * follow each box. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/classmask.h"
#include "import/yolonames.h"
#include "json/jin.h"

enum { LINE_MOST = 1 << 20, LISTED_MOST = 4096 };

struct yolo {
    struct foreign *f;
    json_t *by_folder; /* folder → its classes: number as text → name */
    json_t *any;       /* classes of labels that lie in none of these folders */
    json_t *classes;   /* of the labels that are read */
    bool corners;    /* eight numbers are a turned box */
    struct yolopoints points;
};

static bool is_named(const struct bundle_file *file, const char *base)
{
    return strcasecmp(bundle_base(file->name), base) == 0;
}

static bool is_yaml(const struct bundle_file *file)
{
    return bundle_ends(file->name, "yaml") || bundle_ends(file->name, "yml");
}

/* A name in each line. */
static bool is_list(const struct bundle_file *file)
{
    return is_named(file, "classes.txt") || is_named(file, "obj.names.txt") || is_named(file, "_darknet.labels") || bundle_ends(file->name, "names");
}

static bool is_names(const struct bundle_file *file)
{
    return is_list(file) || is_named(file, "notes.json") || is_yaml(file);
}

/* Pictures of a part of the data set, one in each line. */
static bool is_list_of_pictures(const struct bundle_file *file)
{
    struct span rest = file->bytes, line;
    struct bundle_file first = {0};
    char name[LISTED_MOST];

    while (foreign_line(&rest, &line))
        if (!foreign_blank(line)) {
            while (line.len && isspace((unsigned char)line.p[line.len - 1]))
                line.len--;
            if (line.len >= sizeof name)
                return false;
            memcpy(name, line.p, line.len);
            name[line.len] = '\0';
            first.name = name;
            return bundle_is_picture(&first);
        }
    return false;
}

/* "readme.txt", "README.roboflow.txt". */
static bool is_note(const char *base)
{
    return strncasecmp(base, "readme", 6) == 0 || strncasecmp(base, "license", 7) == 0;
}

/* Label files end in .txt; lists of pictures and notes beside them are told by their names or their first line. */
static bool is_labels(const struct bundle_file *file)
{
    static const char *const others[] = {"train.txt", "val.txt", "test.txt"};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is_named(file, others[i]))
            return false;
    return bundle_ends(file->name, "txt") && !is_list(file) && !is_note(bundle_base(file->name)) && !is_list_of_pictures(file);
}

bool imp_yolo_fits(struct arena *a, const struct bundle *b)
{
    bool names = false, labels = false;

    (void)a;
    for (size_t i = 0; i < b->n; i++) {
        names = names || is_names(&b->files[i]);
        labels = labels || is_labels(&b->files[i]);
    }
    return names && labels && !classmask_fits(b); /* lists of names are of class masks too */
}

/* ---- classes ---- */

static bool is_of_kind(const struct bundle_file *file, enum yolonames_kind kind)
{
    return kind == YOLONAMES_NOTES ? is_named(file, "notes.json") : kind == YOLONAMES_YAML ? is_yaml(file) : is_list(file);
}

/* The length of the folder that it lies in; 0 = none. */
static size_t folder_len(const char *name, size_t len)
{
    while (len > 0 && name[len - 1] != '/')
        len--;
    return len;
}

/* The first file of a folder counts. */
static err *names_read(struct yolo *y, const struct bundle_file *file, enum yolonames_kind kind)
{
    const char *folder = arena_strndup(y->f->a, file->name, folder_len(file->name, strlen(file->name)));
    json_t *classes;

    if (json_object_get(y->by_folder, folder))
        return OK;
    classes = json_object();
    arena_defer(y->f->a, jin_release, classes);
    if (!yolonames_read(y->f->a, file->bytes, kind, classes))
        return foreign_refuse(y->f, file->name, 0, NULL, "the names of the classes cannot be read");
    if (json_object_size(classes) == 0)
        return OK;
    json_object_set(y->by_folder, folder, classes);
    y->any = y->any ? y->any : classes;
    return OK;
}

/* The best of what is there first: notes.json knows numbers that are not in order, and so may data.yaml. */
static err *classes_read(struct yolo *y)
{
    struct foreign *f = y->f;

    y->by_folder = json_object();
    arena_defer(f->a, jin_release, y->by_folder);
    for (int kind = YOLONAMES_NOTES; kind <= YOLONAMES_LIST; kind++)
        for (size_t i = 0; i < f->b->n; i++)
            if (is_of_kind(&f->b->files[i], (enum yolonames_kind)kind))
                TRY(names_read(y, &f->b->files[i], (enum yolonames_kind)kind));
    if (!y->any)
        return foreign_refuse(f, "classes.txt", 0, NULL, "there is no classes.txt, obj.names, notes.json or data.yaml with the names of the classes");
    return OK;
}

/* Several data sets in one archive have classes of their own. */
static json_t *classes_of(const struct yolo *y, const char *name)
{
    for (size_t len = strlen(name);;) {
        json_t *found;
        len = folder_len(name, len);
        found = json_object_get(y->by_folder, arena_strndup(y->f->item, name, len));
        if (found || len == 0)
            return found ? found : y->any;
        len--;
    }
}

/* Points are those of the first file that tells of any; a variant says that there are none. */
static err *points_known(struct yolo *y)
{
    struct foreign *f = y->f;

    y->points.names = json_object();
    arena_defer(f->a, jin_release, y->points.names);
    for (size_t i = 0; i < f->b->n && y->points.n == 0 && !f->variant; i++) {
        const struct bundle_file *file = &f->b->files[i];
        if (!is_yaml(file) && !is_named(file, "notes.json"))
            continue;
        if (!yolonames_points(f->a, file->bytes, is_yaml(file) ? YOLONAMES_YAML : YOLONAMES_NOTES, &y->points)) {
            y->points.n = 0;
            TRY(foreign_refuse(f, file->name, 0, is_yaml(file) ? "kpt_shape" : "keypoints", "up to 1000 points of 2 or 3 numbers each can follow a box"));
        }
    }
    return OK;
}

/* What no file names is called by its class and number. */
static const char *point_name(const struct yolo *y, struct arena *a, const char *class, const char *label, size_t i)
{
    const char *name = json_string_value(json_array_get(json_object_get(y->points.names, class), i));

    return name ? name : arena_printf(a, "%s %zu", label, i + 1);
}

/* ---- lines ---- */

/* The numbers of a line after the class; false when something else stands there. */
static bool numbers_read(struct arena *a, struct span line, int64_t *class, double **out, size_t *n)
{
    char *p = arena_strndup(a, line.p, line.len), *end;
    double *v = arena_array(a, line.len / 2 + 2, sizeof *v);

    *class = strtoll(p, &end, 10);
    if (end == p || (*end && !isspace((unsigned char)*end)))
        return false;
    for (*n = 0;; (*n)++) {
        for (p = end; isspace((unsigned char)*p);)
            p++;
        if (!*p)
            break;
        v[*n] = strtod(p, &end);
        if (end == p || !foreign_finite(v[*n]) || (*end && !isspace((unsigned char)*end)))
            return false;
    }
    *out = v;
    return true;
}

static void box_set(struct foreign_region *r, const double *v, size_t n)
{
    r->x = (v[0] - v[2] / 2) * 100;
    r->y = (v[1] - v[3] / 2) * 100;
    r->width = v[2] * 100;
    r->height = v[3] * 100;
    r->has_score = n == 5;
    r->score = n == 5 ? v[4] : 0;
}

/* Corners from the top left one on, turning clockwise: the angle is that of pixels, which a picture may have more of in a row than in a column. */
static void corners_set(struct foreign_region *r, const struct foreign_item *it, const double *v)
{
    double w = (double)it->width, h = (double)it->height, dx = (v[2] - v[0]) * w, dy = (v[3] - v[1]) * h, ex = (v[4] - v[2]) * w,
           ey = (v[5] - v[3]) * h, turn = atan2(dy, dx) * 180 / 3.14159265358979323846;

    r->x = v[0] * 100;
    r->y = v[1] * 100;
    r->width = hypot(dx, dy) / w * 100;
    r->height = hypot(ex, ey) / h * 100;
    r->rotation = turn < 0 ? turn + 360 : turn;
}

static const char *const counts = "needs four numbers (a box), eight (the corners of a turned one) or pairs (a polygon)";

/* A box with its points: those that are nowhere are left out. After all of them may stand the confidence of a model. */
static err *pose_read(struct yolo *y, struct foreign_item *it, int64_t row, const char *class, const char *label, const double *v, size_t n)
{
    size_t each = (size_t)y->points.each, end = 4 + (size_t)y->points.n * each, box;
    struct foreign_region *r;

    if (n != end && n != end + 1)
        return foreign_refuse(y->f, it->file, row, NULL, "needs a box alone or one with %lld points of %lld numbers: %zu in all",
                              (long long)y->points.n, (long long)y->points.each, end);
    if (v[2] < 0 || v[3] < 0)
        return foreign_refuse(y->f, it->file, row, v[2] < 0 ? "width" : "height", "is negative");
    r = foreign_region_add(y->f, it, SHAPE_BOX, label);
    r->row = row;
    box_set(r, v, 4);
    r->has_score = n > end;
    r->score = n > end ? v[end] : 0;
    box = r->id;
    for (size_t i = 0; i < (size_t)y->points.n; i++) {
        const double *p = v + 4 + i * each;
        const char *name = point_name(y, y->f->item, class, label, i);
        foreign_point_named(y->f, name, i);
        if (each == 3 ? p[2] <= 0 : p[0] == 0 && p[1] == 0)
            continue;
        r = foreign_point_add(y->f, it, name, i, box);
        r->row = row;
        r->x = p[0] * 100;
        r->y = p[1] * 100;
    }
    return OK;
}

static err *region_read(struct yolo *y, struct foreign_item *it, int64_t row, const char *label, const double *v, size_t n)
{
    bool corners = n == 8 && y->corners;
    struct foreign_region *r;

    if (n != 4 && n != 5 && (n < 6 || n % 2))
        return foreign_refuse(y->f, it->file, row, NULL, "%s", counts);
    if (n <= 5 && (v[2] < 0 || v[3] < 0))
        return foreign_refuse(y->f, it->file, row, v[2] < 0 ? "width" : "height", "is negative");
    if (corners && it->width <= 0)
        return foreign_refuse(y->f, it->file, row, NULL,
                              "the size of the picture must be known for a turned box: send the picture too, or import as yolo_seg");
    r = foreign_region_add(y->f, it, n <= 5 || corners ? SHAPE_BOX : SHAPE_POLYGON, label);
    r->row = row;
    if (corners)
        corners_set(r, it, v);
    else if (n <= 5)
        box_set(r, v, n);
    else
        foreign_polygon(y->f, r, v, n, 1, 1);
    return OK;
}

static err *line_read(struct yolo *y, struct foreign_item *it, int64_t row, struct span line)
{
    const char *label, *number;
    int64_t class;
    double *v;
    size_t n;

    arena_reset(y->f->scratch);
    if (line.len > LINE_MOST || !numbers_read(y->f->scratch, line, &class, &v, &n))
        return foreign_refuse(y->f, it->file, row, NULL, "is not a class and numbers");
    number = arena_printf(y->f->scratch, "%lld", (long long)class);
    label = json_string_value(json_object_get(y->classes, number));
    if (!label)
        return foreign_refuse(y->f, it->file, row, "class", "%lld has no name", (long long)class);
    return y->points.n && n > 5 ? pose_read(y, it, row, number, label, v, n) : region_read(y, it, row, label, v, n);
}

/* Base name of the picture that was not sent. */
static const char *picture_name(struct foreign *f, const char *labels)
{
    const char *base = bundle_base(labels), *dot = strrchr(base, '.');

    return arena_printf(f->item, "%.*s.%s", (int)(dot - base), base, f->extension ? f->extension : "jpg");
}

static err *labels_read(struct yolo *y, const struct bundle_file *file)
{
    struct foreign_item it = {.file = file->name, .image = picture_name(y->f, file->name)};
    struct span text = file->bytes, line;
    bool fits;

    y->classes = classes_of(y, file->name);
    foreign_picture(y->f, &it, true);
    TRY(foreign_fits(y->f, file->name, 0, NULL, text.len, &fits));
    if (!fits)
        return OK;
    for (int64_t row = 1; foreign_line(&text, &line); row++)
        if (!foreign_blank(line))
            TRY(line_read(y, &it, row, line));
    return foreign_done(y->f, &it);
}

/* Eight numbers may be four corners of a polygon: they are a turned box when no line has any other count. */
static err *corners_only(struct foreign *f, bool *out)
{
    *out = false;
    for (size_t i = 0; i < f->b->n; i++) {
        struct span text = f->b->files[i].bytes, line;
        if (!is_labels(&f->b->files[i]))
            continue;
        while (foreign_line(&text, &line)) {
            int64_t class;
            double *v;
            size_t n = 0;
            bool fits = line.len <= LINE_MOST && numbers_read(f->scratch, line, &class, &v, &n);
            arena_reset(f->scratch);
            if (fits && n != 8) {
                *out = false;
                return OK;
            }
            *out = *out || n == 8;
        }
        TRY(bundle_alive(f->b));
    }
    return OK;
}

err *imp_yolo_read(struct foreign *f)
{
    struct yolo y = {.f = f};

    TRY(classes_read(&y));
    TRY(points_known(&y));
    if (f->variant)
        y.corners = strcmp(f->variant, "obb") == 0;
    else if (y.points.n == 0)
        TRY(corners_only(f, &y.corners));
    for (size_t i = 0; i < f->b->n; i++)
        if (is_labels(&f->b->files[i]))
            TRY(labels_read(&y, &f->b->files[i]));
    return foreign_pictures_left(f);
}
