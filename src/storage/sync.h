/* A run of a storage: objects become tasks, or annotations become objects. Works in steps, each one transaction, and can be repeated from the
 * beginning at any time: what was taken is known. The job is src/jobs/storage_sync.c. */
#ifndef LABELD_STORAGE_SYNC_H
#define LABELD_STORAGE_SYNC_H

#include <jansson.h>

#include "core/scope.h"
#include "storage/driver.h"
#include "storage/filter.h"

struct storage_run {
    struct scope *s;             /* of whoever asked for it, with the rights of the project */
    int64_t id, project;
    bool is_import, use_blob_urls, recursive, can_delete;
    const struct storage_driver *driver;
    json_t *settings;            /* secrets included */
    struct storage_filter *filter;

    /* who runs it */
    /* inside each transaction; done: how far it is, of all tasks, or of objects whose number nobody knows (open_ended); < 0: as before */
    err *(*beat)(void *to, int64_t done, bool open_ended);
    err *(*go_on)(void *to);     /* between them */
    void *to;

    int64_t figure;              /* out: tasks that were there, or annotations written */
};

/* Errors: VALIDATION and others that tell why the run failed; RETRY, UNAVAILABLE and CONFLICT pass through and mean nothing about the storage. */
err *storage_take(struct storage_run *r) __attribute__((warn_unused_result));
err *storage_give(struct storage_run *r) __attribute__((warn_unused_result));
/* Only what was saved or deleted since. */
err *storage_give_due(struct storage_run *r) __attribute__((warn_unused_result));

#endif
