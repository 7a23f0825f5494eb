/* Each kind of file is told by its name. What they say:
 *
 *   labelmap.txt            cat:128,0,0:parts:actions   CVAT; without a colour it has that of its place in the VOC colour map
 *   label_colors.txt        128 0 0 cat                 CamVid
 *   class_dict.csv          name,r,g,b
 *   obj_class_to_machine_color.json  {"cat": [1, 1, 1]} Supervisely
 *   _classes.csv            Pixel Value, Class          Roboflow
 *   objectInfo150.txt       Idx … Name, with tabs       ADE20K
 *   class_names.txt, classes.txt, labels.txt            the first line is class 0; or each line begins with its number */
#include "import/classnames.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cfg.h"
#include "base/text.h"
#include "json/jin.h"

enum kind { LABELMAP = 1, COLOURS, MACHINE, TABLE, LIST };
enum { COLUMNS_MOST = 32, LINE_MOST = 4096 };

static const struct {
    const char *name;
    enum kind kind;
} files[] = {
    {"labelmap.txt", LABELMAP}, {"label_colors.txt", COLOURS},  {"obj_class_to_machine_color.json", MACHINE},
    {"_classes.csv", TABLE},    {"class_dict.csv", TABLE},      {"classes.csv", TABLE},
    {"objectInfo150.txt", TABLE}, {"class_names.txt", LIST},    {"classes.txt", LIST},
    {"labels.txt", LIST},
};

int classnames_is(const char *name)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcasecmp(bundle_base(name), files[i].name) == 0)
            return (int)files[i].kind;
    return 0;
}

/* ---- names ---- */

struct reading {
    struct foreign *f;
    const struct bundle_file *file;
    struct classnames *c;
    int64_t row;
    bool numbered; /* of a list: each line begins with its number */
    int number, name, red, green, blue; /* of a table: columns, from 1 on; 0 = none */
};

static bool is_nothing(const char *name)
{
    static const char *const names[] = {"background", "_background_", "__background__", "void", "ignore", "_ignore_", "__ignore__", "unlabeled", "unlabelled"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static void name_put(struct arena *a, struct classnames *c, uint32_t key, const char *name)
{
    struct class_name *bigger;

    if (c->n == c->room) {
        c->room = c->room ? c->room * 2 : 32;
        bigger = arena_array(a, c->room, sizeof *bigger);
        if (c->n)
            memcpy(bigger, c->all, c->n * sizeof *bigger);
        c->all = bigger;
    }
    c->all[c->n] = (struct class_name){.key = key, .place = (uint32_t)c->n, .name = arena_strdup(a, name), .nothing = is_nothing(name)};
    c->n++;
}

static err *take(struct reading *r, uint32_t key, const char *name)
{
    struct foreign *f = r->f;

    if (!*name)
        return foreign_refuse(f, r->file->name, r->row, NULL, "has no name");
    if (!utf8_valid(name, strlen(name)))
        return foreign_refuse(f, r->file->name, r->row, NULL, "is not UTF-8");
    if (r->c->n >= CLASSNAMES_MOST)
        return foreign_refuse(f, r->file->name, r->row, NULL, "is one of more than %d classes", CLASSNAMES_MOST);
    name_put(f->a, r->c, key, name);
    return OK;
}

static err *wrong(struct reading *r, const char *wanted)
{
    return foreign_refuse(r->f, r->file->name, r->row, NULL, "is not %s", wanted);
}

static bool is_grey(uint32_t colour)
{
    return colour == (colour & 255) * 0x010101;
}

static int by_key(const void *x, const void *y)
{
    const struct class_name *a = *(const struct class_name *const *)x, *b = *(const struct class_name *const *)y;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static void sort(struct arena *a, struct classnames *c)
{
    c->sorted = arena_array(a, c->n + 1, sizeof *c->sorted);
    c->greys = c->coloured;
    for (size_t i = 0; i < c->n; i++) {
        c->sorted[i] = &c->all[i];
        c->greys = c->greys && is_grey(c->all[i].key);
    }
    qsort(c->sorted, c->n, sizeof *c->sorted, by_key);
}

const struct class_name *classnames_key(const struct classnames *c, uint32_t key)
{
    size_t low = 0, high = c->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (c->sorted[mid]->key < key)
            low = mid + 1;
        else
            high = mid;
    }
    return low < c->n && c->sorted[low]->key == key ? c->sorted[low] : NULL;
}

const struct class_name *classnames_number(const struct classnames *c, uint32_t number)
{
    if (!c->coloured)
        return classnames_key(c, number);
    return number < c->n ? &c->all[number] : NULL;
}

/* ---- Pascal VOC ---- */

/* The bits of a class go to red, green and blue in turn, the low ones to the high bits of the colours. */
static uint32_t voc_colour(uint32_t number)
{
    uint32_t colour = 0;

    for (unsigned bit = 0; bit < 24; bit++)
        if (number >> bit & 1)
            colour |= 1u << (16 - 8 * (bit % 3) + 7 - bit / 3);
    return colour;
}

const struct classnames *classnames_voc(struct arena *a)
{
    static const char *const names[] = {"background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
                                        "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"};
    struct classnames *c = ARENA_NEW(a, struct classnames);

    *c = (struct classnames){.file = "the classes of Pascal VOC", .coloured = true};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        name_put(a, c, voc_colour(i), names[i]);
    sort(a, c);
    return c;
}

/* ---- lines ---- */

/* A number at the front of a text, which goes on after it. */
static bool number_next(const char **text, int64_t most, int64_t *out)
{
    const char *s = *text;
    char *end;

    while (*s == ' ' || *s == '\t')
        s++;
    if (!isdigit((unsigned char)*s))
        return false;
    *out = strtoll(s, &end, 10);
    *text = end;
    return *out <= most;
}

/* Three of them, with this or blanks between them. */
static bool colour_next(const char **text, char between, uint32_t *out)
{
    int64_t v[3];

    for (int i = 0; i < 3; i++) {
        if (!number_next(text, 255, &v[i]))
            return false;
        if (i < 2 && **text == between)
            ++*text;
    }
    *out = (uint32_t)(v[0] << 16 | v[1] << 8 | v[2]);
    return true;
}

/* cat:128,0,0:head,leg:run */
static err *labelmap_line(struct reading *r, char *line)
{
    char *colon = strchr(line, ':');
    uint32_t colour = voc_colour((uint32_t)r->c->n);
    const char *text = colon ? colon + 1 : "";

    if (*line == '#')
        return OK;
    if (!colon || (*text && *text != ':' && (!colour_next(&text, ',', &colour) || (*text && *text != ':'))))
        return wrong(r, "name:red,green,blue:parts:actions");
    return take(r, colour, text_trim(r->f->scratch, line, (size_t)(colon - line)));
}

/* 128 0 0 cat */
static err *colours_line(struct reading *r, char *line)
{
    const char *text = line;
    uint32_t colour;

    if (*line == '#')
        return OK;
    if (!colour_next(&text, ' ', &colour) || !isspace((unsigned char)*text))
        return wrong(r, "red, green, blue and a name");
    return take(r, colour, text_trim(r->f->scratch, text, strlen(text)));
}

/* cat, or where all lines have a number 3: cat, 3 cat, 3,cat */
static err *list_line(struct reading *r, char *line)
{
    int64_t number = r->row - 1;
    const char *text = line;

    if (r->numbered) {
        if (!number_next(&text, UINT16_MAX, &number))
            return wrong(r, "a number up to 65535 and a name");
        text += strspn(text, ":,; \t");
    }
    return take(r, (uint32_t)number, text_trim(r->f->scratch, text, strlen(text)));
}

/* ---- tables ---- */

static const char *cell(struct reading *r, char **cells, int column)
{
    char *s = column ? text_trim(r->f->scratch, cells[column - 1], strlen(cells[column - 1])) : "";
    size_t n = strlen(s);

    return n > 1 && s[0] == '"' && s[n - 1] == '"' ? arena_strndup(r->f->scratch, s + 1, n - 2) : s;
}

static int cells_split(char *line, char **cells)
{
    const char *between = strchr(line, '\t') ? "\t" : ",";
    int n = 0;

    while (n < COLUMNS_MOST && line)
        cells[n++] = strsep(&line, between);
    for (int i = n; i < COLUMNS_MOST; i++)
        cells[i] = "";
    return n;
}

static bool is_one_of(const char *text, const char *const *names)
{
    for (; *names; names++)
        if (strcasecmp(text, *names) == 0)
            return true;
    return false;
}

/* The first line names the columns. */
static err *head_read(struct reading *r, char **cells, int n)
{
    static const char *const numbers[] = {"pixel value", "value", "id", "idx", "index", "class_id", "label_id", NULL};
    static const char *const names[] = {"class", "name", "label", "class_name", NULL};
    static const char *const reds[] = {"r", "red", NULL}, *const greens[] = {"g", "green", NULL}, *const blues[] = {"b", "blue", NULL};

    for (int i = 1; i <= n; i++) {
        const char *text = cell(r, cells, i);
        r->number = is_one_of(text, numbers) ? i : r->number;
        r->name = is_one_of(text, names) ? i : r->name;
        r->red = is_one_of(text, reds) ? i : r->red;
        r->green = is_one_of(text, greens) ? i : r->green;
        r->blue = is_one_of(text, blues) ? i : r->blue;
    }
    r->c->coloured = r->red && r->green && r->blue;
    return r->name && (r->number || r->c->coloured) ? OK : wrong(r, "a line with the columns Pixel Value and Class, or name, r, g and b");
}

static err *table_line(struct reading *r, char *line)
{
    char *cells[COLUMNS_MOST];
    int n = cells_split(line, cells);
    int64_t v[3] = {0, 0, 0};

    if (r->row == 1)
        return head_read(r, cells, n);
    if (!r->name)
        return OK;
    if (!r->c->coloured && !int_parse(cell(r, cells, r->number), 0, UINT16_MAX, &v[2]))
        return wrong(r, "a number up to 65535 and a name");
    if (r->c->coloured && (!int_parse(cell(r, cells, r->red), 0, 255, &v[0]) || !int_parse(cell(r, cells, r->green), 0, 255, &v[1]) ||
                           !int_parse(cell(r, cells, r->blue), 0, 255, &v[2])))
        return wrong(r, "a name and three numbers up to 255");
    return take(r, (uint32_t)(v[0] << 16 | v[1] << 8 | v[2]), cell(r, cells, r->name));
}

/* ---- files ---- */

/* Do all lines begin with a number, and something after it? */
static bool is_numbered(struct span text)
{
    struct span line;
    bool any = false;

    while (foreign_line(&text, &line)) {
        size_t n = 0;
        while (n < line.len && isdigit((unsigned char)line.p[n]))
            n++;
        if (foreign_blank(line))
            continue;
        if (n == 0 || n > 5 || n == line.len || !strchr(":,; \t", line.p[n]) || !line.p[n])
            return false;
        any = true;
    }
    return any;
}

static err *lines_read(struct reading *r, enum kind kind)
{
    static err *(*const readers[])(struct reading *, char *) = {[LABELMAP] = labelmap_line, [COLOURS] = colours_line, [TABLE] = table_line, [LIST] = list_line};
    struct span text = r->file->bytes, line;

    if (text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
        text = (struct span){text.p + 3, text.len - 3};
    r->numbered = is_numbered(text);
    r->c->coloured = kind == LABELMAP || kind == COLOURS;
    while (foreign_line(&text, &line)) {
        r->row++;
        arena_reset(r->f->scratch);
        if (line.len > LINE_MOST || memchr(line.p, '\0', line.len))
            TRY(wrong(r, "a line of text"));
        else if (!foreign_blank(line))
            TRY(readers[kind](r, arena_strndup(r->f->scratch, line.p, line.len)));
    }
    return OK;
}

static err *machine_read(struct reading *r)
{
    struct foreign *f = r->f;
    const char *name;
    json_t *tree, *v;

    r->c->coloured = true;
    if (jin_parse(f->scratch, r->file->bytes, (int)cfg.json_max_depth, &tree) || !json_is_object(tree))
        return foreign_refuse(f, r->file->name, 0, NULL, "is not a JSON object");
    json_object_foreach(tree, name, v) {
        json_int_t colour = 0;
        bool good = json_array_size(v) == 3;
        r->row++;
        for (size_t i = 0; i < 3 && good; i++) {
            json_int_t one = json_integer_value(json_array_get(v, i));
            good = json_is_integer(json_array_get(v, i)) && one >= 0 && one <= 255;
            colour = colour << 8 | (one & 255);
        }
        TRY(good ? take(r, (uint32_t)colour, name) : wrong(r, "a list of three numbers up to 255"));
    }
    return OK;
}

/* The first of two classes with one value counts. */
static err *doubles_tell(struct reading *r)
{
    const struct classnames *c = r->c;

    for (size_t i = 1; i < c->n; i++)
        if (c->sorted[i]->key == c->sorted[i - 1]->key)
            TRY(foreign_refuse(r->f, r->file->name, 0, NULL, "\"%s\" and \"%s\" have the same %s", c->sorted[i - 1]->name, c->sorted[i]->name,
                               c->coloured ? "colour" : "value"));
    return OK;
}

err *classnames_read(struct foreign *f, const struct bundle_file *file, const struct classnames **out)
{
    struct reading r = {.f = f, .file = file, .c = ARENA_NEW(f->a, struct classnames)};
    enum kind kind = (enum kind)classnames_is(file->name);
    bool fits;

    *out = r.c;
    r.c->file = bundle_base(file->name);
    TRY(foreign_fits(f, file->name, 0, NULL, file->bytes.len, &fits));
    if (fits)
        TRY(kind == MACHINE ? machine_read(&r) : lines_read(&r, kind));
    arena_reset(f->scratch);
    sort(f->a, r.c);
    return doubles_tell(&r);
}
