/* Records of storages: read, checked, changed; a run is queued here and done by sync.c. */
#include "storage/storage.h"

#include <stdlib.h>
#include <string.h>

#include "core/args.h"
#include "core/project.h"
#include "core/setting.h"
#include "core/wire.h"
#include "db/queue.h"
#include "json/verr.h"
#include "storage/driver.h"
#include "storage/storage.sql.h"

static const struct storage_type types[] = {
#define STORAGE_TYPE(name, title, cloud) {name, title, cloud, {
#define STORAGE_FIELD(key, kind, absent, secret) {key, kind, absent, secret},
#define STORAGE_END {0}}},
#include "storage/types.def"
#undef STORAGE_TYPE
#undef STORAGE_FIELD
#undef STORAGE_END
};
enum { N_TYPES = sizeof types / sizeof *types };

static const char *const direction_names[] = {[STORAGE_IMPORT] = "import", [STORAGE_EXPORT] = "export"};

const struct storage_type *storage_type_find(const char *name)
{
    if (strcmp(name, "azure_blob") == 0)
        name = "azure";
    for (size_t i = 0; i < N_TYPES; i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

void storage_types_write(struct jw *w)
{
    jw_arr(w);
    for (size_t i = 0; i < N_TYPES; i++) {
        jw_obj(w);
        jw_kstr(w, "name", types[i].name);
        jw_kstr(w, "title", types[i].title);
        jw_end(w);
    }
    jw_end(w);
}

const struct storage_driver *storage_driver_find(const char *type)
{
    static const struct storage_driver *const drivers[] = {&storage_local};

    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (strcmp(drivers[i]->type, type) == 0)
            return drivers[i];
    return NULL;
}

const char *storage_reason(struct arena *a, const err *e)
{
    json_t *tree;
    const char *key;
    json_t *list;

    if (!e->validation_json || jin_parse(a, (struct span){e->validation_json, strlen(e->validation_json)}, 4, &tree) != OK)
        return e->detail;
    json_object_foreach(tree, key, list)
        if (json_is_string(json_array_get(list, 0)))
            return json_string_value(json_array_get(list, 0));
    return e->detail;
}

err *storage_driver_missing(struct arena *a, const char *title)
{
    return verr_one(a, NULL, "This server cannot connect to storages of the type %s: it has no driver for them. The settings are kept.", title);
}

err *storage_resolve(struct scope *s, int64_t project, const struct storage_address *address)
{
    const struct storage_type *t;
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_storage_of_bucket, DB_ARGS(db_i64(project), db_text(address->scheme), db_text(address->bucket)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No storage of this project holds %s://%s.", address->scheme, address->bucket);
    t = storage_type_find(row_text(&r, STORAGE_OF_BUCKET_TYPE));
    return err_new(s->a, ERR_UPSTREAM, "This server cannot connect to storages of the type %s: it has no driver for them.", t->title);
}

/* ---------------------------------------------------------------- reading */

static err *rows_read(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t project, int64_t id, struct rows *out)
{
    return db_many(s->db, SQL_storage_rows,
                   DB_ARGS(SCOPE_ARGS(s), db_text(direction_names[d]), db_text(t ? t->name : NULL), db_opt_i64(project != 0, project),
                           db_opt_i64(id != 0, id)), out);
}

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Storage matches the given query.");
}

static void setting_write(struct jw *w, const struct storage_field *f, const json_t *settings)
{
    const json_t *v = json_object_get(settings, f->key);

    if (json_is_string(v))
        jw_kstr(w, f->key, json_string_value(v));
    else if (json_is_integer(v))
        jw_ki64(w, f->key, json_integer_value(v));
    else if (json_is_boolean(v))
        jw_kbool(w, f->key, json_is_true(v));
    else
        jw_kraw(w, f->key, f->absent);
}

static err *settings_write(struct scope *s, struct jw *w, const struct storage_type *t, const char *text)
{
    json_t *settings;

    TRY(jin_parse(s->a, (struct span){text, strlen(text)}, 4, &settings));
    for (const struct storage_field *f = t->fields; f->key; f++)
        if (!f->secret)
            setting_write(w, f, settings);
    return OK;
}

static err *row_write(struct scope *s, struct jw *w, enum storage_direction d, const struct row *r)
{
    const struct storage_type *t = storage_type_find(row_text(r, STORAGE_ROWS_TYPE));

    jw_obj(w);
    wire_ki64(w, "id", r, STORAGE_ROWS_ID);
    wire_kstr(w, "type", r, STORAGE_ROWS_TYPE);
    wire_kbool(w, "synchronizable", r, STORAGE_ROWS_SYNCHRONIZABLE);
    if (d == STORAGE_IMPORT && t->cloud)
        wire_kbool(w, "presign", r, STORAGE_ROWS_PRESIGN);
    TRY(settings_write(s, w, t, row_json(r, STORAGE_ROWS_SETTINGS)));
    wire_kstr(w, "regex_filter", r, STORAGE_ROWS_REGEX_FILTER);
    wire_kbool(w, "use_blob_urls", r, STORAGE_ROWS_USE_BLOB_URLS);
    wire_ktime(w, "last_sync", r, STORAGE_ROWS_LAST_SYNC);
    wire_ki64(w, "last_sync_count", r, STORAGE_ROWS_LAST_SYNC_COUNT);
    wire_kstr(w, "last_sync_job", r, STORAGE_ROWS_LAST_SYNC_JOB);
    wire_kstr(w, "status", r, STORAGE_ROWS_STATUS);
    wire_kstr(w, "traceback", r, STORAGE_ROWS_TRACEBACK);
    wire_kraw(w, "meta", r, STORAGE_ROWS_META);
    wire_kstr(w, "title", r, STORAGE_ROWS_TITLE);
    wire_kstr(w, "description", r, STORAGE_ROWS_DESCRIPTION);
    wire_ktime(w, "created_at", r, STORAGE_ROWS_CREATED_AT);
    if (d == STORAGE_IMPORT && t->cloud)
        wire_ki64(w, "presign_ttl", r, STORAGE_ROWS_PRESIGN_TTL);
    if (d == STORAGE_IMPORT)
        wire_kbool(w, "recursive_scan", r, STORAGE_ROWS_RECURSIVE_SCAN);
    else
        wire_kbool(w, "can_delete_objects", r, STORAGE_ROWS_CAN_DELETE_OBJECTS);
    wire_ki64(w, "project", r, STORAGE_ROWS_PROJECT);
    jw_end(w);
    return OK;
}

err *storage_list_write(struct scope *s, struct jw *w, enum storage_direction d, const struct storage_type *t, int64_t project)
{
    struct rows rows;

    TRY(rows_read(s, d, t, project, 0, &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        TRY(row_write(s, w, d, &r));
    }
    jw_end(w);
    return OK;
}

err *storage_write(struct scope *s, struct jw *w, enum storage_direction d, const struct storage_type *t, int64_t id)
{
    struct rows rows;
    struct row r;

    TRY(rows_read(s, d, t, 0, id, &rows));
    if (rows.n == 0)
        return missing(s);
    r = rows_at(&rows, 0);
    return row_write(s, w, d, &r);
}

/* ---------------------------------------------------------------- bodies */

static void value_write(struct jw *w, const struct jin *in, const struct storage_field *f)
{
    if (jin_is_null(in, f->key))
        jw_knull(w, f->key);
    else if (f->kind == 'i')
        jw_ki64(w, f->key, jin_int(in, f->key, 0));
    else if (f->kind == 'b')
        jw_kbool(w, f->key, jin_bool(in, f->key, false));
    else
        jw_kstr(w, f->key, jin_text(in, f->key));
}

/* What the body says of the connection: its secrets, or the rest. */
static err *connection_text(struct scope *s, const struct storage_type *t, const struct jin *in, bool secret, const char **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, 1u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (const struct storage_field *f = t->fields; f->key; f++)
        if (f->secret == secret && jin_has(in, f->key))
            value_write(&w, in, f);
    jw_end(&w);
    *out = b.buf;
    return strbuf_check(&b);
}

/* What the body says besides, by the columns of the table. */
static err *fields_text(struct scope *s, const struct jin *in, const char **out)
{
    static const char *const texts[] = {"title", "description", "regex_filter"};
    static const char *const flags[] = {"synchronizable", "use_blob_urls", "presign", "recursive_scan", "can_delete_objects"};
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, s->a, 1u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (jin_has(in, texts[i]))
            jw_kstr(&w, texts[i], jin_text(in, texts[i]));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (arg_given(in, flags[i]))
            jw_kbool(&w, flags[i], jin_bool(in, flags[i], false));
    if (arg_given(in, "presign_ttl"))
        jw_ki64(&w, "presign_ttl", jin_int(in, "presign_ttl", 1));
    if (jin_has(in, "project"))
        jw_ki64(&w, "project_id", jin_int(in, "project", 0));
    jw_end(&w);
    *out = b.buf;
    return strbuf_check(&b);
}

static err *merged(struct scope *s, const char *settings, const char *change, const char **out)
{
    struct row r;

    TRY(db_one(s->db, SQL_storage_merged, DB_ARGS(db_text(settings), db_text(change)), &r));
    *out = row_json(&r, STORAGE_MERGED_SETTINGS);
    return OK;
}

static err *connection_try(struct scope *s, const struct storage_type *t, const char *settings, const char *secrets, json_t **out)
{
    const char *all;

    TRY(merged(s, settings, secrets, &all));
    TRY(jin_parse(s->a, (struct span){all, strlen(all)}, 4, out));
    return storage_driver_find(t->name)->check(s->a, *out);
}

/* Settings of a connection, tried where there is a driver. settings in: as given; out: in canonical form. */
static err *connection_check(struct scope *s, const struct storage_type *t, const char **settings, const char *secrets)
{
    json_t *tree;
    char *text;

    if (!storage_driver_find(t->name))
        return OK;
    TRY(connection_try(s, t, *settings, secrets, &tree));
    for (const struct storage_field *f = t->fields; f->key; f++)
        if (f->secret)
            json_object_del(tree, f->key);
    text = json_dumps(tree, JSON_COMPACT);
    if (!text)
        return err_internal(s->a, "settings of a storage cannot be written");
    *settings = arena_strdup(s->a, text);
    free(text);
    return OK;
}

/* The project that a body names must be one that the caller sees. */
static err *project_check(struct scope *s, const struct jin *in)
{
    int64_t project = jin_int(in, "project", 0);
    err *e;

    if (project == 0)
        return verr_one(s->a, "project", jin_has(in, "project") ? "This field may not be null." : "This field is required.");
    e = project_check_visible(s, project);
    if (e && e->kind == ERR_NOT_FOUND)
        return verr_one(s->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)project);
    return e;
}

/* ---------------------------------------------------------------- writing */

static err *queue(struct scope *s, int64_t project, int64_t id, int64_t *job)
{
    TRY(db_exec(s->db, SQL_storage_queued, DB_ARGS(db_i64(id)), NULL));
    return queue_add(s->db, "storage_sync", s->organization,
                     arena_printf(s->a, "{\"storage\":%lld,\"project\":%lld,\"by\":%lld}", (long long)id, (long long)project, (long long)s->user),
                     arena_printf(s->a, "%lld", (long long)id), job);
}

static err *locked(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_storage_lock,
               DB_ARGS(SCOPE_ARGS(s), db_text(direction_names[d]), db_text(t->name), db_i64(id)), out, &found));
    return found ? OK : missing(s);
}

/* The connection of a stored one as a body changes it, tried. */
static err *changed(struct scope *s, const struct storage_type *t, const struct row *r, const struct jin *in, const char **settings, const char **secrets)
{
    const char *change;

    TRY(connection_text(s, t, in, false, &change));
    TRY(merged(s, row_json(r, STORAGE_LOCK_SETTINGS), change, settings));
    TRY(connection_text(s, t, in, true, &change));
    TRY(merged(s, row_json(r, STORAGE_LOCK_SECRETS), change, secrets));
    return connection_check(s, t, settings, *secrets);
}

/* What is to be stored, found out before the transaction that stores it. */
struct writing {
    struct scope *s;
    enum storage_direction d;
    const struct storage_type *t;
    int64_t id, project;
    const char *fields, *settings, *secrets;
    const char *settings_was, *secrets_was;   /* of a stored one whose connection changes; NULL: it stays as it is by then */
    const struct stamp_guard *guard;        /* NULL: none */
};

static err *insert_tx(struct db *db, void *arg)
{
    struct writing *w = arg;
    struct row r;
    int64_t job;

    TRY(db_one(db, SQL_storage_insert,
               DB_ARGS(db_i64(w->project), db_text(direction_names[w->d]), db_text(w->t->name), db_text(w->fields), db_text(w->settings),
                       db_text(w->secrets)), &r));
    w->id = row_i64(&r, STORAGE_INSERT_ID);
    TRY(setting_note(w->s, w->project, "storage"));
    return w->d == STORAGE_EXPORT && storage_driver_find(w->t->name) ? queue(w->s, w->project, w->id, &job) : OK;
}

err *storage_create(struct scope *s, enum storage_direction d, const struct storage_type *t, const struct jin *in, int64_t *id)
{
    struct writing w = {.s = s, .d = d, .t = t, .project = jin_int(in, "project", 0)};

    TRY(project_check(s, in));
    TRY(fields_text(s, in, &w.fields));
    TRY(connection_text(s, t, in, false, &w.settings));
    TRY(connection_text(s, t, in, true, &w.secrets));
    TRY(connection_check(s, t, &w.settings, w.secrets));
    TRY(tx_run(s->db, TX_WRITE, insert_tx, &w));
    *id = w.id;
    return OK;
}

static err *update_tx(struct db *db, void *arg)
{
    struct writing *w = arg;
    struct row r;

    TRY(locked(w->s, w->d, w->t, w->id, &r));
    if (w->guard)
        TRY(w->guard->check(w->guard->arg));
    if (w->settings_was && (strcmp(row_json(&r, STORAGE_LOCK_SETTINGS), w->settings_was) != 0 ||
                            strcmp(row_json(&r, STORAGE_LOCK_SECRETS), w->secrets_was) != 0))
        return err_new(w->s->a, ERR_CONFLICT, "The connection was changed meanwhile; nothing was saved.");
    TRY(db_exec(db, SQL_storage_update, DB_ARGS(db_i64(w->id), db_text(w->fields), db_text(w->settings), db_text(w->secrets)), NULL));
    return setting_note(w->s, row_i64(&r, STORAGE_LOCK_PROJECT), "storage");
}

static bool names_connection(const struct storage_type *t, const struct jin *in)
{
    for (const struct storage_field *f = t->fields; f->key; f++)
        if (jin_has(in, f->key))
            return true;
    return false;
}

/* The connection is tried once and without holding the row: what was tried must be what is kept then. */
err *storage_update(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t id, const struct jin *in, bool whole,
                    const struct stamp_guard *guard)
{
    struct writing w = {.s = s, .d = d, .t = t, .id = id, .guard = guard};
    struct row r;

    TRY(locked(s, d, t, id, &r));
    if (whole || jin_has(in, "project"))
        TRY(project_check(s, in));
    TRY(fields_text(s, in, &w.fields));
    TRY(changed(s, t, &r, in, &w.settings, &w.secrets));
    if (names_connection(t, in)) {
        w.settings_was = row_json(&r, STORAGE_LOCK_SETTINGS);
        w.secrets_was = row_json(&r, STORAGE_LOCK_SECRETS);
    } else {
        w.settings = w.secrets = "{}";
    }
    return tx_run(s->db, TX_WRITE, update_tx, &w);
}

err *storage_delete(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t id)
{
    struct row r;

    TRY(locked(s, d, t, id, &r));
    TRY(db_exec(s->db, SQL_storage_delete, DB_ARGS(db_i64(id)), NULL));
    return setting_note(s, row_i64(&r, STORAGE_LOCK_PROJECT), "storage");
}

err *storage_tried(struct scope *s, enum storage_direction d, const struct storage_type *t, const struct jin *in, json_t **out)
{
    const char *settings, *secrets;
    struct row r;

    TRY(project_check(s, in));
    if (!storage_driver_find(t->name))
        return storage_driver_missing(s->a, t->title);
    TRY(connection_text(s, t, in, false, &settings));
    TRY(connection_text(s, t, in, true, &secrets));
    if (arg_given(in, "id")) {
        TRY(locked(s, d, t, jin_int(in, "id", 0), &r));
        TRY(merged(s, row_json(&r, STORAGE_LOCK_SETTINGS), settings, &settings));
        TRY(merged(s, row_json(&r, STORAGE_LOCK_SECRETS), secrets, &secrets));
    }
    return connection_try(s, t, settings, secrets, out);
}

err *storage_validate(struct scope *s, enum storage_direction d, const struct storage_type *t, const struct jin *in)
{
    json_t *settings;

    return storage_tried(s, d, t, in, &settings);
}

err *storage_sync(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t id, int64_t *job)
{
    struct row r;

    TRY(locked(s, d, t, id, &r));
    if (!row_bool(&r, STORAGE_LOCK_SYNCHRONIZABLE))
        return err_new(s->a, ERR_BAD_REQUEST, "Storage %lld is not synchronizable", (long long)id);
    if (!storage_driver_find(t->name))
        return storage_driver_missing(s->a, t->title);
    return queue(s, row_i64(&r, STORAGE_LOCK_PROJECT), id, job);
}
