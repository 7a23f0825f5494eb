/* From tasks and annotations to items, batch by batch. What a format makes of them is its own
 * file's business. */
#include "export/items.h"

#include <string.h>

#include "base/cfg.h"
#include "base/strbuf.h"
#include "core/wire.h"
#include "export/choice.h"
#include "export/export.sql.h"
#include "export/frames.h"

enum { BATCH = 500 };

/* ---- groups ---- */

struct element {
    const char *from_name;
    bool is_message;
    struct exp_region region;
};

/* What messages of a Chat belong to, whatever their name. */
static const struct lc_control messages = {.name = "", .type = "Chat"};

const char *exp_text(struct arena *a, struct span json)
{
    json_t *tree = json_loadb(json.p, json.len, JSON_DECODE_ANY, NULL);
    const char *text = arena_strdup(a, json_string_value(tree));

    json_decref(tree);
    return text;
}

static bool span_equals(struct span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

static err *element_read(struct arena *a, struct span text, struct element *e)
{
    struct jspan walk;
    struct span value;
    const char *key;
    bool more;

    *e = (struct element){.region.value = {"{}", 2}};
    if (jspan_type(text) != JSON_T_OBJECT)
        return OK;
    TRY(jspan_open(&walk, a, text, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            return OK;
        if (strcmp(key, "from_name") == 0 && jspan_type(value) == JSON_T_STRING)
            e->from_name = exp_text(a, value);
        else if (strcmp(key, "type") == 0)
            e->is_message = span_equals(value, "\"chatmessage\"");
        else if (strcmp(key, "value") == 0 && jspan_type(value) == JSON_T_OBJECT)
            e->region.value = value;
        else if (strcmp(key, "original_width") == 0)
            e->region.width = value;
        else if (strcmp(key, "original_height") == 0)
            e->region.height = value;
        else if (strcmp(key, "id") == 0)
            e->region.id = value;
        else if (strcmp(key, "parentID") == 0)
            e->region.parent = value;
    }
}

static struct exp_group *group_of(struct exp_item *it, const char *name)
{
    for (size_t i = 0; i < it->n_groups; i++)
        if (strcmp(it->groups[i].name, name) == 0)
            return &it->groups[i];
    return NULL;
}

void *exp_room(struct arena *a, void *old, size_t n, size_t *room, size_t size)
{
    void *bigger;

    if (n < *room)
        return old;
    *room = *room ? *room * 2 : 4;
    bigger = arena_array(a, *room, size);
    if (n)
        memcpy(bigger, old, n * size);
    return bigger;
}

const struct lc_control *exp_control_find(const struct lc *lc, const char *name)
{
    static const struct lc_control any = {.name = "", .type = ""};

    return lc_control_count(lc) ? lc_control_find(lc, name) : &any;
}

static void element_add(struct arena *a, const struct lc *lc, struct exp_item *it, size_t *room,
                        const struct element *e)
{
    struct exp_group *g = group_of(it, e->from_name);
    const struct lc_control *control = g ? g->control : exp_control_find(lc, e->from_name);

    if (!control && e->is_message)
        control = &messages;
    if (!control)
        return;
    if (!g) {
        it->groups = exp_room(a, it->groups, it->n_groups, room, sizeof *it->groups);
        g = &it->groups[it->n_groups++];
        *g = (struct exp_group){.name = e->from_name, .control = control};
    }
    g->regions = exp_room(a, g->regions, g->n, &g->room, sizeof *g->regions);
    g->regions[g->n++] = e->region;
}

err *exp_groups_read(struct arena *a, const struct lc *lc, struct exp_item *it, struct span result)
{
    struct jspan walk;
    struct span value;
    struct element e;
    size_t room = 0;
    bool more;

    if (jspan_type(result) != JSON_T_ARRAY)
        return OK;
    TRY(jspan_open(&walk, a, result, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        TRY(element_read(a, value, &e));
        if (e.from_name)
            element_add(a, lc, it, &room, &e);
    }
}

/* ---- items ---- */

struct run {
    struct scope *s;
    const struct exp_options *o;
    const struct lc *lc;
    exp_item_fn *fn;
    void *to;
    struct rows tasks, annotations;
    int next; /* annotation */
    bool frames;
};

static struct span span_of(const struct row *r, int col)
{
    return row_null(r, col) ? (struct span){0} : (struct span){row_json(r, col), row_len(r, col)};
}

static void task_read(struct exp_item *it, const struct row *r)
{
    *it = (struct exp_item){.task = row_i64(r, EXPORT_TASKS_ID),
                            .data = span_of(r, EXPORT_TASKS_DATA)};
    if (jspan_type(it->data) != JSON_T_OBJECT)
        it->data = (struct span){"{}", 2};
}

static err *annotation_out(struct run *run, const struct row *task, const struct row *r)
{
    struct arena *a = run->s->a;
    struct arena_mark m = arena_mark(a);
    struct exp_item it;

    task_read(&it, task);
    it.annotated = true;
    it.annotation = row_i64(r, EXPORT_KEPT_ID);
    it.has_annotator = !row_null(r, EXPORT_KEPT_COMPLETED_BY);
    it.annotator = it.has_annotator ? row_i64(r, EXPORT_KEPT_COMPLETED_BY) : 0;
    it.has_lead_time = !row_null(r, EXPORT_KEPT_LEAD_TIME);
    it.lead_time = it.has_lead_time ? row_f64(r, EXPORT_KEPT_LEAD_TIME) : 0;
    it.created_at = wire_time_text(a, row_text(r, EXPORT_KEPT_CREATED_AT));
    it.updated_at = wire_time_text(a, row_text(r, EXPORT_KEPT_UPDATED_AT));
    it.result = span_of(r, EXPORT_KEPT_RESULT);
    if (run->frames)
        TRY(frames_fill(a, it.result, &it.result));
    TRY(exp_groups_read(a, run->lc, &it, it.result));
    TRY(run->fn(run->to, &it));
    arena_rewind(a, m);
    return OK;
}

static err *task_out(struct run *run, const struct row *task)
{
    struct exp_item it;

    task_read(&it, task);
    if (row_i64(task, EXPORT_TASKS_TOTAL_ANNOTATIONS) +
            row_i64(task, EXPORT_TASKS_CANCELLED_ANNOTATIONS) ==
        0)
        return run->fn(run->to, &it);
    for (; run->next < run->annotations.n; run->next++) {
        struct row r = rows_at(&run->annotations, run->next);
        if (row_i64(&r, EXPORT_KEPT_TASK) != it.task)
            return OK;
        TRY(annotation_out(run, task, &r));
    }
    return OK;
}

static err *batch_read(struct run *run, int64_t after)
{
    struct scope *s = run->s;
    int64_t *ids;
    size_t n;

    TRY(exp_tasks_read(s, run->o, after, BATCH, &ids, &n, &run->tasks));
    run->next = 0;
    return db_many(s->db, SQL_export_kept, DB_ARGS(db_i64s(s->a, ids, n)), &run->annotations);
}

/* Show task i and what is in the batch behind it; *shown of it were. */
static void look_ahead(const struct run *run, int i, int *shown)
{
    const struct exp_options *o = run->o;
    struct exp_item it;

    if (!o->ahead)
        return;
    for (*shown = *shown > i ? *shown : i; *shown < run->tasks.n && *shown <= i + EXP_AHEAD; ++*shown) {
        struct row r = rows_at(&run->tasks, *shown);

        task_read(&it, &r);
        if (!o->ahead(o->ahead_to, it.data))
            return;
    }
}

err *exp_items(struct scope *s, const struct exp_options *o, const struct lc *lc,
               const struct exp_out *out, exp_item_fn *fn, void *to)
{
    struct run run = {.s = s, .o = o, .lc = lc, .fn = fn, .to = to, .frames = o->frames && frames_wanted(lc)};
    int64_t after = 0;
    int n, shown;

    if (o->snapshot.p)
        return exp_items_of_snapshot(s, o, lc, out, fn, to);
    do {
        struct arena_mark m = arena_mark(s->a);
        TRY(batch_read(&run, after));
        n = run.tasks.n;
        shown = 0;
        for (int i = 0; i < n; i++) {
            struct row r = rows_at(&run.tasks, i);
            look_ahead(&run, i, &shown);
            after = row_i64(&r, EXPORT_TASKS_INNER_ID);
            TRY(task_out(&run, &r));
        }
        TRY(out->flush(out->to));
        arena_rewind(s->a, m);
    } while (n == BATCH);
    return OK;
}

/* ---- data ---- */

const char *exp_data_key(const struct lc *lc, bool *single)
{
    const char *key = NULL;

    *single = true;
    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        for (size_t k = 0; k < c->n_inputs; k++) {
            key = key ? key : c->inputs[k].value;
            *single = *single && strcmp(key, c->inputs[k].value) == 0;
        }
    }
    return key;
}

const char *exp_data_text(struct arena *a, const struct exp_item *it, const char *key)
{
    struct span v = key ? jspan_member(a, it->data, key) : (struct span){0};

    return v.p && jspan_type(v) == JSON_T_STRING ? exp_text(a, v) : NULL;
}

/* ---- simplified values ---- */

/* The only element of a list, or {NULL,0}. */
static struct span only(struct arena *a, struct span list)
{
    struct span first = {0}, rest;
    struct jspan walk;
    bool more = false;

    if (!list.p || jspan_type(list) != JSON_T_ARRAY ||
        jspan_open(&walk, a, list, (int)cfg.json_max_depth) != OK)
        return first;
    if (jspan_next(&walk, &more, NULL, &first) != OK || !more)
        return (struct span){0};
    return jspan_next(&walk, &more, NULL, &rest) == OK && !more ? first : (struct span){0};
}

/* Of an object: nothing but blanks between its braces. */
static bool is_empty(struct span object)
{
    const char *p = object.p + 1;

    return p[strspn(p, " \t\r\n")] == '}';
}

static struct span with_size(struct arena *a, const struct exp_region *r)
{
    struct strbuf b;
    bool bare = is_empty(r->value);

    if (!r->width.p && !r->height.p)
        return r->value;
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_add(&b, r->value.p, r->value.len - 1);
    if (r->width.p) {
        strbuf_puts(&b, bare ? "\"original_width\":" : ",\"original_width\":");
        strbuf_add(&b, r->width.p, r->width.len);
        bare = false;
    }
    if (r->height.p) {
        strbuf_puts(&b, bare ? "\"original_height\":" : ",\"original_height\":");
        strbuf_add(&b, r->height.p, r->height.len);
    }
    strbuf_putc(&b, '}');
    return (struct span){b.buf, b.len};
}

/* The member whose only element stands for the whole value; NULL for other controls. */
static const char *short_key(const char *type)
{
    return strcmp(type, "Choices") == 0 ? "choices" : strcmp(type, "TextArea") == 0 ? "text" : NULL;
}

static struct span region_simple(struct arena *a, const char *key, const struct exp_region *r)
{
    struct span one =
        key ? only(a, jspan_member(a, r->value, key)) : jspan_member(a, r->value, "chatmessage");

    return one.p ? one : with_size(a, r);
}

struct span exp_simple(struct arena *a, const struct exp_group *g)
{
    const char *key = short_key(g->control->type);
    struct strbuf b;

    if (key && g->n == 1)
        return region_simple(a, key, &g->regions[0]);
    strbuf_init(&b, a, SIZE_MAX);
    for (size_t i = 0; i < g->n; i++) {
        struct span one = region_simple(a, key, &g->regions[i]);
        strbuf_putc(&b, i ? ',' : '[');
        strbuf_add(&b, one.p, one.len);
    }
    strbuf_putc(&b, ']');
    return (struct span){b.buf, b.len};
}

/* ---- messages of a Chat ---- */

bool exp_is_chat(const struct exp_group *g)
{
    return g->control == &messages;
}

/* A text as it is, anything else as JSON; what is null has a word. */
static const char *said(struct arena *a, struct span v)
{
    if (!v.p)
        return "";
    return jspan_type(v) == JSON_T_STRING ? exp_text(a, v) : jspan_type(v) == JSON_T_NULL ? "None" : span_dup(a, v);
}

const char *exp_transcript(struct arena *a, const struct exp_group *g)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    for (size_t i = 0; i < g->n; i++) {
        struct span one = jspan_member(a, g->regions[i].value, "chatmessage"), role;
        const char *text;

        if (!one.p)
            one = g->regions[i].value;
        if (jspan_type(one) != JSON_T_OBJECT)
            continue;
        role = jspan_member(a, one, "role");
        text = said(a, jspan_member(a, one, "content"));
        if (!role.p && !*text)
            continue;
        strbuf_printf(&b, "%s%s%s%s%s", b.len ? "\n" : "", said(a, role), role.p ? ":" : "", role.p && *text ? " " : "", text);
    }
    return b.buf;
}
