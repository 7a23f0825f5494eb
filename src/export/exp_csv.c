/* Formats CSV and TSV: the items of JSON_MIN as a table. Its columns are those of all items, so
 * their names are asked first, in the same snapshot. Reading everything for them would delay the
 * first byte, so that is done only where the usual case, all tasks alike and every control in use,
 * is not found quickly. */
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "core/project.h"
#include "export/export.sql.h"
#include "export/items.h"
#include "export/jsontext.h"

enum cell_kind {
    CELL_NONE,
    CELL_DATA,    /* JSON text of the task data */
    CELL_CONTROL, /* JSON text of a simplified value */
    CELL_PLAIN,   /* a number, unquoted */
    CELL_TEXT     /* a text, quoted */
};

enum { FIRST_ANNOTATIONS = 1000 };

_Static_assert((int)EXPORT_DATA_KEYS_KEY == (int)EXPORT_SUMMARY_KEYS_KEY,
               "either query tells the keys");

struct cell {
    enum cell_kind kind;
    struct span text;
};

struct csv_out {
    struct scope *s;
    const struct exp_out *out;
    char separator;
    bool guarded; /* what a spreadsheet would take for a formula begins with an apostrophe */
    const char **columns; /* sorted by code point */
    size_t n;
    const char **controls; /* names used anywhere in the export, sorted */
    size_t n_controls;
    struct cell *cells; /* of the present row */
    struct strbuf line;
};

/* ---- names ---- */

static int compare(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
    return bsearch(&name, names, n, sizeof *names, compare) != NULL;
}

static size_t sort_unique(const char **names, size_t n)
{
    size_t kept = 0;

    qsort(names, n, sizeof *names, compare);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
            names[kept++] = names[i];
    return kept;
}

static void controls_take(struct csv_out *c, const struct rows *rows, const struct lc *lc)
{
    c->controls = arena_array(c->s->a, (size_t)rows->n, sizeof *c->controls);
    c->n_controls = 0;
    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        if (exp_control_find(lc, row_text(&r, EXPORT_FROM_NAMES_NAME)))
            c->controls[c->n_controls++] = row_text(&r, EXPORT_FROM_NAMES_NAME);
    }
    c->n_controls = sort_unique(c->controls, c->n_controls);
}

/* Are these all that there can be? Those of a Repeater have any number of names, and so have results without a configuration. */
static bool is_every_control(const struct csv_out *c, const struct lc *lc)
{
    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const char *name = lc_control_at(lc, i)->name;
        if (strstr(name, "{{") || !is_among(c->controls, c->n_controls, name))
            return false;
    }
    return lc_control_count(lc) > 0;
}

static err *controls_read(struct csv_out *c, const struct exp_options *o, const struct lc *lc)
{
    struct rows rows;

    if (!o->ids) {
        TRY(db_many(c->s->db, SQL_export_some_names,
                    DB_ARGS(db_i64(o->project), db_i64(FIRST_ANNOTATIONS)), &rows));
        controls_take(c, &rows, lc);
        if (is_every_control(c, lc))
            return OK;
    }
    TRY(db_many(c->s->db, SQL_export_from_names, DB_ARGS(db_i64(o->project), db_text(o->ids)),
                &rows));
    controls_take(c, &rows, lc);
    return OK;
}

/* A data key with the name of a control steps aside. */
static const char *data_column(const struct csv_out *c, const char *key)
{
    return is_among(c->controls, c->n_controls, key) ? arena_printf(c->s->a, "_data_%s", key) : key;
}

static const char *const fixed[] = {"annotation_id", "annotator", "created_at", "lead_time",
                                    "updated_at"};
enum { N_FIXED = sizeof fixed / sizeof *fixed };

/* Room for n data columns beside the others. */
static void columns_begin(struct csv_out *c, size_t n)
{
    c->columns = arena_array(c->s->a, n + c->n_controls + N_FIXED + 1, sizeof *c->columns);
}

static void columns_end(struct csv_out *c)
{
    for (size_t i = 0; i < c->n_controls; i++)
        c->columns[c->n++] = c->controls[i];
    for (size_t i = 0; i < N_FIXED; i++)
        c->columns[c->n++] = fixed[i];
    c->n = sort_unique(c->columns, c->n);
    c->cells = arena_array(c->s->a, c->n, sizeof *c->cells);
}

/* From the project summary, when it tells the keys of every item. */
static err *keys_of_all(struct csv_out *c, const struct exp_options *o, struct rows *rows,
                        bool *known)
{
    *known = false;
    if (o->ids)
        return OK;
    TRY(db_many(c->s->db, SQL_export_summary_keys,
                DB_ARGS(db_i64(o->project), db_bool(o->all_tasks)), rows));
    *known = rows->n > 0;
    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        *known = *known && row_bool(&r, EXPORT_SUMMARY_KEYS_OF_ALL);
    }
    return OK;
}

static err *keys_read(struct csv_out *c, const struct exp_options *o, struct rows *rows)
{
    struct row first;
    bool known;

    TRY(keys_of_all(c, o, rows, &known));
    if (!known)
        return db_many(c->s->db, SQL_export_data_keys,
                       DB_ARGS(db_i64(o->project), db_bool(o->all_tasks), db_text(o->ids)), rows);
    first = rows_at(rows, 0);
    if (!row_bool(&first, EXPORT_SUMMARY_KEYS_SOME))
        rows->n = 0;
    return OK;
}

static err *columns_read(struct csv_out *c, const struct exp_options *o)
{
    struct rows rows;

    TRY(keys_read(c, o, &rows));
    columns_begin(c, (size_t)rows.n);
    if (rows.n > 0)
        c->columns[c->n++] = "id";
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        /* One row without a key says that there are items. */
        if (!row_null(&r, EXPORT_DATA_KEYS_KEY))
            c->columns[c->n++] = data_column(c, row_text(&r, EXPORT_DATA_KEYS_KEY));
    }
    columns_end(c);
    return OK;
}

/* ---- rows ---- */

static void cell_set(struct csv_out *c, const char *column, enum cell_kind kind, struct span text)
{
    const char **at = bsearch(&column, c->columns, c->n, sizeof *c->columns, compare);

    if (at)
        c->cells[at - c->columns] = (struct cell){kind, text};
}

static struct span text_span(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

static struct span int_span(struct arena *a, int64_t v)
{
    return text_span(arena_printf(a, "%lld", (long long)v));
}

static struct span f64_span(struct arena *a, double v)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, 64);
    jw_init_strbuf(&w, &b);
    jw_f64(&w, v);
    return (struct span){b.buf, b.len};
}

static err *data_set(struct csv_out *c, const struct exp_item *it)
{
    struct jspan walk;
    struct span value;
    const char *key;
    bool more;

    TRY(jspan_open(&walk, c->s->a, it->data, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            return OK;
        cell_set(c, data_column(c, key), CELL_DATA, value);
    }
}

static const char *transcript_column(struct arena *a, const struct exp_group *g)
{
    return arena_printf(a, "%s_transcript", g->name);
}

/* Later ones win: the task's id yields to data of that name, everything to the annotation's own
 * columns. */
static err *cells_set(struct csv_out *c, const struct exp_item *it)
{
    struct arena *a = c->s->a;

    memset(c->cells, 0, c->n * sizeof *c->cells);
    cell_set(c, "id", CELL_PLAIN, int_span(a, it->task));
    for (size_t i = 0; i < it->n_groups; i++) {
        const struct exp_group *g = &it->groups[i];
        cell_set(c, g->name, CELL_CONTROL, exp_simple(a, g));
        if (exp_is_chat(g))
            cell_set(c, transcript_column(a, g), CELL_TEXT, text_span(exp_transcript(a, g)));
    }
    TRY(data_set(c, it));
    cell_set(c, "annotation_id", it->annotated ? CELL_PLAIN : CELL_NONE,
             int_span(a, it->annotation));
    cell_set(c, "annotator", it->has_annotator ? CELL_TEXT : CELL_NONE,
             it->annotator_email ? text_span(it->annotator_email) : int_span(a, it->annotator));
    cell_set(c, "created_at", CELL_TEXT, text_span(it->created_at));
    cell_set(c, "updated_at", CELL_TEXT, text_span(it->updated_at));
    cell_set(c, "lead_time", it->has_lead_time ? CELL_PLAIN : CELL_NONE,
             f64_span(a, it->lead_time));
    return OK;
}

/* ---- text ---- */

static void quoted_put(struct csv_out *c, struct span text)
{
    const char *p = text.p, *end = p + text.len, *quote;
    struct strbuf *b = &c->line;

    strbuf_putc(b, '"');
    if (c->guarded && jsontext_is_formula(text))
        strbuf_putc(b, '\'');
    while (p < end && (quote = memchr(p, '"', (size_t)(end - p)))) {
        strbuf_add(b, p, (size_t)(quote - p) + 1);
        strbuf_putc(b, '"');
        p = quote + 1;
    }
    if (p < end)
        strbuf_add(b, p, (size_t)(end - p));
    strbuf_putc(b, '"');
}

static void string_put(struct csv_out *c, struct span json)
{
    json_t *tree = json_loadb(json.p, json.len, JSON_DECODE_ANY, NULL);

    quoted_put(c, (struct span){json_string_value(tree), json_string_length(tree)});
    json_decref(tree);
}

static void compact_put(struct csv_out *c, struct span json)
{
    struct strbuf text;

    strbuf_init(&text, c->s->a, SIZE_MAX);
    jsontext_compact(&text, json);
    quoted_put(c, (struct span){text.buf, text.len});
}

/* Whole numbers as they are, others as Python prints them. */
static void number_put(struct csv_out *c, struct span json)
{
    struct span v = json;

    if (strcspn(json.p, ".eE") < json.len)
        v = f64_span(c->s->a, strtod(arena_strndup(c->s->a, json.p, json.len), NULL));
    strbuf_add(&c->line, v.p, v.len);
}

static void data_put(struct csv_out *c, struct span json)
{
    switch (jspan_type(json)) {
    case JSON_T_STRING:
        string_put(c, json);
        return;
    case JSON_T_NUMBER:
        number_put(c, json);
        return;
    case JSON_T_TRUE:
        strbuf_puts(&c->line, "True");
        return;
    case JSON_T_FALSE:
        strbuf_puts(&c->line, "False");
        return;
    case JSON_T_OBJECT:
    case JSON_T_ARRAY:
        compact_put(c, json);
        return;
    default:
        strbuf_puts(&c->line, "\"\"");
    }
}

static void cell_put(struct csv_out *c, const struct cell *cell)
{
    if (cell->kind == CELL_DATA)
        data_put(c, cell->text);
    else if (cell->kind == CELL_CONTROL && jspan_type(cell->text) == JSON_T_STRING)
        string_put(c, cell->text);
    else if (cell->kind == CELL_CONTROL)
        compact_put(c, cell->text);
    else if (cell->kind == CELL_PLAIN)
        strbuf_add(&c->line, cell->text.p, cell->text.len);
    else
        quoted_put(c,
                   cell->kind == CELL_TEXT && cell->text.p ? cell->text : (struct span){"", 0});
}

static void line_send(struct csv_out *c)
{
    strbuf_puts(&c->line, "\r\n");
    c->out->put(c->out->to, c->line.buf, c->line.len);
}

static err *item_put(void *to, const struct exp_item *it)
{
    struct csv_out *c = to;
    struct arena_mark m = arena_mark(c->s->a);

    strbuf_init(&c->line, c->s->a, SIZE_MAX);
    TRY(cells_set(c, it));
    for (size_t i = 0; i < c->n; i++) {
        if (i)
            strbuf_putc(&c->line, c->separator);
        cell_put(c, &c->cells[i]);
    }
    line_send(c);
    arena_rewind(c->s->a, m);
    return OK;
}

static void header_put(struct csv_out *c)
{
    strbuf_init(&c->line, c->s->a, SIZE_MAX);
    for (size_t i = 0; i < c->n; i++) {
        if (i)
            strbuf_putc(&c->line, c->separator);
        quoted_put(c, text_span(c->columns[i]));
    }
    line_send(c);
}

/* ---- names of a snapshot, a choice or a chat: its items are gone through once for them alone ---- */

struct names {
    json_t *keys, *controls; /* objects as sets */
    bool any;
};

static err *names_of_item(void *to, const struct exp_item *it)
{
    struct names *n = to;
    struct arena *a = arena_new("column names");
    struct jspan walk;
    struct span value;
    const char *key;
    bool more = true;
    err *e = jspan_open(&walk, a, it->data, (int)cfg.json_max_depth);

    n->any = true;
    while (!e && more) {
        e = jspan_next(&walk, &more, &key, &value);
        if (!e && more)
            json_object_set_new(n->keys, key, json_true());
    }
    for (size_t i = 0; i < it->n_groups; i++) {
        json_object_set_new(n->controls, it->groups[i].name, json_true());
        if (exp_is_chat(&it->groups[i]))
            json_object_set_new(n->keys, transcript_column(a, &it->groups[i]), json_true());
    }
    arena_free(a);
    return e;
}

static void release(void *tree)
{
    json_decref(tree);
}

static void names_take(struct csv_out *c, const struct names *n)
{
    const char *key;
    json_t *v;

    c->controls = arena_array(c->s->a, json_object_size(n->controls) + 1, sizeof *c->controls);
    json_object_foreach(n->controls, key, v)
    {
        c->controls[c->n_controls++] = key;
    }
    c->n_controls = sort_unique(c->controls, c->n_controls);
    columns_begin(c, json_object_size(n->keys) + 1);
    json_object_foreach(n->keys, key, v)
    {
        c->columns[c->n++] = data_column(c, key);
    }
    if (n->any)
        c->columns[c->n++] = "id";
    columns_end(c);
}

static err *item_names(struct csv_out *c, const struct exp_options *o, const struct lc *lc)
{
    struct names n = {json_object(), json_object(), false};

    arena_defer(c->s->a, release, n.keys);
    arena_defer(c->s->a, release, n.controls);
    TRY(exp_items(c->s, o, lc, c->out, names_of_item, &n));
    names_take(c, &n);
    return OK;
}

/* Messages have names that no control has. */
static bool has_chat(const struct lc *lc)
{
    const struct lc_data_key *keys;
    size_t n;

    keys = lc_data_keys(lc, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].tag, "Chat") == 0)
            return true;
    return false;
}

static err *table_write(struct scope *s, const struct exp_options *o, const struct exp_out *out,
                        char separator)
{
    struct csv_out c = {.s = s, .out = out, .separator = separator, .guarded = o->corrected};
    const struct lc *lc;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    if (o->snapshot.p || o->choice || has_chat(lc)) {
        TRY(item_names(&c, o, lc));
    } else {
        TRY(controls_read(&c, o, lc));
        TRY(columns_read(&c, o));
    }
    header_put(&c);
    return exp_items(s, o, lc, out, item_put, &c);
}

err *exp_csv_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return table_write(s, o, out, ',');
}

err *exp_tsv_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return table_write(s, o, out, '\t');
}
