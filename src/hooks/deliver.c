/* Deliveries of webhooks. Whoever sends for one holds its lease, so that its order is kept; the row of a delivery says "delivered" only
 * after the answer came, so a sender that dies leaves it to be sent again. */
#include "hooks/deliver.h"

#include <jansson.h>
#include <sodium.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "hooks/deliver.sql.h"
#include "net/hop.h"

enum {
    SLICE_US = 1000 * 1000,     /* then others have their turn */
    ANSWER_MOST = 65536,
    RETRY_MOST_S = 3600,
    AWAY_PAUSE_US = 500 * 1000,
};

struct sending {
    struct db *db;
    struct arena *a;
    int64_t webhook;
    bool more;      /* there may be another to send at once */
};

/* The lease must outlive one exchange. */
static double lease_s(void)
{
    return 30 + (double)cfg.webhook_timeout_ms / 1000;
}

/* ---- the request ---- */

static bool ignore(void *to, const char *p, size_t len)
{
    (void)to;
    (void)p;
    (void)len;
    return true;
}

static const char *signature(struct arena *a, const char *secret, const char *body)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    return arena_printf(a, "X-Labeld-Signature: sha256=%s", hex_encode(a, mac, sizeof mac));
}

/* The webhook's own, and what tells this delivery from others. */
static const char *const *headers_of(struct arena *a, const struct row *r, const char *body)
{
    json_t *own = json_loads(row_json(r, DELIVER_NEXT_HEADERS), 0, NULL), *value;
    const char **out = arena_array(a, json_object_size(own) + 4, sizeof *out), *name;
    size_t n = 0;

    json_object_foreach(own, name, value)
    {
        out[n++] = arena_printf(a, "%s: %s", name, json_string_value(value));
    }
    json_decref(own);
    out[n++] = arena_printf(a, "X-Labeld-Event: %s", row_text(r, DELIVER_NEXT_ACTION));
    out[n++] = arena_printf(a, "X-Labeld-Delivery: %lld", (long long)row_i64(r, DELIVER_NEXT_ID));
    if (!row_null(r, DELIVER_NEXT_SECRET))
        out[n++] = signature(a, row_text(r, DELIVER_NEXT_SECRET), body);
    return out;
}

static void post(struct arena *a, const struct row *r, struct hop_result *out)
{
    const char *body = row_text(r, DELIVER_NEXT_BODY);
    struct hop h = {
        .url = row_text(r, DELIVER_NEXT_URL),
        .body = body,
        .body_len = row_len(r, DELIVER_NEXT_BODY),
        .headers = headers_of(a, r, body),
        .agent = "labeld",
        .guard = cfg.ssrf_protection_enabled,
        .timeout_ms = cfg.webhook_timeout_ms,
        .most_bytes = ANSWER_MOST,
        .sink = ignore,
    };

    hop_run(a, &h, out);
}

/* ---- how it went ---- */

/* What is answered beyond the status is not read: an answer that is too long is one all the same. */
static const char *failure(struct arena *a, const struct hop_result *r)
{
    switch (r->end) {
    case HOP_ANSWERED:
    case HOP_TOO_LARGE:
    case HOP_SINK:
        return r->status >= 200 && r->status < 300 ? NULL : arena_printf(a, "HTTP status %ld", r->status);
    case HOP_NO_URL:
    case HOP_SCHEME:
    case HOP_NO_HOST:
        return "not an http or https URL";
    case HOP_UNRESOLVED:
        return arena_printf(a, "can't resolve %s", r->text);
    case HOP_REFUSED:
        return arena_printf(a, "reserved network address (block: %s)", r->text);
    case HOP_TIMEOUT:
        return "no answer in time";
    default:
        return r->text ? r->text : "failed";
    }
}

/* 5, 15, 45 … seconds, at most an hour. */
static double retry_s(int64_t attempts)
{
    double s = (double)cfg.webhook_retry_s;

    for (int64_t i = 0; i < attempts && s < RETRY_MOST_S; i++)
        s *= 3;
    return s < RETRY_MOST_S ? s : RETRY_MOST_S;
}

static err *note(struct sending *s, const struct row *r, const struct hop_result *answer, int64_t ms)
{
    const char *why = failure(s->a, answer);
    int64_t attempts = row_i64(r, DELIVER_NEXT_ATTEMPTS);
    struct db_arg id = db_i64(row_i64(r, DELIVER_NEXT_ID)), status = db_opt_i64(answer->status > 0, answer->status);
    bool final = attempts + 1 >= cfg.webhook_attempts;

    if (!why)
        return db_exec(s->db, SQL_deliver_done, DB_ARGS(db_i64(s->webhook), id, status, db_i64(ms)), NULL);
    s->more = final;
    log_msg(final ? LOG_WARNING : LOG_INFO, "webhook not delivered", "webhook=%lld delivery=%lld attempt=%lld final=%d reason=\"%s\"",
            (long long)s->webhook, (long long)row_i64(r, DELIVER_NEXT_ID), (long long)attempts + 1, final, why);
    return db_exec(s->db, SQL_deliver_failed,
                   DB_ARGS(db_i64(s->webhook), id, status, db_i64(ms), db_text(why), db_f64(retry_s(attempts)), db_bool(final)), NULL);
}

static err *send_next(struct sending *s)
{
    struct hop_result answer = {0};
    int64_t began_us = clock_mono_us();
    struct row r;

    TRY(db_opt(s->db, SQL_deliver_next, DB_ARGS(db_i64(s->webhook)), &r, &s->more));
    if (!s->more)
        return OK;
    post(s->a, &r, &answer);
    return note(s, &r, &answer, (clock_mono_us() - began_us) / 1000);
}

/* ---- turns ---- */

err *deliver_step(struct db *db, struct arena *a, bool (*stopping)(void), bool *worked)
{
    int64_t until_us = clock_mono_us() + SLICE_US;
    struct sending s = {.db = db, .a = a, .more = true};
    struct row r;

    arena_reset(a);
    db_use_arena(db, a);
    TRY(db_ensure(db));
    TRY(db_opt(db, SQL_deliver_lease, DB_ARGS(db_f64(lease_s())), &r, worked));
    if (!*worked)
        return OK;
    s.webhook = row_i64(&r, DELIVER_LEASE_ID);
    while (s.more && !stopping() && clock_mono_us() < until_us) {
        struct arena_mark m = arena_mark(a);

        TRY(send_next(&s));
        arena_rewind(a, m);
    }
    return db_exec(db, SQL_deliver_release, DB_ARGS(db_i64(s.webhook)), NULL);
}

void deliver_run(struct db *db, struct arena *a, bool (*stopping)(void))
{
    bool down = false;

    while (!stopping()) {
        bool worked;
        err *e = deliver_step(db, a, stopping, &worked);

        if (e && (!down || e->kind != ERR_UNAVAILABLE))
            log_err(e, "webhooks");
        down = e && e->kind == ERR_UNAVAILABLE;
        if (e)
            usleep(AWAY_PAUSE_US);
        else if (!worked)
            usleep((useconds_t)(cfg.job_poll_ms * 1000));
    }
}
