/* The account's page of keyboard shortcuts: the editor's actions with the user's keys, where two of them meet, and storing. The rules
 * are core's; scripts store the same map by /api/current-user/hotkeys/. */
#include "page/account_keys.h"

#include <string.h>

#include "core/hotkeys.h"
#include "core/user.h"
#include "json/verr.h"
#include "page/page.h"

/* One action as the form shows it. */
struct line {
    const struct hotkey *k;
    const struct hotkey_section *section;
    const char *value;       /* "": switched off */
    const char *canonical;   /* NULL: switched off */
    bool changed;
};

static json_t *stored_keys(struct rq *rq, err **e)
{
    const char *text;
    json_t *map = NULL;

    *e = user_hotkeys(rq->scope, &text);
    if (!*e)
        map = json_loads(text, 0, NULL);
    return json_is_object(map) ? map : json_object();
}

static const char *stored_value(const json_t *map, const struct hotkey *k)
{
    const json_t *entry = json_object_get(map, k->name);
    const char *key = json_string_value(json_object_get(entry, "key"));

    if (!entry || !key)
        return k->key;
    return json_is_false(json_object_get(entry, "active")) ? "" : key;
}

static const char *sent_value(struct rq *rq, const struct hotkey *k)
{
    const char *sent = rq_form(rq, k->name), *reset = rq_form(rq, "reset");

    if (!sent || (reset && (strcmp(reset, k->name) == 0 || strcmp(reset, "all") == 0)))
        return k->key;
    return sent;
}

static void line_set(struct rq *rq, struct line *l, const char *value)
{
    l->value = value;
    l->canonical = *value ? hotkey_canonical(rq->a, value) : NULL;
    l->changed = !l->canonical || strcmp(l->canonical, hotkey_canonical(rq->a, l->k->key)) != 0;
}

/* All actions, with `map` or the form. */
static struct line *lines(struct rq *rq, const json_t *map, size_t *n)
{
    size_t n_sections, at = 0;
    const struct hotkey *all = hotkey_actions(n);
    const struct hotkey_section *sections = hotkey_sections(&n_sections);
    struct line *out = arena_array(rq->a, *n, sizeof *out);

    for (size_t i = 0; i < *n; i++) {
        while (!hotkey_in_section(&all[i], &sections[at]))
            at++;
        out[i].k = &all[i];
        out[i].section = &sections[at];
        line_set(rq, &out[i], map ? stored_value(map, &all[i]) : sent_value(rq, &all[i]));
    }
    return out;
}

/* ---- showing ---- */

/* Another action with the same key on the same page. The editor's own keys share some between tools that are never in use at once. */
static const struct line *clash(const struct line *all, size_t n, const struct line *l)
{
    for (size_t i = 0; l->canonical && i < n; i++)
        if (&all[i] != l && all[i].canonical && (all[i].changed || l->changed) &&
            strcmp(all[i].canonical, l->canonical) == 0 && hotkey_sections_meet(all[i].section, l->section))
            return &all[i];
    return NULL;
}

static json_t *line_object(struct rq *rq, const struct line *all, size_t n, const struct line *l, const json_t *errors)
{
    const struct line *other = clash(all, n, l);
    const char *problem = json_string_value(json_object_get(errors, l->k->name));
    json_t *o = json_object();

    page_set_text(o, "name", l->k->name);
    page_set_text(o, "text", l->k->text);
    page_set_text(o, "value", l->value);
    page_set_text(o, "own", l->k->key);
    page_set_text(o, "mac", l->changed ? NULL : l->k->mac);
    page_set_bool(o, "changed", l->changed);
    page_set_text(o, "problem", problem);
    page_set_text(o, "clash", other ? arena_printf(rq->a, "Also: %s", other->k->text) : NULL);
    return o;
}

err *account_keys_fill(struct rq *rq, json_t *ctx)
{
    size_t n, n_sections;
    err *e = OK;
    json_t *map = rq->method == M_POST ? NULL : stored_keys(rq, &e), *list = json_array();
    struct line *all = lines(rq, map, &n);
    const struct hotkey_section *sections = hotkey_sections(&n_sections);

    TRY(e);
    for (size_t i = 0; i < n_sections; i++) {
        json_t *keys = json_array();

        for (size_t k = 0; k < n; k++)
            if (all[k].section == &sections[i])
                json_array_append_new(keys, line_object(rq, all, n, &all[k], json_object_get(ctx, "errors")));
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o}", "id", sections[i].id, "title", sections[i].title, "tags",
                                              sections[i].tags, "keys", keys));
    }
    json_object_set_new(ctx, "key_sections", list);
    return OK;
}

/* ---- storing ---- */

/* A key that is switched off keeps the editor's own beside it, for who turns it on again. */
static json_t *entry(const struct line *l)
{
    return l->canonical ? json_pack("{s:s, s:b}", "key", l->canonical, "active", 1)
                        : json_pack("{s:s, s:b}", "key", l->k->key, "active", 0);
}

/* Take the lines over into the map; what it has besides, for other programs, stays. */
static err *map_fill(struct rq *rq, json_t *map)
{
    struct verr *v = verr_new(rq->a);
    size_t n;
    struct line *all = lines(rq, NULL, &n);

    for (size_t i = 0; i < n; i++) {
        json_t *one = json_object();
        const char *problem;

        json_object_del(map, all[i].k->name);
        if (all[i].changed)
            json_object_set_new(one, all[i].k->name, entry(&all[i]));
        problem = hotkeys_problem(rq->a, one);
        if (problem)
            verr_add(v, all[i].k->name, "%s.", problem);
        json_object_update(map, one);
        json_decref(one);
    }
    return verr_done(v);
}

err *account_keys_save(struct rq *rq)
{
    err *e;
    json_t *map = stored_keys(rq, &e);
    char *text;

    if (!e)
        e = map_fill(rq, map);
    text = json_dumps(map, JSON_COMPACT);
    json_decref(map);
    if (!e)
        e = user_set_hotkeys(rq->scope, arena_strdup(rq->a, text ? text : "{}"));
    free(text);
    return e;
}
