/* Objects become tasks: the list is walked in order, some objects at a time are looked up, read and imported in one transaction. */
#include "storage/sync.h"

#include <string.h>
#include <unistd.h>

#include "base/filemap.h"
#include "base/text.h"
#include "import/imp.h"
#include "json/verr.h"
#include "storage/storage.sql.h"

enum { OBJECTS_PER_STEP = 100, LINKS_PER_QUERY = 5000 };
#define BYTES_PER_STEP ((int64_t)8 << 20)

struct taking {
    struct storage_run *r;
    struct arena *keys_arena;                /* of the keys gathered for the next step */
    const char *keys[OBJECTS_PER_STEP];
    size_t n;
    int64_t bytes, passed;                   /* passed: objects of the steps before */
    struct {
        const char *key;
        int64_t tasks;
    } taken[OBJECTS_PER_STEP];               /* of this step, in order */
    size_t n_taken;
};

static void arena_free_cb(void *a)
{
    arena_free(a);
}

/* ---------------------------------------------------------------- one object */

/* A task in each line. Only "\n" ends one: JSON texts may hold the other breaks. */
static err *lines_import(struct importer *im, struct span text)
{
    while (text.len > 0) {
        const char *end = memchr(text.p, '\n', text.len);
        struct span line = {text.p, end ? (size_t)(end - text.p) : text.len};
        size_t step = line.len + (end != NULL);

        if (jspan_type(line) != JSON_T_NONE)
            TRY(imp_json(im, line, 0));
        text.p += step;
        text.len -= step;
        filemap_passed(text.p);
    }
    return OK;
}

static err *text_import(struct storage_run *r, struct importer *im, const char *key, struct span text)
{
    if (text_ends(key, ".jsonl"))
        return lines_import(im, text);
    if (text_ends(key, ".json"))
        return imp_json(im, text, 0);
    return verr_one(r->s->a, NULL, "Only .json and .jsonl hold tasks; for files of other kinds choose that every object is a task of its own");
}

static err *object_import(struct storage_run *r, struct importer *im, const char *key)
{
    struct span text = {"", 0};
    const char *address;
    int64_t size;
    err *e = OK;
    int fd;

    if (r->use_blob_urls) {
        address = r->driver->address(r->s->a, r->settings, key);
        return imp_value(im, (struct span){address, strlen(address)}, 0);
    }
    TRY(r->driver->open(r->s->a, r->settings, key, &fd, &size));
    text.len = (size_t)size;
    if (size > 0)
        e = filemap_open(r->s->a, fd, text.len, &text.p);
    close(fd);
    return e ? e : text_import(r, im, key, text);
}

/* The first message of a refused object, with its name. */
static err *named(struct arena *a, const char *key, err *e)
{
    if (!e || (e->kind != ERR_VALIDATION && e->kind != ERR_PARSE))
        return e;
    return verr_one(a, NULL, "%s: %s", key, storage_reason(a, e));
}

/* ---------------------------------------------------------------- one step */

static err *known_find(struct taking *t, struct rows *out)
{
    return db_many(t->r->s->db, SQL_storage_known, DB_ARGS(db_i64(t->r->id), db_texts(t->r->s->a, t->keys, t->n)), out);
}

static bool is_known(const struct rows *known, const char *key)
{
    for (int i = 0; i < known->n; i++) {
        struct row r = rows_at(known, i);
        if (strcmp(row_text(&r, STORAGE_KNOWN_KEY), key) == 0)
            return true;
    }
    return false;
}

/* Rows of links, some thousands at a time. */
struct links {
    struct taking *t;
    const char **keys;
    int64_t *places, *tasks;
    size_t n;
};

static err *links_flush(struct links *l)
{
    struct scope *s = l->t->r->s;

    if (l->n == 0)
        return OK;
    TRY(db_exec(s->db, SQL_storage_link,
                DB_ARGS(db_i64(l->t->r->id), db_texts(s->a, l->keys, l->n), db_i64s(s->a, l->places, l->n), db_i64s(s->a, l->tasks, l->n)), NULL));
    l->n = 0;
    return OK;
}

/* Ids come in the order of the objects and of the tasks within each. */
static err *links_write(struct taking *t, const struct imp_result *result)
{
    struct arena *a = t->r->s->a;
    struct links l = {t, arena_array(a, LINKS_PER_QUERY, sizeof *l.keys), arena_array(a, LINKS_PER_QUERY, sizeof *l.places),
                      arena_array(a, LINKS_PER_QUERY, sizeof *l.tasks), 0};
    size_t object = 0;
    int64_t place = 0;

    for (size_t i = 0; i < result->n_runs; i++)
        for (int64_t k = 0; k < result->runs[i].n; k++) {
            while (place >= t->taken[object].tasks) {
                object++;
                place = 0;
            }
            l.keys[l.n] = t->taken[object].key;
            l.places[l.n] = place++;
            l.tasks[l.n++] = result->runs[i].first + k;
            TRY(l.n == LINKS_PER_QUERY ? links_flush(&l) : OK);
        }
    return links_flush(&l);
}

static err *objects_import(struct taking *t, struct importer *im, const struct rows *known)
{
    for (size_t i = 0; i < t->n; i++) {
        int64_t before = imp_task_count(im);

        if (is_known(known, t->keys[i]))
            continue;
        TRY(named(t->r->s->a, t->keys[i], object_import(t->r, im, t->keys[i])));
        t->taken[t->n_taken].key = t->keys[i];
        t->taken[t->n_taken++].tasks = imp_task_count(im) - before;
    }
    return OK;
}

static err *take_tx(struct db *db, void *arg)
{
    struct taking *t = arg;
    const struct imp_options options = {.project = t->r->project, .commit = true, .return_ids = true, .unchecked = true};
    struct imp_result result = {0};
    struct importer *im;
    struct rows known;

    t->n_taken = 0;
    TRY(db_exec(db, SQL_storage_hold, DB_ARGS(db_i64(t->r->id)), NULL));
    TRY(known_find(t, &known));
    if ((size_t)known.n < t->n) {
        TRY(imp_begin(t->r->s, &options, &im));
        TRY(objects_import(t, im, &known));
        TRY(imp_task_count(im) > 0 ? imp_end(im, &result) : OK);
        TRY(links_write(t, &result));
        TRY(db_exec(db, SQL_storage_counted, DB_ARGS(db_i64(t->r->id), db_i64(result.tasks)), NULL));
    }
    return t->r->beat(t->r->to, t->passed + (int64_t)t->n, true);
}

static err *step(struct taking *t)
{
    struct arena *a = t->r->s->a;
    struct arena_mark m = arena_mark(a);

    if (t->n == 0)
        return OK;
    TRY(tx_run(t->r->s->db, TX_WRITE, take_tx, t));
    arena_rewind(a, m);
    arena_reset(t->keys_arena);
    t->passed += (int64_t)t->n;
    t->n = 0;
    t->bytes = 0;
    return t->r->go_on(t->r->to);
}

static err *gather(void *to, const struct storage_object *o, bool *more)
{
    struct taking *t = to;

    (void)more;
    if (!storage_filter_takes(t->r->filter, o->key))
        return OK;
    t->keys[t->n++] = arena_strdup(t->keys_arena, o->key);
    t->bytes += t->r->use_blob_urls ? 0 : o->size_bytes;
    return t->n == OBJECTS_PER_STEP || t->bytes >= BYTES_PER_STEP ? step(t) : OK;
}

err *storage_take(struct storage_run *r)
{
    struct arena *walk = arena_new("storage walk"), *keys = arena_new("storage keys");
    struct taking t = {.r = r, .keys_arena = keys};
    struct row row;

    arena_defer(r->s->a, arena_free_cb, keys);
    arena_defer(r->s->a, arena_free_cb, walk);      /* errors of the walk lie in it */
    TRY(db_one(r->s->db, SQL_storage_existed, DB_ARGS(db_i64(r->id)), &row));
    r->figure = row_i64(&row, STORAGE_EXISTED_N);
    TRY(r->driver->list(walk, r->settings, r->recursive, gather, &t));
    return step(&t);
}
