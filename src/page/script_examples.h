/* Scripts to start from: templates/scripts, read once at start. */
#ifndef LABELD_PAGE_SCRIPT_EXAMPLES_H
#define LABELD_PAGE_SCRIPT_EXAMPLES_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

/* Errors: BAD_REQUEST naming the file. */
err *script_examples_load(struct arena *boot, const char *dir) __attribute__((warn_unused_result));

/* [{name, title, details, config, data, script}] in the order of the index; borrowed. config and data: a labelling interface and a task
 * on which it shows what it does. */
json_t *script_examples(void);
/* One of them, or NULL. */
json_t *script_example(const char *name);

#endif
