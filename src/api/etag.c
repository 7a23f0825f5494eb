/* ETags of objects, and the checks of writers that send them back. Handlers of projects, tasks and annotations ask for both; for the
 * other kinds the gate does, by the table below. */
#include "api/etag.h"

#include <string.h>

#include "base/text.h"
#include "core/auth.h"
#include "core/wire.h"

static const char *tag_of(struct rq *rq, const char *stamp)
{
    return arena_printf(rq->a, "\"%s\"", stamp);
}

void etag_set(struct rq *rq, const struct row *r, int col)
{
    rs_header(rq, "ETag", tag_of(rq, wire_time_text(rq->a, row_text(r, col))));
}

/* A tag in the comma list, or "*"; a weak mark does not matter here. */
static bool listed(const char *list, const char *tag)
{
    const char *at = strstr(list, tag);

    return strcmp(list, "*") == 0 || at;
}

static const char *body_stamp(struct rq *rq)
{
    struct span value;
    json_t *tree;

    if (!rq->body.p || rq->body_is_form)
        return NULL;
    value = jspan_member(rq->a, rq->body, "updated_at");
    if (!value.p || jin_parse(rq->a, value, 1, &tree) || !json_is_string(tree))
        return NULL;
    return json_string_value(tree);
}

/* stamp: when the object was last changed; NULL where only the tag tells versions apart. */
static err *compare(struct rq *rq, const char *match, bool optimistic, const char *tag, const char *stamp)
{
    const char *seen;

    if (match && !listed(match, tag))
        return err_new(rq->a, ERR_PRECONDITION, "The object was changed%s%s, after it was read.", stamp ? " at " : "", stamp ? stamp : "");
    seen = optimistic && stamp ? body_stamp(rq) : NULL;
    if (seen && stamp_before(seen, stamp))
        return err_new(rq->a, ERR_CONFLICT, "The object was changed at %s, after it was read.", stamp);
    return OK;
}

static bool asked(const struct rq *rq, const char **match, bool *optimistic)
{
    const char *prefer = rq_header(rq, "Prefer");

    *match = rq_header(rq, "If-Match");
    *optimistic = prefer && strstr(prefer, "optimistic");
    return *match || *optimistic;
}

err *etag_guard(struct rq *rq, enum stamp_kind kind, int64_t id)
{
    const char *match, *stamp;
    bool optimistic;

    if (!asked(rq, &match, &optimistic))
        return OK;
    TRY(stamp_lock(rq->scope, kind, id, &stamp));
    return compare(rq, match, optimistic, tag_of(rq, stamp), stamp);
}

/* ---- objects whose handlers know nothing of it ---- */

static const struct guarded {
    const char *pattern, *arg, *table;      /* arg NULL: the caller's own */
    bool timed;         /* its version is updated_at */
} guarded[] = {
    {"/api/drafts/{id:int}/", "id", "draft", true},
    {"/api/predictions/{id:int}/", "id", "prediction", true},
    {"/api/dm/views/{id:int}/", "id", "view", true},
    {"/api/webhooks/{id:int}/", "id", "webhook", true},
    {"/api/ml/{id:int}", "id", "ml_backend", false},
    {"/api/labels/{id:int}/", "id", "label", true},
    {"/api/label_links/{id:int}/", "id", "label_link", false},
    {"/api/workspaces/{id:int}/", "id", "workspace", true},
    {"/api/project-templates/{id:int}", "id", "project_template", true},
    {"/api/organizations/{id:int}", "id", "organization", true},
    {"/api/organizations/{id:int}/member-tags/{tag:int}", "tag", "member_tag", true},
    {"/api/users/{id:int}/", "id", "user_account", false},
    {"/api/import/file-upload/{id:int}", "id", "file_upload", false},
    {"/api/projects/{id:int}/members/{user:int}/pauses/{pause:int}/", "pause", "project_pause", true},
    {"/api/comments/{id:int}/", "id", "comment", true},
    {"/api/annotation-reviews/{id:int}/", "id", "annotation_review", true},
    {"/api/organizations/{id:int}/permissions/{key:str}", "id", "permission", false},
    {"/api/session-policy/", NULL, "organization", true},
    {"/api/current-user", NULL, "user_account", false},
};
static const struct guarded storage = {"/api/storages/", "id", "storage", false};

static const struct guarded *guarded_of(const struct rq *rq)
{
    const char *pattern = rq->match.route->pattern;

    if (text_starts(pattern, storage.pattern))
        return text_ends(pattern, "/{id:int}") ? &storage : NULL;
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++)
        if (strcmp(pattern, guarded[i].pattern) == 0)
            return &guarded[i];
    return NULL;
}

static int64_t id_of(struct rq *rq, const struct guarded *g)
{
    if (g->arg)
        return rq_int(rq, g->arg);
    return strcmp(g->table, "user_account") == 0 ? rq->scope->user : rq->scope->organization;
}

/* NULL: there is no such object, which its handler will say. */
static err *version(struct rq *rq, const struct guarded *g, bool locked, const char **out)
{
    if (strcmp(g->table, "permission") == 0)
        TRY(stamp_permission(rq->scope, id_of(rq, g), rq_arg(rq, "key"), locked, out));
    else
        TRY(stamp_version(rq->scope, g->table, id_of(rq, g), locked, out));
    if (*out && g->timed)
        *out = wire_time_text(rq->a, *out);
    return OK;
}

/* What was found about a hidden object is not told. */
static err *unless_hidden(struct rq *rq, err *e)
{
    err *hidden;

    if (!e || rq->match.n == 0 || !auth_object_known(rq->match.route->pattern))
        return e;
    hidden = auth_refuse(rq->scope, rq->match.route->pattern, rq->match.texts[0]);
    return hidden->kind == ERR_PERMISSION ? e : hidden;
}

err *etag_check(struct rq *rq)
{
    const struct guarded *g;
    const char *match, *found;
    bool optimistic;

    if (rq->method == M_GET || rq->method == M_HEAD || rq->method == M_POST || !asked(rq, &match, &optimistic))
        return OK;
    g = guarded_of(rq);
    if (!g)
        return OK;
    TRY(version(rq, g, true, &found));
    return found ? unless_hidden(rq, compare(rq, match, optimistic, tag_of(rq, found), g->timed ? found : NULL)) : OK;
}

err *etag_check_again(void *rq)
{
    return etag_check(rq);
}

err *etag_offer(struct rq *rq, const char **tag)
{
    const struct guarded *g = rq->method == M_GET || rq->method == M_HEAD ? guarded_of(rq) : NULL;
    const char *found = NULL;

    if (g)
        TRY(version(rq, g, false, &found));
    *tag = found ? tag_of(rq, found) : NULL;
    return OK;
}
