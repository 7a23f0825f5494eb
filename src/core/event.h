/* Announcing changes to webhooks: call these in the transaction of the change, after it. Where the organization has no webhook they
 * ask the database nothing. Who is told, when and how is hooks/. */
#ifndef LABELD_CORE_EVENT_H
#define LABELD_CORE_EVENT_H

#include "core/scope.h"

/* ANNOTATION_CREATED, ANNOTATION_UPDATED. */
err *event_annotation(struct scope *s, const char *action, int64_t annotation) __attribute__((warn_unused_result));
/* ANNOTATIONS_CREATED: several at once, with their tasks. */
err *event_annotations(struct scope *s, int64_t project, struct db_arg ids) __attribute__((warn_unused_result));
/* ANNOTATIONS_DELETED, TASKS_DELETED. */
err *event_annotations_gone(struct scope *s, int64_t project, struct db_arg ids) __attribute__((warn_unused_result));
err *event_tasks_gone(struct scope *s, int64_t project, struct db_arg ids) __attribute__((warn_unused_result));
/* REVIEW_CREATED, REVIEW_UPDATED; REVIEWS_DELETED. */
err *event_review(struct scope *s, const char *action, int64_t review) __attribute__((warn_unused_result));
err *event_reviews_gone(struct scope *s, int64_t project, struct db_arg ids) __attribute__((warn_unused_result));
/* TASKS_CREATED; they are read when they are told of. */
err *event_tasks(struct scope *s, int64_t project, struct db_arg ids) __attribute__((warn_unused_result));
/* PROJECT_CREATED, PROJECT_UPDATED, PROJECT_DELETED. */
err *event_project(struct scope *s, const char *action, int64_t project) __attribute__((warn_unused_result));
/* LABEL_LINK_CREATED, LABEL_LINK_UPDATED, LABEL_LINK_DELETED (before they go): links by id, or all of a label. */
err *event_links(struct scope *s, const char *action, struct db_arg ids, struct db_arg label) __attribute__((warn_unused_result));
/* Anything else: IMPORT_COMPLETED, EXPORT_COMPLETED, STORAGE_SYNC_COMPLETED … object: JSON, {"import": {…}}. */
err *event_object(struct scope *s, const char *action, int64_t project, const char *object) __attribute__((warn_unused_result));

#endif
