/* The typed settings table (cfg.def): default, then the settings file, then the environment. Read once at start and on SIGHUP. */
#ifndef LABELD_BASE_CFG_H
#define LABELD_BASE_CFG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

typedef const char *cfg_TEXT;
typedef int64_t cfg_INT;
typedef bool cfg_BOOL;

struct cfg {
#define CFG_GROUP(title)
#define CFG(name, type, def, doc, aliases) cfg_##type name;
#include "base/cfg.def"
#undef CFG
#undef CFG_GROUP
    const char *base_path;     /* path of `host` without a trailing slash; "" at the root */
    const char *origin;        /* scheme://host[:port] of `host`; "" when host is not set */
    const char *file;          /* settings file that was read, or NULL */
};

/* The settings of this process. Valid after cfg_load; replaced as a whole on reload. */
extern struct cfg cfg;

/* Read defaults, `file` (NULL: $LABELD_CONFIG, else the installed default if it exists) and the environment. `a` must outlive cfg.
 * Errors: BAD_REQUEST naming file, line and key for an unknown key or a value that does not fit its type. */
err *cfg_load(struct arena *a, const char *file) __attribute__((warn_unused_result));
/* The manual: every setting with group, type, default, environment names and text; with current values when `values`. Secrets are masked. */
void cfg_print(FILE *out, bool values);

#endif
