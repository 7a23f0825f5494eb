/* Indexes on keys of the task data. Each is of one project: tasks of others cost it nothing, and it goes when they stop using it. */
#include "dm/index.h"

#include <string.h>

#include "base/cfg.h"
#include "core/wire.h"
#include "db/queue.h"
#include "dm/index.sql.h"
#include "json/verr.h"

enum {
    COSTLY_MS = 100,         /* who waited less needs no index */
    KEY_MOST = 200,          /* bytes */
    NEEDLE_LEAST = 3 + 2,    /* shorter ones have no trigram; the pattern's two % count */
    USES_MOST = 64,
};

struct uses {
    const char *keys[USES_MOST], *kinds[USES_MOST];
    size_t n;
};

/* ---------------------------------------------------------------- what a query can use */

/* Strings in order are compared by language within JSON, which is no one expression; what a negation finds is
 * most of the project. */
const char *dm_index_kind(const struct dm_term *t)
{
    if (!t->key || t->negated)
        return NULL;
    switch (t->op) {
    case DM_OP_CONTAINS:
        return t->value.v.t.len >= NEEDLE_LEAST ? "contains" : NULL;
    case DM_OP_EQUAL:
    case DM_OP_LIST:
        return t->class == DM_NUMBER ? "number" : "equal";
    case DM_OP_LESS:
    case DM_OP_GREATER:
    case DM_OP_LESS_OR_EQUAL:
    case DM_OP_GREATER_OR_EQUAL:
    case DM_OP_BETWEEN:
        return t->class == DM_NUMBER ? "number" : NULL;
    default:
        return NULL;
    }
}

static void use(struct uses *u, const char *key, const char *kind)
{
    if (!kind || strlen(key) > KEY_MOST || u->n == USES_MOST)
        return;
    u->keys[u->n] = key;
    u->kinds[u->n++] = kind;
}

/* With "or" one term without an index makes those of the others useless. */
static bool is_hopeless(const struct dm_query *q)
{
    for (size_t i = 0; q->any && i < q->n; i++)
        if (!dm_index_kind(&q->terms[i]))
            return q->n > 1;
    return false;
}

static void uses_of(const struct dm_query *q, struct uses *u)
{
    u->n = 0;
    for (size_t i = 0; i < q->n && !is_hopeless(q); i++)
        for (const struct dm_term *t = &q->terms[i]; t; t = t->child)
            use(u, t->key, dm_index_kind(t));
    if (q->order_key && dm_filters_plain(q))
        use(u, q->order_key, q->order_number ? (q->descending ? "number_down" : "number") : (q->descending ? "text_down" : "text"));
}

static err *queue(struct db *db)
{
    return queue_add(db, "data_index", 0, NULL, "asked", NULL);
}

struct note {
    struct scope *s;
    const struct uses *u;
    int64_t project;
    bool slow;
};

static err *note_in_transaction(struct db *db, void *arg)
{
    const struct note *n = arg;
    struct row r;

    TRY(db_one(db, SQL_data_index_use,
               DB_ARGS(db_i64(n->project), db_texts(n->s->a, n->u->keys, n->u->n), db_texts(n->s->a, n->u->kinds, n->u->n),
                       db_bool(n->slow)), &r));
    return row_i64(&r, DATA_INDEX_USE_WISHED) > 0 ? queue(db) : OK;
}

err *dm_index_used(struct scope *s, const struct dm_query *q, int64_t cost_ms)
{
    struct uses u;

    uses_of(q, &u);
    if (u.n == 0 || cfg.data_indexes_most <= 0)
        return OK;
    return tx_run(s->db, TX_WRITE, note_in_transaction, &(struct note){s, &u, q->context->project, cost_ms >= COSTLY_MS});
}

err *dm_index_standing(struct scope *s, int64_t project, const char *key, const char *kind, struct dm_index_standing *out)
{
    struct row r;

    TRY(db_one(s->db, SQL_data_index_standing, DB_ARGS(db_i64(project), db_text(key), db_text(kind)), &r));
    *out = (struct dm_index_standing){row_i64(&r, DATA_INDEX_STANDING_TASKS), row_text(&r, DATA_INDEX_STANDING_STATE)};
    return OK;
}

err *dm_index_uses(struct scope *s, const struct dm_query *q, struct dm_index_use **out, size_t *n)
{
    struct dm_index_standing now;
    struct uses u;

    uses_of(q, &u);
    *n = 0;
    *out = arena_array(s->a, u.n + 1, sizeof **out);
    for (size_t i = 0; i < u.n; i++) {
        TRY(dm_index_standing(s, q->context->project, u.keys[i], u.kinds[i], &now));
        (*out)[(*n)++] = (struct dm_index_use){u.keys[i], u.kinds[i], now.state};
    }
    return OK;
}

/* ---------------------------------------------------------------- what they are made of */

static void number_write(struct sqlb *b, const struct dm_context *c, const char *key, bool down)
{
    sqlb_lit(b, "USING btree ((");
    dm_data_number(b, c, key);
    sqlb_add_literal(b, down ? ") DESC NULLS LAST, inner_id)" : "), inner_id)");
}

static void text_write(struct sqlb *b, const struct dm_context *c, const char *key, bool down)
{
    sqlb_lit(b, "USING btree ((");
    dm_data_rank(b, c, key);
    sqlb_add_literal(b, down ? ") DESC NULLS LAST, inner_id)" : "), inner_id)");
}

static void trigrams_write(struct sqlb *b, const struct dm_context *c, const char *key, const char *schema)
{
    sqlb_lit(b, "USING gin ((");
    dm_data_lower(b, c, key);
    sqlb_lit(b, ") ");
    sqlb_add_literal(b, schema);
    sqlb_lit(b, ".gin_trgm_ops)");
}

/* Of values of any length only a hash fits into an index. */
static void equal_write(struct sqlb *b, const struct dm_context *c, const char *key)
{
    sqlb_lit(b, "USING hash ((");
    dm_data(b, c, key, false);
    sqlb_lit(b, "))");
}

err *dm_index_definition(struct arena *a, const struct dm_context *c, const char *key, const char *kind, const char *trigrams,
                         const char **out)
{
    struct sqlb b;

    sqlb_init(&b, a);
    b.form = SQLB_QUOTED;
    if (strcmp(kind, "contains") == 0)
        trigrams_write(&b, c, key, trigrams);
    else if (strcmp(kind, "equal") == 0)
        equal_write(&b, c, key);
    else if (*kind == 'n')
        number_write(&b, c, key, strcmp(kind, "number_down") == 0);
    else
        text_write(&b, c, key, strcmp(kind, "text_down") == 0);
    strbuf_printf(&b.text, " WHERE project_id = %lld AND deleted_at IS NULL", (long long)c->project);
    TRY(strbuf_check(&b.text));
    *out = b.text.buf;
    return OK;
}

/* ---------------------------------------------------------------- for people */

static void one_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, DATA_INDEX_LIST_ID);
    wire_ki64(w, "project", r, DATA_INDEX_LIST_PROJECT);
    wire_kstr(w, "key", r, DATA_INDEX_LIST_KEY);
    wire_kstr(w, "kind", r, DATA_INDEX_LIST_KIND);
    wire_kstr(w, "state", r, DATA_INDEX_LIST_STATE);
    wire_kstr(w, "error", r, DATA_INDEX_LIST_ERROR);
    wire_kbool(w, "is_pinned", r, DATA_INDEX_LIST_IS_PINNED);
    wire_ki64(w, "size_bytes", r, DATA_INDEX_LIST_SIZE_BYTES);
    wire_ki64(w, "scans", r, DATA_INDEX_LIST_SCANS);
    wire_ki64(w, "created_by", r, DATA_INDEX_LIST_CREATED_BY);
    wire_ktime(w, "created_at", r, DATA_INDEX_LIST_CREATED_AT);
    wire_ktime(w, "ready_at", r, DATA_INDEX_LIST_READY_AT);
    wire_ktime(w, "used_at", r, DATA_INDEX_LIST_USED_AT);
    jw_end(w);
}

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No DataIndex matches the given query.");
}

static err *trigrams_known(struct scope *s, bool *known)
{
    struct row r;

    TRY(db_one(s->db, SQL_data_index_trigrams, DB_NOARGS, &r));
    *known = row_bool(&r, DATA_INDEX_TRIGRAMS_AVAILABLE);
    return OK;
}

err *dm_index_list_write(struct scope *s, struct jw *w, int64_t project)
{
    struct rows rows;
    bool trigrams;

    TRY(trigrams_known(s, &trigrams));
    TRY(db_many(s->db, SQL_data_index_list, DB_ARGS(db_i64(project), db_null()), &rows));
    jw_obj(w);
    jw_kbool(w, "contains_available", trigrams);
    jw_ki64(w, "most", cfg.data_indexes_most);
    jw_ki64(w, "bytes_most", cfg.data_index_bytes);
    jw_key(w, "indexes");
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        one_write(w, &r);
    }
    jw_end(w);
    jw_end(w);
    return OK;
}

err *dm_index_write(struct scope *s, struct jw *w, int64_t project, int64_t id)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_data_index_list, DB_ARGS(db_i64(project), db_i64(id)), &r, &found));
    if (!found)
        return missing(s);
    one_write(w, &r);
    return OK;
}

err *dm_index_want(struct scope *s, int64_t project, const char *key, const char *kind, int64_t *id)
{
    bool trigrams;
    struct row r;

    TRY(trigrams_known(s, &trigrams));
    if (strcmp(kind, "contains") == 0 && !trigrams)
        return verr_one(s->a, "kind", "Searching parts of texts by an index takes PostgreSQL's extension pg_trgm, which is not installed.");
    if (strlen(key) > KEY_MOST)
        return verr_one(s->a, "key", "Ensure this field has no more than %d bytes.", KEY_MOST);
    if (cfg.data_indexes_most <= 0)
        return verr_one(s->a, NULL, "Indexes on task data are turned off on this server.");
    TRY(db_one(s->db, SQL_data_index_want, DB_ARGS(db_i64(project), db_text(key), db_text(kind), db_i64(s->user)), &r));
    *id = row_i64(&r, DATA_INDEX_WANT_ID);
    return queue(s->db);
}

err *dm_index_remove(struct scope *s, int64_t project, int64_t id)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_data_index_forget, DB_ARGS(db_i64(project), db_i64(id)), &n));
    if (n > 0)
        return OK;
    TRY(db_exec(s->db, SQL_data_index_turn_off, DB_ARGS(db_i64(project), db_i64(id)), &n));
    return n > 0 ? queue(s->db) : missing(s);
}
