# Sources of src/core
liblabeld_a_SOURCES += \
	src/core/args.h \
	src/core/auth.c src/core/auth.h \
	src/core/hotkeys.c src/core/hotkeys.h src/core/hotkeys.def \
	src/core/known.c src/core/known.h \
	src/core/login.c src/core/login.h \
	src/core/org.c src/core/org.h \
	src/core/org_member.c \
	src/core/password.c src/core/password.h \
	src/core/perm.c src/core/perm.h \
	src/core/session.c src/core/session.h \
	src/core/token.c src/core/token.h \
	src/core/user.c src/core/user.h \
	src/core/wire.c src/core/wire.h
SQL_FILES += \
	src/core/auth.sql \
	src/core/login.sql \
	src/core/org.sql \
	src/core/session.sql \
	src/core/token.sql \
	src/core/user.sql \
	src/core/visible.sql
liblabeld_a_SOURCES += \
	src/core/annotation.c src/core/annotation.h \
	src/core/draft.c src/core/draft.h \
	src/core/fields.c src/core/fields.h \
	src/core/history.c src/core/history.h \
	src/core/names.c src/core/names.h \
	src/core/model_version.c src/core/model_version.h \
	src/core/prediction.c src/core/prediction.h \
	src/core/project.c src/core/project.h \
	src/core/stamp.c src/core/stamp.h src/core/stream.c src/core/stream.h \
	src/core/summary.c src/core/summary.h \
	src/core/task.c src/core/task.h
SQL_FILES += \
	src/core/annotation.sql \
	src/core/draft.sql \
	src/core/history.sql \
	src/core/model_version.sql \
	src/core/prediction.sql \
	src/core/project.sql \
	src/core/stamp.sql src/core/stream.sql \
	src/core/summary.sql \
	src/core/task.sql
liblabeld_a_SOURCES += src/core/counter.c src/core/counter.h
SQL_FILES += src/core/counter.sql
liblabeld_a_SOURCES += src/core/state.c src/core/state.h src/core/task_event.c src/core/task_event.h
SQL_FILES += src/core/state.sql src/core/task_event.sql
liblabeld_a_SOURCES += src/core/script.c src/core/script.h
liblabeld_a_SOURCES += src/core/setting.c src/core/setting.h
SQL_FILES += src/core/setting.sql
SQL_FILES += src/core/script.sql
liblabeld_a_SOURCES += src/core/overview.c src/core/overview.h
SQL_FILES += src/core/overview.sql
liblabeld_a_SOURCES += src/core/overlap.c src/core/overlap.h
SQL_FILES += src/core/overlap.sql
liblabeld_a_SOURCES += src/core/event.c src/core/event.h
SQL_FILES += src/core/event.sql
liblabeld_a_SOURCES += src/core/brief.c src/core/brief.h
liblabeld_a_SOURCES += src/core/invitation.c src/core/invitation.h src/core/member_tag.c src/core/member_tag.h src/core/org_permission.c
SQL_FILES += src/core/invitation.sql src/core/member_tag.sql
liblabeld_a_SOURCES += src/core/activity.c src/core/activity.h src/core/annotation_bulk.c src/core/annotation_bulk.h \
	src/core/avatar.c src/core/avatar.h src/core/duplicate.c src/core/duplicate.h src/core/label.c src/core/label.h \
	src/core/project_template.c src/core/project_template.h src/core/tour.c src/core/tour.h
SQL_FILES += src/core/avatar.sql src/core/label.sql src/core/tour.sql
SQL_FILES += src/core/activity.sql src/core/annotation_bulk.sql src/core/duplicate.sql src/core/project_template.sql
liblabeld_a_SOURCES += src/core/member.c src/core/member.h src/core/workspace.c src/core/workspace.h src/core/workspace_lines.c src/core/workspace_lines.h
SQL_FILES += src/core/member.sql src/core/workspace.sql
liblabeld_a_SOURCES += src/core/review.c src/core/review.h src/core/review_settings.c src/core/review_stream.c src/core/review_stream.h
SQL_FILES += src/core/review.sql
liblabeld_a_SOURCES += src/core/cell.c src/core/cell.h src/core/comment.c src/core/comment.h src/core/feedback.c src/core/feedback.h
SQL_FILES += src/core/comment.sql src/core/feedback.sql
liblabeld_a_SOURCES += src/core/assignment.c src/core/assignment.h src/core/pause.c src/core/pause.h src/core/trash.c src/core/trash.h
SQL_FILES += src/core/assignment.sql src/core/pause.sql src/core/trash.sql
