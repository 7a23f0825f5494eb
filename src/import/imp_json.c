/* JSON documents: walks the top-level list element by element; a tree is built per element only to check it, and what is stored
 * is the source text. */
#include "import/imp.h"

#include <math.h>
#include <string.h>

#include "base/cfg.h"
#include "core/project.h"
#include "import/batch.h"
#include "import/import.sql.h"
#include "import/people.h"
#include "json/jin.h"
#include "json/verr.h"

enum { PROBLEMS_MOST = 99 };   /* before "...", as on the reference */

struct importer {
    struct scope *s;
    struct imp_options options;
    const struct lc *lc;
    const char *model_version;       /* of the project */
    const char *last_version;        /* last one imported */
    struct people *people;
    struct batch batch;
    struct imp_result result;
    size_t ids_room;
    struct arena *items;             /* scratch of one element */

    const char *problems[PROBLEMS_MOST];   /* by item; NULL = good */
    const char *first_problem;
    int64_t n_items;

    const char **columns;
    size_t n_columns, columns_room;
};

static void arena_free_cb(void *a)
{
    arena_free(a);
}

err *imp_begin(struct scope *s, const struct imp_options *o, struct importer **out)
{
    struct importer *im = ARENA_NEW(s->a, struct importer);
    int64_t overlap;
    struct row r;

    im->s = s;
    im->options = *o;
    TRY(project_config(s, o->project, &im->lc, &overlap, &im->model_version));
    TRY(db_one(s->db, SQL_import_lock, DB_ARGS(db_i64(o->project)), &r));
    im->people = people_new(s);
    im->items = arena_new("imported item");
    arena_defer(s->a, arena_free_cb, im->items);
    batch_init(&im->batch, s, o->project, overlap, row_i64(&r, IMPORT_LOCK_NEXT_INNER_ID));
    *out = im;
    return OK;
}

/* ---------------------------------------------------------------- one item */

static void problem_add(struct importer *im, const char *problem, json_t *item)
{
    const char *text;

    if (im->first_problem && im->n_items >= PROBLEMS_MOST)
        return;
    text = lc_item_error(im->s->a, im->n_items, problem, item);
    if (im->n_items < PROBLEMS_MOST)
        im->problems[im->n_items] = text;
    if (!im->first_problem)
        im->first_problem = text;
}

static void column_add(struct importer *im, const char *key)
{
    const char **bigger;

    for (size_t i = 0; i < im->n_columns; i++)
        if (strcmp(im->columns[i], key) == 0)
            return;
    if (im->n_columns >= 1000)
        return;
    if (im->n_columns == im->columns_room) {
        im->columns_room = im->columns_room ? im->columns_room * 2 : 16;
        bigger = arena_array(im->s->a, im->columns_room, sizeof *bigger);
        if (im->n_columns)
            memcpy(bigger, im->columns, im->n_columns * sizeof *bigger);
        im->columns = bigger;
    }
    im->columns[im->n_columns++] = arena_strdup(im->s->a, key);
}

static void columns_note(struct importer *im, json_t *data)
{
    const char *key;
    json_t *value;

    json_object_foreach(data, key, value)
        column_add(im, key);
}

/* Plain decimal numbers only: strtod would also take "nan" and hexadecimal digits. */
static bool is_number(const char *s)
{
    char *end;
    double v = strtod(s, &end);

    return *s && !*end && strspn(s, "0123456789+-.eE") == strlen(s) && isfinite(v);
}

/* A score or a time as text for the database; NULL for what is none. */
static const char *number_text(struct importer *im, json_t *v)
{
    if (json_is_integer(v))
        return arena_printf(im->batch.a, "%lld", (long long)json_integer_value(v));
    if (json_is_real(v))
        return arena_printf(im->batch.a, "%.17g", json_real_value(v));
    if (!json_is_string(v) || !is_number(json_string_value(v)))
        return NULL;
    return arena_strdup(im->batch.a, json_string_value(v));
}

/* Distinct region ids, as the database function result_count counts them for annotations made by people. */
static int32_t regions_count(json_t *result)
{
    json_t *seen = json_object(), *region;
    size_t i;
    int32_t n;

    json_array_foreach(result, i, region) {
        const char *id = json_string_value(json_object_get(region, "id"));
        if (id)
            json_object_set_new(seen, id, json_true());
    }
    n = (int32_t)json_object_size(seen);
    json_decref(seen);
    return n;
}

static err *annotation_add(struct importer *im, json_t *tree, struct span text, int task)
{
    struct batch_child *c = &im->batch.annotations[im->batch.n_annotations];
    json_t *id = json_object_get(tree, "id"), *truth = json_object_get(tree, "ground_truth");

    *c = (struct batch_child){
        .task = task,
        .result = jspan_member(im->items, text, "result"),
        .was_cancelled = json_is_true(json_object_get(tree, "was_cancelled")),
        .ground_truth = !truth || json_is_true(truth),
        .has_import_id = json_is_integer(id),
        .import_id = json_is_integer(id) ? json_integer_value(id) : 0,
        .result_count = regions_count(json_object_get(tree, "result")),
        .number = number_text(im, json_object_get(tree, "lead_time")),
    };
    TRY(people_find(im->people, json_object_get(tree, "completed_by"), &c->completed_by));
    im->batch.n_annotations++;
    im->result.annotations++;
    return OK;
}

static err *prediction_add(struct importer *im, json_t *tree, struct span text, int task)
{
    struct batch_child *c = &im->batch.predictions[im->batch.n_predictions];
    const char *version = json_string_value(json_object_get(tree, "model_version"));

    if (!version)
        version = "undefined";
    if (!im->last_version || strcmp(im->last_version, version) != 0)
        im->last_version = arena_strdup(im->s->a, version);
    *c = (struct batch_child){
        .task = task,
        .result = jspan_member(im->items, text, "result"),
        .number = number_text(im, json_object_get(tree, "score")),
        .model_version = im->last_version,
    };
    im->batch.n_predictions++;
    im->result.predictions++;
    return OK;
}

typedef err *child_add(struct importer *im, json_t *tree, struct span text, int task);

/* Children of an item, trees and source texts side by side. */
static err *children_add(struct importer *im, json_t *item, struct span text, const char *key, int task, child_add *add)
{
    json_t *list = json_object_get(item, key);
    struct span value;
    struct jspan walk;
    bool more;

    if (json_array_size(list) == 0)
        return OK;
    TRY(jspan_open(&walk, im->items, jspan_member(im->items, text, key), (int)cfg.json_max_depth));
    for (size_t i = 0;; i++) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        TRY(add(im, json_array_get(list, i), value, task));
    }
}

static void ids_keep(struct importer *im, int n)
{
    size_t have = (size_t)im->result.tasks - (size_t)n;
    int64_t *bigger;

    if (!im->options.return_ids)
        return;
    if (have + (size_t)n > im->ids_room) {
        im->ids_room = (have + (size_t)n) * 2;
        bigger = arena_array(im->s->a, im->ids_room, sizeof *bigger);
        if (have)
            memcpy(bigger, im->result.ids, have * sizeof *bigger);
        im->result.ids = bigger;
    }
    memcpy(im->result.ids + have, im->batch.ids, (size_t)n * sizeof *im->result.ids);
}

static err *batch_flush(struct importer *im)
{
    int n = im->batch.n_tasks;

    if (im->first_problem || !im->options.commit) {
        batch_clear(&im->batch);
        return OK;
    }
    TRY(batch_write(&im->batch));
    ids_keep(im, n);
    return OK;
}

/* Data in which the first data key of the configuration takes the place of $undefined$; other members stay as they are. */
static err *undefined_named(struct importer *im, struct span data, struct span *out)
{
    const char *first = lc_first_data_key(im->lc), *key;
    struct span value;
    struct jspan walk;
    struct strbuf b;
    bool more;

    *out = data;
    if (!first)
        return OK;
    strbuf_init(&b, im->batch.a, SIZE_MAX);
    TRY(jspan_open(&walk, im->items, data, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, &key, &value));
        if (!more)
            break;
        if (strcmp(key, "$undefined$") == 0)
            key = first;
        strbuf_putc(&b, b.len ? ',' : '{');
        json_quote(&b, key, strlen(key));
        strbuf_putc(&b, ':');
        strbuf_add(&b, value.p, value.len);
    }
    strbuf_putc(&b, '}');
    *out = (struct span){b.buf, b.len};
    return OK;
}

static err *task_add(struct importer *im, json_t *item, struct span text, bool wrapped, int64_t file_upload)
{
    struct span data = wrapped ? jspan_member(im->items, text, "data") : text;
    json_t *tree = wrapped ? json_object_get(item, "data") : item;
    int task = im->batch.n_tasks++;

    im->batch.tasks[task] = (struct batch_task){
        .data = data,
        .meta = wrapped ? jspan_member(im->items, text, "meta") : (struct span){0},
        .allow_skip = !wrapped || !json_is_false(json_object_get(item, "allow_skip")),
        .file_upload = file_upload,
    };
    im->result.tasks++;
    columns_note(im, tree);
    if (json_object_get(tree, "$undefined$"))
        TRY(undefined_named(im, data, &im->batch.tasks[task].data));
    if (!wrapped)
        return OK;
    batch_reserve(&im->batch, json_array_size(json_object_get(item, "annotations")), json_array_size(json_object_get(item, "predictions")));
    TRY(children_add(im, item, text, "annotations", task, annotation_add));
    return children_add(im, item, text, "predictions", task, prediction_add);
}

static err *item_add(struct importer *im, struct span text, int64_t file_upload)
{
    const char *problem;
    bool wrapped = false;
    json_t *item;

    if (im->result.tasks >= cfg.import_max_tasks)
        return verr_one(im->s->a, NULL, "Maximum task number is %lld", (long long)cfg.import_max_tasks);
    TRY(jin_parse(im->items, text, (int)cfg.json_max_depth, &item));
    problem = lc_task_problem(im->lc, im->items, item, &wrapped);
    if (!problem && jspan_unstorable(text))
        problem = "Value must be valid JSON.";
    if (problem)
        problem_add(im, problem, item);
    else if (!im->first_problem)
        TRY(task_add(im, item, text, wrapped, file_upload));
    im->n_items++;
    return batch_full(&im->batch) ? batch_flush(im) : OK;
}

/* ---------------------------------------------------------------- documents */

static err *list_add(struct importer *im, struct span text, int64_t file_upload)
{
    struct span value;
    struct jspan walk;
    bool more;

    TRY(jspan_open(&walk, im->s->a, text, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        TRY(item_add(im, value, file_upload));
        arena_reset(im->items);
    }
}

err *imp_json(struct importer *im, struct span text, int64_t file_upload)
{
    enum json_type type = jspan_type(text);

    if (type == JSON_T_NONE)
        return verr_one(im->s->a, NULL, "load_tasks: No data found in DATA or in FILES");
    TRY(jspan_check(im->s->a, text, (int)cfg.json_max_depth));
    if (type == JSON_T_ARRAY)
        return list_add(im, text, file_upload);
    if (type == JSON_T_OBJECT) {
        TRY(item_add(im, text, file_upload));
        arena_reset(im->items);
        return OK;
    }
    return verr_one(im->s->a, NULL, "load_tasks: No data found in DATA or in FILES");
}

err *imp_value(struct importer *im, const char *value, int64_t file_upload)
{
    struct strbuf b;

    strbuf_init(&b, im->s->a, 1u << 16);
    strbuf_puts(&b, "{\"$undefined$\":");
    json_quote(&b, value, strlen(value));
    strbuf_putc(&b, '}');
    TRY(strbuf_check(&b));
    return imp_json(im, (struct span){b.buf, b.len}, file_upload);
}

/* ---------------------------------------------------------------- end */

/* One entry per item, {} for good ones, at most PROBLEMS_MOST of them, then "...". A first problem beyond that stands alone. */
static err *problems_answer(struct importer *im)
{
    err *e = err_new(im->s->a, ERR_VALIDATION, NULL);
    int64_t n = im->n_items < PROBLEMS_MOST ? im->n_items : PROBLEMS_MOST;
    bool listed = false;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, im->s->a, 1u << 30);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_key(&w, "non_field_errors");
    jw_arr(&w);
    for (int64_t i = 0; i < n; i++)
        listed = listed || im->problems[i];
    for (int64_t i = 0; i < n && listed; i++) {
        if (im->problems[i])
            jw_str(&w, im->problems[i]);
        else
            jw_raw(&w, "{}");
    }
    if (!listed)
        jw_str(&w, im->first_problem);
    if (im->n_items > n)
        jw_str(&w, "...");
    jw_end(&w);
    jw_end(&w);
    TRY(strbuf_check(&b));
    e->validation_json = b.buf;
    return e;
}

err *imp_end(struct importer *im, struct imp_result *out)
{
    if (im->first_problem)
        return problems_answer(im);
    if (im->n_items == 0)
        return verr_one(im->s->a, NULL, "load_tasks: No tasks added");
    TRY(batch_flush(im));
    if (im->options.commit) {
        TRY(db_exec(im->s->db, SQL_import_numbered, DB_ARGS(db_i64(im->options.project), db_i64(im->batch.next_inner_id)), NULL));
        if (im->last_version && (!im->model_version || !*im->model_version))
            TRY(db_exec(im->s->db, SQL_import_model_version, DB_ARGS(db_i64(im->options.project), db_text(im->last_version)), NULL));
    }
    im->result.columns = im->columns;
    im->result.n_columns = im->n_columns;
    *out = im->result;
    return OK;
}
