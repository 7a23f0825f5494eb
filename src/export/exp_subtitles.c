/* Formats WEBVTT and SRT: for each annotation of a sound or video a file of subtitles. A cue is a region with a beginning and an end; its
 * text is what was written about it, else its labels. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "core/project.h"
#include "export/pictures.h"
#include "export/shape.h"

enum { FRAMES_PER_SECOND = 25 /* what the editor takes when a Video tag says nothing else */ };

struct cue {
    size_t order;
    double start, end;
    const char *speaker; /* its labels; NULL = none */
    const char *text;    /* NULL = none */
    struct span id;
};

struct subtitles {
    struct scope *s;
    struct exp_zip *zip;
    bool srt;
};

struct cues {
    struct arena *a;
    struct cue *all;
    size_t n, room;
};

static void cue_add(struct cues *c, double start, double end, const char *speaker, const char *text, struct span id)
{
    c->all = exp_room(c->a, c->all, c->n, &c->room, sizeof *c->all);
    c->all[c->n] = (struct cue){c->n, start, end, speaker, text, id};
    c->n++;
}

static err *joined(struct arena *a, struct span list, const char *between, const char **out)
{
    const char *const *texts;
    struct strbuf b;
    size_t n;

    TRY(exp_texts(a, list, &texts, &n));
    strbuf_init(&b, a, SIZE_MAX);
    for (size_t i = 0; i < n; i++) {
        strbuf_puts(&b, i ? between : "");
        strbuf_puts(&b, texts[i]);
    }
    *out = n ? b.buf : NULL;
    return OK;
}

/* ---- cues ---- */

static struct cue *cue_of(const struct cues *c, struct span id)
{
    for (size_t i = 0; id.p && i < c->n; i++)
        if (c->all[i].id.len == id.len && memcmp(c->all[i].id.p, id.p, id.len) == 0)
            return &c->all[i];
    return NULL;
}

/* [{"start": 1, "end": 10}], in frames that are counted from 1. */
static err *ranges_read(struct cues *c, const struct exp_region *r, struct span ranges, const char *speaker)
{
    struct jspan walk;
    struct span value;
    bool more;

    TRY(jspan_open(&walk, c->a, ranges, 32));
    for (;;) {
        struct exp_shape s;
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        if (jspan_type(value) != JSON_T_OBJECT)
            continue;
        TRY(exp_shape_read(c->a, &(struct exp_region){.value = value}, &s));
        if (s.has_range)
            cue_add(c, (s.start - 1) / FRAMES_PER_SECOND, s.end / FRAMES_PER_SECOND, speaker, NULL, r->id);
    }
}

static err *region_read(struct cues *c, const struct exp_region *r)
{
    struct span ranges = jspan_member(c->a, r->value, "ranges"), text = jspan_member(c->a, r->value, "text");
    const char *speaker, *said = NULL;
    struct exp_shape s;
    struct cue *known;

    TRY(exp_shape_read(c->a, r, &s));
    TRY(joined(c->a, s.labels[LABELS_PLAIN].p ? s.labels[LABELS_PLAIN] : jspan_member(c->a, r->value, "timelinelabels"), ", ", &speaker));
    TRY(joined(c->a, text, "\n", &said));
    known = cue_of(c, r->id);
    if (known) {
        known->speaker = known->speaker ? known->speaker : speaker;
        known->text = known->text ? known->text : said;
    } else if (ranges.p && jspan_type(ranges) == JSON_T_ARRAY) {
        return ranges_read(c, r, ranges, speaker);
    } else if (s.has_range) {
        cue_add(c, s.start, s.end, speaker, said, r->id);
    }
    return OK;
}

static int by_start(const void *x, const void *y)
{
    const struct cue *a = x, *b = y;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* ---- files ---- */

static void time_put(struct strbuf *b, double seconds, char point)
{
    long long ms = seconds > 0 && seconds < 1e9 ? (long long)(seconds * 1000 + 0.5) : 0;

    strbuf_printf(b, "%02lld:%02lld:%02lld%c%03lld", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, point, ms % 1000);
}

/* No empty line, which would end the cue, and in WebVTT no tag of its own. */
static void text_put(struct strbuf *b, const char *text, bool srt)
{
    char before = '\n';

    for (; *text; text++) {
        if (*text == '\r' || (*text == '\n' && before == '\n'))
            continue;
        before = *text;
        if (!srt && *text == '&')
            strbuf_puts(b, "&amp;");
        else if (!srt && *text == '<')
            strbuf_puts(b, "&lt;");
        else if (!srt && *text == '>')
            strbuf_puts(b, "&gt;");
        else
            strbuf_putc(b, *text);
    }
    if (before != '\n')
        strbuf_putc(b, '\n');
}

static void cue_put(struct strbuf *b, const struct cue *c, size_t number, bool srt)
{
    strbuf_printf(b, "%zu\n", number);
    time_put(b, c->start, srt ? ',' : '.');
    strbuf_puts(b, " --> ");
    time_put(b, c->end, srt ? ',' : '.');
    strbuf_putc(b, '\n');
    text_put(b, c->text && *c->text ? c->text : c->speaker ? c->speaker : "-", srt);
    strbuf_putc(b, '\n');
}

static err *item_out(void *to, const struct exp_item *it)
{
    struct subtitles *x = to;
    struct arena *a = x->s->a;
    struct cues c = {.a = a};
    struct strbuf b;

    if (!it->annotated)
        return OK;
    for (size_t i = 0; i < it->n_groups; i++)
        for (size_t k = 0; k < it->groups[i].n; k++)
            TRY(region_read(&c, &it->groups[i].regions[k]));
    if (c.n)
        qsort(c.all, c.n, sizeof *c.all, by_start);
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_puts(&b, x->srt ? "" : "WEBVTT\n\n");
    for (size_t i = 0; i < c.n; i++)
        cue_put(&b, &c.all[i], i + 1, x->srt);
    return exp_zip_bytes(x->zip,
                         arena_printf(a, "task-%lld-annotation-%lld.%s", (long long)it->task, (long long)it->annotation, x->srt ? "srt" : "vtt"),
                         b.buf, b.len);
}

static err *write(struct scope *s, const struct exp_options *o, const struct exp_out *out, bool srt)
{
    struct subtitles x = {.s = s, .srt = srt};
    struct arena *a = arena_below(s->a, "export");
    const struct lc *lc;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    TRY(exp_zip_open(a, out, &x.zip));
    TRY(exp_items(s, o, lc, out, item_out, &x));
    return exp_zip_end(x.zip);
}

err *exp_webvtt_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return write(s, o, out, false);
}

err *exp_srt_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return write(s, o, out, true);
}
