# Sources of src/api
liblabeld_a_SOURCES += \
	src/api/accounts.c \
	src/api/bodies.h \
	src/api/bodies_accounts.c \
	src/api/credentials.c src/api/credentials.h \
	src/api/gate.c src/api/gate.h \
	src/api/handlers.h \
	src/api/members.c \
	src/api/negotiate.c src/api/negotiate.h \
	src/api/answers.c src/api/answers.def src/api/answers.h src/api/openapi.c src/api/openapi.h src/api/routes_print.c src/api/schema.c src/api/schema.h \
	src/api/routes.c src/api/routes.h \
	src/api/server.c
liblabeld_a_SOURCES += src/api/bodies_teams.c src/api/invitations.c src/api/member_tags.c src/api/memberships.c src/api/permissions.c \
	src/api/activity.c src/api/annotations_bulk.c src/api/avatars.c src/api/avatars.h src/api/labels.c src/api/project_members.c src/api/project_templates.c src/api/workspaces.c
liblabeld_a_SOURCES += src/api/storages.c src/api/ml.c src/api/annotations.c src/api/bodies_work.c src/api/paging.c src/api/paging.h src/api/predictions.c \
	src/api/projects.c src/api/tasks.c
liblabeld_a_SOURCES += src/api/etag.c src/api/etag.h src/api/export.c src/api/gallery.c src/api/gallery.h src/api/idlist.c src/api/idlist.h src/api/import.c src/api/resumable.c src/api/samples.c src/api/uploads.c
liblabeld_a_SOURCES += src/api/history.c src/api/resolve.c src/api/states.c src/api/summary.c
liblabeld_a_SOURCES += src/api/script.c
liblabeld_a_SOURCES += src/api/comments.c src/api/reviews.c src/api/bodies_review.c
liblabeld_a_SOURCES += src/api/assignments.c src/api/bodies_assign.c src/api/trash.c
liblabeld_a_SOURCES += src/api/dm.c
liblabeld_a_SOURCES += src/api/snapshots.c
liblabeld_a_SOURCES += src/api/webhooks.c
liblabeld_a_SOURCES += src/api/bodies_files.c
liblabeld_a_SOURCES += src/api/bodies_actions.c src/api/dm_actions.c src/api/jobs.c src/api/jobs.h
liblabeld_a_SOURCES += src/api/data_indexes.c
