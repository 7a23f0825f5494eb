/* The compiled form of a template, shared by compile.c and render.c only: a flat list of nodes,
 * sections with the index of their end. */
#ifndef LABELD_TMPL_NODE_H
#define LABELD_TMPL_NODE_H

#include <stddef.h>

#include "tmpl/tmpl.h"

enum node_type {
    NODE_TEXT,     /* literal bytes */
    NODE_VAR,      /* {{x}} */
    NODE_URL,      /* {{url x}} */
    NODE_JSON,     /* {{json x}} */
    NODE_HTML,     /* {{html x}} */
    NODE_SECTION,  /* {{#x}}, end = index of its NODE_END */
    NODE_INVERTED, /* {{^x}} */
    NODE_END,
    NODE_PARTIAL,    /* {{>name}} */
    NODE_HREF_BEGIN, /* here the value of a URL attribute begins … */
    NODE_HREF_END    /* … and here it ends: its scheme is looked at as a whole */
};

enum { TMPL_DEPTH = 24, TMPL_SET_MAX = 509 };

struct node {
    enum node_type type;
    int line;
    const char *text; /* literal, or the partial's name */
    size_t len;
    const char *const *path; /* parts of a dotted name; NULL for {{.}} */
    size_t npath;
    size_t end;
};

struct tmpl {
    const char *name;
    struct node *nodes;
    size_t n, cap;
    struct tmpl *next; /* of the same hash */
};

struct tmpl_set {
    struct arena *a;
    struct tmpl *slots[TMPL_SET_MAX];
};

const struct tmpl *tmpl_find(const struct tmpl_set *set, const char *name);
void tmpl_add(struct tmpl_set *set, struct tmpl *t);

/* Objects made by tmpl_html and tmpl_json: a member under a key that is random per process, so that
 * no JSON from outside can pass for one. NULL when v is no such object. */
const char *mark_html(const json_t *v);
const char *mark_json(const json_t *v);

#endif
