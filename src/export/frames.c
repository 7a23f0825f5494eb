/* Linear interpolation between keyframes, as text: keyframes and members that do not move keep their spelling. */
#include "export/frames.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "base/strbuf.h"
#include "json/jw.h"

static const char *const moving[] = {"x", "y", "width", "height", "rotation", "time"};
enum { MOVING = sizeof moving / sizeof *moving, TIME = MOVING - 1 };

struct keyframe {
    struct span text;
    struct span member[MOVING];   /* numbers; {NULL,0} = absent */
    double value[MOVING];
    int64_t frame;
    size_t place;                 /* as it was written */
    bool enabled;
};

/* What is beside the sequence. */
struct video {
    double frames, duration;      /* 0 = not stated */
};

bool frames_wanted(const struct lc *lc)
{
    for (size_t i = 0; i < lc_control_count(lc); i++)
        if (strcmp(lc_control_at(lc, i)->type, "VideoRectangle") == 0)
            return true;
    return false;
}

static double number(struct arena *a, struct span text)
{
    return text.p && jspan_type(text) == JSON_T_NUMBER ? strtod(arena_strndup(a, text.p, text.len), NULL) : 0;
}

static bool is_text(struct span json, const char *text)
{
    return json.len == strlen(text) + 2 && json.p[0] == '"' && memcmp(json.p + 1, text, json.len - 2) == 0;
}

/* ---- one region ---- */

static void keyframe_read(struct arena *a, struct span text, size_t place, struct keyframe *k)
{
    double frame = number(a, jspan_member(a, text, "frame"));

    *k = (struct keyframe){.text = text, .place = place};
    k->frame = fabs(frame) <= INT32_MAX ? (int64_t)frame : 0;
    k->enabled = jspan_type(jspan_member(a, text, "enabled")) != JSON_T_FALSE;
    for (size_t i = 0; i < MOVING; i++) {
        struct span v = jspan_member(a, text, moving[i]);

        if (v.p && jspan_type(v) == JSON_T_NUMBER) {
            k->member[i] = v;
            k->value[i] = number(a, v);
        }
    }
}

static int by_frame(const void *x, const void *y)
{
    const struct keyframe *a = x, *b = y;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static err *keyframes_read(struct arena *a, struct span sequence, struct keyframe **list, size_t *n)
{
    struct span value;
    struct jspan walk;
    size_t room = 0;
    bool more;

    *list = NULL;
    *n = 0;
    TRY(jspan_open(&walk, a, sequence, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            break;
        if (*n == room) {
            struct keyframe *bigger;
            room = room ? room * 2 : 16;
            bigger = arena_array(a, room, sizeof *bigger);
            if (*n)
                memcpy(bigger, *list, *n * sizeof *bigger);
            *list = bigger;
        }
        keyframe_read(a, value, *n, &(*list)[*n]);
        ++*n;
    }
    if (*n)
        qsort(*list, *n, sizeof **list, by_frame);
    return OK;
}

/* Two digits, as Python rounds. */
static double rounded(double v)
{
    char text[400];

    snprintf(text, sizeof text, "%.2f", v);
    return strtod(text, NULL);
}

/* The value of member i at part d of the way from a to b; its text is a's where nothing moves, but time has two digits then too. */
static bool moved(const struct keyframe *a, const struct keyframe *b, const struct video *v, size_t i, double d, double *out)
{
    double way = b && b->member[i].p ? b->value[i] - a->value[i] : 0;

    if (i == TIME && way == 0 && v->duration > 0) {
        *out = rounded(a->value[i] + d * (v->duration - a->value[i]));
        return true;
    }
    *out = a->value[i] + way * d;
    if (i == TIME)
        *out = rounded(*out);
    return way != 0 || *out != a->value[i];
}

static bool is_moving(const char *key, size_t *i)
{
    for (*i = 0; *i < MOVING; ++*i)
        if (strcmp(moving[*i], key) == 0)
            return true;
    return false;
}

static void member_put(struct strbuf *out, const char *key, struct span value)
{
    if (out->buf[out->len - 1] != '{')
        strbuf_putc(out, ',');
    json_quote(out, key, strlen(key));
    strbuf_putc(out, ':');
    strbuf_add(out, value.p, value.len);
}

static void number_put(struct strbuf *out, const char *key, double v)
{
    struct jw w;

    member_put(out, key, (struct span){"", 0});
    jw_init_strbuf(&w, out);
    jw_f64(&w, v);
}

/* A copy of a with what lies between a and b. */
static err *frame_put(struct arena *ar, struct strbuf *out, const struct keyframe *a, const struct keyframe *b, const struct video *v, int64_t frame, double d)
{
    struct span value;
    struct jspan walk;
    const char *key;
    double number;
    bool more;
    size_t i;

    TRY(jspan_open(&walk, ar, a->text, (int)cfg.json_max_depth));
    strbuf_puts(out, ",{");
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            break;
        if (strcmp(key, "auto") == 0)
            continue;
        if (strcmp(key, "frame") == 0) {
            member_put(out, key, (struct span){"", 0});
            strbuf_printf(out, "%lld", (long long)frame);
        } else if (is_moving(key, &i) && a->member[i].p && moved(a, b, v, i, d, &number)) {
            number_put(out, key, number);
        } else {
            member_put(out, key, value);
        }
    }
    member_put(out, "auto", (struct span){"true", 4});
    strbuf_putc(out, '}');
    return OK;
}

/* The frames between a and b; after the last keyframe (b is NULL) up to the end of the video. */
static err *between_put(struct arena *a, struct strbuf *out, const struct keyframe *from, const struct keyframe *to, const struct video *v, int64_t *left)
{
    int64_t last = to ? to->frame : fabs(v->frames) <= INT32_MAX ? (int64_t)v->frames : 0;
    int64_t n = last - from->frame + 1;

    if (!from->enabled)
        return OK;
    for (int64_t i = 1; i < n - (to != NULL) && *left > 0; i++, --*left) {
        struct arena_mark m = arena_mark(a);

        TRY(frame_put(a, out, from, to, v, from->frame + i, (double)i / (double)(n > 2 ? n - 1 : 1)));
        arena_rewind(a, m);
    }
    return OK;
}

static err *sequence_put(struct arena *a, struct strbuf *out, struct span sequence, const struct video *v, int64_t *left)
{
    struct keyframe *list;
    size_t n;

    TRY(keyframes_read(a, sequence, &list, &n));
    strbuf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            strbuf_putc(out, ',');
        strbuf_add(out, list[i].text.p, list[i].text.len);
        if (jspan_type(list[i].text) == JSON_T_OBJECT)
            TRY(between_put(a, out, &list[i], i + 1 < n ? &list[i + 1] : NULL, v, left));
    }
    strbuf_putc(out, ']');
    return OK;
}

/* ---- a result ---- */

/* The sequence of a tracked box; {NULL,0} for any other region. */
static struct span sequence_of(struct arena *a, struct span region, struct span *value)
{
    struct span sequence = {NULL, 0};

    if (jspan_type(region) != JSON_T_OBJECT || !is_text(jspan_member(a, region, "type"), "videorectangle"))
        return sequence;
    *value = jspan_member(a, region, "value");
    if (value->p)
        sequence = jspan_member(a, *value, "sequence");
    return sequence.p && jspan_type(sequence) == JSON_T_ARRAY ? sequence : (struct span){NULL, 0};
}

static err *region_put(struct arena *scratch, struct strbuf *out, struct span region, int64_t *left)
{
    struct span value, sequence = sequence_of(scratch, region, &value), first;
    struct jspan walk;
    struct video v;
    bool more = true;

    if (sequence.p) {
        TRY(jspan_open(&walk, scratch, sequence, (int)cfg.json_max_depth));
        TRY(jspan_next(&walk, &more, NULL, &first));
    }
    if (!more)
        return OK;
    if (out->len > 1)
        strbuf_putc(out, ',');
    if (!sequence.p) {
        strbuf_add(out, region.p, region.len);
        return OK;
    }
    v = (struct video){number(scratch, jspan_member(scratch, value, "framesCount")), number(scratch, jspan_member(scratch, value, "duration"))};
    strbuf_add(out, region.p, (size_t)(sequence.p - region.p));
    TRY(sequence_put(scratch, out, sequence, &v, left));
    strbuf_add(out, sequence.p + sequence.len, (size_t)(region.p + region.len - sequence.p) - sequence.len);
    return OK;
}

err *frames_fill(struct arena *a, struct span result, struct span *out)
{
    int64_t left = FRAMES_MOST;
    struct span region;
    struct arena *scratch;
    struct jspan walk;
    struct strbuf b;
    bool more;

    *out = result;
    if (!result.p || jspan_type(result) != JSON_T_ARRAY)
        return OK;
    scratch = arena_below(a, "frames");   /* what grows is the text; everything else goes after each region */
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_putc(&b, '[');
    TRY(jspan_open(&walk, a, result, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &region));
        if (!more)
            break;
        TRY(region_put(scratch, &b, region, &left));
        arena_reset(scratch);
    }
    strbuf_putc(&b, ']');
    *out = (struct span){b.buf, b.len};
    return OK;
}
