/* The labels manager: labels that an organization shares between projects, and their links to controls of projects. */
#ifndef LABELD_CORE_LABEL_H
#define LABELD_CORE_LABEL_H

#include "core/scope.h"
#include "json/jin.h"

struct label_page {
    struct rows rows;
    int64_t total;
};

/* Add labels to a project: items as JSON, [{title, value, from_name, description?}]. Writes the array of the answer. */
err *label_add_write(struct scope *s, struct jw *w, int64_t project, const char *items) __attribute__((warn_unused_result));
err *label_list(struct scope *s, bool expand, int64_t skip, int64_t most, struct label_page *out) __attribute__((warn_unused_result));
void label_write(struct jw *w, const struct label_page *p, int i);
/* Errors of all below: NOT_FOUND. */
err *label_write_one(struct scope *s, struct jw *w, int64_t id, bool expand) __attribute__((warn_unused_result));
err *label_change(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *label_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

struct link_filter {
    struct db_arg project, created_by;      /* null: all */
    const char *since, *until;              /* of the label's creation; NULL: all */
    bool expand;
    int64_t skip, most;
};
err *link_list(struct scope *s, const struct link_filter *f, struct label_page *out) __attribute__((warn_unused_result));
void link_write(struct jw *w, const struct label_page *p, int i);
err *link_write_one(struct scope *s, struct jw *w, int64_t id, bool expand) __attribute__((warn_unused_result));
/* Errors: VALIDATION (no such label or project, linked already). */
err *link_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *link_change(struct scope *s, int64_t id, const char *from_name) __attribute__((warn_unused_result));
err *link_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* In every annotation of a project (0: of all that the caller sees) a region whose whole value is old_value gets new_value (JSON).
 * *n counts the annotations. Needs a transaction. */
err *label_replace(struct scope *s, int64_t project, const char *old_value, const char *new_value, int64_t *n) __attribute__((warn_unused_result));

#endif
