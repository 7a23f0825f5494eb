/* Format CONLL2003: one word with its tag on each line, an empty line after each text. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/project.h"
#include "export/items.h"
#include "export/shape.h"
#include "export/words.h"

struct conll {
    struct scope *s;
    const struct exp_out *out;
    const char *key;
    struct words *words;
};

struct mark {
    size_t order;      /* in the result: equal starts keep it */
    double start, end; /* code points; end is of the last one */
    const char *label; /* NULL: it has none */
};

static int by_start(const void *x, const void *y)
{
    const struct mark *a = x, *b = y;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* Of the first control that marks text; none when one of them is no range. */
static err *marks_read(struct arena *a, const struct exp_group *g, struct mark **out, size_t *n)
{
    const char *const *labels;
    struct exp_shape s;
    size_t found;

    *n = 0;
    *out = arena_array(a, g->n, sizeof **out);
    for (size_t i = 0; i < g->n; i++) {
        TRY(exp_shape_read(a, &g->regions[i], &s));
        TRY(exp_texts(a, s.labels[LABELS_PLAIN], &labels, &found));
        if (!s.has_range)
            return OK;
        (*out)[i] = (struct mark){i, s.start, s.end - 1, found ? labels[0] : NULL};
    }
    qsort(*out, g->n, sizeof **out, by_start);
    *n = g->n;
    return OK;
}

static err *marks_find(struct arena *a, const struct exp_item *it, struct mark **out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < it->n_groups; i++)
        if (strcasecmp(it->groups[i].control->type, "Labels") == 0)
            return marks_read(a, &it->groups[i], out, n);
    return OK;
}

/* One mark is the present one; a word past its end takes the next that reaches it, or leaves the last. */
struct cursor {
    const struct mark *marks;
    size_t n, at;
    const char *prefix;
};

static const char *tag_of(struct cursor *c, struct arena *a, const struct word *w)
{
    double first = (double)w->start, last = (double)w->end - 1;
    const struct mark *m;
    const char *tag;

    if (c->n == 0)
        return "O";
    if (first > c->marks[c->at].end) {
        while (c->at + 1 < c->n) {
            c->at++;
            c->prefix = "B-";
            if (first <= c->marks[c->at].end)
                break;
        }
    }
    m = &c->marks[c->at];
    if (last < m->start || !m->label || !(m->start <= last && m->end >= first))
        return "O";
    tag = arena_printf(a, "%s%s", c->prefix, m->label);
    c->prefix = "I-";
    return tag;
}

static err *item_out(void *to, const struct exp_item *it)
{
    struct conll *c = to;
    struct arena *a = c->s->a;
    const char *text = exp_data_text(a, it, c->key);
    struct cursor cursor = {.prefix = "B-"};
    struct mark *marks = NULL;
    struct word *words;
    struct strbuf b;
    size_t n;

    TRY(marks_find(a, it, &marks, &cursor.n));
    cursor.marks = marks;
    TRY(words_cut(c->words, a, text ? text : "", &words, &n));
    strbuf_init(&b, a, SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%s -X- _ %s\n", words[i].text, tag_of(&cursor, a, &words[i]));
    strbuf_putc(&b, '\n');
    c->out->put(c->out->to, b.buf, b.len);
    return OK;
}

err *exp_conll_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    static const char head[] = "-DOCSTART- -X- O\n";
    struct conll c = {.s = s, .out = out};
    const struct lc *lc;
    bool single;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    TRY(words_open(s->a, &c.words));
    c.key = exp_data_key(lc, &single);
    out->put(out->to, head, sizeof head - 1);
    return exp_items(s, o, lc, out, item_out, &c);
}
