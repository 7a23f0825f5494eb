/* Legacy tokens, personal access tokens, access tokens, and the secret that signs the last two. An access token carries the jti of
 * the token it came from, so that a revocation takes effect at the next request. */
#include "core/token.h"

#include "base/cfg.h"
#include "base/clock.h"
#include "base/text.h"
#include "core/token.sql.h"
#include "core/wire.h"
#include "json/verr.h"
#include "net/jwt.h"

enum { SECRET_LEAST = 32, LEGACY_BYTES = 20, JTI_BYTES = 16, DAY_S = 86400 };

/* ---- the secret ---- */

static err *secret_from_database(struct arena *a, struct db *db, const char **out)
{
    struct row r;
    bool found;

    TRY(db_opt(db, SQL_token_secret_get, DB_NOARGS, &r, &found));
    if (!found) {
        TRY(db_exec(db, SQL_token_secret_add, DB_ARGS(db_text(hex_random(a, 32))), NULL));
        TRY(db_one(db, SQL_token_secret_get, DB_NOARGS, &r));
    }
    *out = row_text(&r, TOKEN_SECRET_GET_VALUE);
    return OK;
}

/* Kept for the life of the process, unless read inside a transaction: what that made may yet be rolled back. */
static err *secret(struct arena *a, struct db *db, const char **out)
{
    static char kept[256];

    if (cfg.secret_key[0]) {
        if (strlen(cfg.secret_key) < SECRET_LEAST)
            return err_internal(a, "setting secret_key has fewer than %d characters", SECRET_LEAST);
        *out = cfg.secret_key;
        return OK;
    }
    if (kept[0]) {
        *out = kept;
        return OK;
    }
    TRY(secret_from_database(a, db, out));
    if (!tx_active(db) && strlen(*out) < sizeof kept)
        memcpy(kept, *out, strlen(*out) + 1);
    return OK;
}

/* ---- claims ---- */

static const char *claim_text(const json_t *claims, const char *name)
{
    const char *s = json_string_value(json_object_get(claims, name));

    return s ? s : "";
}

static bool claims_valid(const json_t *claims, const char *type, struct token_claims *out)
{
    const json_t *exp = json_object_get(claims, "exp");

    *out = (struct token_claims){.jti = claim_text(claims, "jti"), .parent = claim_text(claims, "refresh_jti")};
    return strcmp(claim_text(claims, "token_type"), type) == 0 && json_is_integer(exp) &&
           json_integer_value(exp) > clock_wall_us() / 1000000 && out->jti[0] &&
           int_parse(claim_text(claims, "user_id"), 1, INT32_MAX, &out->user);
}

err *token_open(struct arena *a, struct db *db, const char *jwt, const char *type, struct token_claims *out, bool *found)
{
    const char *key;
    json_t *claims;

    TRY(secret(a, db, &key));
    *found = jwt_open(a, jwt, key, strlen(key), &claims) && claims_valid(claims, type, out);
    return OK;
}

/* Claims in the order the reference writes them; `extra` is "" or ",\"name\":\"value\"". */
static const char *claims_text(struct arena *a, const char *type, int64_t issued, int64_t life_s, const char *jti, int64_t user,
                               const char *extra)
{
    return arena_printf(a, "{\"token_type\":\"%s\",\"exp\":%lld,\"iat\":%lld,\"jti\":\"%s\",\"user_id\":\"%lld\"%s}", type,
                        (long long)(issued + life_s), (long long)issued, jti, (long long)user, extra);
}

/* ---- legacy tokens ---- */

err *token_legacy(struct db *db, struct arena *a, int64_t user, const char **out)
{
    struct row r;
    bool found;

    TRY(db_opt(db, SQL_token_legacy_get, DB_ARGS(db_i64(user)), &r, &found));
    if (!found) {
        TRY(db_exec(db, SQL_token_legacy_add, DB_ARGS(db_i64(user), db_text(hex_random(a, LEGACY_BYTES))), NULL));
        TRY(db_one(db, SQL_token_legacy_get, DB_ARGS(db_i64(user)), &r));
    }
    *out = row_text(&r, TOKEN_LEGACY_GET_TOKEN);
    return OK;
}

err *token_legacy_set(struct db *db, struct arena *a, int64_t user, const char *token, const char **out)
{
    unsigned char bytes[LEGACY_BYTES];

    if (!token)
        token = hex_random(a, LEGACY_BYTES);
    if (strlen(token) != 2 * LEGACY_BYTES || !hex_decode(token, 2 * LEGACY_BYTES, bytes))
        return err_new(a, ERR_BAD_REQUEST, "A token has %d hexadecimal digits.", 2 * LEGACY_BYTES);
    *out = token;
    return db_exec(db, SQL_token_legacy_put, DB_ARGS(db_i64(user), db_text(token)), NULL);
}

/* ---- personal access tokens ---- */

static err *refresh_issue(struct scope *s, int64_t ttl_days, struct token_refresh *out)
{
    int64_t issued = clock_wall_us() / 1000000, life = ttl_days * DAY_S;
    const char *jti = hex_random(s->a, JTI_BYTES), *key;
    struct row r;

    TRY(secret(s->a, s->db, &key));
    out->token = jwt_sign(s->a, claims_text(s->a, "refresh", issued, life, jti, s->user, ""), key, strlen(key));
    TRY(db_one(s->db, SQL_token_refresh_add,
               DB_ARGS(db_text(jti), db_i64(s->user), db_text(jwt_head(s->a, out->token)), db_i64(issued), db_i64(issued + life)),
               &r));
    out->created_at = wire_time_text(s->a, row_text(&r, TOKEN_REFRESH_ADD_CREATED_AT));
    out->expires_at = wire_time_text(s->a, row_text(&r, TOKEN_REFRESH_ADD_EXPIRES_AT));
    return OK;
}

static err *lock_user(struct scope *s, int64_t *ttl_days)
{
    struct row r;

    TRY(db_one(s->db, SQL_token_lock_user, DB_ARGS(db_i64(s->user), db_opt_i64(s->organization != 0, s->organization)), &r));
    *ttl_days = row_i64(&r, TOKEN_LOCK_USER_TTL_DAYS);
    return OK;
}

err *token_refresh_create(struct scope *s, struct token_refresh *out)
{
    struct row r;
    int64_t ttl_days;
    bool alive;

    TRY(lock_user(s, &ttl_days));
    TRY(db_opt(s->db, SQL_token_refresh_alive, DB_ARGS(db_i64(s->user)), &r, &alive));
    if (alive)
        return err_new(s->a, ERR_CONFLICT, "You already have a valid token. Please revoke it before creating a new one.");
    return refresh_issue(s, ttl_days, out);
}

err *token_refresh_list(struct scope *s, struct jw *w)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_token_refresh_list, DB_ARGS(db_i64(s->user)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        jw_obj(w);
        wire_kstr(w, "token", &r, TOKEN_REFRESH_LIST_HEAD);
        wire_ktime(w, "created_at", &r, TOKEN_REFRESH_LIST_CREATED_AT);
        wire_ktime(w, "expires_at", &r, TOKEN_REFRESH_LIST_EXPIRES_AT);
        wire_ktime(w, "last_used_at", &r, TOKEN_REFRESH_LIST_LAST_USED_AT);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

err *token_refresh_infos(struct scope *s, struct token_info **out, size_t *n)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_token_refresh_list, DB_ARGS(db_i64(s->user)), &rows));
    *n = (size_t)rows.n;
    *out = arena_array(s->a, *n, sizeof **out);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        (*out)[i] = (struct token_info){
            .jti = row_text(&r, TOKEN_REFRESH_LIST_JTI),
            .head = row_text(&r, TOKEN_REFRESH_LIST_HEAD),
            .created_at = wire_time_text(s->a, row_text(&r, TOKEN_REFRESH_LIST_CREATED_AT)),
            .expires_at = wire_time_text(s->a, row_text(&r, TOKEN_REFRESH_LIST_EXPIRES_AT)),
            .last_used_at = wire_time_text(s->a, row_text(&r, TOKEN_REFRESH_LIST_LAST_USED_AT)),
        };
    }
    return OK;
}

err *token_refresh_revoke(struct scope *s, const char *jti)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_token_refresh_revoke_own, DB_ARGS(db_text(jti), db_i64(s->user)), &n));
    return n ? OK : err_new(s->a, ERR_NOT_FOUND, NULL);
}

err *token_legacy_info(struct scope *s, struct token_info *out)
{
    struct row r;
    bool found;

    *out = (struct token_info){0};
    TRY(db_opt(s->db, SQL_token_legacy_info, DB_ARGS(db_i64(s->user)), &r, &found));
    if (!found)
        return OK;
    out->head = row_text(&r, TOKEN_LEGACY_INFO_TOKEN);
    out->created_at = wire_time_text(s->a, row_text(&r, TOKEN_LEGACY_INFO_CREATED_AT));
    out->last_used_at = wire_time_text(s->a, row_text(&r, TOKEN_LEGACY_INFO_LAST_USED_AT));
    return OK;
}

static err *refuse(struct scope *s, const char *detail)
{
    err *e = err_new(s->a, ERR_UNAUTHENTICATED, "%s", detail);

    e->authenticate = "Bearer realm=\"api\"";
    return e;
}

static const char *access_issue(struct scope *s, const struct token_claims *from, const char *key)
{
    const char *extra = arena_printf(s->a, ",\"refresh_jti\":\"%s\"", from->jti);
    const char *claims = claims_text(s->a, "access", clock_wall_us() / 1000000, cfg.access_token_ttl_s,
                                     hex_random(s->a, JTI_BYTES), from->user, extra);

    return jwt_sign(s->a, claims, key, strlen(key));
}

err *token_access(struct scope *s, const char *refresh, const char **access)
{
    struct token_claims c;
    struct row r;
    const char *key;
    bool found;

    TRY(token_open(s->a, s->db, refresh, "refresh", &c, &found));
    if (!found)
        return refuse(s, "Token is invalid");
    TRY(db_opt(s->db, SQL_token_refresh_use, DB_ARGS(db_text(c.jti), db_i64(c.user)), &r, &found));
    if (!found || !row_bool(&r, TOKEN_REFRESH_USE_ACTIVE))
        return refuse(s, "Token is invalid");
    if (row_bool(&r, TOKEN_REFRESH_USE_REVOKED))
        return refuse(s, "Token is blacklisted");
    TRY(secret(s->a, s->db, &key));
    *access = access_issue(s, &c, key);
    return OK;
}

static err *revoke(struct scope *s, const char *jti, const char *head, bool *revoked)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_token_refresh_revoke, DB_ARGS(db_text(jti), db_text(head)), &n));
    *revoked = n > 0;
    return OK;
}

err *token_rotate(struct scope *s, const char *refresh, const char **out)
{
    struct token_refresh fresh;
    struct token_claims c;
    int64_t ttl_days;
    bool good;

    TRY(token_open(s->a, s->db, refresh, "refresh", &c, &good));
    if (good && c.user == s->user)
        TRY(revoke(s, c.jti, jwt_head(s->a, refresh), &good));
    else
        good = false;
    if (!good)
        return verr_one(s->a, NULL, "Invalid refresh token");
    TRY(lock_user(s, &ttl_days));
    TRY(refresh_issue(s, ttl_days, &fresh));
    *out = fresh.token;
    return OK;
}

/* Listings show no signature, so none is asked for here: who knows header and payload may only end the token, never use it. */
err *token_revoke(struct scope *s, const char *refresh)
{
    bool done = false;
    json_t *claims;
    err *e;

    if (jwt_peek(s->a, refresh, &claims))
        TRY(revoke(s, claim_text(claims, "jti"), jwt_head(s->a, refresh), &done));
    if (done)
        return OK;
    e = err_new(s->a, ERR_NOT_FOUND, NULL);
    e->bare_json = "{\"detail\":\"Token is invalid or already blacklisted.\"}";
    return e;
}

err *token_revoke_all(struct db *db, int64_t user)
{
    return db_exec(db, SQL_token_revoke_all, DB_ARGS(db_i64(user)), NULL);
}
