/* Projects: visibility, list, settings with their side effects, deletion. */
#ifndef LABELD_CORE_PROJECT_H
#define LABELD_CORE_PROJECT_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"
#include "labelconfig/lc.h"

/* A page of the list. */
struct project_filter {
    const char *ids;         /* "{1,2}" as an int4[] text, NULL = all */
    const char *title;       /* case-insensitive part, NULL = all */
    const char *search;      /* the same of title or description */
    const char *workspaces;  /* "{1,2}"; NULL = all */
    struct db_arg archived;  /* in an archived workspace or not; null = all */
    const char *pinned;      /* "pinned_only", "exclude_pinned", anything else = all */
    const char *ordering;    /* "id", "-created_at" …, NULL = pinned first, then newest */
};

/* Ids of one page and the exact total. Errors: DB. */
err *project_ids(struct scope *s, const struct project_filter *f, int64_t most, int64_t skip, struct rows *ids, int64_t *total) __attribute__((warn_unused_result));
err *project_total(struct scope *s, const struct project_filter *f, int64_t *total) __attribute__((warn_unused_result));
/* Rows (columns PROJECT_BY_IDS_…) of the visible ones among n ids, in their order. */
err *project_rows(struct scope *s, const int64_t *ids, size_t n, struct rows *out) __attribute__((warn_unused_result));
/* One row. Errors: NOT_FOUND "No Project matches the given query." */
err *project_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* NOT_FOUND unless visible. */
err *project_check_visible(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* Write a project row as the API shows it. include: comma list of fields, NULL = all. fresh: the create answer, counters null. */
void project_write(struct jw *w, const struct row *r, const char *include, bool fresh);
/* The same into an object that is open already. */
void project_fields_write(struct jw *w, const struct row *r, const char *include, bool fresh);
/* id and the eight counters only. */
void project_counts_write(struct jw *w, const struct row *r);

/* Create with the given settings. Errors: VALIDATION. */
err *project_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
/* Change settings; label configuration, overlap and model version with all their side effects.
 * *job: brings overlaps and finished tasks of a big project in line; 0 = done.
 * Errors: NOT_FOUND, VALIDATION (label_config incompatible with existing annotations, unknown model_version …). */
err *project_update(struct scope *s, int64_t id, const struct jin *in, int64_t *job) __attribute__((warn_unused_result));
/* Put a label configuration, which lc_parse takes, in the place of one without controls. Errors: NOT_FOUND, VALIDATION (also when it has
 * controls by now). */
err *project_config_put(struct scope *s, int64_t id, const char *xml) __attribute__((warn_unused_result));
/* Into the trash at once; a job removes the rows. */
err *project_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* The parsed configuration of a visible project, cached per process by project and version. The result outlives the request.
 * max_annotations and model_version (request arena) may be NULL. Errors: NOT_FOUND. */
err *project_config(struct scope *s, int64_t id, const struct lc **lc, int64_t *maximum_annotations, const char **model_version) __attribute__((warn_unused_result));
/* Check a configuration against what the project holds; strict protects labels in use as well. *essential: see lc_essential_change. */
err *project_config_check(struct scope *s, int64_t id, const char *xml, bool strict, const char *field, bool *essential) __attribute__((warn_unused_result));

/* What task lists that show everything of a project add up to, from its counters. */
struct project_counts {
    int64_t tasks, finished, annotations, predictions;
};
/* project_check_visible() and project_counts() will be called (db_ahead). */
err *project_ahead(struct scope *s, int64_t id) __attribute__((warn_unused_result));
err *project_counts(struct scope *s, int64_t id, struct project_counts *out) __attribute__((warn_unused_result));

#endif
