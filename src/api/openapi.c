/* The OpenAPI document: the route table with what tables of fields check and what answers.def says of answers. The same rows that match requests
 * and check bodies are what is printed here, and each answer of the contract tests is held against it, so the document cannot drift. */
#include "api/openapi.h"

#include "api/answers.h"
#include "api/routes.h"
#include "api/schema.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/perm.h"
#include "http/rs.h"
#include "json/jin.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- operations ---- */

/* One {name:kind} of a pattern. */
struct part {
    const char *name;
    int len;
    bool integer;
};

/* Next variable part at or after *s; false when there is none. */
static bool next_part(const char **s, struct part *out)
{
    const char *open = strchr(*s, '{'), *colon = open ? strchr(open, ':') : NULL;

    if (!colon)
        return false;
    *out = (struct part){open + 1, (int)(colon - open - 1), strncmp(colon, ":int", 4) == 0};
    *s = colon + strcspn(colon, "}");
    return true;
}

/* "/api/tasks/{id:int}/" → "/api/tasks/{id}/". */
static void write_path_key(struct jw *w, const char *pattern)
{
    char path[256];
    size_t n = 0;

    for (; *pattern && n < sizeof path - 1; pattern++) {
        if (*pattern == ':')
            pattern += strcspn(pattern, "}");
        path[n++] = *pattern;
    }
    path[n] = '\0';
    jw_key(w, path);
}

static void open_parameter(struct jw *w, const char *name, size_t len, const char *in, bool required)
{
    jw_obj(w);
    jw_key(w, "name");
    jw_strn(w, name, len);
    jw_kstr(w, "in", in);
    jw_kbool(w, "required", required);
    jw_key(w, "schema");
}

static void write_path_parameters(struct jw *w, const char *pattern)
{
    struct part p;

    while (next_part(&pattern, &p)) {
        open_parameter(w, p.name, (size_t)p.len, "path", true);
        schema_write_shape(w, p.integer ? "int" : "str", NULL);
        jw_end(w);
    }
}

/* One name of a row's query, "!" after it when the route needs it. */
static void write_query_parameter(struct jw *w, const char *name, size_t len)
{
    bool required = name[len - 1] == '!';
    const struct named *p = answers_param(name, len -= required);

    open_parameter(w, name, len, "query", required);
    schema_write_shape(w, p->shape, NULL);
    jw_kstr(w, "description", p->summary);
    jw_end(w);
}

static void write_parameters(struct jw *w, const struct route *r, const struct answer *a)
{
    const char *query = a ? a->query : "";

    if (!strchr(r->pattern, '{') && !*query)
        return;
    jw_key(w, "parameters");
    jw_arr(w);
    write_path_parameters(w, r->pattern);
    while (*(query += strspn(query, " "))) {
        size_t len = strcspn(query, " ");

        write_query_parameter(w, query, len);
        query += len;
    }
    jw_end(w);
}

static void open_media(struct jw *w, const char *media)
{
    jw_key(w, media);
    jw_obj(w);
    jw_key(w, "schema");
}

static void write_described_body(struct jw *w, const struct route *r)
{
    bool any = false;

    for (const struct body *b = answers_body(r->handler, NULL); b; b = answers_body(r->handler, b)) {
        if (!any) {
            jw_key(w, "requestBody");
            jw_obj(w);
            jw_kbool(w, "required", true);
            jw_key(w, "content");
            jw_obj(w);
        }
        any = true;
        open_media(w, b->media);
        schema_write_shape(w, b->shape, NULL);
        jw_end(w);
    }
    if (!any)
        return;
    jw_end(w);
    jw_end(w);
}

/* Forms are bodies too, with JSON texts as values; generated clients would send both kinds at once if they were listed. */
static void write_body(struct jw *w, const struct route *r)
{
    bool partial = r->method == M_PATCH;

    if (!r->body) {
        write_described_body(w, r);
        return;
    }
    jw_key(w, "requestBody");
    jw_obj(w);
    if (!partial && schema_spec_required(r->body))
        jw_kbool(w, "required", true);
    jw_key(w, "content");
    jw_obj(w);
    open_media(w, "application/json");
    schema_ref_spec(w, r->body, partial);
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

/* "/api/storages/export/s3/…" → "S3ExportStorage"; "" for other patterns. */
static const char *storage_schema(const char *pattern, char *out, size_t size)
{
    bool export = text_starts(pattern, "/api/storages/export/");
    char type[32] = "";

    if (!text_starts(pattern, "/api/storages/"))
        return "";
    snprintf(type, sizeof type, "%.*s", (int)strcspn(pattern + (export ? 21 : 14), "/"), pattern + (export ? 21 : 14));
    return schema_storage_name(type, export, out, size);
}

static void write_content(struct jw *w, const struct route *r, const char *shape)
{
    char self[64];
    bool file = strchr(shape, '/') != NULL;

    if (!*shape)
        return;
    jw_key(w, "content");
    jw_obj(w);
    open_media(w, file ? shape : "application/json");
    schema_write_shape(w, file ? "bytes" : shape, storage_schema(r->pattern, self, sizeof self));
    jw_end(w);
    jw_end(w);
}

static void write_refusal(struct jw *w, const char *status, const char *name)
{
    char ref[64];

    snprintf(ref, sizeof ref, "#/components/responses/%s", name);
    jw_key(w, status);
    jw_obj(w);
    jw_kstr(w, "$ref", ref);
    jw_end(w);
}

static const struct answer *answer_with(route_handler *handler, int status)
{
    const struct answer *o = answers_other(handler, NULL);

    while (o && o->status != status)
        o = answers_other(handler, o);
    return o;
}

/* What the gate may refuse follows from the route's line, what the handler refuses from its rows without a shape. */
static void write_refusals(struct jw *w, const struct route *r, const struct answer *a)
{
    bool body = r->method == M_POST || r->method == M_PUT || r->method == M_PATCH || r->body;
    bool query = a && *a->query;
    const struct {
        int status;
        const char *name;
        bool is_told;
    } refusals[] = {
        {400, "BadRequest", body || query}, {401, "Unauthorized", !(r->flags & RF_PUBLIC)},
        {403, "Forbidden", r->permission != PERM_NONE || (body && !(r->flags & RF_PUBLIC))},
        {404, "NotFound", strchr(r->pattern, '{') || query}, {409, "Refused", false}, {413, "TooLarge", body}, {424, "Refused", false},
    };

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct answer *own = answer_with(r->handler, refusals[i].status);
        char status[16];

        snprintf(status, sizeof status, "%d", refusals[i].status);
        if (own ? !*own->shape : refusals[i].is_told)
            write_refusal(w, status, refusals[i].name);
    }
    write_refusal(w, "default", "Refused");
}

static void write_answer(struct jw *w, const struct route *r, const struct answer *a)
{
    char status[16];

    snprintf(status, sizeof status, "%d", a->status);
    jw_key(w, status);
    jw_obj(w);
    jw_kstr(w, "description", r->summary);
    write_content(w, r, a->shape);
    jw_end(w);
}

static void write_responses(struct jw *w, const struct route *r, const struct answer *a)
{
    jw_key(w, "responses");
    jw_obj(w);
    if (a)
        write_answer(w, r, a);
    else
        jw_kraw(w, "2XX", "{\"description\":\"Done.\"}");
    for (const struct answer *o = answers_other(r->handler, NULL); o; o = answers_other(r->handler, o))
        if (o->status < 400 || *o->shape)
            write_answer(w, r, o);
    write_refusals(w, r, a);
    jw_end(w);
}

/* The first row that a pattern begins with. */
static const char *tag_of(const char *pattern)
{
    static const char *const tags[][2] = {
        {"/api/annotation", "Annotations"}, {"/api/comments", "Comments"}, {"/api/drafts", "Annotations"}, {"/api/tasks/{id:int}/annotations", "Annotations"},
        {"/api/tasks/{id:int}/drafts", "Annotations"}, {"/api/fsm", "FSM"}, {"/api/tasks", "Tasks"}, {"/api/predictions", "Predictions"},
        {"/api/projects/{id:int}/export", "Export"}, {"/api/projects/{id:int}/import", "Import"}, {"/api/projects/{id:int}/reimport", "Import"},
        {"/api/projects/{id:int}/file-uploads", "Import"}, {"/api/projects/{id:int}/members", "Members"}, {"/api/projects/{id:int}/roles", "Members"},
        {"/api/projects/roles", "Members"}, {"/api/projects", "Projects"}, {"/api/project-templates", "Projects"}, {"/api/templates", "Projects"},
        {"/api/trash", "Projects"}, {"/api/import", "Import"}, {"/api/label", "Labels"}, {"/api/dm", "Data Manager"}, {"/api/ml", "Machine Learning"},
        {"/api/storages/s3s", "Storage: S3 with a role"}, {"/api/storages/export/s3s", "Storage: S3 with a role"}, {"/api/storages/s3", "Storage: S3"},
        {"/api/storages/export/s3", "Storage: S3"}, {"/api/storages/gcs", "Storage: GCS"}, {"/api/storages/export/gcs", "Storage: GCS"},
        {"/api/storages/azure", "Storage: Azure"}, {"/api/storages/export/azure", "Storage: Azure"}, {"/api/storages/redis", "Storage: Redis"},
        {"/api/storages/export/redis", "Storage: Redis"}, {"/api/storages/localfiles", "Storage: Local"},
        {"/api/storages/export/localfiles", "Storage: Local"}, {"/api/storages", "Storage"}, {"/api/webhooks", "Webhooks"},
        {"/api/workspaces", "Workspaces"}, {"/api/organizations", "Organizations"}, {"/api/activity-logs", "Organizations"}, {"/api/invite", "Invites"},
        {"/api/session-policy", "Session Policy"}, {"/api/jwt", "JWT"}, {"/api/token", "JWT"}, {"/api/users", "Users"}, {"/api/current-user", "Users"},
        {"/data/avatars", "Users"}, {"/data/upload", "Import"}, {"/storage-data", "Import"}, {"/data/local-files", "Storage: Local"},
    };

    for (size_t i = 0; i < COUNT(tags); i++)
        if (text_starts(pattern, tags[i][0]))
            return tags[i][1];
    return "Server";
}

/* As the reference API names them: what it prefixes is left out in the route table. */
static void write_operation_id(struct jw *w, const struct route *r)
{
    bool prefix = text_starts(r->pattern, "/api/") && !text_starts(r->operation_id, "api_");
    char id[128];

    snprintf(id, sizeof id, "%s%s", prefix ? "api_" : "", r->operation_id);
    jw_kstr(w, "operationId", id);
}

static void write_operation(struct jw *w, const struct route *r)
{
    static const char *const lower[M_COUNT] = {"get", "post", "put", "patch", "delete", "head", "options"};
    const struct answer *a = answers_of(r->handler);

    jw_key(w, lower[r->method]);
    jw_obj(w);
    write_operation_id(w, r);
    jw_kstr(w, "summary", r->summary);
    jw_key(w, "tags");
    jw_arr(w);
    jw_str(w, tag_of(r->pattern));
    jw_end(w);
    write_parameters(w, r, a);
    write_body(w, r);
    write_responses(w, r, a);
    if (r->flags & RF_PUBLIC)
        jw_kraw(w, "security", "[]");
    if (r->permission != PERM_NONE)
        jw_kstr(w, "x-permission", perm_name((enum perm)r->permission));
    jw_end(w);
}

/* Everything served at the pattern of routes[first], unless an earlier row has it already. */
static void write_path(struct jw *w, const struct route *routes, size_t n, size_t first)
{
    const char *pattern = routes[first].pattern;

    if (routes[first].flags & RF_PAGE)
        return;
    for (size_t i = 0; i < first; i++)
        if (strcmp(routes[i].pattern, pattern) == 0)
            return;
    write_path_key(w, pattern);
    jw_obj(w);
    for (size_t i = first; i < n; i++)
        if (strcmp(routes[i].pattern, pattern) == 0)
            write_operation(w, &routes[i]);
    jw_end(w);
}

/* ---- components ---- */

/* {count, next, previous, results}, for every shape of an answer that begins with ^. */
static void write_page(struct jw *w, const char *name)
{
    char shape[128], key[96];

    snprintf(key, sizeof key, "Paginated%sList", name);
    snprintf(shape, sizeof shape, "{count:int next:str? previous:str? results:[%s]}", name);
    jw_key(w, key);
    schema_write_shape(w, shape, NULL);
}

static void write_pages(struct jw *w)
{
    size_t n;
    const struct answer *answers = answers_all(&n);

    for (size_t i = 0; i < n; i++) {
        bool seen = answers[i].shape[0] != '^';

        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(answers[j].shape, answers[i].shape) == 0;
        if (!seen)
            write_page(w, answers[i].shape + 1);
    }
}

/* Each body once as it is, and once as PATCH takes it. */
static void write_bodies(struct jw *w, const struct route *routes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool partial = routes[i].method == M_PATCH, seen = !routes[i].body;

        for (size_t j = 0; j < i && !seen; j++)
            seen = routes[j].body == routes[i].body && (routes[j].method == M_PATCH) == partial;
        if (!seen)
            schema_write_spec(w, routes[i].body, partial);
    }
}

static const char error_shape[] =
    "{id~:uuid status_code~:int version~:str detail:str exc_info~:any validation_errors~:<any>}";

static void write_schemas(struct jw *w, const struct route *routes, size_t n)
{
    size_t count;
    const struct named *schemas = answers_schemas(&count);

    jw_key(w, "schemas");
    jw_obj(w);
    jw_key(w, "Error");
    schema_write_shape(w, error_shape, NULL);
    for (size_t i = 0; i < count; i++) {
        jw_key(w, schemas[i].name);
        schema_write_shape(w, schemas[i].shape, NULL);
    }
    schema_write_storages(w);
    write_pages(w);
    write_bodies(w, routes, n);
    jw_end(w);
}

static void write_error_responses(struct jw *w)
{
    static const char *const responses[][2] = {
        {"BadRequest", "Something in the request is not as it should be; validation_errors says what."},
        {"Unauthorized", "No credentials, or wrong ones."},
        {"Forbidden", "The caller may not do this."},
        {"NotFound", "There is no such object, or the caller cannot see it."},
        {"TooLarge", "The body is larger than the server takes."},
        {"Refused", "The request failed; detail says why."},
    };

    jw_key(w, "responses");
    jw_obj(w);
    for (size_t i = 0; i < COUNT(responses); i++) {
        jw_key(w, responses[i][0]);
        jw_obj(w);
        jw_kstr(w, "description", responses[i][1]);
        jw_kraw(w, "content", "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}");
        jw_end(w);
    }
    jw_end(w);
}

static void write_components(struct jw *w, const struct route *routes, size_t n)
{
    jw_key(w, "components");
    jw_obj(w);
    jw_kraw(w, "securitySchemes",
            "{\"Token\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"Authorization\",\"description\":"
            "\"The word Token, a blank, and the token of your account page.\"},\"Bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
            "\"bearerFormat\":\"JWT\",\"description\":\"An access token: what /api/token/refresh/ gives for a personal access token.\"},"
            "\"Session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"sessionid\"}}");
    write_error_responses(w);
    write_schemas(w, routes, n);
    jw_end(w);
}

static void write_info(struct jw *w)
{
    jw_key(w, "info");
    jw_obj(w);
    jw_kstr(w, "title", "labeld");
    jw_kstr(w, "description", "Data labelling: projects, tasks, annotations. Compatible with the Label Studio API. Every JSON body may also be sent as a form, "
                              "with JSON texts as values of fields that are no plain ones. Fields marked read-only may be sent and are passed over.");
    jw_kstr(w, "version", LABELD_COMPAT_RELEASE);
    jw_end(w);
    jw_key(w, "servers");
    jw_arr(w);
    jw_obj(w);
    jw_kstr(w, "url", *cfg.base_path ? cfg.base_path : "/");
    jw_end(w);
    jw_end(w);
}

const char *openapi_missing(void)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    for (size_t i = 0; i < n; i++)
        if (!(routes[i].flags & RF_PAGE) && !answers_of(routes[i].handler))
            return routes[i].operation_id;
    return NULL;
}

void openapi_write(struct jw *w)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    jw_obj(w);
    jw_kstr(w, "openapi", "3.0.3");
    write_info(w);
    jw_key(w, "paths");
    jw_obj(w);
    for (size_t i = 0; i < n; i++)
        write_path(w, routes, n, i);
    jw_end(w);
    write_components(w, routes, n);
    jw_kraw(w, "security", "[{\"Token\":[]},{\"Bearer\":[]},{\"Session\":[]}]");
    jw_end(w);
}
