/* Which columns the task table has, where that is kept, and the form that chooses them. */
#include "page/dm_columns.h"

#include <string.h>

#include "base/text.h"
#include "dm/look.h"
#include "page/page.h"

enum { DATA_FIRST = 6 /* fields of the data that are shown at first; the rest of a wide task is chosen */ };

/* ---- all that there are ---- */

static const char *kind_of(const char *type, const char *name)
{
    static const char *const kinds[][2] = {
        {"id", "id"}, {"inner_id", "id"}, {"is_labeled", "state"}, {"annotations_results", "words"}, {"predictions_results", "words"},
        {"annotators", "people"}, {"reviewers", "people"}, {"updated_by", "people"}, {"comment_authors", "people"},
        {"Number", "number"}, {"Time", "seconds"}, {"Datetime", "time"}, {"Boolean", "flag"},
        {"Image", "picture"}, {"Audio", "sound"}, {"AudioPlus", "sound"}, {"Video", "film"},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i][0], name) == 0 || strcmp(kinds[i][0], type) == 0)
            return kinds[i][1];
    return "text";
}

static void add(struct table_columns *c, const struct dm_project_column *of)
{
    struct table_column *t = &c->list[c->n++];

    *t = (struct table_column){.name = of->name, .title = of->title, .help = of->help, .type = of->type, .configured = of->configured,
                               .kind = kind_of(of->type, of->of_data ? "" : of->id)};
    t->column = dm_column_find(of->name, &t->key);
    if (t->key)
        t->column = NULL;
}

/* The id, the task data, the state (which is no column of the API's list), then the rest of that list. */
static err *all_columns(struct rq *rq, int64_t project, struct table_columns *c)
{
    static const struct dm_project_column state = {.id = "is_labeled", .name = "is_labeled", .title = "State", .type = "Boolean",
                                                   .help = "Whether the task is labelled, begun, skipped or to do"};
    struct dm_project_column *list;
    size_t n;

    TRY(dm_columns_read(rq->scope, project, &list, &n));
    c->list = arena_array(rq->a, n + 1, sizeof *c->list);
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, "id") == 0)
            add(c, &list[i]);
    for (size_t i = 0; i < n && list[i].of_data; i++)
        add(c, &list[i]);
    add(c, &state);
    for (size_t i = 0; i < n; i++)
        if (!list[i].of_data && strcmp(list[i].name, "id") != 0)
            add(c, &list[i]);
    return OK;
}

static struct table_column *find(const struct table_columns *c, const char *name, size_t len)
{
    for (size_t i = 0; i < c->n; i++)
        if (strlen(c->list[i].name) == len && memcmp(c->list[i].name, name, len) == 0)
            return &c->list[i];
    return NULL;
}

const struct table_column *table_columns_find(const struct table_columns *c, const char *name)
{
    return find(c, name, strlen(name));
}

/* ---- choosing ---- */

/* Move a column behind the shown ones. */
static void show(struct table_columns *c, const struct table_column *t)
{
    struct table_column moved;
    size_t at;

    if (!t || t->shown)
        return;
    at = (size_t)(t - c->list);
    moved = *t;
    moved.shown = true;
    memmove(&c->list[c->n_shown + 1], &c->list[c->n_shown], (at - c->n_shown) * sizeof *c->list);
    c->list[c->n_shown++] = moved;
}

/* "a,b,c"; a key may have commas itself, so the longest name that fits is meant. */
static void show_listed(struct table_columns *c, const char *text)
{
    size_t longest = 0;

    for (size_t i = 0; i < c->n; i++)
        if (strlen(c->list[i].name) > longest)
            longest = strlen(c->list[i].name);
    while (*text) {
        const struct table_column *best = NULL;
        size_t len = strcspn(text, ",");
        for (size_t k = len; k <= longest; k += 1 + strcspn(text + k + 1, ",")) {
            const struct table_column *t = find(c, text, k);
            if (t) {
                best = t;
                len = k;
            }
            if (!text[k])
                break;
        }
        show(c, best);
        text += len + (text[len] == ',');
    }
}

static void show_names(struct table_columns *c, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (name)
            show(c, table_columns_find(c, text_starts(name, "tasks:") ? name + strlen("tasks:") : name));
    }
}

static bool names_it(struct arena *a, const json_t *names, const char *name)
{
    const char *full = arena_printf(a, "tasks:%s", name);

    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *one = json_string_value(json_array_get(names, i));
        if (one && strcmp(one, full) == 0)
            return true;
    }
    return false;
}

/* What a tab does not hide, in its order where it has one. */
static void show_of_tab(struct arena *a, struct table_columns *c, const json_t *view)
{
    const json_t *hidden = json_object_get(json_object_get(view, "hiddenColumns"), "explore"), *order = json_object_get(view, "columnsOrder");
    struct table_columns all = {.list = arena_array(a, c->n, sizeof *all.list), .n = c->n};

    memcpy(all.list, c->list, c->n * sizeof *all.list);
    for (size_t i = 0; i < json_array_size(order); i++) {
        const char *name = json_string_value(json_array_get(order, i));
        if (name && text_starts(name, "tasks:") && !names_it(a, hidden, name + strlen("tasks:")))
            show(c, table_columns_find(c, name + strlen("tasks:")));
    }
    for (size_t i = 0; i < all.n; i++)
        if (!names_it(a, hidden, all.list[i].name))
            show(c, table_columns_find(c, all.list[i].name));
}

static void show_defaults(struct table_columns *c)
{
    static const char *const names[] = {"is_labeled", "annotators", "annotations_results", "total_annotations", "total_predictions",
                                        "reviewed", "updated_at"};
    size_t n = 0;

    for (size_t i = 0; i < c->n && n < DATA_FIRST; i++)
        if (c->list[i].key) {
            show(c, &c->list[i]);
            n++;
        }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        show(c, table_columns_find(c, names[i]));
}

/* ---- widths ---- */

static int steps(const json_t *pixels)
{
    double n = json_number_value(pixels) / WIDTH_STEP;

    return n < 1 ? 0 : n < WIDTH_LEAST ? WIDTH_LEAST : n > WIDTH_MOST ? WIDTH_MOST : (int)(n + 0.5);
}

/* A tab's own, over them what the person has dragged while it was open. */
static void widths_read(struct arena *a, const struct dm_state *s, struct table_columns *c)
{
    const json_t *tab = json_object_get(s->view, "columnsWidth");
    const json_t *own = json_object_get(json_object_get(c->look, "widths"), arena_printf(a, "%lld", (long long)s->tab));

    for (size_t i = 0; i < c->n; i++) {
        struct table_column *t = &c->list[i];
        const json_t *dragged = json_object_get(own, t->name);
        t->width = steps(dragged ? dragged : json_object_get(tab, arena_printf(a, "tasks:%s", t->name)));
    }
}

/* ---- reading ---- */

static void looks_complete(struct dm_state *s, const json_t *look)
{
    const char *type = json_string_value(json_object_get(look, "type")), *size = json_string_value(json_object_get(look, "size"));

    if (!s->tab && !(s->given & DM_GIVEN_TYPE) && type)
        s->grid = strcmp(type, "grid") == 0;
    if (!s->tab && !(s->given & DM_GIVEN_SIZE) && size)
        s->size = strcmp(size, "s") == 0 ? "s" : strcmp(size, "l") == 0 ? "l" : "m";
}

err *table_columns_read(struct rq *rq, struct dm_state *s, struct table_columns *out)
{
    const json_t *kept;

    *out = (struct table_columns){.n = 0};
    TRY(all_columns(rq, s->project, out));
    TRY(look_get(rq->scope, s->project, &out->look));
    kept = json_object_get(out->look, "columns");
    looks_complete(s, out->look);
    show(out, table_columns_find(out, "id"));
    if (s->given & DM_GIVEN_COLUMNS)
        show_listed(out, s->columns);
    else if (json_is_object(json_object_get(s->view, "hiddenColumns")))
        show_of_tab(rq->a, out, s->view);
    else if (!s->tab && json_is_array(kept))
        show_names(out, kept);
    else
        show_defaults(out);
    widths_read(rq->a, s, out);
    return OK;
}

/* ---- for the template ---- */

json_t *table_columns_names(const struct table_columns *c)
{
    json_t *names = json_array();

    for (size_t i = 0; i < c->n_shown; i++)
        json_array_append_new(names, json_string(c->list[i].name));
    return names;
}

json_t *table_columns_picker(const struct table_columns *c)
{
    json_t *lines = json_array();

    for (size_t i = 0; i < c->n; i++) {
        const struct table_column *t = &c->list[i];
        json_t *o = json_object();
        page_set_text(o, "name", t->name);
        page_set_text(o, "title", t->title);
        page_set_text(o, "help", t->help);
        page_set_int(o, "number", (int64_t)i);
        page_set_bool(o, "shown", t->shown);
        page_set_bool(o, "fixed", i == 0);
        page_set_bool(o, "can_rise", t->shown && i > 1);
        page_set_bool(o, "can_sink", t->shown && i > 0 && i + 1 < c->n_shown);
        json_array_append_new(lines, o);
    }
    return lines;
}
