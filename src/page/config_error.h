/* What is wrong with a label configuration, shown where it is wrong. Pure. */
#ifndef LABELD_PAGE_CONFIG_ERROR_H
#define LABELD_PAGE_CONFIG_ERROR_H

#include <jansson.h>

#include "base/arena.h"

/* {text, more, line_text, has_excerpt, excerpt} for a message of lc_parse or of a refused change.
 * New reference. */
json_t *config_error(struct arena *a, const char *xml, const char *message);
/* The same from an error under label_config; NULL when it is about something else. New reference.
 */
json_t *config_error_of(struct arena *a, const char *xml, const char *validation_json);

#endif
