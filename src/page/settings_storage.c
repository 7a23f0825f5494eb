/* Storages of a project: where tasks come from and annotations go to. The forms come from the drivers' tables of fields (storage/types.def). */
#include <string.h>

#include "api/bodies.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/project_page.h"
#include "page/settings.h"
#include "storage/driver.h"
#include "storage/storage.h"

enum { LIST_MOST = 16 << 20, FIELDS_MOST = STORAGE_FIELDS + 8 };

static const char *const directions[] = {[STORAGE_IMPORT] = "import", [STORAGE_EXPORT] = "export"};

/* ---- the form of a type ---- */

static const struct form_field title_field = {.name = "title", .kind = FIELD_TEXT, .label = "Name", .max = 256};
static const struct form_field import_fields[] = {
    {.name = "regex_filter", .kind = FIELD_TEXT, .label = "Only objects whose key matches",
     .help = "A regular expression, from the beginning of the key: .*\\.jpe?g", .max = 10000},
    {.name = "use_blob_urls", .kind = FIELD_CHECK, .label = "Every object is a task of its own",
     .help = "Pictures, sound, texts. Otherwise objects are JSON files that hold tasks."},
    {.name = "recursive_scan", .kind = FIELD_CHECK, .label = "Look below the first level too"},
};
static const struct form_field cloud_fields[] = {
    {.name = "presign", .kind = FIELD_CHECK, .label = "Browsers read the objects by signed addresses",
     .help = "Otherwise the bytes pass through this server."},
    {.name = "presign_ttl", .kind = FIELD_NUMBER, .label = "Minutes that such an address is good for", .min = 1, .max = 32767},
};
static const struct form_field export_fields[] = {
    {.name = "can_delete_objects", .kind = FIELD_CHECK, .label = "Remove the files of deleted annotations"},
};

/* "aws_access_key_id" → "AWS access key id" */
static const char *label_of(struct arena *a, const char *key)
{
    static const char *const shouted[] = {"aws", "s3", "sse", "kms", "arn"};
    char *label = arena_strdup(a, key);

    for (char *p = label; *p; p++)
        if (*p == '_')
            *p = ' ';
    for (size_t i = 0; i < sizeof shouted / sizeof *shouted; i++) {
        size_t n = strlen(shouted[i]);

        for (char *p = strstr(label, shouted[i]); p; p = strstr(p + n, shouted[i]))
            for (size_t k = 0; (p == label || p[-1] == ' ') && (p[n] == ' ' || !p[n]) && k < n; k++)
                p[k] = p[k] >= 'a' && p[k] <= 'z' ? (char)(p[k] - 'a' + 'A') : p[k];
    }
    if (label[0] >= 'a' && label[0] <= 'z')
        label[0] = (char)(label[0] - 'a' + 'A');
    return label;
}

static const char *help_of(const char *key)
{
    if (strcmp(key, "path") == 0)
        return "A directory of this server below its document root, or what keys begin with.";
    return strcmp(key, "prefix") == 0 ? "What keys begin with." : NULL;
}

static struct form_field field_of(struct arena *a, const struct storage_field *f, bool stored)
{
    enum field_kind kind = f->secret ? FIELD_SECRET : f->kind == 'i' ? FIELD_NUMBER : f->kind == 'b' ? FIELD_CHECK : FIELD_TEXT;

    return (struct form_field){.name = f->key, .kind = kind, .label = label_of(a, f->key),
                               .help = f->secret && stored ? "Empty: it stays as it is." : help_of(f->key), .removable = f->secret && stored};
}

static size_t append(struct form_field *to, size_t n, const struct form_field *from, size_t more)
{
    memcpy(to + n, from, more * sizeof *from);
    return n + more;
}

/* Of the connection, and of what is done with it; both ended. */
struct storage_form {
    struct form_field connection[FIELDS_MOST], rest[FIELDS_MOST];
};

static struct storage_form *form_of(struct arena *a, enum storage_direction d, const struct storage_type *t, bool stored)
{
    struct storage_form *form = ARENA_NEW(a, struct storage_form);
    size_t n = 1;

    *form = (struct storage_form){.connection = {title_field}};
    for (const struct storage_field *f = t->fields; f->key; f++)
        form->connection[n++] = field_of(a, f, stored);
    n = 0;
    if (d == STORAGE_EXPORT)
        append(form->rest, 0, export_fields, sizeof export_fields / sizeof *export_fields);
    else
        n = append(form->rest, 0, import_fields, sizeof import_fields / sizeof *import_fields);
    if (d == STORAGE_IMPORT && t->cloud)
        append(form->rest, n, cloud_fields, sizeof cloud_fields / sizeof *cloud_fields);
    return form;
}

/* ---- showing ---- */

/* Where it is: the first of the settings that say so. */
static const char *place_text(const json_t *o)
{
    static const char *const keys[] = {"bucket", "container", "path", "host"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (*page_text_in(o, keys[i]))
            return page_text_in(o, keys[i]);
    return NULL;
}

static const char *status_text(const char *status)
{
    static const char *const names[][2] = {{"initialized", "Not synchronized yet"}, {"queued", "Waits"}, {"in_progress", "Synchronizing"},
                                           {"failed", "Failed"}, {"completed", "Synchronized"}, {"completed_with_errors", "Synchronized with errors"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], status) == 0)
            return names[i][1];
    return status;
}

static json_t *storage_object(struct rq *rq, enum storage_direction d, const json_t *s)
{
    const struct storage_type *t = storage_type_find(page_text_in(s, "type"));
    const char *status = page_text_in(s, "status"), *error = page_text_in(s, "traceback");
    int64_t count = json_integer_value(json_object_get(s, "last_sync_count"));
    json_t *o = json_object();

    page_set_int(o, "id", json_integer_value(json_object_get(s, "id")));
    page_set_text(o, "direction", directions[d]);
    page_set_text(o, "type", t->name);
    page_set_text(o, "type_text", t->title);
    page_set_text(o, "title", *page_text_in(s, "title") ? page_text_in(s, "title") : t->title);
    page_set_text(o, "place_text", place_text(s));
    page_set_text(o, "status_text", status_text(status));
    page_set_bool(o, "good", strcmp(status, "completed") == 0);
    page_set_bool(o, "bad", strcmp(status, "failed") == 0);
    page_set_bool(o, "at_work", strcmp(status, "queued") == 0 || strcmp(status, "in_progress") == 0);
    page_set_bool(o, "can_sync", storage_driver_find(t->name) && json_is_true(json_object_get(s, "synchronizable")));
    page_set_text(o, "error_text", strcmp(status, "failed") == 0 && *error ? error : NULL);
    page_set_text(o, "count_text", count ? page_counted(rq->a, count, "object", "objects") : NULL);
    page_set_time(rq->a, o, "synced", json_string_value(json_object_get(s, "last_sync")));
    return o;
}

static err *storages(struct rq *rq, enum storage_direction d, json_t **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    TRY(storage_list_write(rq->scope, &w, d, NULL, rq_int(rq, "id")));
    return page_tree(rq->a, &b, out);
}

/* What the page is asked to show, or the form that was sent, says: add one of a type, or change one. */
static const char *asked(const struct rq *rq, const char *name)
{
    const char *text = rq->method == M_POST ? rq_form(rq, name) : rq_query(rq, name);

    return text ? text : "";
}

static enum storage_direction direction_asked(const struct rq *rq)
{
    return strcmp(asked(rq, "direction"), "export") == 0 ? STORAGE_EXPORT : STORAGE_IMPORT;
}

static void add_form(struct rq *rq, json_t *ctx, enum storage_direction d, const struct storage_type *t, const json_t *stored)
{
    const struct storage_form *form = form_of(rq->a, d, t, stored != NULL);
    json_t *o = json_object(), *groups = json_array(),
           *values = stored ? json_incref((json_t *)stored) : json_pack("{s:b, s:b, s:i}", "presign", 1, "use_blob_urls", 1, "presign_ttl", 15);

    page_set_text(o, "direction", directions[d]);
    page_set_text(o, "type", t->name);
    page_set_int(o, "storage", json_integer_value(json_object_get(stored, "id")));
    page_set_bool(o, "stored", stored != NULL);
    page_set_text(o, "heading", arena_printf(rq->a, "%s %s: %s", stored ? "Change" : "Add", d == STORAGE_EXPORT ? "a target" : "a source", t->title));
    page_set_bool(o, "no_driver", storage_driver_find(t->name) == NULL);
    json_array_append_new(groups, fields_group(rq, "Connection", form->connection, values));
    json_array_append_new(groups, fields_group(rq, d == STORAGE_EXPORT ? "What is written" : "What is taken", form->rest, values));
    json_decref(values);
    json_object_set_new(o, "groups", groups);
    json_object_set_new(ctx, "edit", o);
}

static err *set_types(struct rq *rq, json_t *ctx)
{
    json_t *tree;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    storage_types_write(&w);
    TRY(page_tree(rq->a, &b, &tree));
    json_object_set(ctx, "types", tree);
    return OK;
}

static err *show_direction(struct rq *rq, enum storage_direction d, json_t *ctx, const char *key)
{
    const char *id = asked(rq, "storage");
    json_t *tree, *s, *list = json_array();
    size_t i;

    json_object_set_new(ctx, key, list);
    TRY(storages(rq, d, &tree));
    json_array_foreach(tree, i, s)
    {
        json_array_append_new(list, storage_object(rq, d, s));
        if (d == direction_asked(rq) && strcmp(id, arena_printf(rq->a, "%lld", (long long)json_integer_value(json_object_get(s, "id")))) == 0)
            add_form(rq, ctx, d, storage_type_find(page_text_in(s, "type")), s);
    }
    page_set_bool(ctx, arena_printf(rq->a, "has_%s", key), i > 0);
    return OK;
}

err *settings_storage_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    const struct storage_type *t = storage_type_find(asked(rq, "type"));

    (void)r;
    json_object_set_new(ctx, "edit", json_null());
    page_set_text(ctx, "form_href", project_page_href(rq->a, rq_int(rq, "id"), "settings/storage"));
    TRY(set_types(rq, ctx));
    TRY(show_direction(rq, STORAGE_IMPORT, ctx, "sources"));
    TRY(show_direction(rq, STORAGE_EXPORT, ctx, "targets"));
    if (json_is_null(json_object_get(ctx, "edit")) && t)
        add_form(rq, ctx, direction_asked(rq), t, NULL);
    return OK;
}

/* ---- changing ---- */

static err *body(struct rq *rq, enum storage_direction d, const struct storage_type *t, int64_t id, struct jin *in)
{
    const struct storage_form *form = form_of(rq->a, d, t, id != 0);
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "project", rq_int(rq, "id"));
    fields_write(rq, &w, form->connection);
    fields_write(rq, &w, form->rest);
    jw_end(&w);
    return page_body(rq->a, &B_STORAGE, &b, in);
}

/* The rules of core take any storage that the caller sees; a project's page changes its own. */
static err *own(struct rq *rq, enum storage_direction d, const struct storage_type *t, int64_t id)
{
    json_t *tree, *s;
    size_t i;

    TRY(storages(rq, d, &tree));
    json_array_foreach(tree, i, s)
        if (json_integer_value(json_object_get(s, "id")) == id && strcmp(page_text_in(s, "type"), t->name) == 0)
            return OK;
    return err_new(rq->a, ERR_NOT_FOUND, "No Storage matches the given query.");
}

static err *save(struct rq *rq, enum storage_direction d, const struct storage_type *t, int64_t id, const char **done)
{
    struct jin in;

    if (id)
        TRY(own(rq, d, t, id));
    TRY(body(rq, d, t, id, &in));
    *done = id ? "Storage saved." : "Storage added.";
    return id ? storage_update(rq->scope, d, t, id, &in, false, NULL) : storage_create(rq->scope, d, t, &in, &id);
}

static err *act(struct rq *rq, const char **done)
{
    const struct storage_type *t = storage_type_find(page_sent(rq, "type"));
    enum storage_direction d = direction_asked(rq);
    int64_t id = page_sent_id(rq, "storage"), job;

    TRY(own(rq, d, t, id));
    if (strcmp(page_sent(rq, "action"), "delete") == 0) {
        *done = "Storage removed. Its tasks and files stay.";
        return storage_delete(rq->scope, d, t, id);
    }
    TRY(scope_need(rq->scope, PERM_STORAGES_SYNC));
    *done = "It is being synchronized.";
    return storage_sync(rq->scope, d, t, id, &job);
}

/* Saving waits for the storage to be reached: its transaction begins afterwards. */
err *settings_storage_save(struct rq *rq, const char **done)
{
    const char *action = page_sent(rq, "action");
    const struct storage_type *t = storage_type_find(page_sent(rq, "type"));

    if (!t)
        return verr_one(rq->a, NULL, "Choose a kind of storage.");
    if (strcmp(action, "delete") == 0 || strcmp(action, "sync") == 0)
        return settings_tx(rq, act, done);
    return save(rq, direction_asked(rq), t, page_sent_id(rq, "storage"), done);
}
