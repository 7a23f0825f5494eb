/* What a kind of storage does with the world outside the database. */
#ifndef LABELD_STORAGE_DRIVER_H
#define LABELD_STORAGE_DRIVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* One object in the order of its keys. */
struct storage_object {
    const char *key;
    int64_t size_bytes;
    int64_t modified_us;    /* since 1970 */
};

/* more: set to false to be called no more. */
typedef err *storage_object_fn(void *to, const struct storage_object *o, bool *more);

/* settings: a tree with every key of the type, secrets included. Errors of all: VALIDATION, worded for who set it up. */
struct storage_driver {
    const char *type;
    /* Can it be reached, and may it be used? May put a setting into its canonical form. */
    err *(*check)(struct arena *a, json_t *settings);
    /* Call fn for every object, in the order of keys; texts live as long as the call. recursive: below the first level too. */
    err *(*list)(struct arena *a, const json_t *settings, bool recursive, storage_object_fn *fn, void *to);
    /* Open an object for reading; the caller closes. */
    err *(*open)(struct arena *a, const json_t *settings, const char *key, int *fd, int64_t *size_bytes);
    /* Address that task data hold for an object. */
    const char *(*address)(struct arena *a, const json_t *settings, const char *key);
    /* Write an object whole, or not at all. */
    err *(*put)(struct arena *a, const json_t *settings, const char *name, const char *text, size_t len);
    /* Objects that are gone already are no error. */
    err *(*remove)(struct arena *a, const json_t *settings, const char *name);
};

extern const struct storage_driver storage_local;

/* NULL for types that cannot be connected to. */
const struct storage_driver *storage_driver_find(const char *type);
/* The error for those. */
err *storage_driver_missing(struct arena *a, const char *title) __attribute__((warn_unused_result));

/* What an error of a storage says to people, in one line. */
const char *storage_reason(struct arena *a, const err *e);

#endif
