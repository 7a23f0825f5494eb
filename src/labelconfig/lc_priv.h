/* What the files of this folder share: the parsed tree and the tag table. Nobody else includes it.
 */
#ifndef LABELD_LABELCONFIG_LC_PRIV_H
#define LABELD_LABELCONFIG_LC_PRIV_H

#include "base/strbuf.h"
#include "labelconfig/lc.h"

struct lc_node {
    const char *tag;
    const struct lc_attr *attrs;
    size_t n_attrs;
    struct lc_node *parent, *first_child, *last_child, *next_sibling;
    struct lc_node *next; /* document order */
    size_t control;       /* index + 1 of the control this tag is, 0 when it is none */
};

struct lc {
    const char *xml;
    struct lc_node *root;
    const struct lc_control *controls;
    size_t n_controls;
    const struct lc_control
        *implied; /* Chat and ReactCode act as controls of themselves without toName */
    size_t n_implied;
    const struct lc_input *objects;
    size_t n_objects;
    const struct lc_data_key *keys;
    size_t n_keys;
};

enum lc_trait {
    LC_NO_BULK = 1,     /* makes bulk annotation pointless */
    LC_BULK_CHECK = 2,  /* spoils it when perRegion or perItem */
    LC_STATIC_BULK = 4, /* … or when it has a value */
    LC_GEOMETRY = 8    /* a plain Labels control can share its region */
};

/* One control tag: how its results look. */
struct lc_tag {
    const char *name; /* lower case, also the result type */
    const char
        *labels; /* key of the value that carries labels or the answer, NULL when there is none */
    const char *value; /* fields "name:kind" separated by blanks, '?' = may be absent; kinds in
                          lc_value.c */
    unsigned traits;
};

const struct lc_tag *lc_tag_find(const char *tag);
/* Python names of the JSON types a data key of that tag may have, "str list". */
const char *lc_tag_data_types(const char *tag);

const char *lc_node_attr(const struct lc_node *n, const char *name);
bool lc_ascii_same(const char *x, const char *y); /* ignoring case of ASCII letters */

/* Steps of lc_parse. Each returns the message for the client, or NULL. `scratch` dies with the
 * call. */
const char *lc_build(struct arena *a, struct lc *lc, size_t len, struct strbuf *serialised);
const char *lc_xml_message(struct arena *a, int code, const char *xml, size_t len, size_t at);
const char *lc_schema_problem(struct arena *a, const struct lc *lc);
const char *lc_names_problem(struct arena *a, struct arena *scratch, const char *serialised);
const char *lc_video_problem(struct arena *a, const struct lc *lc);
void lc_collect(struct arena *a, struct lc *lc);

/* Does `text` equal `pattern`, where each flag stands for any text? */
bool lc_pattern_match(const struct lc_control *c, const char *pattern, const char *text);
const struct lc_input *lc_object_find(const struct lc *lc, const char *name);

/* One entry of a field list; the texts are not NUL-ended. */
struct lc_field {
    const char *name, *kind;
    size_t name_len, kind_len;
    bool may_lack, may_be_null;
};

bool lc_next_field(const char **list, struct lc_field *f);

/* Does value fit the field list of a tag? lc_value_fields lists its field names as Python text. */
bool lc_value_fits(const char *fields, json_t *value);
bool lc_value_number(json_t *v, double *out); /* a number, a numeric text or a bool */
const char *lc_value_fields(struct arena *a, const char *fields);

const char *lc_python_texts(struct arena *a, const char *const *texts, size_t n); /* ['a', 'b'] */
void lc_python_put_text(struct strbuf *b, const char *s, size_t len);
const char *lc_python_number(struct arena *a, double v); /* as Python prints a float */

#endif
