/* One import as somebody asked for it, and what came of it: the same for requests and for jobs. */
#ifndef LABELD_IMPORT_REQUEST_H
#define LABELD_IMPORT_REQUEST_H

#include "import/foreign.h"
#include "import/imp.h"
#include "import/labelmap.h"
#include "import/report.h"
#include "import/upload.h"

enum imp_kind { IMP_TASKS, IMP_REIMPORT, IMP_PREDICTIONS };

/* Bytes in a file that are to be imported. */
struct imp_source {
    const char *name, *path;
    int64_t size_bytes;
};

/* Files of other tools. */
struct imp_foreign {
    const char *format;        /* "auto" or a name; NULL = the files are what every import takes */
    const char *prefix;        /* of pictures that are not among the files; NULL = none */
    const char *extension;     /* of such pictures, without the dot; NULL = jpg */
    const char *model_version; /* of predictions */
    bool predictions;          /* labels become predictions, not annotations */
    bool take_config;          /* a project without a label configuration gets the one that is proposed */
};

struct imp_request {
    enum imp_kind kind;
    struct imp_options options;
    struct imp_foreign foreign;
    bool skip; /* what cannot be used is left out and told; else the import is refused */
    bool has_body; /* a JSON document, besides files */
    struct span body;
    struct imp_source *sources;
    size_t n_sources;
    const char **parts; /* ids of the files that came in pieces, as they were sent (resumable.h) */
    size_t n_parts;
    const char *ids; /* reimport: of the kept files, "{1,2}" */
    bool as_rows;    /* reimport: files of rows hold a task in each */

    /* what came of it */
    struct imp_result result;
    struct upload *uploads;
    size_t n_uploads;
    int64_t created; /* predictions */
    const struct foreign_format *found; /* NULL = none */
    struct label_survey *survey;
    struct report *report; /* with skip, and with found */
    const char *config;    /* the label configuration that is proposed; NULL = the project has one */
    bool config_taken;
};

/* Do it; must run in a transaction, and may run again. Errors: as imp_begin, imp_json, imp_file, imp_end. */
err *imp_request_run(struct scope *s, struct imp_request *q) __attribute__((warn_unused_result));
/* The answer that clients get. */
void imp_request_write(struct jw *w, const struct imp_request *q, double duration_s);

#endif
