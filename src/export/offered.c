/* The reference server's rules: kinds of controls, and of the objects that they point at. Formats for one kind of object are not for
 * configurations that read more than one data key. */
#include "export/offered.h"

#include <string.h>

#include "export/categories.h"
#include "export/items.h"

static bool reads_one_key(const struct lc *lc)
{
    bool single;

    return exp_data_key(lc, &single) && single;
}

/* The object of that type that a control points at, or NULL. */
static const struct lc_input *input(const struct lc *lc, const char *type)
{
    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        for (size_t k = 0; k < c->n_inputs; k++)
            if (strcmp(c->inputs[k].type, type) == 0)
                return &c->inputs[k];
    }
    return NULL;
}

static bool one_picture(const struct lc *lc)
{
    const struct lc_input *image = input(lc, "Image");

    return image && !image->is_list && reads_one_key(lc);
}

static bool has_either(const struct lc *lc, const char *labels, const char *bare)
{
    return exp_has_control(lc, labels) || (exp_has_control(lc, bare) && exp_has_control(lc, "Labels"));
}

bool offered_always(const struct lc *lc)
{
    (void)lc;
    return true;
}

bool offered_conll(const struct lc *lc)
{
    const struct lc_input *text = input(lc, "Text");

    return text && !(text->value_type && strcmp(text->value_type, "url") == 0) && exp_has_control(lc, "Labels") && reads_one_key(lc);
}

bool offered_rectangles(const struct lc *lc)
{
    return one_picture(lc) && has_either(lc, "RectangleLabels", "Rectangle");
}

static bool shapes(const struct lc *lc)
{
    return one_picture(lc) && (has_either(lc, "RectangleLabels", "Rectangle") || exp_has_control(lc, "PolygonLabels"));
}

bool offered_boxes(const struct lc *lc)
{
    return shapes(lc) && (!exp_has_control(lc, "KeyPointLabels") || exp_has_control(lc, "RectangleLabels"));
}

bool offered_turned(const struct lc *lc)
{
    return shapes(lc) || (one_picture(lc) && exp_has_control(lc, "KeyPointLabels"));
}

bool offered_masks(const struct lc *lc)
{
    return input(lc, "Image") && has_either(lc, "BrushLabels", "Brush") && reads_one_key(lc);
}

bool offered_outlines(const struct lc *lc)
{
    return shapes(lc) || offered_masks(lc);
}

bool offered_painted(const struct lc *lc)
{
    return one_picture(lc) && (offered_outlines(lc) || exp_has_control(lc, "EllipseLabels") || exp_has_control(lc, "Labels"));
}

bool offered_cues(const struct lc *lc)
{
    bool sound = input(lc, "Audio") || input(lc, "AudioPlus");

    return (sound && (exp_has_control(lc, "Labels") || exp_has_control(lc, "TextArea"))) ||
           (input(lc, "Video") && exp_has_control(lc, "TimelineLabels"));
}

bool offered_speech(const struct lc *lc)
{
    return (input(lc, "Audio") || input(lc, "AudioPlus")) && exp_has_control(lc, "TextArea") && reads_one_key(lc);
}

bool offered_documents(const struct lc *lc)
{
    return exp_has_control(lc, "TextArea") || exp_has_control(lc, "ReactCode") || exp_has_control(lc, "CustomInterface");
}
