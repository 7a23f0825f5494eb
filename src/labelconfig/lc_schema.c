/* Validation step 3: attributes and children that tags directly inside View need, and step 6, the
 * numbers of Video. Which of several faults is reported, and the path before it, follow what a JSON
 * schema validator picks as its best match, since clients compare the text: at the root the last
 * tag name in the alphabet, further down the deepest fault, then the first. */
#include "labelconfig/lc_priv.h"

#include <math.h>

typedef const char *group_check(struct arena *a, const struct lc_node *parent, const char *tag);

struct group {
    const char *tag;
    group_check *check;
    bool at_root; /* also looked at directly below the root View */
};

static group_check check_views, check_text_areas, check_objects, check_label_tags, check_labels,
    check_choices;

static const struct group groups[] = {
    /* by name */
    {"Choice", check_label_tags, false},  {"Choices", check_choices, true},
    {"HyperText", check_objects, true},   {"Image", check_objects, true},
    {"Label", check_label_tags, false},   {"Labels", check_labels, true},
    {"Number", check_text_areas, true},   {"Text", check_objects, true},
    {"TextArea", check_text_areas, true}, {"View", check_views, true},
};
enum { N_GROUPS = sizeof groups / sizeof *groups };

static const struct lc_node *same_tag(const struct lc_node *n, const char *tag)
{
    while (n && strcmp(n->tag, tag) != 0)
        n = n->next_sibling;
    return n;
}

static const struct lc_node *first_of(const struct lc_node *parent, const char *tag)
{
    return same_tag(parent->first_child, tag);
}

static bool is_list(const struct lc_node *parent, const char *tag)
{
    const struct lc_node *n = first_of(parent, tag);

    return n && same_tag(n->next_sibling, tag);
}

static const char *fault(struct arena *a, const char *path, const char *missing)
{
    return arena_printf(a, "Validation failed on %s: '%s' is a required property", path, missing);
}

static const char *fault_at(struct arena *a, bool list, size_t i, const char *missing)
{
    return fault(a, list ? arena_printf(a, "%zu", i) : "", missing);
}

#define FOR_EACH_TAG(n, parent, tag) \
    for (const struct lc_node *n = first_of(parent, tag); n; n = same_tag(n->next_sibling, tag))

static const char *check_objects(struct arena *a, const struct lc_node *parent, const char *tag)
{
    size_t i = 0;

    FOR_EACH_TAG(n, parent, tag) {
        if (!lc_node_attr(n, "name"))
            return fault_at(a, is_list(parent, tag), i, "name");
        if (!lc_node_attr(n, "value") && !lc_node_attr(n, "valueList"))
            return fault_at(a, is_list(parent, tag), i, "value");
        i++;
    }
    return NULL;
}

static const char *check_text_areas(struct arena *a, const struct lc_node *parent, const char *tag)
{
    size_t i = 0;

    FOR_EACH_TAG(n, parent, tag) {
        bool name = lc_node_attr(n, "name"), to_name = lc_node_attr(n, "toName");

        if (!name && !to_name)
            return fault_at(a, is_list(parent, tag), i, "name");
        if (!name || !to_name)
            return fault(a, "", name ? "toName" : "name");
        i++;
    }
    return NULL;
}

static const char *check_label_tags(struct arena *a, const struct lc_node *parent, const char *tag)
{
    size_t i = 0;

    FOR_EACH_TAG(n, parent, tag) {
        if (!lc_node_attr(n, "value"))
            return fault_at(a, is_list(parent, tag), i, "value");
        i++;
    }
    return NULL;
}

/* name, toName and one of: a child tag, value, a View. */
static const char *check_needs(struct arena *a, const struct lc_node *parent, const char *tag,
                               const char *child)
{
    size_t i = 0;

    FOR_EACH_TAG(n, parent, tag) {
        bool filled = first_of(n, child) || lc_node_attr(n, "value") || first_of(n, "View");

        if (!lc_node_attr(n, "name"))
            return fault_at(a, is_list(parent, tag), i, "name");
        if (!lc_node_attr(n, "toName"))
            return fault_at(a, is_list(parent, tag), i, "toName");
        if (!filled)
            return fault_at(a, is_list(parent, tag), i, child);
        i++;
    }
    return NULL;
}

static const char *check_inner_views(struct arena *a, const struct lc_node *parent, const char *tag)
{
    FOR_EACH_TAG(n, parent, tag) {
        const char *problem = check_views(a, n, "View");

        if (problem)
            return problem;
    }
    return NULL;
}

static const char *check_labels(struct arena *a, const struct lc_node *parent, const char *tag)
{
    FOR_EACH_TAG(n, parent, tag) {
        const char *problem = check_label_tags(a, n, "Label");

        if (!problem)
            problem = check_views(a, n, "View");
        if (problem)
            return problem;
    }
    return check_needs(a, parent, tag, "Label");
}

/* The path of a Choice without value counts it inside its Choices. */
static const char *check_choice_values(struct arena *a, const struct lc_node *parent,
                                       const char *tag)
{
    size_t i = 0;

    FOR_EACH_TAG(n, parent, tag) {
        size_t k = 0;

        FOR_EACH_TAG(choice, n, "Choice") {
            const char *in = is_list(parent, tag) ? arena_printf(a, "%zu/", i) : "";

            if (!lc_node_attr(choice, "value"))
                return fault(a, arena_printf(a, "%sChoice/%zu", in, k), "value");
            k++;
        }
        i++;
    }
    return NULL;
}

static const char *check_choices(struct arena *a, const struct lc_node *parent, const char *tag)
{
    const char *problem = check_choice_values(a, parent, tag);

    if (!problem)
        problem = check_inner_views(a, parent, tag);
    if (!problem)
        problem = check_needs(a, parent, tag, "Choice");
    return problem;
}

static const char *check_views(struct arena *a, const struct lc_node *parent, const char *tag)
{
    FOR_EACH_TAG(view, parent, tag) {
        for (size_t i = 0; i < N_GROUPS; i++) {
            const char *problem = groups[i].check(a, view, groups[i].tag);

            if (problem)
                return problem;
        }
    }
    return NULL;
}

const char *lc_schema_problem(struct arena *a, const struct lc *lc)
{
    if (strcmp(lc->root->tag, "View") != 0)
        return NULL;
    for (size_t i = N_GROUPS; i > 0; i--) {
        const struct group *g = &groups[i - 1];
        const char *problem = g->at_root ? g->check(a, lc->root, g->tag) : NULL;

        if (problem)
            return problem;
    }
    return NULL;
}

/* --- step 6 --- */

enum { SPEED_MAX = 10 };
static const double speed_min = 0.05;

struct speed {
    const char *attr, *raw;
    double value;
    bool known;
};

/* The reference also reads the attribute in lower case, and takes a blank one for absent. */
static struct speed speed_read(const struct lc_node *n, const char *attr, const char *lower)
{
    struct speed s = {.attr = attr, .raw = lc_node_attr(n, attr)};
    char *end;

    if (!s.raw)
        s.raw = lc_node_attr(n, lower);
    if (!s.raw || s.raw[strspn(s.raw, " \t\r\n")] == '\0') {
        s.raw = NULL;
        return s;
    }
    if (strpbrk(s.raw, "xXpP(")) /* strtod also reads hexadecimal */
        return s;
    s.value = strtod(s.raw, &end);
    s.known = end != s.raw && end[strspn(end, " \t\r\n")] == '\0';
    return s;
}

static void put_line(struct strbuf *b, const char *line)
{
    if (b->len)
        strbuf_putc(b, '\n');
    strbuf_puts(b, line);
}

static void check_range(struct strbuf *b, const char *name, const struct speed *s)
{
    if (s->known && !(s->value >= speed_min && s->value <= SPEED_MAX))
        put_line(b, arena_printf(b->a, "Video tag \"%s\": %s must be between 0.05 and 10, got %s",
                                 name, s->attr, lc_python_number(b->a, s->value)));
}

static void check_speeds(struct strbuf *b, const struct lc_node *n)
{
    const char *name = lc_node_attr(n, "name");
    struct speed normal = speed_read(n, "defaultPlaybackSpeed", "defaultplaybackspeed");
    struct speed least = speed_read(n, "minPlaybackSpeed", "minplaybackspeed");
    const struct speed *both[] = {&normal, &least};

    for (size_t i = 0; i < 2; i++)
        if (both[i]->raw && !both[i]->known)
            put_line(b, arena_printf(b->a, "Video tag \"%s\": %s must be a number, got \"%s\"",
                                     name, both[i]->attr, both[i]->raw));
    check_range(b, name, &normal);
    check_range(b, name, &least);
    if (normal.known && least.known && least.value > normal.value)
        put_line(
            b,
            arena_printf(
                b->a,
                "Video tag \"%s\": minPlaybackSpeed (%s) must not exceed defaultPlaybackSpeed (%s)",
                name, lc_python_number(b->a, least.value), lc_python_number(b->a, normal.value)));
}

static bool has_text(const char *s)
{
    return s && *s;
}

const char *lc_video_problem(struct arena *a, const struct lc *lc)
{
    struct strbuf b;

    strbuf_init(&b, a, LC_MAX_BYTES * 8ul);
    for (const struct lc_node *n = lc->root; n; n = n->next) {
        bool object = has_text(lc_node_attr(n, "value")) || has_text(lc_node_attr(n, "valueList"));

        if (lc_ascii_same(n->tag, "video") && has_text(lc_node_attr(n, "name")) && object &&
            !has_text(lc_node_attr(n, "toName")))
            check_speeds(&b, n);
    }
    return b.len ? b.buf : NULL;
}
