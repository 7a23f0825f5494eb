/* The activity log. A call costs a line in memory; the database gets many at once, and is not asked while somebody waits for an answer. */
#include "core/activity.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "core/activity.sql.h"
#include "core/session.h"
#include "core/wire.h"

enum {
    BATCH_ROWS = 64,
    BATCH_AGE_US = 1000000,
    BATCH_BYTES = 1 << 20,      /* what does not fit is left out */
    TEXT_MOST = 2000,           /* of an address or a header */
    SESSION_BYTES = 8,          /* of the hash: enough to tell sessions apart, and no secret */
    TERMS_MOST = 32
};

static struct {
    struct arena *a;
    struct strbuf rows;         /* JSON objects with commas between */
    int n;
    int64_t first_us;           /* when the oldest came in */
} batch;

static void batch_open(void)
{
    if (!batch.a)
        batch.a = arena_new("activity");
    arena_reset(batch.a);
    strbuf_init(&batch.rows, batch.a, BATCH_BYTES);
    batch.n = 0;
}

/* ---- gathering ---- */

static char kind_of(const char *pattern)
{
    static const struct {
        const char *prefix;
        char kind;
    } kinds[] = {
        {"/api/projects/{", 'p'}, {"/projects/{", 'p'}, {"/api/tasks/{", 't'}, {"/api/annotations/{", 'a'}, {"/api/drafts/{", 'd'},
        {"/api/predictions/{", 'r'}, {"/api/dm/views/{", 'v'}, {"/api/import/file-upload/{", 'f'},
    };

    for (size_t i = 0; pattern && i < sizeof kinds / sizeof *kinds; i++)
        if (text_starts(pattern, kinds[i].prefix))
            return kinds[i].kind;
    return '\0';
}

static void write_object(struct jw *w, const struct activity *e)
{
    char kind = kind_of(e->pattern);
    const char *text = kind ? e->object : e->project;
    int64_t id;

    if (!text || !int_parse(text, 1, INT32_MAX, &id))
        return;
    jw_kstr(w, "object_kind", (char[]){kind ? kind : 'p', '\0'});
    jw_ki64(w, "object", id);
}

/* Headers may hold any bytes; what is no text, or none that the database takes, is left out. */
static void write_text(struct jw *w, const char *key, const char *text)
{
    size_t len = text ? strnlen(text, TEXT_MOST) : 0;

    while (len > 0 && text[len] && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;                  /* not in the middle of a character */
    jw_key(w, key);
    if (text && utf8_valid(text, len))
        jw_strn(w, text, len);
    else
        jw_null(w);
}

static void write_entry(struct jw *w, const struct scope *s, const struct activity *e)
{
    jw_obj(w);
    jw_ki64(w, "organization", s->organization);
    jw_ki64(w, "user_id", s->user);
    jw_ki64(w, "at_us", e->at_us);
    jw_ki64(w, "duration_ms", e->duration_us / 1000);
    jw_kstr(w, "method", e->method);
    write_text(w, "url", e->url);
    jw_ki64(w, "status", e->status);
    write_text(w, "referer", e->referer);
    write_text(w, "user_agent", e->user_agent);
    if (s->session_hash)
        jw_kstr(w, "session", hex_encode(s->a, s->session_hash, SESSION_BYTES));
    write_text(w, "ip_address", e->ip_address);
    write_object(w, e);
    jw_end(w);
}

void activity_note(const struct scope *s, const struct activity *what)
{
    struct strbuf line;
    struct jw w;

    if (s->user == 0 || s->organization == 0)
        return;
    if (batch.n == 0)
        batch_open();
    strbuf_init(&line, s->a, BATCH_BYTES);
    jw_init_strbuf(&w, &line);
    write_entry(&w, s, what);
    if (batch.rows.len + line.len + 2 > BATCH_BYTES)
        return;
    if (batch.n++ == 0)
        batch.first_us = clock_mono_us();
    strbuf_putc(&batch.rows, batch.n == 1 ? '[' : ',');
    strbuf_add(&batch.rows, line.buf, line.len);
}

/* ---- writing ---- */

bool activity_waits(void)
{
    return batch.n > 0;
}

bool activity_due(void)
{
    return batch.n >= BATCH_ROWS || (batch.n > 0 && clock_mono_us() - batch.first_us > BATCH_AGE_US);
}

static err *flush(struct db *db)
{
    TRY(db_ensure(db));
    return db_exec(db, SQL_activity_add, DB_ARGS(db_text(batch.rows.buf)), NULL);
}

void activity_flush(struct arena *a, struct db *db)
{
    err *e;

    if (batch.n == 0)
        return;
    strbuf_putc(&batch.rows, ']');
    db_use_arena(db, a);
    e = flush(db);
    if (e)
        log_err(e, "activity was not logged");
    batch.n = 0;
}

/* ---- reading ---- */

/* "a" AND "b" OR "c": groups of terms, one of which must be there as a whole. Quotes are needed for blanks only. */
struct terms {
    const char *terms[TERMS_MOST];
    int64_t groups[TERMS_MOST];
    size_t n;
};

static void terms_read(struct arena *a, const char *text, struct terms *t)
{
    int64_t group = 0;

    for (text += strspn(text, " "); *text && t->n < TERMS_MOST; text += strspn(text, " ")) {
        bool quoted = *text == '"';
        size_t len = strcspn(text + quoted, quoted ? "\"" : " ");
        const char *word = arena_strndup(a, text + quoted, len);

        text += len + quoted;
        text += quoted && *text == '"';
        if (!quoted && strcmp(word, "AND") == 0)
            continue;
        if (!quoted && strcmp(word, "OR") == 0) {
            group++;
            continue;
        }
        t->terms[t->n] = word;
        t->groups[t->n++] = group;
    }
}

static void write_one(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, ACTIVITY_LIST_ID);
    wire_ki64(w, "user_id", r, ACTIVITY_LIST_USER_ID);
    wire_kstr(w, "email", r, ACTIVITY_LIST_EMAIL);
    wire_ktime(w, "datetime", r, ACTIVITY_LIST_CREATED_AT);
    wire_ki64(w, "duration", r, ACTIVITY_LIST_DURATION_MS);
    wire_kstr(w, "request_method", r, ACTIVITY_LIST_METHOD);
    wire_kstr(w, "request_url", r, ACTIVITY_LIST_URL);
    wire_kstr(w, "response_code", r, ACTIVITY_LIST_STATUS);
    wire_kstr(w, "http_referer", r, ACTIVITY_LIST_REFERER);
    wire_kstr(w, "user_agent", r, ACTIVITY_LIST_USER_AGENT);
    wire_kstr(w, "user_session", r, ACTIVITY_LIST_SESSION);
    wire_kstr(w, "ip_address", r, ACTIVITY_LIST_IP_ADDRESS);
    wire_ki64(w, "project_id", r, ACTIVITY_LIST_PROJECT_ID);
    wire_ki64(w, "organization_id", r, ACTIVITY_LIST_ORGANIZATION_ID);
    wire_ki64(w, "workspace_owner_id", r, ACTIVITY_LIST_WORKSPACE_OWNER);
    jw_knull(w, "extra_data");
    jw_end(w);
}

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

err *activity_write(struct scope *s, struct jw *w, const struct activity_filter *f)
{
    struct terms t = {.n = 0};
    struct db_arg terms, groups, since = db_text(f->since), until = db_text(f->until), method = db_text(f->method);
    struct row counts;
    struct rows rows;

    if (f->search)
        terms_read(s->a, f->search, &t);
    terms = t.n ? db_texts(s->a, t.terms, t.n) : db_null();
    groups = t.n ? db_i64s(s->a, t.groups, t.n) : db_null();
    TRY(db_one(s->db, SQL_activity_count,
               DB_ARGS(db_i64(s->organization), f->user, f->project, f->owner, method, since, until, terms, groups), &counts));
    TRY(db_many(s->db, SQL_activity_list,
                DB_ARGS(db_i64(s->organization), f->user, f->project, f->owner, method, since, until, terms, groups,
                        db_bool(is(f->ordering, "datetime")), db_bool(is(f->ordering, "-duration")), db_i64(f->skip),
                        db_opt_i64(f->most > 0, f->most)),
                &rows));
    jw_obj(w);
    wire_ki64(w, "recordsTotal", &counts, ACTIVITY_COUNT_TOTAL);
    wire_ki64(w, "recordsFiltered", &counts, ACTIVITY_COUNT_FILTERED);
    jw_key(w, "data");
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        write_one(w, &r);
    }
    jw_end(w);
    jw_end(w);
    return OK;
}

/* ---- for people ---- */

err *activity_rows(struct scope *s, const struct activity_view *v, struct rows *out)
{
    return db_many(s->db, SQL_activity_page,
                   DB_ARGS(db_i64(s->organization), db_text(v->who), db_opt_i64(v->project != 0, v->project), db_text(v->method),
                           db_text(v->since), db_text(v->until), db_text(v->part), db_text(v->before),
                           db_opt_i64(v->before != NULL, v->before_id), db_i64(v->most)),
                   out);
}
