/* Commands about accounts, organizations and tokens. They print one JSON object for scripts; a generated password appears
 * there and nowhere else. */
#include <stdio.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/auth.h"
#include "core/org.h"
#include "core/password.h"
#include "core/token.h"
#include "core/user.h"
#include "json/jw.h"
#include "main/admin.h"

enum {
    GENERATED_BYTES = 9,       /* 12 characters of base64url */
    LINE_MOST = 1024,
    OUTPUT_MOST = 64 * 1024,
};

/* An account that is being made, and what is shown of it. */
struct account {
    struct admin *ad;
    const char *email, *password, *token, *role;
    const char *hash;
    int64_t organization;
    int64_t id;
    const char *token_made;    /* apart from `token`: a transaction may run twice */
    bool created;
    bool revoke_tokens;        /* a new password ends them too */
};

/* ---------------------------------------------------------------- small parts */

static const char *or_setting(const char *option, const char *setting)
{
    return option ? option : *setting ? setting : NULL;
}

static err *read_password(struct admin *ad, const char **password)
{
    char line[LINE_MOST];

    if (!fgets(line, sizeof(line), stdin))
        return err_new(ad->a, ERR_BAD_REQUEST, "no password on standard input");
    line[strcspn(line, "\r\n")] = '\0';
    *password = arena_strdup(ad->a, line);
    return OK;
}

/* NULL: a new one. "-": from standard input. Rules for passwords that people choose in the browser do not bind the administrator. */
static err *settle_password(struct admin *ad, const char **password, const char **hash)
{
    unsigned char *random;

    if (!*password) {
        random = arena_alloc(ad->a, GENERATED_BYTES);
        (void)hex_decode(hex_random(ad->a, GENERATED_BYTES), 2 * GENERATED_BYTES, random);
        *password = b64url_encode(ad->a, random, GENERATED_BYTES);
    } else if (!strcmp(*password, "-")) {
        TRY(read_password(ad, password));
    }
    if (utf8_count(*password, strlen(*password)) < PASSWORD_LEAST)
        return err_new(ad->a, ERR_BAD_REQUEST, "the password must have %d characters or more", PASSWORD_LEAST);
    return password_hash(ad->a, *password, hash);
}

static err *check_email(struct admin *ad, const char *email)
{
    const char *at = email ? strchr(email, '@') : NULL;

    if (!email)
        return err_new(ad->a, ERR_BAD_REQUEST, "--email is needed");
    if (!at || at == email || !at[1] || strpbrk(email, " \t\r\n\""))
        return err_new(ad->a, ERR_BAD_REQUEST, "\"%s\" is no e-mail address", email);
    return OK;
}

static err *find_user(struct admin *ad, const char *email, int64_t *id)
{
    TRY(check_email(ad, email));
    TRY(user_find(ad->db, email, id));
    if (*id == 0)
        return err_new(ad->a, ERR_NOT_FOUND, "there is no account with the e-mail %s", email);
    return OK;
}

static void begin(struct admin *ad, struct jw *w, struct strbuf *b)
{
    strbuf_init(b, ad->a, OUTPUT_MOST);
    jw_init_strbuf(w, b);
    jw_obj(w);
}

static void finish(struct jw *w, struct strbuf *b)
{
    jw_end(w);
    puts(b->buf);
}

static void print_account(const struct account *c)
{
    struct strbuf b;
    struct jw w;

    begin(c->ad, &w, &b);
    jw_kbool(&w, "created", c->created);
    if (c->created) {
        jw_ki64(&w, "id", c->id);
        jw_kstr(&w, "email", c->email);
        jw_kstr(&w, "password", c->password);
        jw_kstr(&w, "token", c->token_made);
    }
    finish(&w, &b);
}

static err *settle_token(struct account *c, struct db *db)
{
    if (c->token)
        return token_legacy_set(db, c->ad->a, c->id, c->token, &c->token_made);
    return token_legacy(db, c->ad->a, c->id, &c->token_made);
}

/* ---------------------------------------------------------------- init */

static err *init_tx(struct db *db, void *arg)
{
    struct account *c = arg;
    const struct user_new user = {.email = c->email, .password_hash = c->hash};
    const struct user_invite where = {.first_account = true};
    struct org_brief org;

    c->created = false;
    TRY(org_first_locked(c->ad->a, db, &org));
    if (org.id)
        return OK;
    TRY(user_sign_up(c->ad->a, db, &user, &where, &c->id));
    TRY(settle_token(c, db));
    c->created = true;
    return OK;
}

err *admin_init(struct admin *ad, int argc, char **argv)
{
    struct account c = {.ad = ad};
    const struct admin_option options[] = {{"email", &c.email, NULL}, {"password", &c.password, NULL}, {"token", &c.token, NULL},
                                           {NULL, NULL, NULL}};
    struct org_brief org;

    TRY(admin_options(ad, argc, argv, options, NULL));
    c.email = or_setting(c.email, cfg.username);
    c.password = or_setting(c.password, cfg.password);
    c.token = or_setting(c.token, cfg.user_token);
    TRY(org_first(ad->a, ad->db, &org));
    if (!org.id) {
        TRY(check_email(ad, c.email));
        TRY(settle_password(ad, &c.password, &c.hash));
        TRY(tx_run(ad->db, TX_WRITE, init_tx, &c));
    }
    print_account(&c);
    return OK;
}

/* ---------------------------------------------------------------- create-user */

static err *create_tx(struct db *db, void *arg)
{
    struct account *c = arg;
    const struct user_new user = {.email = c->email, .password_hash = c->hash, .role = c->role};

    TRY(user_add(c->ad->a, db, c->organization, &user, &c->id));
    return settle_token(c, db);
}

static err *settle_organization(struct admin *ad, const char *text, int64_t *id)
{
    struct org_brief org;

    if (text && !int_parse(text, 1, INT32_MAX, id))
        return err_new(ad->a, ERR_BAD_REQUEST, "--organization must be a number");
    if (text)
        return OK;
    TRY(org_first(ad->a, ad->db, &org));
    *id = org.id;
    return *id ? OK : err_new(ad->a, ERR_NOT_FOUND, "there is no organization yet: labeld-admin init makes the first");
}

err *admin_create_user(struct admin *ad, int argc, char **argv)
{
    struct account c = {.ad = ad, .created = true};
    const char *organization = NULL;
    const struct admin_option options[] = {{"email", &c.email, NULL}, {"password", &c.password, NULL}, {"token", &c.token, NULL},
                                           {"role", &c.role, NULL}, {"organization", &organization, NULL}, {NULL, NULL, NULL}};

    TRY(admin_options(ad, argc, argv, options, NULL));
    TRY(check_email(ad, c.email));
    if (c.role && !role_parse(c.role))
        return err_new(ad->a, ERR_BAD_REQUEST, "\"%s\" is no role", c.role);
    TRY(settle_organization(ad, organization, &c.organization));
    TRY(settle_password(ad, &c.password, &c.hash));
    TRY(tx_run(ad->db, TX_WRITE, create_tx, &c));
    print_account(&c);
    return OK;
}

/* ---------------------------------------------------------------- passwords and tokens */

static err *password_tx(struct db *db, void *arg)
{
    struct account *c = arg;
    struct scope s = {.a = c->ad->a, .db = db};

    TRY(auth_as_user(&s, c->id));
    TRY(user_set_password(&s, c->id, c->hash));
    return c->revoke_tokens ? token_revoke_all(db, c->id) : OK;
}

err *admin_reset_password(struct admin *ad, int argc, char **argv)
{
    struct account c = {.ad = ad};
    const struct admin_option options[] = {{"email", &c.email, NULL}, {"password", &c.password, NULL},
                                           {"revoke-tokens", NULL, &c.revoke_tokens}, {NULL, NULL, NULL}};
    struct strbuf b;
    struct jw w;

    TRY(admin_options(ad, argc, argv, options, NULL));
    TRY(find_user(ad, c.email, &c.id));
    TRY(settle_password(ad, &c.password, &c.hash));
    TRY(tx_run(ad->db, TX_WRITE, password_tx, &c));
    begin(ad, &w, &b);
    jw_kstr(&w, "email", c.email);
    jw_kstr(&w, "password", c.password);
    finish(&w, &b);
    return OK;
}

static err *token_tx(struct db *db, void *arg)
{
    return settle_token(arg, db);
}

static err *replace_token_tx(struct db *db, void *arg)
{
    struct account *c = arg;

    return token_legacy_set(db, c->ad->a, c->id, c->token, &c->token_made);
}

static err *print_token(struct account *c, tx_fn *fn)
{
    struct strbuf b;
    struct jw w;

    TRY(find_user(c->ad, c->email, &c->id));
    TRY(tx_run(c->ad->db, TX_WRITE, fn, c));
    begin(c->ad, &w, &b);
    jw_kstr(&w, "email", c->email);
    jw_kstr(&w, "token", c->token_made);
    finish(&w, &b);
    return OK;
}

err *admin_create_token(struct admin *ad, int argc, char **argv)
{
    struct account c = {.ad = ad};
    const struct admin_option options[] = {{"email", &c.email, NULL}, {NULL, NULL, NULL}};

    TRY(admin_options(ad, argc, argv, options, NULL));
    return print_token(&c, token_tx);
}

err *admin_reset_token(struct admin *ad, int argc, char **argv)
{
    struct account c = {.ad = ad};
    const struct admin_option options[] = {{"email", &c.email, NULL}, {"token", &c.token, NULL}, {NULL, NULL, NULL}};

    TRY(admin_options(ad, argc, argv, options, NULL));
    return print_token(&c, replace_token_tx);
}

/* ---------------------------------------------------------------- organizations */

struct founding {
    struct admin *ad;
    const char *title;
    int64_t owner, id;
};

static err *found_tx(struct db *db, void *arg)
{
    struct founding *f = arg;

    return org_create(f->ad->a, db, f->title, f->owner, &f->id);
}

err *admin_create_organization(struct admin *ad, int argc, char **argv)
{
    struct founding f = {.ad = ad};
    const char *owner = NULL;
    const struct admin_option options[] = {{"title", &f.title, NULL}, {"owner", &owner, NULL}, {NULL, NULL, NULL}};
    struct strbuf b;
    struct jw w;

    TRY(admin_options(ad, argc, argv, options, NULL));
    if (!f.title || !*f.title)
        return err_new(ad->a, ERR_BAD_REQUEST, "--title is needed");
    TRY(find_user(ad, owner, &f.owner));
    TRY(tx_run(ad->db, TX_WRITE, found_tx, &f));
    begin(ad, &w, &b);
    jw_ki64(&w, "id", f.id);
    jw_kstr(&w, "title", f.title);
    jw_kstr(&w, "owner", owner);
    finish(&w, &b);
    return OK;
}
