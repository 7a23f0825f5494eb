/* The columns that a project offers: those of its task data, then the listed ones of columns.def. */
#ifndef LABELD_DM_COLUMNS_READ_H
#define LABELD_DM_COLUMNS_READ_H

#include "core/scope.h"
#include "dm/columns.h"

struct dm_project_column {
    const char *id;              /* of a data column its key */
    const char *name;            /* what queries call it: "total_annotations", "data.text" */
    const char *title;
    const char *type;            /* "String", "Number", "Image" … as the API says it */
    const char *help;            /* NULL for task data */
    bool explore, labeling;      /* shown unless somebody says otherwise */
    bool of_data;
    bool configured;             /* the label configuration shows it */
    enum dm_schema schema;
};

/* Has the project use for the column, and may the caller know what it says? uses: a row of dm_uses. */
bool dm_listed_offered(const struct scope *s, const struct dm_listed *c, const struct row *uses);
/* In the API's order. Errors: NOT_FOUND (project). */
err *dm_columns_read(struct scope *s, int64_t project, struct dm_project_column **out, size_t *n) __attribute__((warn_unused_result));

#endif
