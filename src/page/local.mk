# Sources of src/page
liblabeld_a_SOURCES += src/page/jobs.c src/page/jobs.h
liblabeld_a_SOURCES += \
	src/page/account.c \
	src/page/account_keys.c src/page/account_keys.h \
	src/page/assets.c src/page/assets.h \
	src/page/docs.c \
	src/page/form.c \
	src/page/login.c \
	src/page/organization.c \
	src/page/page.c src/page/page.h \
	src/page/times.c src/page/times.h
liblabeld_a_SOURCES += src/page/script.c src/page/script.h src/page/script_diff.c src/page/script_diff.h \
	src/page/script_examples.c src/page/script_examples.h src/page/script_settings.c
liblabeld_a_SOURCES += src/page/cells.c src/page/cells.h src/page/config_error.c src/page/config_error.h src/page/data.c src/page/data.h \
	src/page/export.c src/page/import.c src/page/intake.c src/page/intake.h src/page/labelling.c src/page/labelling.h \
	src/page/project_new.c src/page/project_page.c src/page/project_page.h src/page/projects.c src/page/settings.c src/page/table.c src/page/table.h src/page/trash.c src/page/trash.h
liblabeld_a_SOURCES += src/page/dm_actions.c src/page/dm_actions.h src/page/dm_confirm.c src/page/dm_picked.c src/page/dm_picked.h
liblabeld_a_SOURCES += src/page/webhooks.c src/page/webhooks.h src/page/workspaces.c src/page/workspaces.h
liblabeld_a_SOURCES += src/page/activity.c src/page/organization.h src/page/organization_settings.c src/page/organization_permissions.c
liblabeld_a_SOURCES += src/page/fields.c src/page/fields.h src/page/relabel.c src/page/relabel.h src/page/settings.h src/page/settings_danger.c src/page/settings_general.c \
	src/page/settings_labeling.c src/page/settings_members.c src/page/settings_ml.c src/page/settings_predictions.c src/page/settings_review.c src/page/settings_storage.c
liblabeld_a_SOURCES += src/page/dm_lines.c src/page/dm_lines.h src/page/dm_words.c src/page/dm_words.h \
	src/page/dm_filter.c src/page/dm_filter.h src/page/dm_filter_view.h src/page/dm_filter_check.c src/page/dm_filter_form.c \
	src/page/dm_advice.c src/page/dm_advice.h src/page/dm_chips.c src/page/dm_indexes.c
liblabeld_a_SOURCES += src/page/dm_state.c src/page/dm_state.h src/page/dm_cells.c src/page/dm_cells.h src/page/dm_columns.c src/page/dm_columns.h \
	src/page/dm_look.c src/page/dm_tabs.c src/page/dm_tabs.h src/page/result_words.c src/page/result_words.h
