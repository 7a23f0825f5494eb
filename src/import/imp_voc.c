/* Pascal VOC: an XML file for each picture, with an object for each box; and the class masks of its segmentations. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/xmldoc.h"
#include "import/classmask.h"

enum { LOOKED_AT = 4096, FILE_MOST = 16 << 20 };

/* Does an <annotation> begin here, after declarations and comments? */
static bool is_voc(const struct bundle_file *file)
{
    static const char tag[] = "<annotation";
    size_t n = file->bytes.len < LOOKED_AT ? file->bytes.len : LOOKED_AT, len = sizeof tag - 1;
    const char *end = file->bytes.p + n, *p = file->bytes.p;

    if (!n || !bundle_ends(file->name, "xml"))
        return false;
    while ((p = memmem(p, (size_t)(end - p), tag, len)) && p + len < end) {
        if (p[len] == '>' || p[len] == ' ')
            return true;
        p += len;
    }
    return false;
}

bool imp_voc_fits(struct arena *a, const struct bundle *b)
{
    (void)a;
    for (size_t i = 0; i < b->n; i++)
        if (is_voc(&b->files[i]) || classmask_is_voc(&b->files[i]))
            return true;
    return false;
}

/* ---- XML ---- */

static xmlNode *child(xmlNode *n, const char *name)
{
    for (n = n ? n->children : NULL; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0)
            return n;
    return NULL;
}

/* Text of an element without blanks around it; "" when it is not there. */
static const char *text_of(struct arena *a, xmlNode *n, const char *name)
{
    xmlNode *c = name ? child(n, name) : n;
    xmlChar *text = c ? xmlNodeGetContent(c) : NULL;
    const char *out = text ? text_trim(a, (const char *)text, strlen((const char *)text)) : "";

    xmlFree(text);
    return out;
}

static bool number_of(struct arena *a, xmlNode *n, const char *name, double *out)
{
    const char *text = text_of(a, n, name);
    char *end;

    *out = strtod(text, &end);
    return *text && !*end && foreign_finite(*out);
}

static xmlNode *root_of(struct foreign *f, struct span text, bool *doctype)
{
    struct xmldoc x = {0};

    if (text.len <= FILE_MOST)
        x = xmldoc_read(f->item, text.p, text.len, 0);
    *doctype = x.doctype;
    return x.doc ? xmlDocGetRootElement(x.doc) : NULL;
}

/* ---- objects ---- */

static err *box_read(struct foreign *f, struct foreign_item *it, int64_t row, xmlNode *object)
{
    static const char *const sides[] = {"xmin", "ymin", "xmax", "ymax"};
    xmlNode *box = child(object, "bndbox");
    struct foreign_region *r;
    double v[4];

    if (!box)
        return foreign_refuse(f, it->file, row, "bndbox", "is missing");
    for (int i = 0; i < 4; i++)
        if (!number_of(f->item, box, sides[i], &v[i]))
            return foreign_refuse(f, it->file, row, sides[i], "is not a number");
    if (v[2] < v[0] || v[3] < v[1])
        return foreign_refuse(f, it->file, row, v[2] < v[0] ? "xmax" : "ymax", "is smaller than the minimum");
    r = foreign_region_add(f, it, SHAPE_BOX, text_of(f->item, object, "name"));
    r->row = row;
    r->x = v[0] * 100 / (double)it->width;
    r->y = v[1] * 100 / (double)it->height;
    r->width = (v[2] - v[0]) * 100 / (double)it->width;
    r->height = (v[3] - v[1]) * 100 / (double)it->height;
    return OK;
}

static err *objects_read(struct foreign *f, struct foreign_item *it, xmlNode *root)
{
    int64_t row = 0;

    for (xmlNode *n = root->children; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, "object") != 0)
            continue;
        row++;
        if (!*text_of(f->item, n, "name"))
            TRY(foreign_refuse(f, it->file, row, "name", "is missing"));
        else
            TRY(box_read(f, it, row, n));
    }
    return OK;
}

static err *file_read(struct classmasks *c, const struct bundle_file *file)
{
    struct foreign *f = c->f;
    struct foreign_item it = {.file = file->name, .field = "filename"};
    bool doctype = false;
    xmlNode *root = root_of(f, file->bytes, &doctype);
    double w, h;

    if (doctype)
        return foreign_refuse(f, file->name, 0, NULL, "has a document type declaration, which is not taken");
    if (!root || strcmp((const char *)root->name, "annotation") != 0)
        return foreign_refuse(f, file->name, 0, NULL, "is not well-formed XML with an annotation");
    it.image = text_of(f->item, root, "filename");
    if (!*it.image)
        return foreign_refuse(f, file->name, 0, "filename", "is missing");
    if (number_of(f->item, child(root, "size"), "width", &w) && number_of(f->item, child(root, "size"), "height", &h) && w >= 1 && h >= 1 &&
        w < 1e9 && h < 1e9) {
        it.width = (int64_t)w;
        it.height = (int64_t)h;
    }
    foreign_picture(f, &it, false);
    if (it.width <= 0 && child(root, "object"))
        return foreign_refuse(f, file->name, 0, "size", "is missing, and the picture is not among the files");
    TRY(objects_read(f, &it, root));
    TRY(classmask_beside(c, &it));
    return foreign_done(f, &it);
}

err *imp_voc_read(struct foreign *f)
{
    struct classmasks c;

    classmask_open(&c, f, true);
    for (size_t i = 0; i < f->b->n; i++)
        if (is_voc(&f->b->files[i])) {
            TRY(file_read(&c, &f->b->files[i]));
            arena_reset(f->item);
        }
    TRY(classmask_rest(&c));
    return foreign_pictures_left(f);
}
