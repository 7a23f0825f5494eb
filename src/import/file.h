/* A file that somebody sent to be imported: kept as an upload, and its tasks given to the importer.
 */
#ifndef LABELD_IMPORT_FILE_H
#define LABELD_IMPORT_FILE_H

#include "import/imp.h"
#include "import/upload.h"

/* Files of rows (csv, tsv, txt) and JSON files hold tasks; markup is one task with its text; any
 * other accepted file is one task with its address.
 *
 * name        as sent
 * temporary   where its bytes lie; they move to the upload directory
 * out         the kept file
 *
 * Errors: VALIDATION (extension; what cannot be parsed, naming the file; keys that clash with other
 * files), INTERNAL (disk). */
err *imp_file(struct scope *s, struct importer *im, int64_t project, const char *name,
              const char *temporary, int64_t size_bytes, struct upload *out)
    __attribute__((warn_unused_result));
/* Tasks of a file that was kept before. as_rows false: a file of rows is one task with its address.
 */
err *imp_kept(struct scope *s, struct importer *im, const struct upload *u, bool as_rows)
    __attribute__((warn_unused_result));
/* Does a file with this extension hold a task in each row? */
bool imp_is_rows(const char *extension);

#endif
