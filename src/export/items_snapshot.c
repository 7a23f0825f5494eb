/* Items of a snapshot: its document is mapped and walked task by task. */
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "export/items.h"

enum { TASKS_PER_FLUSH = 500 };

struct source {
    struct scope *s;
    const struct lc *lc;
    exp_item_fn *fn;
    void *to;
    const struct exp_options *o;
    struct jspan later;   /* the walk of the look ahead */
    struct span shown;    /* what it is to show next; {NULL,0} = the task after it */
    bool at_end;
};

struct annotation {
    struct exp_item item;
    bool cancelled;
};

static int64_t int_of(struct arena *a, struct span json)
{
    return json.p && jspan_type(json) == JSON_T_NUMBER ? strtoll(span_dup(a, json), NULL, 10) : 0;
}

static const char *text_of(struct arena *a, struct span json)
{
    return json.p && jspan_type(json) == JSON_T_STRING ? exp_text(a, json) : NULL;
}

/* An id, or the person in full. */
static void annotator_read(struct arena *a, struct span v, struct exp_item *it)
{
    bool person = v.p && jspan_type(v) == JSON_T_OBJECT;

    it->has_annotator = person || (v.p && jspan_type(v) == JSON_T_NUMBER);
    it->annotator = int_of(a, person ? jspan_member(a, v, "id") : v);
    it->annotator_email = person ? text_of(a, jspan_member(a, v, "email")) : NULL;
}

static void annotation_read(struct arena *a, struct span json, const struct exp_item *task,
                            struct annotation *out)
{
    struct exp_item *it = &out->item;
    struct span cancelled = jspan_member(a, json, "was_cancelled");
    struct span lead_time = jspan_member(a, json, "lead_time");

    *out = (struct annotation){.item = *task};
    it->result = jspan_member(a, json, "result");
    out->cancelled = cancelled.p && jspan_type(cancelled) == JSON_T_TRUE;
    it->annotated = true;
    it->annotation = int_of(a, jspan_member(a, json, "id"));
    annotator_read(a, jspan_member(a, json, "completed_by"), it);
    it->has_lead_time = lead_time.p && jspan_type(lead_time) == JSON_T_NUMBER;
    it->lead_time = it->has_lead_time ? strtod(span_dup(a, lead_time), NULL) : 0;
    it->created_at = text_of(a, jspan_member(a, json, "created_at"));
    it->updated_at = text_of(a, jspan_member(a, json, "updated_at"));
}

static size_t count(struct arena *a, struct span list)
{
    struct span value;
    struct jspan walk;
    bool more = true;
    size_t n = 0;

    if (!list.p || jspan_type(list) != JSON_T_ARRAY ||
        jspan_open(&walk, a, list, (int)cfg.json_max_depth) != OK)
        return 0;
    while (jspan_next(&walk, &more, NULL, &value) == OK && more)
        n++;
    return n;
}

/* Newest first. Both times are in one form; those without a fraction are a whole second, and '.'
 * comes before 'Z'. */
static int newer(const void *x, const void *y)
{
    const struct exp_item *a = &((const struct annotation *)x)->item;
    const struct exp_item *b = &((const struct annotation *)y)->item;
    const char *at = a->created_at ? a->created_at : "", *bt = b->created_at ? b->created_at : "";
    int order = strncmp(bt, at, 19);

    if (order == 0 && strlen(at) > 19 && strlen(bt) > 19)
        order = strcmp(bt[19] == 'Z' ? "" : bt + 19, at[19] == 'Z' ? "" : at + 19);
    return order ? order : (b->annotation > a->annotation) - (b->annotation < a->annotation);
}

static err *annotations_out(struct source *src, const struct exp_item *task, struct span list,
                            size_t n)
{
    struct arena *a = src->s->a;
    struct annotation *all = arena_array(a, n, sizeof *all);
    struct span value;
    struct jspan walk;
    bool more;

    TRY(jspan_open(&walk, a, list, (int)cfg.json_max_depth));
    for (size_t i = 0; i < n; i++) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        annotation_read(a, value, task, &all[i]);
    }
    qsort(all, n, sizeof *all, newer);
    for (size_t i = 0; i < n; i++) {
        if (all[i].cancelled)
            continue;
        if (all[i].item.result.p)
            TRY(exp_groups_read(a, src->lc, &all[i].item, all[i].item.result));
        TRY(src->fn(src->to, &all[i].item));
    }
    return OK;
}

/* Those that are written in full; of the others there is a number only. */
static err *predictions_out(struct source *src, const struct exp_item *task, struct span list)
{
    struct arena *a = src->s->a;
    struct span value;
    struct jspan walk;
    bool more;

    if (!list.p || jspan_type(list) != JSON_T_ARRAY)
        return OK;
    TRY(jspan_open(&walk, a, list, (int)cfg.json_max_depth));
    for (;;) {
        struct exp_item it = *task;

        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        it.prediction = int_of(a, jspan_member(a, value, "id"));
        it.result = jspan_member(a, value, "result");
        if (it.prediction)
            TRY(src->fn(src->to, &it));
    }
}

static struct span data_of(struct arena *a, struct span task)
{
    struct span data = jspan_member(a, task, "data");

    return data.p && jspan_type(data) == JSON_T_OBJECT ? data : (struct span){"{}", 2};
}

static err *task_out(struct source *src, struct span task)
{
    struct arena *a = src->s->a;
    struct span list = jspan_member(a, task, "annotations");
    struct exp_item it = {.task = int_of(a, jspan_member(a, task, "id")),
                          .data = data_of(a, task)};
    size_t n = count(a, list);

    TRY(n ? annotations_out(src, &it, list, n) : src->fn(src->to, &it));
    return src->o->predictions ? predictions_out(src, &it, jspan_member(a, task, "predictions")) : OK;
}

/* Show the task at `index` and what comes behind it. */
static err *look_ahead(struct source *src, int64_t index)
{
    struct arena *a = src->s->a;
    bool more = true;

    while (src->o->ahead && !src->at_end && src->later.index <= index + EXP_AHEAD) {
        if (!src->shown.p)
            TRY(jspan_next(&src->later, &more, NULL, &src->shown));
        src->at_end = !more;
        if (src->at_end || (src->later.index >= index && !src->o->ahead(src->o->ahead_to, data_of(a, src->shown))))
            return OK;
        src->shown = (struct span){0};
    }
    return OK;
}

err *exp_items_of_snapshot(struct scope *s, const struct exp_options *o, const struct lc *lc,
                           const struct exp_out *out, exp_item_fn *fn, void *to)
{
    struct source src = {s, lc, fn, to, .o = o};
    struct jspan walk;
    struct span value;

    TRY(jspan_open(&walk, s->a, o->snapshot, (int)cfg.json_max_depth));
    TRY(jspan_open(&src.later, s->a, o->snapshot, (int)cfg.json_max_depth));
    for (;;) {
        struct arena_mark m = arena_mark(s->a);
        bool more;

        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return out->flush(out->to);
        TRY(look_ahead(&src, walk.index));
        TRY(task_out(&src, value));
        arena_rewind(s->a, m);
        if (walk.index % TASKS_PER_FLUSH == 0) {
            filemap_passed(walk.p);
            TRY(out->flush(out->to));
        }
    }
}
