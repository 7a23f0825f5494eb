/* Batches of predictions: judged one by one, their tasks looked up together, written by one COPY.
 */
#include "import/predictions.h"

#include <string.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/strbuf.h"
#include "core/project.h"
#include "import/document.h"
#include "import/import.sql.h"
#include "import/number.h"
#include "labelconfig/lc.h"
#include "json/jin.h"
#include "json/verr.h"

enum { BATCH = 2000, BATCH_BYTES = 4 << 20 };

struct prediction {
    int64_t task;
    struct span result, model_version; /* source texts; {NULL,0} = null */
    const char *score;
    struct span source; /* of the item, for messages */
    bool good;
};

struct run {
    struct scope *s;
    const struct imp_options *o;
    int64_t project;
    const struct lc *lc;
    struct arena *item;  /* scratch of one */
    struct arena *batch; /* texts of the batch */
    struct prediction *list;
    size_t n, bytes;     /* of the batch: items, and of their texts */
    int64_t done;
};

static err *unknown_task(struct run *r, struct span source)
{
    json_t *item;
    struct row row;

    TRY(jin_parse(r->s->a, source, (int)cfg.json_max_depth, &item));
    TRY(db_one(r->s->db, SQL_import_project_title, DB_ARGS(db_i64(r->project)), &row));
    return verr_one(r->s->a, NULL,
                    "%s contains invalid \"task\" field: corresponding task ID couldn't be "
                    "retrieved from project %s (id=%lld) tasks",
                    lc_python_repr(r->s->a, item), row_text(&row, IMPORT_PROJECT_TITLE_TITLE),
                    (long long)r->project);
}

/* Absent: "undefined"; numbers count as text. */
static struct span version_of(struct run *r, json_t *item)
{
    json_t *v = json_object_get(item, "model_version");
    const char *text = "undefined";

    if (json_is_null(v))
        return (struct span){0};
    if (v)
        text = json_is_string(v) ? json_string_value(v) : lc_python_repr(r->item, v);
    text = arena_strdup(r->batch, text);
    return (struct span){text, strlen(text)};
}

static err *item_read(struct run *r, struct span text)
{
    struct prediction *p = &r->list[r->n];
    json_t *item, *task;

    TRY(jin_parse(r->item, text, (int)cfg.json_max_depth, &item));
    if (!json_is_object(item))
        return verr_one(
            r->s->a, NULL,
            "Each prediction must be an object with \"task\" and \"result\", but got %s",
            jin_type_name(item));
    task = json_object_get(item, "task");
    *p = (struct prediction){
        .task = json_is_integer(task) ? json_integer_value(task) : 0,
        .source = text,
        .result = jspan_member(r->item, text, "result"),
        .good = !lc_check_prediction(r->lc, r->item, item) && !jspan_unstorable(text),
        .score = number_text(r->batch, json_object_get(item, "score")),
        .model_version = version_of(r, item),
    };
    r->n++;
    r->bytes += text.len;
    return OK;
}

/* ---- a batch ---- */

static int compare(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return (a > b) - (a < b);
}

/* Every item names a task of the project, also those that will be left out. */
static err *tasks_check(struct run *r, int64_t *ids)
{
    int64_t *found;
    struct rows rows;

    for (size_t i = 0; i < r->n; i++) {
        if (r->list[i].task <= 0 || r->list[i].task > INT32_MAX)
            return unknown_task(r, r->list[i].source);
        ids[i] = r->list[i].task;
    }
    TRY(db_many(r->s->db, SQL_import_known_tasks,
                DB_ARGS(db_i64(r->project), db_i64s(r->batch, ids, r->n)), &rows));
    found = arena_array(r->batch, (size_t)rows.n, sizeof *found);
    for (int i = 0; i < rows.n; i++) {
        struct row row = rows_at(&rows, i);
        found[i] = row_i64(&row, IMPORT_KNOWN_TASKS_ID);
    }
    for (size_t i = 0; i < r->n; i++)
        if (!bsearch(&ids[i], found, (size_t)rows.n, sizeof *found, compare))
            return unknown_task(r, r->list[i].source);
    return OK;
}

static err *span_copy(struct db_copy *c, struct span s)
{
    return s.p ? db_copy_text(c, s) : db_copy_null(c);
}

static err *row_copy(struct run *r, struct db_copy *c, const struct prediction *p)
{
    TRY(db_copy_i64(c, p->task));
    TRY(db_copy_i64(c, r->project));
    TRY(span_copy(c, p->result));
    TRY(p->score ? db_copy_text(c, (struct span){p->score, strlen(p->score)}) : db_copy_null(c));
    TRY(span_copy(c, p->model_version));
    return db_copy_end_row(c);
}

static err *rows_copy(struct run *r)
{
    struct db_copy c;
    err *e = OK;

    TRY(db_copy_open(
        r->s->db, "COPY prediction (task_id, project_id, result, score, model_version) FROM STDIN",
        &c));
    for (size_t i = 0; i < r->n && !e; i++)
        if (r->list[i].good)
            e = row_copy(r, &c, &r->list[i]);
    if (e) {
        db_copy_abort(&c);
        return e;
    }
    return db_copy_end(&c, NULL);
}

static err *batch_write(struct run *r)
{
    struct arena_mark m = arena_mark(r->s->a);
    int64_t *ids = arena_array(r->batch, r->n, sizeof *ids);
    size_t n = 0;

    TRY(tasks_check(r, ids));
    for (size_t i = 0; i < r->n; i++)
        if (r->list[i].good)
            ids[n++] = r->list[i].task;
    if (n) {
        TRY(rows_copy(r));
        TRY(db_exec(r->s->db, SQL_import_recount, DB_ARGS(db_i64s(r->batch, ids, n)), NULL));
    }
    r->done += (int64_t)n;
    r->n = r->bytes = 0;
    arena_rewind(r->s->a, m);
    arena_reset(r->batch);
    return OK;
}

/* ---- the list ---- */

static err *list_read(struct run *r, struct span text)
{
    struct jspan walk;
    struct span value;
    bool more;

    TRY(jspan_open(&walk, r->s->a, text, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        if (!more)
            return r->n ? batch_write(r) : OK;
        TRY(item_read(r, value));
        arena_reset(r->item);
        if (r->n == BATCH || r->bytes >= BATCH_BYTES) {
            TRY(batch_write(r));
            filemap_passed(walk.p);
        }
        TRY(r->o->progress ? r->o->progress(r->o->progress_to, r->done) : OK);
    }
}

/* Long before the first prediction, a job says that it lives. */
static err *alive(void *to)
{
    const struct run *r = to;

    return r->o->progress(r->o->progress_to, r->done);
}

err *imp_predictions(struct scope *s, const struct imp_options *o, struct span text, int64_t *n_done)
{
    struct run r = {.s = s,
                    .o = o,
                    .project = o->project,
                    .item = arena_below(s->a, "imported prediction"),
                    .batch = arena_below(s->a, "prediction batch")};

    TRY(project_config(s, o->project, &r.lc, NULL, NULL));
    TRY(document_check(s->a, text, o->progress ? alive : NULL, &r));
    if (jspan_type(text) != JSON_T_ARRAY)
        return verr_one(s->a, NULL, "Expected a list of predictions");
    r.list = arena_array(s->a, BATCH, sizeof *r.list);
    TRY(list_read(&r, text));
    *n_done = r.done;
    return OK;
}
