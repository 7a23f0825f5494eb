/* Cells of the Data Manager page. Everything that they show of a page's tasks comes with a few queries: what columns hold (dm/page.h),
 * results in words, the people that were named. */
#include "page/dm_cells.h"

#include <string.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/names.h"
#include "core/task.h"
#include "core/task.sql.h"
#include "core/wire.h"
#include "dm/page.h"
#include "dm/page.sql.h"
#include "page/cells.h"
#include "page/result_words.h"
#include "page/page.h"

enum { LONG_TEXT = 40 /* bytes that a cell shows for sure */, PEOPLE_MOST = 4, CARD_LINES = 4, CARD_PEOPLE = 2000, WORDS_MOST = 30 /* as page.sql gives of a task */ };

struct filler {
    struct rq *rq;
    struct arena *a;
    struct table_columns *c;
    const struct table *t;
    int64_t *ids;
    size_t n;                  /* rows */
    struct span *data;         /* by row and shown column; of task data */
    json_t **values;           /* the same, of the other columns; NULL: null or none */
    struct rows words, predicted;
    struct rows people;
};

/* ---- what was found ---- */

static void release(void *json)
{
    json_decref(json);
}

static bool comes_from_values(const struct table_column *c)
{
    return c->column && strcmp(c->kind, "words") != 0 && strcmp(c->kind, "state") != 0 && strcmp(c->name, "id") != 0;
}

/* Rows come in the order of the ids; of a task that has gone meanwhile there is none. */
static void values_keep(struct filler *f, const struct rows *rows, const size_t *columns, size_t n)
{
    size_t row = 0;

    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        while (row < f->n && f->ids[row] != row_i64(&r, 0))
            row++;
        for (size_t k = 0; k < n && row < f->n; k++) {
            json_t *value = row_null(&r, (int)k + 1) ? NULL : json_loads(row_json(&r, (int)k + 1), JSON_DECODE_ANY, NULL);
            if (value)
                arena_defer(f->a, release, value);
            f->values[row * f->c->n_shown + columns[k]] = value;
        }
    }
}

static err *values_read(struct filler *f)
{
    const struct dm_column **columns = arena_array(f->a, f->c->n_shown, sizeof *columns);
    size_t *places = arena_array(f->a, f->c->n_shown, sizeof *places), n = 0;
    struct rows rows;

    f->values = arena_array(f->a, f->n * f->c->n_shown, sizeof *f->values);
    for (size_t i = 0; i < f->c->n_shown; i++)
        if (comes_from_values(&f->c->list[i])) {
            places[n] = i;
            columns[n++] = f->c->list[i].column;
        }
    if (n == 0)
        return OK;
    TRY(dm_page_values(f->rq->scope, f->t->context, columns, n, f->ids, f->n, &rows));
    values_keep(f, &rows, places, n);
    return OK;
}

static void data_read(struct filler *f)
{
    const char **keys = arena_array(f->a, f->c->n_shown, sizeof *keys);
    size_t *places = arena_array(f->a, f->c->n_shown, sizeof *places), n = 0;
    struct span *found = arena_array(f->a, f->c->n_shown, sizeof *found);

    f->data = arena_array(f->a, f->n * f->c->n_shown, sizeof *f->data);
    for (size_t i = 0; i < f->c->n_shown; i++)
        if (f->c->list[i].key) {
            places[n] = i;
            keys[n++] = f->c->list[i].key;
        }
    for (size_t row = 0; row < f->n; row++) {
        struct row r = rows_at(&f->t->rows, (int)row);
        cells_read(f->a, (struct span){row_json(&r, TASK_PAGE_DATA), row_len(&r, TASK_PAGE_DATA)}, keys, n, found);
        for (size_t k = 0; k < n; k++)
            f->data[row * f->c->n_shown + places[k]] = found[k];
    }
}

static err *words_read(struct filler *f)
{
    for (size_t i = 0; i < f->c->n_shown; i++) {
        const char *name = f->c->list[i].name;
        if (strcmp(name, "annotations_results") == 0)
            TRY(dm_page_words(f->rq->scope, f->t->context, false, f->ids, f->n, &f->words));
        if (strcmp(name, "predictions_results") == 0)
            TRY(dm_page_words(f->rq->scope, f->t->context, true, f->ids, f->n, &f->predicted));
    }
    return OK;
}

static bool is_people(const struct table_column *c)
{
    return strcmp(c->kind, "people") == 0;
}

/* Whoever is an updater stands alone, others in a list. */
static size_t people_of(const json_t *value, int64_t *ids, size_t most)
{
    size_t n = 0;

    if (json_is_integer(value) && most > 0)
        ids[n++] = json_integer_value(value);
    for (size_t i = 0; i < json_array_size(value) && n < most; i++)
        if (json_is_integer(json_array_get(value, i)))
            ids[n++] = json_integer_value(json_array_get(value, i));
    return n;
}

static err *people_read(struct filler *f)
{
    int64_t *ids = arena_array(f->a, CARD_PEOPLE, sizeof *ids);
    size_t n = 0;

    for (size_t i = 0; i < f->n * f->c->n_shown; i++)
        if (is_people(&f->c->list[i % f->c->n_shown]))
            n += people_of(f->values[i], ids + n, CARD_PEOPLE - n < PEOPLE_MOST ? CARD_PEOPLE - n : PEOPLE_MOST);
    return n ? dm_page_people(f->rq->scope, ids, n, &f->people) : OK;
}

/* ---- cells: one object with one member, named after what it is ---- */

static json_t *as(const char *name, json_t *what)
{
    return json_pack("{s:o}", name, what);
}

static json_t *text_cell(const char *text)
{
    if (!text || !*text)
        return json_object();
    return as("as_text", json_pack("{s:s, s:b}", "text", text, "long", strlen(text) > LONG_TEXT));
}

static json_t *number_cell(const char *text)
{
    return as("as_number", json_string(text));
}

static json_t *person(struct filler *f, int64_t id)
{
    for (int i = 0; i < f->people.n; i++) {
        struct row r = rows_at(&f->people, i);
        const char *first = row_text(&r, DM_PAGE_PEOPLE_FIRST_NAME), *last = row_text(&r, DM_PAGE_PEOPLE_LAST_NAME);
        const char *username = row_text(&r, DM_PAGE_PEOPLE_USERNAME), *email = row_text(&r, DM_PAGE_PEOPLE_EMAIL);
        json_t *o;
        if (row_i64(&r, DM_PAGE_PEOPLE_ID) != id)
            continue;
        o = json_pack("{s:s}", "name", names_display(f->a, first, last, username, email));
        page_set_face(f->a, o, names_initials(f->a, first, last, username, email), row_text(&r, DM_PAGE_PEOPLE_AVATAR));
        return o;
    }
    return json_pack("{s:s, s:s, s:n}", "name", "Somebody who is gone", "initials", "?", "picture");
}

static json_t *people_cell(struct filler *f, const json_t *value)
{
    int64_t ids[PEOPLE_MOST];
    size_t n = people_of(value, ids, PEOPLE_MOST), all = json_is_array(value) ? json_array_size(value) : n;
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, person(f, ids[i]));
    if (n == 0) {
        json_decref(list);
        return json_object();
    }
    return as("as_people", json_pack("{s:o, s:b, s:s?}", "people", list, "alone", n == 1, "more_text",
                                     all > n ? arena_printf(f->a, "+%zu", all - n) : NULL));
}

static json_t *words_cell(struct filler *f, const struct rows *rows, int64_t task)
{
    struct said said[WORDS_MOST];
    size_t n = 0;

    for (int i = 0; i < rows->n && n < WORDS_MOST; i++) {
        struct row r = rows_at(rows, i);
        if (row_i64(&r, DM_PAGE_RESULTS_TASK) == task)
            said[n++] = (struct said){row_text(&r, DM_PAGE_RESULTS_CONTROL), row_text(&r, DM_PAGE_RESULTS_TYPE),
                                      row_text(&r, DM_PAGE_RESULTS_WORD), row_i64(&r, DM_PAGE_RESULTS_N)};
    }
    return text_cell(words_text(f->a, said, n));
}

static json_t *time_cell(struct arena *a, const char *pg)
{
    json_t *o = json_object();

    page_set_time(a, o, "at", wire_time_text(a, pg));
    return as("as_time", o);
}

static json_t *seconds_cell(struct arena *a, double s)
{
    int64_t whole = s < 1e15 ? (int64_t)s : INT64_C(1000000000000000);

    if (s < 60)
        return number_cell(arena_printf(a, "%.1f s", s));
    if (s < 3600)
        return number_cell(arena_printf(a, "%lld min %lld s", (long long)whole / 60, (long long)whole % 60));
    return number_cell(arena_printf(a, "%s h %lld min", page_count(a, whole / 3600), (long long)whole % 3600 / 60));
}

/* Lists of ids and of versions. */
static const char *joined(struct arena *a, const json_t *list)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 16);
    for (size_t i = 0; i < json_array_size(list) && b.len < CELL_TEXT_MOST; i++) {
        const json_t *one = json_array_get(list, i);
        if (json_is_null(one))
            continue;
        strbuf_puts(&b, b.len ? ", " : "");
        if (json_is_integer(one))
            strbuf_printf(&b, "%lld", (long long)json_integer_value(one));
        else
            strbuf_puts(&b, json_string_value(one) ? json_string_value(one) : "");
    }
    return b.buf;
}

static const char *plain_text(struct arena *a, const struct table_column *c, const json_t *value)
{
    const char *text = json_string_value(value), *slash;

    if (json_is_array(value))
        return joined(a, value);
    /* Uploads are stored in a folder, with a mark of their own before the name. */
    if (text && strcmp(c->name, "file_upload") == 0 && (slash = strrchr(text, '/')))
        text = slash + 1;
    return text && strlen(text) > CELL_TEXT_MOST ? arena_printf(a, "%s…", text_cut(a, text, CELL_TEXT_MOST)) : text;
}

static json_t *value_cell(struct filler *f, const struct table_column *c, const json_t *value)
{
    struct arena *a = f->a;

    if (!value || json_is_null(value))
        return json_object();
    if (is_people(c))
        return people_cell(f, value);
    if (strcmp(c->kind, "time") == 0)
        return time_cell(a, json_string_value(value));
    if (strcmp(c->kind, "seconds") == 0)
        return seconds_cell(a, json_number_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? as("as_flag", json_true()) : json_object();
    if (json_is_integer(value))
        return number_cell(c->column->class == DM_INT && strcmp(c->kind, "id") != 0 ? page_count(a, json_integer_value(value))
                                                                                   : arena_printf(a, "%lld", (long long)json_integer_value(value)));
    if (json_is_real(value))
        return number_cell(arena_printf(a, "%.3g", json_real_value(value)));
    return text_cell(plain_text(a, c, value));
}

/* ---- task data ---- */

static const char *media_kind(enum cell_media m)
{
    return m == CELL_PICTURE ? "picture" : m == CELL_SOUND ? "sound" : m == CELL_FILM ? "film" : "text";
}

/* Where nobody said what a field is: numbers, or media of one kind, when all values of the page are. */
static void guess_kind(struct filler *f, size_t column)
{
    size_t present = 0, numbers = 0, media = 0;
    enum cell_media first = CELL_NONE;

    for (size_t row = 0; row < f->n; row++) {
        struct span v = f->data[row * f->c->n_shown + column];
        enum cell_media m = v.p && cell_href(f->a, v, "", 0) ? cell_media(f->a, v) : CELL_NONE;
        if (!v.p || jspan_type(v) == JSON_T_NULL)
            continue;
        first = present++ ? first : m;
        numbers += jspan_type(v) == JSON_T_NUMBER;
        media += m != CELL_NONE && m == first;
    }
    if (present && numbers == present)
        f->c->list[column].kind = "number";
    else if (present && media == present)
        f->c->list[column].kind = media_kind(first);
}

/* What lies behind an address: its file's name. */
static const char *file_name(struct arena *a, const char *text)
{
    const char *end = text + strcspn(text, "?#"), *from = end;

    while (from > text && from[-1] != '/')
        from--;
    return from < end ? arena_strndup(a, from, (size_t)(end - from)) : text;
}

static json_t *media_cell(struct filler *f, const char *kind, struct span v)
{
    const char *src = cell_href(f->a, v, cfg.base_path, rq_int(f->rq, "id")), *text = cell_text(f->a, v);

    if (!src)
        return text_cell(text);
    return as(strcmp(kind, "picture") == 0 ? "as_picture" : strcmp(kind, "sound") == 0 ? "as_sound" : "as_film",
              json_pack("{s:s, s:s}", "src", src, "text", file_name(f->a, text)));
}

static json_t *data_cell(struct filler *f, const struct table_column *c, struct span v)
{
    if (!v.p)
        return json_object();
    if (strcmp(c->kind, "number") == 0)
        return number_cell(cell_text(f->a, v));
    return strcmp(c->kind, "text") == 0 ? text_cell(cell_text(f->a, v)) : media_cell(f, c->kind, v);
}

/* ---- rows ---- */

static const char *state_of(const struct row *r)
{
    if (row_bool(r, TASK_PAGE_IS_LABELED))
        return "done";
    if (row_i64(r, TASK_PAGE_TOTAL_ANNOTATIONS) > 0)
        return "started";
    return row_i64(r, TASK_PAGE_CANCELLED_ANNOTATIONS) > 0 ? "skipped" : "todo";
}

static json_t *cell(struct filler *f, size_t row, size_t column)
{
    const struct table_column *c = &f->c->list[column];
    struct row r = rows_at(&f->t->rows, (int)row);
    size_t at = row * f->c->n_shown + column;

    if (c->key)
        return data_cell(f, c, f->data[at]);
    if (strcmp(c->kind, "state") == 0)
        return as("as_state", json_pack("{s:b}", state_of(&r), 1));
    if (strcmp(c->name, "annotations_results") == 0)
        return words_cell(f, &f->words, f->ids[row]);
    if (strcmp(c->name, "predictions_results") == 0)
        return words_cell(f, &f->predicted, f->ids[row]);
    return value_cell(f, c, f->values[at]);
}

static bool is_cover(const char *kind)
{
    return strcmp(kind, "picture") == 0 || strcmp(kind, "film") == 0 || strcmp(kind, "sound") == 0;
}

/* Of a card: what it shows large. The first medium among the columns, else the first field of the data. */
static size_t cover_column(const struct table_columns *c)
{
    size_t data = 0;

    for (size_t i = c->n_shown; i-- > 1;)
        if (c->list[i].key)
            data = i;
    for (size_t i = 1; i < c->n_shown; i++)
        if (is_cover(c->list[i].kind))
            return i;
    return data;
}

/* The id is the row's head; all other columns are cells, and the first of them that say something are lines of a card. */
static json_t *row_object(struct filler *f, size_t row, size_t cover)
{
    json_t *o = json_object(), *cells = json_array(), *lines = json_array(), *covering = json_null();
    long long id = f->ids[row];

    for (size_t i = 1; i < f->c->n_shown; i++) {
        const struct table_column *c = &f->c->list[i];
        json_t *one = cell(f, row, i);
        if (i == cover)
            covering = json_incref(one);
        else if (json_object_size(one) && json_array_size(lines) < CARD_LINES && strcmp(c->kind, "state") != 0)
            json_array_append_new(lines, json_pack("{s:s, s:O}", "title", c->title, "cell", one));
        json_object_set_new(one, "kind", json_string(c->kind));
        json_array_append_new(cells, one);
    }
    page_set_int(o, "id", id);
    page_set_text(o, "href", arena_printf(f->a, "/projects/%lld/data?task=%lld", (long long)rq_int(f->rq, "id"), id));
    json_object_set_new(o, "cells", cells);
    json_object_set_new(o, "cover", covering);
    json_object_set_new(o, "lines", lines);
    json_object_set_new(o, "state", json_pack("{s:b}", state_of(&(struct row){f->t->rows.res, (int)row}), 1));
    return o;
}

static void rows_begin(struct filler *f)
{
    f->n = (size_t)f->t->rows.n;
    f->ids = arena_array(f->a, f->n, sizeof *f->ids);
    for (size_t i = 0; i < f->n; i++) {
        struct row r = rows_at(&f->t->rows, (int)i);
        f->ids[i] = task_row_id(&r);
    }
}

err *table_rows_fill(struct rq *rq, struct table_columns *columns, const struct table *t, json_t *ctx)
{
    struct filler f = {.rq = rq, .a = rq->a, .c = columns, .t = t};
    json_t *rows = json_array();

    json_object_set_new(ctx, "rows", rows);
    if (t->rows.n == 0)
        return OK;
    rows_begin(&f);
    data_read(&f);
    for (size_t i = 0; i < columns->n_shown; i++)
        if (columns->list[i].key && strcmp(columns->list[i].kind, "text") == 0 && strcmp(columns->list[i].type, "Unknown") == 0)
            guess_kind(&f, i);
    TRY(values_read(&f));
    TRY(words_read(&f));
    TRY(people_read(&f));
    for (size_t i = 0; i < f.n; i++)
        json_array_append_new(rows, row_object(&f, i, cover_column(columns)));
    return OK;
}
