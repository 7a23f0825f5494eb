/* Body specs of the routes (tables of fields); bodies.def-like rows live in src/api/bodies.c. */
#ifndef LABELD_API_BODIES_H
#define LABELD_API_BODIES_H

#include "json/jin.h"

extern const struct jin_spec B_SCRIPT_FAULT;
extern const struct jin_spec B_REFRESH, B_JWT_SETTINGS, B_SESSION_POLICY, B_USER, B_ORGANIZATION, B_MEMBERSHIP, B_DEFAULT_ROLE;
extern const struct jin_spec B_PROJECT, B_LABEL_CONFIG, B_TASK, B_ANNOTATION, B_DRAFT, B_PREDICTION, B_REIMPORT, B_FILE_UPLOADS, B_RESUMABLE, B_MODEL_VERSION;
extern const struct jin_spec B_VIEW, B_VIEW_RESET, B_VIEW_ORDER, B_DATA_INDEX;
extern const struct jin_spec B_WORKSPACE, B_WORKSPACE_MEMBER, B_WORKSPACE_PROJECT, B_LEAVING, B_PICK, B_PROJECT_MEMBER, B_PROJECT_ROLE;
extern const struct jin_spec B_INVITATION, B_INVITATION_EMAIL, B_INVITATION_TOKEN, B_OVERRIDE, B_TAG, B_TAGS, B_TAGS_ASSIGN, B_MEMBER_SEARCH;
extern const struct jin_spec B_ANNOTATION_BULK, B_ANNOTATION_BULK_DELETE, B_DUPLICATE, B_PROJECT_TEMPLATE, B_FROM_TEMPLATE;
extern const struct jin_spec B_LABEL, B_LABEL_LINK, B_LABEL_REPLACE, B_TOUR;

extern const struct jin_spec B_SNAPSHOT, B_SNAPSHOT_CONVERT, B_WEBHOOK, B_WEBHOOK_CHANGE;
extern const struct jin_spec B_STORAGE, B_ML_BACKEND, B_ML_INTERACTIVE, B_ML_TRAIN;
extern const struct jin_spec B_ASSIGN_MANY, B_ASSIGN_SAMPLE, B_ASSIGN, B_PAUSE, B_TRASH;
extern const struct jin_spec B_DM_ACTION;
extern const struct jin_spec B_TASK_EVENT, B_TRANSITION;
extern const struct jin_spec B_COMMENT, B_REVIEW;

/* Forms of pages. */
extern const struct jin_spec B_SIGN_UP, B_PROFILE, B_RULES;

#endif
