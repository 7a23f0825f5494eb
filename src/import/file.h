/* A file that somebody sent to be imported: kept as an upload, and its tasks given to the importer.
 */
#ifndef LABELD_IMPORT_FILE_H
#define LABELD_IMPORT_FILE_H

#include "import/imp.h"
#include "import/upload.h"

/* JSON files hold tasks; any other accepted file is a task by itself.
 *
 * name        as sent
 * temporary   where its bytes lie; they move to the upload directory
 * out         the kept file
 *
 * Errors: VALIDATION (extension, not yet readable formats, JSON that does not parse: naming the
 * file), INTERNAL (disk). */
err *imp_file(struct scope *s, struct importer *im, int64_t project, const char *name,
              const char *temporary, int64_t size_bytes, struct upload *out)
    __attribute__((warn_unused_result));

#endif
