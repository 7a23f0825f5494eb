/* Views: the tabs of the Data Manager, shared by everybody who sees the project or private to their owner. */
#ifndef LABELD_DM_VIEW_H
#define LABELD_DM_VIEW_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* Errors of all: NOT_FOUND "No View matches the given query." for views that the caller does not see. */
err *view_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
/* A bare list; project 0: of every visible project. */
err *view_list_write(struct scope *s, struct jw *w, int64_t project) __attribute__((warn_unused_result));
/* Rows VIEW_TABS_… of a project (view.sql), in their order. */
err *view_tabs(struct scope *s, int64_t project, struct rows *out) __attribute__((warn_unused_result));
/* Errors: VALIDATION (project, names of filters). */
err *view_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *view_update(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *view_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* Of a visible project: every view that the caller sees. */
err *view_reset(struct scope *s, int64_t project) __attribute__((warn_unused_result));
err *view_reorder(struct scope *s, int64_t project, const int64_t *ids, size_t n) __attribute__((warn_unused_result));

/* The project of a view, and its query for dm_compile. */
err *view_source(struct scope *s, int64_t id, int64_t *project, const char **text) __attribute__((warn_unused_result));
err *view_query(struct scope *s, int64_t id, int64_t *project, json_t **query) __attribute__((warn_unused_result));

#endif
