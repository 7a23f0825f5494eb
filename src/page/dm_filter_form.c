/* The form of the Data Manager's filter and the choice of its order. It is one GET form whose buttons also add and take away lines; with
 * JavaScript the same form is fetched anew (page_data_filter) when a column or an operator changes, and what it would find is counted. */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "core/pause.h"
#include "core/project.h"
#include "dm/dm.sql.h"
#include "dm/list.h"
#include "dm/value.h"
#include "page/dm_filter_view.h"
#include "page/project_page.h"

/* ---------------------------------------------------------------- fields of one line */

static json_t *option(const char *value, const char *text, bool selected)
{
    return json_pack("{s:s, s:s, s:b}", "value", value, "text", text, "selected", selected);
}

/* [{label, options}]: what is offered, and the column of the line where that is another. */
static json_t *column_groups(const struct dm_words *o, const char *chosen)
{
    json_t *groups = json_array(), *options = NULL;
    const char *group = "";

    for (size_t i = 0; i < o->n; i++) {
        const struct dm_word_column *c = &o->column[i];
        if (strcmp(c->group, group) != 0) {
            options = json_array();
            group = c->group;
            json_array_append_new(groups, json_pack("{s:s, s:o}", "label", group, "options", options));
        }
        json_array_append_new(options, option(c->name, c->title, strcmp(c->name, chosen) == 0));
    }
    if (*chosen && !dm_words_find(o, chosen))
        json_array_append_new(groups, json_pack("{s:s, s:[o]}", "label", "Other", "options", option(chosen, dm_words_title(o, chosen), true)));
    return groups;
}

static bool has_value(const struct dm_line *line, const char *value)
{
    for (size_t i = 0; i < line->n_v; i++)
        if (strcmp(line->v[i], value) == 0)
            return true;
    return false;
}

/* Choices with those of the line marked; a value that is no choice any more is one nevertheless, so that nothing changes unseen. */
static json_t *choice_options(struct arena *a, const struct dm_line *line, const json_t *choices)
{
    struct dm_line plain = *line;
    const char **values = arena_array(a, line->n_v + 1, sizeof *values);
    json_t *options = json_array();
    const json_t *one;
    size_t i;

    for (i = 0; i < line->n_v; i++)
        values[i] = dm_words_value(a, line, line->v[i]);
    plain.v = values;
    json_array_foreach(choices, i, one) {
        const char *value = json_string_value(json_object_get(one, "value"));
        json_array_append_new(options, option(value, json_string_value(json_object_get(one, "text")), has_value(&plain, value)));
    }
    for (i = 0; i < line->n_v; i++) {
        bool known = false;
        size_t k;
        json_array_foreach(choices, k, one)
            known = known || strcmp(json_string_value(json_object_get(one, "value")), values[i]) == 0;
        if (!known && *values[i])
            json_array_append_new(options, option(values[i], values[i], true));
    }
    return options;
}

static const char *lines_text(struct arena *a, const struct dm_line *line)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    for (size_t i = 0; i < line->n_v; i++)
        strbuf_printf(&b, "%s%s", i ? "\n" : "", line->v[i]);
    return b.buf;
}

/* Fields of numbers and dates take no other text: what is none is shown in a text field, so that it can be mended. */
static bool is_figure(const char *value)
{
    char *end;

    strtod(value, &end);
    return *end == '\0';
}

static bool is_moment(const char *value)
{
    return !value || !*value || (dm_value_is_time(value) && strlen(value) > 10);
}

static void time_set(struct arena *a, json_t *o, const char *key, const char *value)
{
    page_set_time(a, o, key, value && *value ? value : NULL);
}

/* Too many people to choose from: their e-mail is asked for. */
static err *email_set(struct dm_filter_view *v, const struct dm_line *line, json_t *o)
{
    struct row r;
    int64_t id;
    bool found = false;

    if (line->n_v && int_parse(line->v[0], 1, INT32_MAX, &id))
        TRY(db_opt(v->rq->scope->db, SQL_dm_person_called, DB_ARGS(SCOPE_ARGS(v->rq->scope), db_i64(id)), &r, &found));
    if (found)
        page_set_text(o, "value", row_text(&r, DM_PERSON_CALLED_EMAIL));
    page_set_text(o, "input", "email");
    return OK;
}

static err *choices_set(struct dm_filter_view *v, const struct dm_line *line, json_t *o)
{
    const json_t *choices;

    TRY(dm_words_choices(&v->words, line, &choices));
    if (!choices)
        return email_set(v, line, o);
    json_object_set_new(o, "choices", choice_options(v->a, line, choices));
    page_set_bool(o, "is_choice", true);
    page_set_bool(o, "multiple", line->n_v > 1);
    return OK;
}

static err *input_set(struct dm_filter_view *v, const struct dm_line *line, const struct dm_word *op, json_t *o)
{
    const char *value = line->n_v ? line->v[0] : "", *most = line->w ? line->w : "";

    page_set_text(o, "value", value);
    page_set_text(o, "most", most);
    page_set_bool(o, "spans", dm_op_spans(op->op));
    switch (op->input) {
    case DM_INPUT_NONE:
        return OK;
    case DM_INPUT_CHOICE:
        return choices_set(v, line, o);
    case DM_INPUT_LINES:
        page_set_bool(o, "is_lines", true);
        page_set_text(o, "value", lines_text(v->a, line));
        return OK;
    case DM_INPUT_TIME:
        page_set_bool(o, "is_time", is_moment(value) && is_moment(most));
        page_set_text(o, "input", is_moment(value) && is_moment(most) ? NULL : "text");
        time_set(v->a, o, "value", value);
        time_set(v->a, o, "most", most);
        return OK;
    default:
        page_set_text(o, "input", op->input == DM_INPUT_NUMBER && is_figure(value) && is_figure(most) ? "number" : "text");
        return OK;
    }
}

/* ---------------------------------------------------------------- one line */

static json_t *kept_fields(struct arena *a, const struct dm_line *line)
{
    struct dm_lines one = {.line = (struct dm_line *)line, .n = 1};

    return dm_query_fields(a, dm_lines_query(a, &one));
}

/* Every key that the template names: an outer object's would show in place of a missing one. */
static json_t *line_blank(struct dm_filter_view *v, const struct dm_line *line)
{
    json_t *o = json_pack("{s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n}", "kept", "fields", "choices", "input", "value_iso", "value_text",
                          "most_iso", "most_text", "value", "most");
    static const char *const flags[] = {"is_choice", "multiple", "is_lines", "is_time", "spans"};

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        page_set_bool(o, flags[i], false);
    page_set_int(o, "n", line->number);
    page_set_bool(o, "is_child", line->parent != 0);
    json_object_set_new(o, "parent", line->parent ? json_integer(line->parent) : json_null());
    page_set_bool(o, "has_column", *line->column);
    page_set_text(o, "column_text", *line->column ? dm_words_title(&v->words, line->column) : "");
    json_object_set_new(o, "columns", column_groups(&v->words, line->column));
    json_object_set_new(o, "op_groups", dm_words_ops(v->a, &v->words, line));
    return o;
}

/* The operator of the line; the first of its column when it has none, or one of another column. */
static const struct dm_word *op_of(struct dm_filter_view *v, struct dm_line *line, const char *error)
{
    const struct dm_word *op = dm_words_op(&v->words, line);

    if (op || (*line->op && (!error || line->json)))
        return dm_line_long(line) ? NULL : op;
    line->op = dm_words_first(&v->words, line);
    if (strcmp(line->op, "empty") == 0)
        line->n_v = 0;
    return dm_words_op(&v->words, line);
}

static void join_set(const struct dm_filter_view *v, json_t *o, const struct dm_line *line, bool first)
{
    page_set_text(o, "join", line->parent ? "with" : first ? "Where" : v->lines.any ? "or" : "and");
}

static err *line_object(struct dm_filter_view *v, const struct dm_line *sent, bool first, json_t *list, bool *faulty)
{
    struct dm_line line = *sent;
    const struct dm_word *op;
    const char *error;
    json_t *hint, *o;

    TRY(dm_filter_check(v, &line, &error, &hint));
    op = *line.column ? op_of(v, &line, error) : NULL;
    o = line_blank(v, &line);
    json_array_append_new(list, o);
    join_set(v, o, &line, first);
    json_object_set_new(o, "hint", hint);
    page_set_text(o, "error", error);
    *faulty = *faulty || error;
    if (op)
        return input_set(v, &line, op, o);
    if (*line.column) {
        page_set_text(o, "kept", dm_chips_kept(v->a, &line));
        json_object_set_new(o, "fields", kept_fields(v->a, &line));
    }
    return OK;
}

/* ---------------------------------------------------------------- all lines */

static int last_number(const struct dm_lines *l)
{
    return l->n ? l->line[l->n - 1].number : 0;
}

static void line_append(struct dm_filter_view *v, int parent)
{
    struct dm_line *more = arena_array(v->a, v->lines.n + 1, sizeof *more);

    if (v->lines.n)
        memcpy(more, v->lines.line, v->lines.n * sizeof *more);
    more[v->lines.n] = (struct dm_line){.number = last_number(&v->lines) + 1, .column = "", .op = "", .type = "", .parent = parent};
    v->lines.line = more;
    v->lines.n++;
}

/* What the buttons of the form say: edit=1 keeps it open, edit=add adds a line, edit=add-3 one about the same row as line 3. */
static void edit_apply(struct dm_filter_view *v)
{
    const char *edit = rq_query(v->rq, "edit");
    int64_t parent = 0;

    v->editing = edit || rq_query(v->rq, "drop");
    if (!edit)
        return;
    if (text_starts(edit, "add-") && (!int_parse(edit + 4, 1, INT32_MAX, &parent) || !dm_lines_find(&v->lines, (int)parent)))
        parent = 0;
    if (text_starts(edit, "add") || v->lines.n == 0)
        line_append(v, (int)parent);
}

/* Lines that nobody has begun say nothing, and are gone when the form is sent. */
static void lines_tidy(struct dm_filter_view *v)
{
    size_t n = 0;

    for (size_t i = 0; i < v->lines.n; i++)
        if (v->editing || *v->lines.line[i].column || dm_line_complete(&v->lines.line[i]))
            v->lines.line[n++] = v->lines.line[i];
    v->lines.n = n;
}

static err *lines_make(struct dm_filter_view *v, json_t *list, bool *faulty)
{
    for (size_t i = 0; i < v->lines.n; i++) {
        const struct dm_line *line = &v->lines.line[i];
        if (line->parent)
            continue;
        TRY(line_object(v, line, json_array_size(list) == 0, list, faulty));
        for (size_t k = 0; k < v->lines.n; k++)
            if (v->lines.line[k].parent == line->number)
                TRY(line_object(v, &v->lines.line[k], false, list, faulty));
    }
    return OK;
}

static err *lines_now(struct dm_filter_view *v)
{
    struct rq_pair *sent = arena_array(v->a, v->rq->nquery + 1, sizeof *sent);
    size_t n = 0;

    for (size_t i = 0; i < v->rq->nquery; i++)
        if (dm_lines_name(v->rq->query[i].name))
            sent[n++] = v->rq->query[i];
    if (n)
        return dm_filter_lines(v->rq, sent, n, v->state->tab_filters, &v->lines);
    dm_lines_of_json(v->a, v->state->filters, &v->lines);
    return OK;
}

static err *view_open(struct dm_filter_view *v)
{
    struct rq *rq = v->rq;
    const struct dm_state *state = v->state;

    TRY(dm_words_read(rq->scope, state->project, &v->words));
    TRY(lines_now(v));
    edit_apply(v);
    lines_tidy(v);
    return OK;
}

/* A faulty line is shown in its form, where it can be mended. */
static err *fault_find(struct dm_filter_view *v, bool *faulty)
{
    const char *error = NULL;

    for (size_t i = 0; i < v->lines.n && !error; i++)
        TRY(dm_filter_fault(v, &v->lines.line[i], &error));
    *faulty = error != NULL;
    return OK;
}

/* The address that opens the form by itself; a script fetches the form from the same. */
static const char *later_href(const struct dm_filter_view *v)
{
    const char *query = dm_state_first(v->a, v->state);

    return arena_printf(v->a, "%s%sedit=1#filter", query, query[1] ? "&" : "");
}

static err *filter_object(struct dm_filter_view *v, json_t *filter)
{
    struct dm_state rest = *v->state;
    struct dm_lines none = {0};
    json_t *list = json_array(), *chips;
    bool faulty = false, open = v->editing || v->alone;

    json_object_set_new(filter, "lines", list);
    if (!open)
        TRY(fault_find(v, &faulty));
    open = open || faulty;
    if (open)
        TRY(lines_make(v, list, &faulty));
    page_set_text(filter, "later_href", open ? NULL : later_href(v));
    TRY(dm_chips_make(v, &chips));
    json_object_set_new(filter, "chips", chips);
    TRY(dm_filter_put(v->a, &none, &rest));
    /* What else the address says: a GET form would lose it. */
    json_object_set_new(filter, "others", dm_state_fields(v->a, &rest));
    page_set_text(filter, "clear_href", json_array_size(chips) ? dm_state_first(v->a, &rest) : NULL);
    page_set_bool(filter, "open", open);
    page_set_bool(filter, "faulty", faulty);
    page_set_bool(filter, "any", v->lines.any);
    page_set_bool(filter, "several", json_array_size(list) > 1);
    page_set_bool(filter, "has_lines", json_array_size(list) > 0);
    return OK;
}

/* ---------------------------------------------------------------- order */

static void order_options(struct arena *a, json_t *options, const struct dm_word_column *c, const char *name, bool as_number)
{
    bool chosen = strcmp(c->name, name) == 0;

    if (c->class != DM_DATA) {
        json_array_append_new(options, option(c->name, c->title, chosen));
        return;
    }
    json_array_append_new(options, option(c->name, c->title, chosen && !as_number));
    json_array_append_new(options, option(arena_printf(a, "%s:number", c->name), arena_printf(a, "%s (as a number)", c->title), chosen && as_number));
}

static void order_object(struct dm_filter_view *v, json_t *order)
{
    const char *now = v->state->ordering ? v->state->ordering : "id", *group = "";
    json_t *groups = json_array(), *options = NULL;
    struct dm_state rest = *v->state;
    bool down = now[0] == '-';

    for (size_t i = 0; i < v->words.n; i++) {
        const struct dm_word_column *c = &v->words.column[i];
        if (strcmp(c->name, "data") == 0)
            continue;
        if (strcmp(c->group, group) != 0) {
            options = json_array();
            group = c->group;
            json_array_append_new(groups, json_pack("{s:s, s:o}", "label", group, "options", options));
        }
        order_options(v->a, options, c, now + down, v->state->as_number);
    }
    if (!dm_words_find(&v->words, now + down))
        json_array_append_new(groups, json_pack("{s:s, s:[o]}", "label", "Other", "options",
                                                option(now + down, dm_words_title(&v->words, now + down), true)));
    json_object_set_new(order, "groups", groups);
    page_set_bool(order, "down", down);
    rest.given &= ~(unsigned)DM_GIVEN_ORDERING;
    json_object_set_new(order, "others", dm_state_fields(v->a, &rest));
}

static json_t *object_in(json_t *ctx, const char *key)
{
    json_t *o = json_object();

    json_object_set_new(ctx, key, o);
    return o;
}

err *dm_filter_fill(struct rq *rq, const struct dm_state *state, const struct dm_context *context, json_t *ctx)
{
    struct dm_filter_view v = {.rq = rq, .a = rq->a, .state = state, .context = context};
    json_t *filter = object_in(ctx, "filter"), *order = object_in(ctx, "order");

    TRY(view_open(&v));
    TRY(filter_object(&v, filter));
    order_object(&v, order);
    return OK;
}

/* ---------------------------------------------------------------- the form alone, and its count */

static err *state_open(struct rq *rq, struct dm_state *state)
{
    struct row r;

    TRY(project_row(rq->scope, rq_int(rq, "id"), &r));
    TRY(pause_check(rq->scope, rq_int(rq, "id")));
    if (project_page_table_hidden(rq, &r))
        return err_new(rq->a, ERR_PERMISSION, NULL);
    return dm_state_read(rq, rq_int(rq, "id"), state);
}

err *page_data_filter(struct rq *rq)
{
    struct dm_context context;
    struct dm_state state;
    struct dm_filter_view v = {.rq = rq, .a = rq->a, .state = &state, .context = &context, .alone = true};
    json_t *ctx;

    TRY(state_open(rq, &state));
    TRY(dm_context_read(rq->scope, state.project, &context));
    ctx = page_context(rq, "Filter");
    json_object_set_new(ctx, "project", json_pack("{s:I}", "id", (json_int_t)state.project));
    TRY(view_open(&v));
    TRY(filter_object(&v, object_in(ctx, "filter")));
    return page_render(rq, "projects/data_filter_form", ctx);
}

static err *counted(struct rq *rq, const struct dm_state *state, const char **text, bool *wrong)
{
    struct dm_context *context = ARENA_NEW(rq->a, struct dm_context);
    struct task_list_totals total;
    struct dm_query q;
    bool in_time = true;
    err *e;

    TRY(dm_context_read(rq->scope, state->project, context));
    e = dm_compile(rq->a, context, dm_state_question(rq->a, state), &q);
    if (!e)
        e = dm_list_count_brief(rq->scope, &q, &total, &in_time);
    *wrong = e != OK;
    if (e && e->kind != ERR_VALIDATION)
        return e;
    if (e)
        *text = page_error_words(rq->a, e);
    else
        *text = in_time ? page_counted(rq->a, total.tasks, "task matches", "tasks match") : "Too many tasks to count while you wait; apply the filter to see them.";
    return OK;
}

err *page_data_count(struct rq *rq)
{
    struct dm_state state;
    const char *text;
    struct jw *w;
    bool wrong;

    TRY(state_open(rq, &state));
    TRY(counted(rq, &state, &text, &wrong));
    w = rs_json(rq);
    jw_obj(w);
    jw_kstr(w, "text", text);
    jw_kbool(w, "wrong", wrong);
    jw_end(w);
    return OK;
}
