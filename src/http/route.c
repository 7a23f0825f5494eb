/* The segment trie: patterns of the route table compiled once, matched per request without allocation except the texts.
 * At each level a literal is preferred to {int}, {int} to {str}, {str} to {path}; what leads nowhere is tried no further. */
#include "http/route.h"

#include <ctype.h>

#include "base/log.h"

const char *const method_names[M_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};

enum seg_kind { SEG_LITERAL, SEG_INT, SEG_STR, SEG_PATH };

struct seg {
    enum seg_kind kind;
    const char *p;      /* literal text, or name of the part */
    size_t len;
};

struct entry {
    const struct route *route;
    const char *names[ROUTE_ARGS];
    int n;
};

struct node {
    const char *literal;
    size_t len;
    struct node *next;              /* sibling literal */
    struct node *literals;
    struct node *child[SEG_PATH + 1];   /* by kind; [SEG_LITERAL] is unused */
    struct entry *entries[M_COUNT];
};

struct route_trie {
    struct node root;
};

/* Next segment of a path or pattern; false at the end. An ending slash makes no segment of its own. */
static bool next_seg(const char **s, const char **seg, size_t *len)
{
    if (**s == '/')
        (*s)++;
    if (!**s)
        return false;
    *seg = *s;
    *len = strcspn(*s, "/");
    *s += *len;
    return true;
}

static struct seg seg_parse(const struct route *r, const char *p, size_t len)
{
    static const char *const kinds[] = {"", "int", "str", "path"};
    const char *colon = memchr(p, ':', len);

    if (*p != '{')
        return (struct seg){SEG_LITERAL, p, len};
    if (!colon || p[len - 1] != '}' || colon == p + 1)
        BUG("route \"%s\": a variable part reads {name:int}, {name:str} or {name:path}", r->pattern);
    for (enum seg_kind k = SEG_INT; k <= SEG_PATH; k++) {
        size_t n = strlen(kinds[k]);

        if ((size_t)(p + len - 1 - (colon + 1)) == n && memcmp(colon + 1, kinds[k], n) == 0)
            return (struct seg){k, p + 1, (size_t)(colon - p - 1)};
    }
    BUG("route \"%s\": unknown type of a variable part", r->pattern);
}

static struct node *literal_child(const struct node *at, const char *p, size_t len)
{
    struct node *c = at->literals;

    while (c && (c->len != len || memcmp(c->literal, p, len) != 0))
        c = c->next;
    return c;
}

static struct node *descend(struct arena *a, struct node *at, struct seg s)
{
    struct node *c;

    if (s.kind != SEG_LITERAL) {
        if (!at->child[s.kind])
            at->child[s.kind] = ARENA_NEW(a, struct node);
        return at->child[s.kind];
    }
    c = literal_child(at, s.p, s.len);
    if (c)
        return c;
    c = ARENA_NEW(a, struct node);
    *c = (struct node){.literal = s.p, .len = s.len, .next = at->literals};
    at->literals = c;
    return c;
}

static void add_name(struct arena *a, struct entry *e, struct seg s)
{
    if (e->n == ROUTE_ARGS)
        BUG("route \"%s\": more than %d variable parts", e->route->pattern, ROUTE_ARGS);
    e->names[e->n++] = arena_strndup(a, s.p, s.len);
}

static void add_route(struct arena *a, struct node *at, const struct route *r)
{
    struct entry *e = ARENA_NEW(a, struct entry);
    const char *s = r->pattern, *p;
    size_t len;

    e->route = r;
    while (next_seg(&s, &p, &len)) {
        struct seg seg = seg_parse(r, p, len);

        at = descend(a, at, seg);
        if (seg.kind != SEG_LITERAL)
            add_name(a, e, seg);
        if (seg.kind == SEG_PATH && s[strspn(s, "/")])
            BUG("route \"%s\": {…:path} must be its last part", r->pattern);
    }
    if (at->entries[r->method])
        BUG("routes \"%s\" and \"%s\" match the same %s", at->entries[r->method]->route->pattern, r->pattern,
            method_names[r->method]);
    at->entries[r->method] = e;
}

struct route_trie *route_build(struct arena *a, const struct route *routes, size_t n)
{
    struct route_trie *t = ARENA_NEW(a, struct route_trie);

    for (size_t i = 0; i < n; i++)
        add_route(a, &t->root, &routes[i]);
    return t;
}

/* One walk through the trie. */
struct walk {
    struct arena *a;
    enum method method;
    const char *texts[ROUTE_ARGS];
    struct route_match *m;
};

static void take_node(struct walk *w, const struct node *at)
{
    const struct entry *e = at->entries[w->method];

    for (int i = 0; i < M_COUNT; i++)
        if (at->entries[i])
            w->m->allow |= 1u << i;
    if (at->entries[M_GET])
        w->m->allow |= 1u << M_HEAD;
    if (!e && w->method == M_HEAD)
        e = at->entries[M_GET];
    if (!e || w->m->route)
        return;
    w->m->route = e->route;
    w->m->n = e->n;
    memcpy(w->m->names, e->names, sizeof e->names);
    memcpy(w->m->texts, w->texts, sizeof w->texts);
}

static bool all_digits(const char *p, size_t len)
{
    while (len > 0 && isdigit((unsigned char)*p)) {
        p++;
        len--;
    }
    return len == 0;
}

/* Every node that the path reaches adds its methods to `allow`; the first one that serves the method wins. */
static void walk(struct walk *w, const struct node *at, const char *s, int nvar)
{
    const char *p, *rest = s + (*s == '/');
    const struct node *c;
    size_t len;

    if (!next_seg(&s, &p, &len)) {
        take_node(w, at);
        return;
    }
    if (len > 0 && (c = literal_child(at, p, len)))
        walk(w, c, s, nvar);
    for (enum seg_kind k = SEG_INT; k <= SEG_PATH; k++) {
        c = at->child[k];
        if (!c || len == 0 || (k == SEG_INT && !all_digits(p, len)))
            continue;
        w->texts[nvar] = k == SEG_PATH ? arena_strdup(w->a, rest) : arena_strndup(w->a, p, len);
        walk(w, c, k == SEG_PATH ? "" : s, nvar + 1);
    }
}

bool route_find(const struct route_trie *t, struct arena *a, enum method method, const char *path, struct route_match *m)
{
    struct walk w = {.a = a, .method = method, .m = m};

    *m = (struct route_match){0};
    path += strspn(path, "/");
    walk(&w, &t->root, path, 0);
    return m->allow != 0;
}
