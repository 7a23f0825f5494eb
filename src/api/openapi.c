/* Prints the route table and the body specs. The same rows that match requests and check bodies are what is printed here, so the
 * document cannot drift from the server. */
#include "api/openapi.h"

#include "api/routes.h"
#include "core/perm.h"
#include "http/rs.h"
#include "json/jin.h"

/* ---- types of fields ---- */

static const struct {
    const char *type, *format;   /* type NULL: any value */
} types[] = {
    [JIN_TEXT] = {"string", NULL},      [JIN_INT] = {"integer", NULL},        [JIN_FLOAT] = {"number", "double"},
    [JIN_BOOL] = {"boolean", NULL},     [JIN_JSON] = {NULL, NULL},            [JIN_OBJECT] = {"object", NULL},
    [JIN_ARRAY] = {"array", NULL},      [JIN_ENUM] = {"string", NULL},        [JIN_TIME] = {"string", "date-time"},
    [JIN_UUID] = {"string", "uuid"},    [JIN_COLOR] = {"string", NULL},       [JIN_EMAIL] = {"string", "email"},
};

static void write_choices(struct jw *w, const char *choices)
{
    jw_key(w, "enum");
    jw_arr(w);
    while (*choices) {
        size_t n = strcspn(choices, "|");

        jw_strn(w, choices, n);
        choices += n + (choices[n] == '|');
    }
    jw_end(w);
}

static void write_bounds(struct jw *w, const struct jin_field *f)
{
    bool number = f->type == JIN_INT || f->type == JIN_FLOAT;

    if (f->min == 0 && f->max == 0)
        return;
    if (f->min > 0 || number)
        jw_ki64(w, number ? "minimum" : "minLength", f->min);
    jw_ki64(w, number ? "maximum" : "maxLength", f->max);
}

static void write_field(struct jw *w, const struct jin_field *f)
{
    jw_key(w, f->name);
    jw_obj(w);
    if (types[f->type].type)
        jw_kstr(w, "type", types[f->type].type);
    if (types[f->type].format)
        jw_kstr(w, "format", types[f->type].format);
    if (f->type == JIN_ARRAY)
        jw_kraw(w, "items", "{}");
    if (f->type == JIN_COLOR)
        jw_kstr(w, "pattern", "^#[0-9A-Fa-f]{6}$");
    if (f->type == JIN_ENUM)
        write_choices(w, f->choices);
    write_bounds(w, f);
    if (f->flags & JIN_NULL)
        jw_kbool(w, "nullable", true);
    if (f->flags & JIN_READONLY)
        jw_kbool(w, "readOnly", true);
    if (f->flags & JIN_WRITEONLY)
        jw_kbool(w, "writeOnly", true);
    if (f->doc)
        jw_kstr(w, "description", f->doc);
    jw_end(w);
}

static void write_required(struct jw *w, const struct jin_spec *spec)
{
    bool any = false;

    for (const struct jin_field *f = spec->fields; f->name; f++) {
        if (!(f->flags & JIN_REQUIRED))
            continue;
        if (!any) {
            jw_key(w, "required");
            jw_arr(w);
        }
        any = true;
        jw_str(w, f->name);
    }
    if (any)
        jw_end(w);
}

static void write_schema(struct jw *w, const struct jin_spec *spec)
{
    jw_key(w, spec->name);
    jw_obj(w);
    jw_kstr(w, "type", "object");
    jw_key(w, "properties");
    jw_obj(w);
    for (const struct jin_field *f = spec->fields; f->name; f++)
        write_field(w, f);
    jw_end(w);
    write_required(w, spec);
    jw_end(w);
}

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

static void write_parameters(struct jw *w, const char *pattern)
{
    struct part p;

    if (!strchr(pattern, '{'))
        return;
    jw_key(w, "parameters");
    jw_arr(w);
    while (next_part(&pattern, &p)) {
        jw_obj(w);
        jw_key(w, "name");
        jw_strn(w, p.name, (size_t)p.len);
        jw_kstr(w, "in", "path");
        jw_kbool(w, "required", true);
        jw_kraw(w, "schema", p.integer ? "{\"type\":\"integer\"}" : "{\"type\":\"string\"}");
        jw_end(w);
    }
    jw_end(w);
}

static void write_body(struct jw *w, const struct jin_spec *spec)
{
    static const char *const media[] = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"};

    jw_key(w, "requestBody");
    jw_obj(w);
    jw_key(w, "content");
    jw_obj(w);
    for (int i = 0; i < 3; i++) {
        char ref[128];

        snprintf(ref, sizeof ref, "#/components/schemas/%s", spec->name);
        jw_key(w, media[i]);
        jw_obj(w);
        jw_key(w, "schema");
        jw_obj(w);
        jw_kstr(w, "$ref", ref);
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static void write_responses(struct jw *w, const struct route *r)
{
    jw_key(w, "responses");
    jw_obj(w);
    jw_key(w, r->method == M_DELETE ? "204" : "2XX");
    jw_obj(w);
    jw_kstr(w, "description", r->summary);
    jw_end(w);
    jw_kraw(w, "default",
            "{\"description\":\"The request failed.\",\"content\":{\"application/json\":{\"schema\":"
            "{\"$ref\":\"#/components/schemas/Error\"}}}}");
    jw_end(w);
}

/* "/api/projects/…" → "projects"; addresses outside the API → "server". */
static void write_tag(struct jw *w, const char *pattern)
{
    jw_key(w, "tags");
    jw_arr(w);
    if (strncmp(pattern, "/api/", 5) == 0)
        jw_strn(w, pattern + 5, strcspn(pattern + 5, "/"));
    else
        jw_str(w, "server");
    jw_end(w);
}

static void write_operation(struct jw *w, const struct route *r)
{
    static const char *const lower[M_COUNT] = {"get", "post", "put", "patch", "delete", "head", "options"};

    jw_key(w, lower[r->method]);
    jw_obj(w);
    jw_kstr(w, "operationId", r->operation_id);
    jw_kstr(w, "summary", r->summary);
    write_tag(w, r->pattern);
    write_parameters(w, r->pattern);
    if (r->body)
        write_body(w, r->body);
    write_responses(w, r);
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

static void write_components(struct jw *w, const struct route *routes, size_t n)
{
    jw_key(w, "components");
    jw_obj(w);
    jw_kraw(w, "securitySchemes",
            "{\"Token\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"Authorization\",\"description\":"
            "\"Legacy token: Token <40 hex digits>\"},\"Bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}}");
    jw_key(w, "schemas");
    jw_obj(w);
    jw_kraw(w, "Error",
            "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\",\"format\":\"uuid\"},\"status_code\":{\"type\":"
            "\"integer\"},\"version\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"},\"exc_info\":{\"nullable\":true},"
            "\"validation_errors\":{\"type\":\"object\"}},\"required\":[\"detail\"]}");
    for (size_t i = 0; i < n; i++) {
        bool seen = !routes[i].body;

        for (size_t j = 0; j < i && !seen; j++)
            seen = routes[j].body == routes[i].body;
        if (!seen)
            write_schema(w, routes[i].body);
    }
    jw_end(w);
    jw_end(w);
}

void openapi_write(struct jw *w)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    jw_obj(w);
    jw_kstr(w, "openapi", "3.0.3");
    jw_key(w, "info");
    jw_obj(w);
    jw_kstr(w, "title", "labeld");
    jw_kstr(w, "description", "Data labelling: projects, tasks, annotations. Compatible with the Label Studio API.");
    jw_kstr(w, "version", LABELD_COMPAT_RELEASE);
    jw_end(w);
    jw_key(w, "paths");
    jw_obj(w);
    for (size_t i = 0; i < n; i++)
        write_path(w, routes, n, i);
    jw_end(w);
    write_components(w, routes, n);
    jw_kraw(w, "security", "[{\"Token\":[]},{\"Bearer\":[]}]");
    jw_end(w);
}

/* ---- the table itself ---- */

static const struct {
    unsigned bit;
    const char *name;
} flags[] = {
    {RF_PAGE, "page"},       {RF_PUBLIC, "public"}, {RF_TX, "tx"},         {RF_SLOW, "slow"},
    {RF_NOSLASH, "noslash"}, {RF_NODB, "nodb"},     {RF_STREAM, "stream"}, {RF_CSRF, "csrf"},
};
enum { NFLAGS = sizeof flags / sizeof flags[0] };

static void write_roles(struct jw *w, unsigned bits)
{
    static const char *const codes[] = {"OW", "AD", "MA", "RE", "AN", "NO", "DI", "VO"};

    jw_arr(w);
    for (int i = 0; i < 8; i++)
        if (bits & role_parse(codes[i]))
            jw_str(w, codes[i]);
    jw_end(w);
}

static void write_route(struct jw *w, const struct route *r)
{
    jw_obj(w);
    jw_kstr(w, "method", method_names[r->method]);
    jw_kstr(w, "pattern", r->pattern);
    jw_kstr(w, "permission", r->permission == PERM_NONE ? NULL : perm_name((enum perm)r->permission));
    jw_key(w, "roles");
    write_roles(w, perm_roles((enum perm)r->permission));
    jw_key(w, "flags");
    jw_arr(w);
    for (int i = 0; i < NFLAGS; i++)
        if (r->flags & flags[i].bit)
            jw_str(w, flags[i].name);
    jw_end(w);
    jw_kstr(w, "operation", r->operation_id);
    jw_kstr(w, "body", r->body ? r->body->name : NULL);
    jw_kstr(w, "summary", r->summary);
    jw_end(w);
}

void routes_write(struct jw *w)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    jw_arr(w);
    for (size_t i = 0; i < n; i++)
        write_route(w, &routes[i]);
    jw_end(w);
}

void routes_print(FILE *out)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    for (size_t i = 0; i < n; i++) {
        const struct route *r = &routes[i];
        const char *who = r->flags & RF_PUBLIC ? "anybody" : r->permission == PERM_NONE ? "any member" : perm_name((enum perm)r->permission);

        fprintf(out, "%-7s %-64s %-22s %s\n", method_names[r->method], r->pattern, who, r->summary);
    }
}
