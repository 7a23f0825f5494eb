/* JSON documents: walks the top-level list element by element; a tree is built per element only to check it, and what is stored
 * is the source text. */
#include "import/imp.h"

#include <string.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "core/overlap.h"
#include "core/project.h"
#include "import/batch.h"
#include "import/columns.h"
#include "import/document.h"
#include "import/import.sql.h"
#include "import/number.h"
#include "import/people.h"
#include "import/preannotate.h"
#include "import/problems.h"
#include "json/jin.h"
#include "json/verr.h"

struct importer {
    struct scope *s;
    struct imp_options options;
    const struct lc *lc;
    const char *model_version;       /* of the project */
    const char *last_version;        /* last one imported */
    bool cohort;                     /* the project gives its overlap to a part of the tasks */
    struct people *people;
    struct batch batch;
    struct imp_result result;
    size_t runs_room;
    struct arena *items;             /* scratch of one element */

    struct strbuf value;             /* data made of one value */
    struct problems problems;
    int64_t n_items;
    const char *file;                /* being read, and how many items there were before it */
    int64_t file_from;
    bool judge_only;
    struct columns *columns;
};

/* How an item stands in what it came in. */
enum item_kind {
    ITEM_BODY,   /* of a request: a task, or bare data */
    ITEM_FILE,   /* of a JSON file: bare data counts as written below "data", also beside a "data" that holds nothing */
    ITEM_DATA    /* task data: a row of a table, an uploaded file */
};

struct item {
    json_t *root;        /* as it is judged, and shown with its problem */
    json_t *data;
    struct span text;    /* of the item */
    struct span source;  /* of the data */
    enum item_kind kind;
    bool own;            /* a task of its own: meta, annotations and predictions beside the data count */
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
    TRY(project_config(s, o->project, &im->lc, NULL, &im->model_version));
    TRY(db_one(s->db, SQL_import_lock, DB_ARGS(db_i64(o->project)), &r));
    TRY(overlap_of_new(s->db, o->project, &overlap, &im->cohort));
    im->people = people_new(s);
    im->columns = columns_new(s->a);
    strbuf_init(&im->value, s->a, SIZE_MAX);
    im->items = arena_new("imported item");
    arena_defer(s->a, arena_free_cb, im->items);
    batch_init(&im->batch, s, o->project, overlap, row_i64(&r, IMPORT_LOCK_NEXT_INNER_ID));
    *out = im;
    return OK;
}

/* ---------------------------------------------------------------- one item */

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
        .ground_truth = truth ? json_is_true(truth) : !im->options.unchecked,
        .has_import_id = json_is_integer(id),
        .import_id = json_is_integer(id) ? json_integer_value(id) : 0,
        .result_count = regions_count(json_object_get(tree, "result")),
        .number = number_text(im->batch.a, json_object_get(tree, "lead_time")),
    };
    TRY(people_find(im->people, json_object_get(tree, "completed_by"), &c->completed_by));
    im->batch.n_annotations++;
    im->result.annotations++;
    return OK;
}

static const char *model_version(struct importer *im, const char *version)
{
    if (!im->last_version || strcmp(im->last_version, version) != 0)
        im->last_version = arena_strdup(im->s->a, version);
    return im->last_version;
}

static err *prediction_add(struct importer *im, json_t *tree, struct span text, int task)
{
    struct batch_child *c = &im->batch.predictions[im->batch.n_predictions];
    const char *version = json_string_value(json_object_get(tree, "model_version"));

    *c = (struct batch_child){
        .task = task,
        .result = jspan_member(im->items, text, "result"),
        .number = number_text(im->batch.a, json_object_get(tree, "score")),
        .model_version = model_version(im, version ? version : "undefined"),
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

static struct id_run *run_add(struct importer *im, int64_t first)
{
    struct id_run *bigger;

    if (im->result.n_runs == im->runs_room) {
        im->runs_room = im->runs_room ? im->runs_room * 2 : 16;
        bigger = arena_array(im->s->a, im->runs_room, sizeof *bigger);
        if (im->result.n_runs)
            memcpy(bigger, im->result.runs, im->result.n_runs * sizeof *bigger);
        im->result.runs = bigger;
    }
    im->result.runs[im->result.n_runs] = (struct id_run){first, 0};
    return &im->result.runs[im->result.n_runs++];
}

/* Ids of one import follow each other but where another one took some in between. */
static void ids_keep(struct importer *im, int n)
{
    struct id_run *run = im->result.n_runs ? &im->result.runs[im->result.n_runs - 1] : NULL;

    for (int i = 0; i < n && im->options.return_ids; i++) {
        if (!run || im->batch.ids[i] != run->first + run->n)
            run = run_add(im, im->batch.ids[i]);
        run->n++;
    }
}

static err *batch_flush(struct importer *im)
{
    int n = im->batch.n_tasks;

    if (im->problems.first || im->judge_only || !im->options.commit) {
        batch_clear(&im->batch);
        return OK;
    }
    if (im->options.before_write)
        TRY(im->options.before_write(im->options.before_write_to));
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

/* One prediction for each asked field that the data has. */
static err *preannotations_add(struct importer *im, const struct item *it, int task)
{
    size_t n = im->options.n_preannotate;
    struct strbuf b;

    batch_reserve(&im->batch, 0, n);
    for (size_t i = 0; i < n; i++) {
        const char *field = im->options.preannotate[i];
        json_t *value = json_object_get(it->data, field);

        if (!value || json_is_null(value))
            continue;
        strbuf_init(&b, im->batch.a, SIZE_MAX);
        preannotate_result(&b, im->items, im->lc, field, value, jspan_member(im->items, it->source, field));
        im->batch.predictions[im->batch.n_predictions++] = (struct batch_child){
            .task = task, .result = {b.buf, b.len}, .number = "1", .model_version = model_version(im, "preannotated")};
        im->result.predictions++;
    }
    return OK;
}

static err *children_of(struct importer *im, const struct item *it, int task)
{
    if (im->options.n_preannotate)
        return preannotations_add(im, it, task);
    if (!it->own || !im->options.commit)
        return OK;
    batch_reserve(&im->batch, json_array_size(json_object_get(it->root, "annotations")),
                  json_array_size(json_object_get(it->root, "predictions")));
    TRY(children_add(im, it->root, it->text, "annotations", task, annotation_add));
    return children_add(im, it->root, it->text, "predictions", task, prediction_add);
}

static err *task_add(struct importer *im, const struct item *it, int64_t file_upload)
{
    int task = im->batch.n_tasks++;
    struct batch_task *t = &im->batch.tasks[task];

    *t = (struct batch_task){
        .data = it->source,
        .meta = it->own && !im->options.n_preannotate ? jspan_member(im->items, it->text, "meta") : (struct span){0},
        .allow_skip = !it->own || !json_is_false(json_object_get(it->root, "allow_skip")),
        .file_upload = file_upload,
    };
    im->result.tasks++;
    im->batch.bytes += it->text.len;
    if (json_object_get(it->data, "$undefined$"))
        TRY(undefined_named(im, it->source, &t->data));
    if (it->kind == ITEM_DATA && t->data.p == it->source.p)   /* the caller's buffer is used again */
        t->data.p = arena_memdup(im->batch.a, t->data.p, t->data.len);
    return children_of(im, it, task);
}

/* Python's idea of nothing. */
static bool is_nothing(json_t *v)
{
    return !v || json_is_null(v) || json_is_false(v) || (json_is_number(v) && json_number_value(v) == 0) ||
           (json_is_string(v) && !*json_string_value(v)) || (json_is_array(v) && json_array_size(v) == 0) ||
           (json_is_object(v) && json_object_size(v) == 0);
}

static bool is_own(const struct item *it)
{
    json_t *data = json_object_get(it->root, "data");

    return it->kind == ITEM_BODY ? data != NULL : it->kind == ITEM_FILE && !is_nothing(data);
}

/* What an item says about itself. Of items that do not come as a request's body, and of those whose fields become predictions,
 * the judged root is made here. */
static void item_read(struct importer *im, struct item *it, int64_t file_upload)
{
    bool made;

    it->own = is_own(it);
    it->data = it->own ? json_object_get(it->root, "data") : it->root;
    it->source = it->own ? jspan_member(im->items, it->text, "data") : it->text;
    made = im->options.n_preannotate || (it->kind != ITEM_BODY && !it->own);
    if (made && json_is_object(it->root)) {
        it->root = json_pack("{s:O}", "data", it->data);
        arena_defer(im->items, jin_release, it->root);
    }
    if (file_upload && json_is_object(it->root))
        json_object_set_new(it->root, "file_upload_id", json_integer(file_upload));
}

/* What is only looked at need not fit the label configuration. */
static const char *item_problem(struct importer *im, const struct item *it)
{
    bool checked = im->options.commit && !im->options.unchecked;

    return checked || !json_is_object(it->root) ? lc_task_problem(im->lc, im->items, it->root, NULL) : NULL;
}

/* No root: no database can keep it, and it may be left out. Otherwise that is told with its place. */
static err *item_parse(struct importer *im, struct item *it)
{
    err *e = jin_parse(im->items, it->text, (int)cfg.json_max_depth, &it->root);

    if (!e || e->kind != ERR_VALIDATION)
        return e;
    if (!im->options.refused)
        return verr_one(im->s->a, NULL, "Error at item %lld: %s", (long long)im->n_items, jspan_unstorable(it->text));
    it->root = NULL;
    return OK;
}

static const char *item_judged(struct importer *im, struct item *it, int64_t file_upload)
{
    if (!it->root)
        return jspan_unstorable(it->text);
    item_read(im, it, file_upload);
    columns_task(im->columns, it->data);
    return item_problem(im, it);
}

static err *item_add(struct importer *im, struct span text, enum item_kind kind, int64_t file_upload)
{
    struct item it = {.text = text, .kind = kind};
    const char *problem;

    if (im->result.tasks >= cfg.import_max_tasks)
        return verr_one(im->s->a, NULL, "Maximum task number is %lld", (long long)cfg.import_max_tasks);
    TRY(item_parse(im, &it));
    problem = item_judged(im, &it, file_upload);
    if (problem && im->options.refused)
        TRY(im->options.refused(im->options.refused_to, im->file, im->n_items - im->file_from + 1, problem));
    else if (problem)
        problems_add(&im->problems, im->s->a, im->n_items, problem, it.root);
    else if (!im->problems.first && !im->judge_only)
        TRY(task_add(im, &it, file_upload));
    im->n_items++;
    TRY(batch_full(&im->batch) ? batch_flush(im) : OK);
    if (im->batch.n_tasks == 0)
        filemap_passed(text.p + text.len);
    arena_reset(im->items);
    return im->options.progress ? im->options.progress(im->options.progress_to, im->result.tasks) : OK;
}

/* ---------------------------------------------------------------- documents */

static err *list_add(struct importer *im, struct span text, enum item_kind kind, int64_t file_upload)
{
    struct span value;
    struct jspan walk;
    bool more;

    TRY(jspan_open(&walk, im->s->a, text, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return OK;
        TRY(item_add(im, value, kind, file_upload));
    }
}

/* Long before the first task, a job says that it lives. */
static err *alive(void *to)
{
    const struct importer *im = to;

    return im->options.progress(im->options.progress_to, im->result.tasks);
}

err *imp_json(struct importer *im, struct span text, int64_t file_upload)
{
    enum item_kind kind = file_upload ? ITEM_FILE : ITEM_BODY;
    enum json_type type = jspan_type(text);

    if (type == JSON_T_NONE)
        return verr_one(im->s->a, NULL, "load_tasks: No data found in DATA or in FILES");
    TRY(document_check(im->s->a, text, im->options.progress ? alive : NULL, im));
    if (type == JSON_T_ARRAY)
        return list_add(im, text, kind, file_upload);
    if (type == JSON_T_OBJECT)
        return item_add(im, text, kind, file_upload);
    return verr_one(im->s->a, NULL, "load_tasks: No data found in DATA or in FILES");
}

err *imp_data(struct importer *im, struct span data, int64_t file_upload)
{
    return item_add(im, data, ITEM_DATA, file_upload);
}

err *imp_task(struct importer *im, struct span text, int64_t file_upload)
{
    const char *kept = arena_memdup(im->batch.a, text.p, text.len);

    return item_add(im, (struct span){kept, text.len}, ITEM_FILE, file_upload);
}

err *imp_value(struct importer *im, struct span value, int64_t file_upload)
{
    strbuf_clear(&im->value);
    strbuf_puts(&im->value, "{\"$undefined$\":");
    json_quote(&im->value, value.p, value.len);
    strbuf_putc(&im->value, '}');
    return imp_data(im, (struct span){im->value.buf, im->value.len}, file_upload);
}

void imp_judge_only(struct importer *im)
{
    im->judge_only = true;
}

int64_t imp_task_count(const struct importer *im)
{
    return im->result.tasks;
}

const struct lc *imp_config(const struct importer *im)
{
    return im->lc;
}

void imp_file_begin(struct importer *im, const char *name, bool table)
{
    columns_file(im->columns, name, table);
    im->file = name;
    im->file_from = im->n_items;
}

err *imp_file_end(struct importer *im)
{
    return columns_file_end(im->columns);
}

/* ---------------------------------------------------------------- end */

err *imp_end(struct importer *im, struct imp_result *out)
{
    if (im->problems.first)
        return problems_answer(&im->problems, im->s->a, im->n_items);
    if (im->n_items == 0)
        return verr_one(im->s->a, NULL, "load_tasks: No tasks added");
    TRY(batch_flush(im));
    if (im->options.commit) {
        TRY(db_exec(im->s->db, SQL_import_numbered, DB_ARGS(db_i64(im->options.project), db_i64(im->batch.next_inner_id)), NULL));
        if (im->last_version && (!im->model_version || !*im->model_version))
            TRY(db_exec(im->s->db, SQL_import_model_version, DB_ARGS(db_i64(im->options.project), db_text(im->last_version)), NULL));
        if (im->cohort)
            TRY(overlap_redraw(im->s->db, im->options.project, &im->result.job));
    }
    im->result.columns = columns_list(im->columns, &im->result.n_columns);
    *out = im->result;
    return OK;
}
