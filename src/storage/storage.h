/* Storages: where tasks come from (import) and annotations go to (export), as records of a project. What connects is a driver; local files
 * have one (local.h). */
#ifndef LABELD_STORAGE_STORAGE_H
#define LABELD_STORAGE_STORAGE_H

#include "core/scope.h"
#include "core/stamp.h"
#include "json/jin.h"
#include "json/jw.h"

enum storage_direction { STORAGE_IMPORT, STORAGE_EXPORT };

struct storage_field {
    const char *key;
    char kind;
    const char *absent;
    bool secret;
};

enum { STORAGE_FIELDS = 10 };

struct storage_type {
    const char *name, *title;
    bool cloud;
    struct storage_field fields[STORAGE_FIELDS];   /* ended by a key NULL */
};

/* NULL when there is no such type; clients also say "azure_blob". */
const struct storage_type *storage_type_find(const char *name);
/* Types that the list for people names; the others are served only. */
void storage_types_write(struct jw *w);
/* Rows of fields that a form shows, as the reference's user interface lays them out. */
void storage_form_write(struct scope *s, struct jw *w, const struct storage_type *t, enum storage_direction d);

/* All storages of one direction that the caller sees in a project; type NULL = every type. */
err *storage_list_write(struct scope *s, struct jw *w, enum storage_direction d, const struct storage_type *t, int64_t project) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND, also when it is of another type or direction. */
err *storage_write(struct scope *s, struct jw *w, enum storage_direction d, const struct storage_type *t, int64_t id) __attribute__((warn_unused_result));

/* What a task's data calls an object of a cloud storage: s3://bucket/key. */
struct storage_address {
    const char *scheme, *bucket;
};
/* Give out an object that a source of this project holds. Errors: NOT_FOUND when none has that bucket; UPSTREAM when it cannot be reached,
 * as long as there is no driver for its type. */
err *storage_resolve(struct scope *s, int64_t project, const struct storage_address *address) __attribute__((warn_unused_result));

/* Create; the connection is tried first, outside of the transaction that stores it: call this and the next outside of one.
 * Errors: VALIDATION. */
err *storage_create(struct scope *s, enum storage_direction d, const struct storage_type *t, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
/* Change what the body names; the connection is tried once with the result. whole: the project must be named (PUT). guard NULL: none.
 * Errors: VALIDATION, NOT_FOUND; CONFLICT when somebody changed the connection while this one was tried. */
err *storage_update(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t id, const struct jin *in, bool whole,
                    const struct stamp_guard *guard) __attribute__((warn_unused_result));
/* Tasks stay; what was known of the objects they came from goes. */
err *storage_delete(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t id) __attribute__((warn_unused_result));
/* Try the connection that a body describes; with "id" in it, the rest is taken from that storage. Errors: VALIDATION, NOT_FOUND. */
err *storage_validate(struct scope *s, enum storage_direction d, const struct storage_type *t, const struct jin *in) __attribute__((warn_unused_result));
/* The same, and the settings that were tried, secrets included. */
err *storage_tried(struct scope *s, enum storage_direction d, const struct storage_type *t, const struct jin *in, json_t **settings) __attribute__((warn_unused_result));
/* Queue a run. Errors: NOT_FOUND; VALIDATION for types without a driver; BAD_REQUEST when it is not synchronizable. */
err *storage_sync(struct scope *s, enum storage_direction d, const struct storage_type *t, int64_t id, int64_t *job) __attribute__((warn_unused_result));
/* {"files": […]}: what a storage with this body would take, at most `limit` of the body; a row of nulls when there is more. */
err *storage_files_write(struct scope *s, struct jw *w, const struct storage_type *t, const struct jin *in) __attribute__((warn_unused_result));

#endif
