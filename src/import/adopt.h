/* Files of other tools as tasks of a project: recognised, their labels mapped to its label configuration or a configuration made of them,
 * pictures kept as uploads. */
#ifndef LABELD_IMPORT_ADOPT_H
#define LABELD_IMPORT_ADOPT_H

#include "import/request.h"

/* Does the import come as such files? *done false: nothing was recognised, and the files may be what every import takes; when it is only
 * looked at, that is all there is to say.
 * Errors: VALIDATION (unknown or unrecognised format, everything that cannot be used unless the request skips that), PERMISSION (to take a
 * configuration over), as imp_end. */
err *adopt_run(struct scope *s, struct imp_request *q, bool *done) __attribute__((warn_unused_result));
/* {"format", "title", "items", "regions", "pictures", "labels", "label_config", "label_config_taken"} */
void adopt_write(struct jw *w, const struct imp_request *q);

#endif
