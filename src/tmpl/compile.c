/* From template text to nodes. Each literal byte goes through the HTML state machine, so that every
 * {{…}} is checked against the place where it stands; looking up values and escaping them is
 * render.c's part. */
#include "tmpl/node.h"

#include "tmpl/htmlstate.h"

struct open_section {
    size_t node;
    const char *name;
    struct html_state at;
};

struct compiler {
    struct arena *a;
    struct tmpl *t;
    const char *src, *end;
    const char *p; /* next byte to read */
    int line;
    struct html_state html;
    struct open_section open[TMPL_DEPTH];
    size_t depth;
    size_t href; /* index + 1 of the open NODE_HREF_BEGIN, 0 = none */
    bool href_dynamic;
};

static err *refuse(const struct compiler *c, const char *why, const char *what)
{
    if (what)
        return err_new(c->a, ERR_BAD_REQUEST, "template %s.html line %d: %s: \"%s\"", c->t->name,
                       c->line, why, what);
    return err_new(c->a, ERR_BAD_REQUEST, "template %s.html line %d: %s", c->t->name, c->line, why);
}

static struct node *node_add(struct compiler *c, enum node_type type)
{
    struct tmpl *t = c->t;
    struct node *n;

    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 32;
        struct node *more = arena_array(c->a, cap, sizeof *more);

        if (t->n)
            memcpy(more, t->nodes, t->n * sizeof *more);
        t->nodes = more;
        t->cap = cap;
    }
    n = &t->nodes[t->n++];
    n->type = type;
    n->line = c->line;
    return n;
}

static void text_add(struct compiler *c, const char *p, size_t len)
{
    struct node *n;

    if (!len)
        return;
    n = node_add(c, NODE_TEXT);
    n->text = p;
    n->len = len;
}

/* The value of a URL attribute ends. Without a template tag in it there is nothing to check later.
 */
static void href_end(struct compiler *c)
{
    if (c->href_dynamic)
        node_add(c, NODE_HREF_END);
    else
        c->t->nodes[c->href - 1].type = NODE_TEXT;
    c->href = 0;
}

/* Literal text: feed the state machine and cut where values of URL attributes begin and end. */
static err *text_feed(struct compiler *c, const char *p, const char *end)
{
    const char *from = p;

    for (; p < end; p++) {
        bool was_url = html_state_in_url(&c->html);
        const char *wrong = html_state_feed(&c->html, *p);
        bool is_url = html_state_in_url(&c->html);

        if (wrong)
            return refuse(c, wrong, NULL);
        if (*p == '\n')
            c->line++;
        if (was_url == is_url)
            continue;
        if (is_url) {
            text_add(c, from, (size_t)(p + 1 - from));
            from = p + 1;
            node_add(c, NODE_HREF_BEGIN);
            c->href = c->t->n;
            c->href_dynamic = false;
        } else {
            text_add(c, from, (size_t)(p - from));
            from = p;
            href_end(c);
        }
    }
    text_add(c, from, (size_t)(end - from));
    return OK;
}

static bool is_name_byte(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
           ch == '_' || ch == '-';
}

/* Split a dotted name into the node's path. */
static err *path_parse(struct compiler *c, struct node *n, const char *name)
{
    size_t parts = 1, i = 0;
    const char **path;
    const char *p, *from = name;

    if (strcmp(name, ".") == 0)
        return OK;
    for (p = name; *p; p++)
        parts += *p == '.';
    path = arena_array(c->a, parts, sizeof *path);
    for (p = name;; p++) {
        if (*p && *p != '.') {
            if (!is_name_byte(*p))
                return refuse(c, "not a name", name);
            continue;
        }
        if (p == from)
            return refuse(c, "empty name", name);
        path[i++] = arena_strndup(c->a, from, (size_t)(p - from));
        from = p + 1;
        if (!*p)
            break;
    }
    n->path = path;
    n->npath = parts;
    return OK;
}

static err *value_add(struct compiler *c, enum node_type type, enum html_use use, const char *name)
{
    const char *wrong = html_state_refuses(&c->html, use);

    if (wrong)
        return refuse(c, wrong, name);
    c->href_dynamic = true;
    return path_parse(c, node_add(c, type), name);
}

static err *section_open(struct compiler *c, enum node_type type, const char *name)
{
    struct open_section *o;
    const char *wrong = html_state_boundary(&c->html);

    if (wrong)
        return refuse(c, wrong, name);
    if (c->depth == TMPL_DEPTH)
        return refuse(c, "sections nested too deep", name);
    c->href_dynamic = true;
    o = &c->open[c->depth++];
    o->node = c->t->n;
    o->name = name;
    o->at = c->html;
    return path_parse(c, node_add(c, type), name);
}

static err *section_close(struct compiler *c, const char *name)
{
    const struct open_section *o;
    const char *wrong = html_state_boundary(&c->html);

    if (wrong)
        return refuse(c, wrong, name);
    if (!c->depth)
        return refuse(c, "no section is open", name);
    o = &c->open[--c->depth];
    if (strcmp(o->name, name) != 0)
        return refuse(c, "another section is open", o->name);
    if (!html_state_same(&o->at, &c->html))
        return refuse(c, "the section ends at another place of the HTML than it began", name);
    c->href_dynamic = true;
    c->t->nodes[o->node].end = c->t->n;
    node_add(c, NODE_END);
    return OK;
}

static err *partial_add(struct compiler *c, const char *name)
{
    const char *wrong = html_state_refuses(&c->html, HTML_USE_PARTIAL);
    const char *p;
    struct node *n;

    for (p = name; is_name_byte(*p) || (*p == '/' && p > name && p[1]); p++)
        ;
    if (*p || !*name)
        return refuse(c, "not a template name", name);
    if (wrong)
        return refuse(c, wrong, name);
    n = node_add(c, NODE_PARTIAL);
    n->text = name;
    return OK;
}

/* The text of a tag without blanks around it. */
static char *tag_trim(struct arena *a, const char *p, const char *end)
{
    while (p < end && strchr(" \t\r\n", *p))
        p++;
    while (end > p && strchr(" \t\r\n", end[-1]))
        end--;
    return arena_strndup(a, p, (size_t)(end - p));
}

static bool keyword(const char *text, const char *word, const char **rest)
{
    size_t len = strlen(word);

    if (strncmp(text, word, len) != 0 || text[len] != ' ')
        return false;
    *rest = text + len + strspn(text + len, " ");
    return true;
}

static err *tag_add(struct compiler *c, const char *text)
{
    const char *name = text + 1 + strspn(*text ? text + 1 : text, " ");

    switch (*text) {
    case '!':
        return OK;
    case '#':
        return section_open(c, NODE_SECTION, name);
    case '^':
        return section_open(c, NODE_INVERTED, name);
    case '/':
        return section_close(c, name);
    case '>':
        return partial_add(c, name);
    case '{':
    case '&':
        return refuse(c, "there is no raw form", text);
    default:
        break;
    }
    if (keyword(text, "json", &name))
        return value_add(c, NODE_JSON, HTML_USE_JSON, name);
    if (keyword(text, "url", &name))
        return value_add(c, NODE_URL, HTML_USE_TEXT, name);
    if (keyword(text, "html", &name))
        return value_add(c, NODE_HTML, HTML_USE_HTML, name);
    return value_add(c, NODE_VAR, HTML_USE_TEXT, text);
}

/* Sections, partials and notes that stand alone on a line take the whole line with them, so that
 * pages stay tidy. Moves *text_end back over the indentation and *after past the line end. */
static void standalone(const struct compiler *c, const char *tag, const char **text_end,
                       const char **after)
{
    const char *b = tag, *e = *after;

    if (!strchr("#^/>!", tag[2]))
        return;
    while (b > c->src && (b[-1] == ' ' || b[-1] == '\t'))
        b--;
    while (e < c->end && (*e == ' ' || *e == '\t'))
        e++;
    if ((b > c->src && b[-1] != '\n') || (e < c->end && *e != '\n') || b < c->p)
        return;
    *text_end = b;
    *after = e < c->end ? e + 1 : e;
}

static int lines_between(const char *p, const char *end)
{
    int n = 0;

    for (; p < end; p++)
        n += *p == '\n';
    return n;
}

static err *compile_all(struct compiler *c)
{
    while (c->p < c->end) {
        const char *tag = memmem(c->p, (size_t)(c->end - c->p), "{{", 2);
        const char *close, *text_end, *after;

        if (!tag)
            return text_feed(c, c->p, c->end);
        close = memmem(tag + 2, (size_t)(c->end - tag - 2), "}}", 2);
        if (!close) {
            c->line += lines_between(c->p, tag);
            return refuse(c, "{{ without }}", NULL);
        }
        text_end = tag;
        after = close + 2;
        if (close > tag + 2)
            standalone(c, tag, &text_end, &after);
        TRY(text_feed(c, c->p, text_end));
        TRY(tag_add(c, tag_trim(c->a, tag + 2, close)));
        c->line += lines_between(tag, after);
        c->p = after;
    }
    return OK;
}

err *tmpl_compile(struct arena *a, struct tmpl_set *set, const char *name, const char *text,
                  size_t len)
{
    struct compiler c = {.a = a, .line = 1};

    if (tmpl_find(set, name))
        return err_new(a, ERR_BAD_REQUEST, "template %s.html: compiled twice", name);
    c.t = ARENA_NEW(a, struct tmpl);
    c.t->name = arena_strdup(a, name);
    c.src = c.p = arena_memdup(a, text, len);
    c.end = c.src + len;
    html_state_init(&c.html);
    TRY(compile_all(&c));
    if (c.depth)
        return refuse(&c, "section is not closed", c.open[c.depth - 1].name);
    if (c.html.place != HTML_TEXT)
        return refuse(&c, "the template ends inside a tag, comment, script or text area", NULL);
    tmpl_add(set, c.t);
    return OK;
}
