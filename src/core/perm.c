/* Roles and permissions: the default table of perm.def and the organization's overrides on top of it.
 * Who may see which object is not decided here but by visible_project() and its like. */
#include "core/perm.h"

#include <assert.h>
#include <jansson.h>

#include "core/scope.h"

static const struct {
    const char *code;
    unsigned bit;
} roles[] = {
    {"OW", R_OW}, {"AD", R_AD}, {"MA", R_MA}, {"RE", R_RE}, {"AN", R_AN}, {"NO", R_NO}, {"DI", R_DI}, {"VO", R_VO},
};
enum { NROLES = sizeof roles / sizeof roles[0] };

/* Roles that may hold a permission at all: an organization cannot open itself to people who are not or no longer activated. */
enum { GRANTABLE = R_AD | R_MA | R_RE | R_AN | R_VO };

static const struct {
    const char *name;
    unsigned roles;
    const char *doc;
} table[PERM_COUNT] = {
    [PERM_NONE] = {"", R_OW | R_AD | R_MA | R_RE | R_AN | R_NO | R_VO, "Any account that is not deactivated"},
#define PERM(name, text, roles, doc) [PERM_##name] = {text, roles, doc},
#include "core/perm.def"
#undef PERM
};

unsigned role_parse(const char *code)
{
    for (int i = 0; i < NROLES; i++)
        if (strcmp(roles[i].code, code) == 0)
            return roles[i].bit;
    return 0;
}

const char *perm_name(enum perm p)
{
    assert(p < PERM_COUNT);
    return table[p].name;
}

unsigned perm_roles(enum perm p)
{
    assert(p < PERM_COUNT);
    return table[p].roles;
}

const char *perm_doc(enum perm p)
{
    assert(p < PERM_COUNT);
    return table[p].doc;
}

/* Roles listed in one override; entries that are no grantable role count for nothing. */
static unsigned override_roles(const json_t *list)
{
    unsigned bits = 0;
    size_t i;
    const json_t *v;

    json_array_foreach(list, i, v)
        if (json_is_string(v))
            bits |= role_parse(json_string_value(v));
    return bits & GRANTABLE;
}

static uint64_t default_set(unsigned role)
{
    uint64_t set = 0;

    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++)
        if (table[p].roles & role)
            set |= UINT64_C(1) << p;
    return set;
}

static uint64_t apply_overrides(uint64_t set, unsigned role, const char *text)
{
    json_t *tree = json_loads(text, 0, NULL);

    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++) {
        const json_t *list = json_object_get(tree, table[p].name);

        if (!json_is_array(list))
            continue;
        set &= ~(UINT64_C(1) << p);
        if (override_roles(list) & role)
            set |= UINT64_C(1) << p;
    }
    json_decref(tree);
    return set;
}

uint64_t perm_set(const char *role, const char *overrides_json)
{
    unsigned bit = role_parse(role);
    uint64_t set = bit == R_OW ? ~UINT64_C(1) & (UINT64_MAX >> (64 - PERM_COUNT)) : default_set(bit);

    /* Most organizations override nothing: no tree for them. */
    if (!overrides_json || strcmp(overrides_json, "{}") == 0 || !(bit & GRANTABLE))
        return set;
    return apply_overrides(set, bit, overrides_json);
}

void perm_write(struct jw *w, uint64_t set)
{
    jw_arr(w);
    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++)
        if (set >> p & 1)
            jw_str(w, table[p].name);
    jw_end(w);
}

err *scope_need(const struct scope *s, enum perm p)
{
    return scope_can(s, p) ? OK : err_new(s->a, ERR_PERMISSION, NULL);
}
