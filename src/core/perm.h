/* The permission table (perm.def) and roles. Pure: no database. */
#ifndef LABELD_CORE_PERM_H
#define LABELD_CORE_PERM_H

#include <stdbool.h>
#include <stdint.h>

#include "json/jw.h"

enum role_bit { R_OW = 1, R_AD = 2, R_MA = 4, R_RE = 8, R_AN = 16, R_NO = 32, R_DI = 64, R_VO = 128 };

enum perm {
    PERM_NONE,        /* any active member */
#define PERM(name, text, roles, doc) PERM_##name,
#include "core/perm.def"
#undef PERM
    PERM_COUNT
};

/* "OW" → R_OW; 0 for an unknown code. */
unsigned role_parse(const char *code);
const char *perm_name(enum perm p);
/* Permissions of a role as a bit set (bit = enum perm), with the organization's overrides (JSON text of
 * organization.permission_overrides, or NULL) applied. The owner keeps every permission. */
uint64_t perm_set(const char *role, const char *overrides_json);
/* The list that whoami shows. */
void perm_write(struct jw *w, uint64_t set);
/* Every permission with name, default roles and text, as `labeld-admin routes` and the role test read it. */
unsigned perm_roles(enum perm p);
const char *perm_doc(enum perm p);

_Static_assert(PERM_COUNT <= 64, "permissions are kept in one 64-bit set");

#endif
