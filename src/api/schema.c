/* Writes schemas; see schema.h for where they come from. Which routes have which is in openapi.c. */
#include "api/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "storage/storage.h"

/* ---- bodies ---- */

static const struct {
    const char *type, *format; /* type NULL: any value */
} types[] = {
    [JIN_TEXT] = {"string", NULL},      [JIN_INT] = {"integer", NULL},        [JIN_FLOAT] = {"number", "double"},
    [JIN_BOOL] = {"boolean", NULL},     [JIN_JSON] = {NULL, NULL},            [JIN_OBJECT] = {"object", NULL},
    [JIN_ARRAY] = {"array", NULL},      [JIN_ENUM] = {"string", NULL},        [JIN_TIME] = {"string", "date-time"},
    [JIN_UUID] = {"string", "uuid"},    [JIN_COLOR] = {"string", NULL},       [JIN_EMAIL] = {"string", "email"},
};

/* "a|b" up to `len`; null is one of the choices where it may be said. */
static void write_choices(struct jw *w, const char *choices, size_t len, bool null)
{
    const char *end = choices + len;

    jw_key(w, "enum");
    jw_arr(w);
    while (choices < end) {
        size_t n = strcspn(choices, "|'");

        jw_strn(w, choices, n);
        choices += n + 1;
    }
    if (null)
        jw_null(w);
    jw_end(w);
}

/* Texts that may not be blank have a character; of integers without bounds the database keeps 32 bits. */
static void write_bounds(struct jw *w, const struct jin_field *f)
{
    bool number = f->type == JIN_INT || f->type == JIN_FLOAT, text = f->type == JIN_TEXT || f->type == JIN_EMAIL;
    bool open = f->max == 0 && f->min >= 0;
    int64_t min = f->min, max = f->max;

    if (f->type == JIN_INT && min == 0 && max == 0)
        min = INT32_MIN;
    if (f->type == JIN_INT && open)
        max = INT32_MAX;
    if (text && min == 0 && !(f->flags & JIN_BLANK))
        min = 1;
    if (number ? min != 0 || max != 0 : min > 0)
        jw_ki64(w, number ? "minimum" : "minLength", min);
    if (f->type == JIN_INT || !open)
        jw_ki64(w, number ? "maximum" : "maxLength", max);
}

static void write_flags(struct jw *w, const struct jin_field *f)
{
    if (f->flags & JIN_NULL && types[f->type].type)
        jw_kbool(w, "nullable", true);
    if (f->flags & JIN_READONLY)
        jw_kbool(w, "readOnly", true);
    if (f->flags & JIN_WRITEONLY)
        jw_kbool(w, "writeOnly", true);
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
        write_choices(w, f->choices, strlen(f->choices), f->flags & JIN_NULL);
    write_bounds(w, f);
    write_flags(w, f);
    if (f->doc)
        jw_kstr(w, "description", f->doc);
    jw_end(w);
}

bool schema_spec_required(const struct jin_spec *spec)
{
    for (const struct jin_field *f = spec->fields; f->name; f++)
        if (f->flags & JIN_REQUIRED)
            return true;
    return false;
}

static void write_required(struct jw *w, const struct jin_spec *spec)
{
    if (!schema_spec_required(spec))
        return;
    jw_key(w, "required");
    jw_arr(w);
    for (const struct jin_field *f = spec->fields; f->name; f++)
        if (f->flags & JIN_REQUIRED)
            jw_str(w, f->name);
    jw_end(w);
}

void schema_write_spec(struct jw *w, const struct jin_spec *spec, bool partial)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s", partial ? "Patched" : "", spec->name);
    jw_key(w, name);
    jw_obj(w);
    jw_kstr(w, "type", "object");
    jw_key(w, "properties");
    jw_obj(w);
    for (const struct jin_field *f = spec->fields; f->name; f++)
        write_field(w, f);
    jw_end(w);
    if (!partial)
        write_required(w, spec);
    jw_end(w);
}

static void write_ref(struct jw *w, const char *before, const char *name, int len, const char *after)
{
    char ref[160];

    snprintf(ref, sizeof ref, "#/components/schemas/%s%.*s%s", before, len, name, after);
    jw_kstr(w, "$ref", ref);
}

void schema_ref_spec(struct jw *w, const struct jin_spec *spec, bool partial)
{
    jw_obj(w);
    write_ref(w, partial ? "Patched" : "", spec->name, (int)strlen(spec->name), "");
    jw_end(w);
}

/* ---- answers ---- */

static const struct {
    const char *name, *type, *format;
} words[] = {
    {"int", "integer", NULL},       {"num", "number", NULL},       {"str", "string", NULL}, {"bool", "boolean", NULL},
    {"time", "string", "date-time"}, {"date", "string", "date"},    {"uuid", "string", "uuid"}, {"bytes", "string", "binary"},
    {"any", NULL, NULL},
};

/* Each part reads its piece of the notation and writes what belongs inside the braces of its schema; without a writer it only reads. */
static void shape_inside(const char **s, struct jw *w);
static const char *shape_self;   /* what % names in the shape at hand */

/* A piece that stands for itself, in braces of its own. */
static void shape_whole(const char **s, struct jw *w)
{
    if (w)
        jw_obj(w);
    shape_inside(s, w);
    if (w)
        jw_end(w);
}

static void expect(const char **s, char c)
{
    if (**s != c)
        BUG("shape: '%c' expected before \"%.40s\"", c, *s);
    (*s)++;
}

static size_t word_length(const char *s)
{
    size_t n = 0;

    while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '-' || s[n] == '.')
        n++;
    if (n == 0)
        BUG("shape: a name expected before \"%.40s\"", s);
    return n;
}

static void write_name(struct jw *w, const char *s, size_t n)
{
    char name[128];

    snprintf(name, sizeof name, "%.*s", (int)n, s);
    jw_key(w, name);
}

/* The members of an object: their schemas, or (names_only) the names of those that are always there. */
static void shape_members(const char *s, struct jw *w, bool names_only)
{
    while (*s != '}') {
        size_t n = word_length(s);
        bool optional = s[n] == '~';

        if (names_only && !optional)
            jw_strn(w, s, n);
        else if (!names_only)
            write_name(w, s, n);
        s += n + optional;
        expect(&s, ':');
        shape_whole(&s, names_only ? NULL : w);
        s += strspn(s, " ");
    }
}

/* Past the members; are there any that are always there? */
static bool shape_skip_members(const char **s)
{
    bool some = false;

    while (**s != '}') {
        *s += word_length(*s);
        some = some || **s != '~';
        *s += **s == '~';
        expect(s, ':');
        shape_whole(s, NULL);
        *s += strspn(*s, " ");
    }
    return some;
}

static void shape_object(const char **s, struct jw *w)
{
    const char *members = ++*s;
    bool required = shape_skip_members(s);

    expect(s, '}');
    if (!w)
        return;
    jw_kstr(w, "type", "object");
    jw_key(w, "properties");
    jw_obj(w);
    shape_members(members, w, false);
    jw_end(w);
    if (!required)
        return;
    jw_key(w, "required");
    jw_arr(w);
    shape_members(members, w, true);
    jw_end(w);
}

/* [shape] and <shape> */
static void shape_many(const char **s, struct jw *w, const char *type, const char *key, char end)
{
    ++*s;
    if (w) {
        jw_kstr(w, "type", type);
        jw_key(w, key);
    }
    shape_whole(s, w);
    expect(s, end);
}

static void shape_choices(const char **s, struct jw *w)
{
    const char *begin = *s + 1;
    size_t n = strcspn(begin, "'");

    *s = begin + n;
    expect(s, '\'');
    if (!w)
        return;
    jw_kstr(w, "type", "string");
    write_choices(w, begin, n, **s == '?');
}

/* (shape|shape) */
static void shape_either(const char **s, struct jw *w)
{
    if (w) {
        jw_key(w, "anyOf");
        jw_arr(w);
    }
    do {
        ++*s;
        shape_whole(s, w);
    } while (**s == '|');
    expect(s, ')');
    if (w)
        jw_end(w);
}

/* What stands beside a $ref does not count in OpenAPI 3.0, so that null needs a schema around it. */
static void shape_named(const char **s, struct jw *w)
{
    bool page = **s == '^', self = **s == '%', null;
    const char *name = *s += page || self || **s == '@';
    int len = self ? 0 : (int)word_length(name);

    *s += len;
    null = **s == '?';
    if (self)
        name = shape_self, len = (int)strlen(name);
    if (!w)
        return;
    if (null) {
        jw_key(w, "allOf");
        jw_arr(w);
        jw_obj(w);
    }
    write_ref(w, page ? "Paginated" : "", name, len, page ? "List" : "");
    if (null) {
        jw_end(w);
        jw_end(w);
    }
}

static void shape_word(const char **s, struct jw *w)
{
    size_t n = word_length(*s);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].name) != n || strncmp(words[i].name, *s, n) != 0)
            continue;
        if (w && words[i].type)
            jw_kstr(w, "type", words[i].type);
        if (w && words[i].format)
            jw_kstr(w, "format", words[i].format);
        *s += n;
        return;
    }
    BUG("shape: no such word: \"%.40s\"", *s);
}

static void shape_inside(const char **s, struct jw *w)
{
    switch (**s) {
    case '{':
        shape_object(s, w);
        break;
    case '[':
        shape_many(s, w, "array", "items", ']');
        break;
    case '<':
        shape_many(s, w, "object", "additionalProperties", '>');
        break;
    case '\'':
        shape_choices(s, w);
        break;
    case '(':
        shape_either(s, w);
        break;
    default:
        if (strchr("^@%", **s) || isupper((unsigned char)**s))
            shape_named(s, w);
        else
            shape_word(s, w);
    }
    if (**s != '?')
        return;
    ++*s;
    if (w)
        jw_kbool(w, "nullable", true);
}

void schema_write_shape(struct jw *w, const char *shape, const char *self)
{
    const char *s = shape;

    shape_self = self;
    shape_whole(&s, w);
    if (*s)
        BUG("shape: \"%.40s\" is left over", s);
}

/* ---- storages: their fields are in a table already ---- */

static const struct {
    const char *type, *name;
} storages[] = {{"s3", "S3"}, {"s3s", "S3S"}, {"gcs", "GCS"}, {"azure", "AzureBlob"}, {"azure_blob", "AzureBlob"}, {"redis", "Redis"}, {"localfiles", "LocalFiles"}};
enum { N_STORAGES = sizeof storages / sizeof *storages, STORAGE_SHAPE_MOST = 1024 };

const char *schema_storage_name(const char *type, bool export, char *out, size_t size)
{
    const char *name = "";

    for (size_t i = 0; i < N_STORAGES; i++)
        if (strcmp(storages[i].type, type) == 0)
            name = storages[i].name;
    snprintf(out, size, "%s%sStorage", name, export ? "Export" : "Import");
    return out;
}

/* Fields of the connection with their types; secrets are not answered. */
static void storage_fields(char *out, size_t size, const struct storage_type *t)
{
    size_t n = 0;

    out[0] = '\0';
    for (const struct storage_field *f = t->fields; f->key; f++)
        if (!f->secret && n < size)
            n += (size_t)snprintf(out + n, size - n, "%s:%s ", f->key, f->kind == 'b' ? "bool" : f->kind == 'i' ? "int?" : "str?");
}

static void write_storage(struct jw *w, const struct storage_type *t, bool export)
{
    char key[64], fields[STORAGE_SHAPE_MOST / 2], shape[STORAGE_SHAPE_MOST];
    bool signs = t->cloud && !export;

    storage_fields(fields, sizeof fields, t);
    snprintf(shape, sizeof shape,
             "{id:int type:str synchronizable:bool %s%sregex_filter:str? use_blob_urls:bool last_sync:time? last_sync_count:int? last_sync_job:str? "
             "status:str traceback:str? meta:any title:str? description:str? created_at:time %s%s project:int}",
             signs ? "presign:bool " : "", fields, signs ? "presign_ttl:int " : "", export ? "can_delete_objects:bool?" : "recursive_scan:bool");
    jw_key(w, schema_storage_name(t->name, export, key, sizeof key));
    schema_write_shape(w, shape, NULL);
}

void schema_write_storages(struct jw *w)
{
    for (size_t i = 0; i < N_STORAGES; i++) {
        const struct storage_type *t = storage_type_find(storages[i].type);

        if (strcmp(t->name, storages[i].type) != 0)
            continue;   /* another name of one that is there */
        write_storage(w, t, false);
        write_storage(w, t, true);
    }
}
