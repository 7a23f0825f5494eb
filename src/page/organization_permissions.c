/* The page of the organization's permissions: which roles hold what. Its form says what it showed, so that a choice of somebody who saved
 * meanwhile is neither turned back by boxes that were not touched nor overwritten unseen. */
#include <string.h>

#include "api/handlers.h"
#include "core/org.h"
#include "core/stamp.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/organization.h"

enum { LIST_MOST = 1 << 20 };

static const char *const codes[] = {"AD", "MA", "RE", "AN", "VO"};
enum { N_CODES = sizeof codes / sizeof *codes };

/* One permission; sets of roles are bits by `codes`. */
struct choice {
    const char *name;
    const json_t *option;
    unsigned possible, usual, now;
    unsigned seen, ticked;      /* of the form; the same as now where none was sent */
};

struct choices {
    struct choice *list;
    size_t n;
};

static unsigned set_of(const json_t *list)
{
    unsigned set = 0;
    const json_t *v;
    size_t i;

    json_array_foreach(list, i, v)
        for (size_t c = 0; c < N_CODES; c++)
            if (strcmp(json_string_value(v), codes[c]) == 0)
                set |= 1u << c;
    return set;
}

static const char *set_text(struct rq *rq, unsigned set, bool names)
{
    const char *text = "";

    for (size_t c = 0; c < N_CODES; c++)
        if (set >> c & 1)
            text = arena_printf(rq->a, "%s%s%s", text, *text ? (names ? ", " : " ") : "", names ? page_role(codes[c]) : codes[c]);
    return *text || !names ? text : "no role";
}

/* ---- reading ---- */

static err *list_read(struct rq *rq, err *(*write)(struct scope *s, struct jw *w, int64_t id), json_t **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    TRY(write(rq->scope, &w, rq->scope->organization));
    return page_tree(rq->a, &b, out);
}

/* Who holds it now: by an override, or by default. */
static unsigned holders(const char *name, const json_t *overrides, unsigned usual)
{
    const json_t *v;
    size_t i;

    json_array_foreach(overrides, i, v)
        if (strcmp(page_text_in(v, "permission"), name) == 0)
            return set_of(json_object_get(v, "roles"));
    return usual;
}

static unsigned ticked(struct rq *rq, const struct choice *c)
{
    unsigned set = 0;

    for (size_t i = 0; i < N_CODES; i++)
        if (c->possible >> i & 1 && rq_form(rq, arena_printf(rq->a, "%s %s", c->name, codes[i])))
            set |= 1u << i;
    return set;
}

/* Of forms that do not say it: what is there now. */
static unsigned seen(struct rq *rq, const struct choice *c)
{
    const char *sent = rq_form(rq, arena_printf(rq->a, "seen %s", c->name));
    unsigned set = 0;

    for (size_t i = 0; sent && i < N_CODES; i++)
        if (strstr(sent, codes[i]))
            set |= 1u << i;
    return sent ? set : c->now;
}

static void choice_read(struct rq *rq, const json_t *option, const json_t *overrides, struct choice *c)
{
    c->name = page_text_in(option, "permission");
    c->option = option;
    c->possible = set_of(json_object_get(option, "options"));
    c->usual = set_of(json_object_get(option, "default"));
    c->now = holders(c->name, overrides, c->usual);
    c->seen = rq->method == M_POST ? seen(rq, c) : c->now;
    c->ticked = rq->method == M_POST ? ticked(rq, c) : c->now;
}

static err *choices_read(struct rq *rq, struct choices *out)
{
    json_t *options, *overrides, *option;
    size_t i;

    TRY(list_read(rq, org_override_options_write, &options));
    TRY(list_read(rq, org_overrides_write, &overrides));
    out->n = json_array_size(options);
    out->list = arena_array(rq->a, out->n, sizeof *out->list);
    json_array_foreach(options, i, option)
        choice_read(rq, option, overrides, &out->list[i]);
    return OK;
}

/* The sender changed something in it. */
static bool is_changed(const struct choice *c)
{
    return c->ticked != c->seen && c->ticked != c->now;
}

/* So did somebody else, in another way. */
static bool is_contested(const struct choice *c)
{
    return is_changed(c) && c->now != c->seen;
}

/* ---- showing ---- */

static json_t *row(struct rq *rq, const struct choice *c)
{
    unsigned on = is_changed(c) ? c->ticked : c->now;
    json_t *o = json_object(), *cells = json_array();

    for (size_t i = 0; i < N_CODES; i++)
        json_array_append_new(cells, json_pack("{s:b, s:b, s:s, s:s}", "possible", c->possible >> i & 1, "on", on >> i & 1, "field",
                                               arena_printf(rq->a, "%s %s", c->name, codes[i]), "role", page_role(codes[i])));
    page_set_text(o, "name", c->name);
    page_set_text(o, "seen", set_text(rq, c->now, false));
    page_set_text(o, "label", page_text_in(c->option, "label"));
    page_set_text(o, "text", page_text_in(c->option, "tooltip"));
    page_set_bool(o, "changed", c->now != c->usual);
    page_set_text(o, "contested", is_contested(c) ? set_text(rq, c->now, true) : NULL);
    json_object_set_new(o, "cells", cells);
    return o;
}

static err *show(struct rq *rq, const err *e)
{
    json_t *ctx, *rows = json_array(), *roles = json_array();
    struct choices all;

    TRY(organization_context(rq, "Permissions", "permissions", "permissions", &ctx));
    json_object_set_new(ctx, "permissions", rows);
    json_object_set_new(ctx, "roles", roles);
    for (size_t i = 0; i < N_CODES; i++)
        json_array_append_new(roles, json_pack("{s:s}", "text", page_role(codes[i])));
    TRY(choices_read(rq, &all));
    for (size_t i = 0; i < all.n; i++)
        json_array_append_new(rows, row(rq, &all.list[i]));
    return organization_render(rq, "organization_permissions", ctx, e);
}

err *page_organization_permissions(struct rq *rq)
{
    return show(rq, NULL);
}

/* ---- saving ---- */

/* The same as by default is no override. */
static err *set(struct rq *rq, const struct choice *c)
{
    json_t *roles = json_array();
    err *e;

    for (size_t i = 0; i < N_CODES; i++)
        if (c->ticked >> i & 1)
            json_array_append_new(roles, json_string(codes[i]));
    e = org_override_set(rq->scope, rq->scope->organization, c->name, c->ticked == c->usual ? NULL : roles);
    json_decref(roles);
    return e;
}

/* What is there is read under the organization's lock: who comes second sees what the first one saved. */
static err *save_tx(struct db *db, void *arg)
{
    struct rq *rq = arg;
    struct choices all;
    const char *version;

    (void)db;
    TRY(stamp_version(rq->scope, "organization", rq->scope->organization, true, &version));
    TRY(choices_read(rq, &all));
    for (size_t i = 0; i < all.n; i++)
        if (is_contested(&all.list[i]))
            return verr_one(rq->a, NULL, "Somebody changed the same permissions meanwhile, so nothing was saved. Look at the marked ones, then save again.");
    for (size_t i = 0; i < all.n; i++)
        if (is_changed(&all.list[i]))
            TRY(set(rq, &all.list[i]));
    return OK;
}

err *page_organization_permissions_post(struct rq *rq)
{
    err *e;

    TRY(rq_body(rq));
    if (strcmp(page_sent(rq, "action"), "save") != 0)
        return err_new(rq->a, ERR_BAD_REQUEST, "Unknown action.");
    e = tx_run(rq->scope->db, TX_WRITE, save_tx, rq);
    if (e && e->kind == ERR_VALIDATION)
        return show(rq, e);
    TRY(e);
    return page_see_other(rq, "/organization/permissions", "good", "Permissions saved. They count from the next click.");
}
