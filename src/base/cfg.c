/* The settings table: reading it from file and environment, printing it as the manual.
 * What a setting does is said in cfg.def and done by whoever reads it from `cfg`. */
#include "base/cfg.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"

/* The build passes the installed places; a file compiled by hand runs from the source tree. */
#ifndef LABELD_TEMPLATE_DIR
#define LABELD_TEMPLATE_DIR "templates"
#endif
#ifndef LABELD_SQL_DIR
#define LABELD_SQL_DIR "sql"
#endif
#ifndef LABELD_EDITOR_DIR
#define LABELD_EDITOR_DIR "editor"
#endif
#ifndef LABELD_SYSCONF_FILE
#define LABELD_SYSCONF_FILE "/etc/labeld/labeld.conf"
#endif

struct cfg cfg;

enum cfg_type { CFG_TEXT, CFG_INT, CFG_BOOL };

/* A row without a name is the title of a group. */
struct setting {
    const char *name;
    enum cfg_type type;
    const char *def;
    const char *doc;       /* or the title */
    const char *aliases;
    size_t offset;
};

static const struct setting settings[] = {
#define CFG_GROUP(title) {.doc = title},
#define CFG(name, type, def, doc, aliases) {#name, CFG_##type, def, doc, aliases, offsetof(struct cfg, name)},
#include "base/cfg.def"
#undef CFG
#undef CFG_GROUP
};

enum { NSETTINGS = sizeof settings / sizeof *settings };

/* An alias of the reference server as cfg.def words it: NAME, NAME/60 (theirs is in a smaller unit) or NAME*1000. */
struct alias {
    char name[64];
    double factor;
};

static const char *alias_next(const char *list, struct alias *out)
{
    size_t len = strcspn(list, ","), name = strcspn(list, ",*/");

    assert(name < sizeof out->name);
    memcpy(out->name, list, name);
    out->name[name] = '\0';
    out->factor = 1;
    if (list[name] == '*')
        out->factor = strtod(list + name + 1, NULL);
    if (list[name] == '/')
        out->factor = 1 / strtod(list + name + 1, NULL);
    list += len;
    return *list ? list + 1 : list;
}

static char *own_env_name(struct arena *a, const struct setting *s)
{
    char *name = arena_printf(a, "LABELD_%s", s->name);

    for (char *p = name; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return name;
}

static const char *type_name(enum cfg_type t)
{
    return t == CFG_TEXT ? "text" : t == CFG_INT ? "number" : "on or off";
}

/* False when the text does not fit the type. */
static bool set_value(struct cfg *c, const struct setting *s, const char *text)
{
    char *at = (char *)c + s->offset;

    if (s->type == CFG_INT)
        return int_parse(text, 0, INT64_MAX, (int64_t *)(void *)at);
    if (s->type == CFG_BOOL)
        return bool_parse(text, (bool *)(void *)at);
    *(const char **)(void *)at = text;
    return true;
}

static err *set_from(struct arena *a, struct cfg *c, const struct setting *s, const char *text, const char *where)
{
    if (set_value(c, s, text))
        return OK;
    return err_new(a, ERR_BAD_REQUEST, "%s: setting %s takes %s, not \"%s\"", where, s->name,
                   s->type == CFG_INT ? "a whole number, 0 or more" : type_name(s->type), text);
}

static void set_defaults(struct cfg *c)
{
    for (int i = 0; i < NSETTINGS; i++)
        if (settings[i].name && !set_value(c, &settings[i], settings[i].def))
            BUG("default of setting %s does not fit its type", settings[i].name);
}

static const struct setting *setting_find(const char *name)
{
    for (int i = 0; i < NSETTINGS; i++)
        if (settings[i].name && strcmp(settings[i].name, name) == 0)
            return &settings[i];
    return NULL;
}

/* ---- settings file ---- */

static err *read_line(struct arena *a, struct cfg *c, char *line, const char *where)
{
    const struct setting *s;
    char *text = text_trim(a, line, strlen(line));
    char *equals, *key;

    if (!*text || *text == '#')
        return OK;
    equals = strchr(text, '=');
    if (!equals)
        return err_new(a, ERR_BAD_REQUEST, "%s: expected \"key = value\", found \"%s\"", where, text);
    key = text_trim(a, text, (size_t)(equals - text));
    s = setting_find(key);
    if (!s)
        return err_new(a, ERR_BAD_REQUEST, "%s: unknown setting \"%s\"", where, key);
    return set_from(a, c, s, text_trim(a, equals + 1, strlen(equals + 1)), where);
}

static err *read_lines(struct arena *a, struct cfg *c, FILE *f, const char *path)
{
    char *line = NULL;
    size_t cap = 0;
    err *e = OK;

    for (int n = 1; !e && getline(&line, &cap, f) >= 0; n++)
        e = read_line(a, c, line, arena_printf(a, "%s:%d", path, n));
    if (!e && ferror(f))
        e = err_new(a, ERR_BAD_REQUEST, "could not read settings file \"%s\": %s", path, strerror(errno));
    free(line);
    return e;
}

static err *read_file(struct arena *a, struct cfg *c, const char *path, bool must_exist)
{
    FILE *f = fopen(path, "re");
    err *e;

    if (!f && errno == ENOENT && !must_exist)
        return OK;
    if (!f)
        return err_new(a, ERR_BAD_REQUEST, "could not open settings file \"%s\": %s", path, strerror(errno));
    c->file = arena_strdup(a, path);
    e = read_lines(a, c, f, path);
    fclose(f);
    return e;
}

/* ---- environment ---- */

/* The reference server ignores a HOST that is no web address (shells export their own idea of it), so an alias is ignored too. */
static bool foreign_host(const struct setting *s, const char *value)
{
    return strcmp(s->name, "host") == 0 && !text_starts(value, "http://") && !text_starts(value, "https://");
}

static err *set_scaled(struct arena *a, struct cfg *c, const struct setting *s, const struct alias *alias,
                       const char *value, const char *where)
{
    char *end;
    double v = strtod(value, &end);

    if (alias->factor == 1 || end == value || *end || !(v >= 0 && v < 1e15))
        return set_from(a, c, s, value, where);
    return set_from(a, c, s, arena_printf(a, "%lld", llround(v * alias->factor)), where);
}

/* An empty number or switch counts as not set: compose files pass such ones on. */
static const char *env_value(const struct setting *s, const char *name)
{
    const char *value = getenv(name);

    return value && (*value || s->type == CFG_TEXT) ? value : NULL;
}

static err *read_alias(struct arena *a, struct cfg *c, const struct setting *s, const struct alias *alias, bool *found)
{
    char *name = arena_printf(a, "LABEL_STUDIO_%s", alias->name);
    const char *value = env_value(s, name);

    if (!value) {
        name += strlen("LABEL_STUDIO_");
        value = env_value(s, name);
    }
    *found = value && !foreign_host(s, value);
    if (!*found)
        return OK;
    return set_scaled(a, c, s, alias, arena_strdup(a, value), arena_printf(a, "environment %s", name));
}

static err *read_env(struct arena *a, struct cfg *c, const struct setting *s)
{
    char *own = own_env_name(a, s);
    const char *value = env_value(s, own);
    bool found = false;
    struct alias alias;

    if (value)
        return set_from(a, c, s, arena_strdup(a, value), arena_printf(a, "environment %s", own));
    for (const char *list = s->aliases; *list && !found;) {
        list = alias_next(list, &alias);
        TRY(read_alias(a, c, s, &alias, &found));
    }
    return OK;
}

/* ---- derived values ---- */

static bool host_char(char c)
{
    return isalnum((unsigned char)c) || strchr(".-:[]_", c);
}

static bool path_char(char c)
{
    return isalnum((unsigned char)c) || strchr("/.-_~", c);
}

/* origin and base_path from "scheme://host[:port][/path]". Characters that would need escaping in URLs, headers or nginx are refused. */
static err *split_host(struct arena *a, struct cfg *c)
{
    const char *p = c->host, *path;
    size_t len;

    c->origin = c->base_path = "";
    if (!*p)
        return OK;
    if (text_starts(p, "http://") || text_starts(p, "https://"))
        p = strstr(p, "://") + 3;
    path = p;
    while (*path && *path != '/' && host_char(*path))
        path++;
    for (len = 0; path[len] && path_char(path[len]); len++)
        ;
    if (p == c->host || path == p || (*path && *path != '/') || path[len] || strstr(path, "//"))
        return err_new(a, ERR_BAD_REQUEST, "setting host takes http(s)://host[:port][/path], not \"%s\"", c->host);
    c->origin = arena_strndup(a, c->host, (size_t)(path - c->host));
    while (len && path[len - 1] == '/')
        len--;
    c->base_path = arena_strndup(a, path, len);
    return OK;
}

static err *read_files(struct arena *a, struct cfg *c, const char *file)
{
    const char *named = file ? file : getenv("LABELD_CONFIG");

    if (named && *named)
        return read_file(a, c, named, true);
    return read_file(a, c, LABELD_SYSCONF_FILE, false);
}

err *cfg_load(struct arena *a, const char *file)
{
    struct cfg fresh = {0};

    set_defaults(&fresh);
    TRY(read_files(a, &fresh, file));
    for (int i = 0; i < NSETTINGS; i++)
        if (settings[i].name)
            TRY(read_env(a, &fresh, &settings[i]));
    TRY(split_host(a, &fresh));
    cfg = fresh;
    return OK;
}

/* ---- the manual ---- */

static bool secret(const struct setting *s)
{
    return strstr(s->name, "password") || strcmp(s->name, "secret_key") == 0 || strcmp(s->name, "user_token") == 0;
}

static void print_aliases(FILE *out, const char *list)
{
    struct alias alias;

    while (*list) {
        list = alias_next(list, &alias);
        fprintf(out, ", [LABEL_STUDIO_]%s", alias.name);
        if (alias.factor > 1)
            fprintf(out, " (times %.0f)", alias.factor);
        if (alias.factor < 1)
            fprintf(out, " (divided by %.0f)", 1 / alias.factor);
    }
}

static void print_value(FILE *out, const struct setting *s)
{
    const char *at = (const char *)&cfg + s->offset;
    const char *text = s->type == CFG_TEXT ? *(const char *const *)(const void *)at : "";

    if (s->type == CFG_INT)
        fprintf(out, "%s = %lld\n", s->name, (long long)*(const int64_t *)(const void *)at);
    else if (s->type == CFG_BOOL)
        fprintf(out, "%s = %s\n", s->name, *(const bool *)(const void *)at ? "on" : "off");
    else if (secret(s))
        fprintf(out, "# %s = %s\n", s->name, text && *text ? "(set, not shown)" : "");
    else
        fprintf(out, "%s = %s\n", s->name, text ? text : "");
}

/* The output is itself a settings file: defaults are commented out, current values stand. */
static void print_setting(FILE *out, const struct setting *s, bool values)
{
    struct arena *a = arena_new("cfg_print");

    fprintf(out, "# %s.\n# %s; environment %s", s->doc, type_name(s->type), own_env_name(a, s));
    print_aliases(out, s->aliases);
    fprintf(out, "\n");
    if (values)
        print_value(out, s);
    else
        fprintf(out, "# %s = %s\n", s->name, s->def);
    fprintf(out, "\n");
    arena_free(a);
}

void cfg_print(FILE *out, bool values)
{
    for (int i = 0; i < NSETTINGS; i++) {
        if (settings[i].name)
            print_setting(out, &settings[i], values);
        else
            fprintf(out, "# ==== %s ====\n\n", settings[i].doc);
    }
}
