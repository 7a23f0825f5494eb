# Sources of src/dm
liblabeld_a_SOURCES += src/dm/columns.c src/dm/columns.h src/dm/columns_write.c src/dm/columns_write.h src/dm/compile.c src/dm/keep.c src/dm/keep.h src/dm/list.c src/dm/list.h src/dm/next.c src/dm/next.h src/dm/run.c src/dm/run.h src/dm/query.c src/dm/query.h \
	src/dm/value.c src/dm/value.h src/dm/view.c src/dm/view.h
liblabeld_a_SOURCES += src/dm/selected.c src/dm/selected.h
SQL_FILES += src/dm/dm.sql src/dm/view.sql
liblabeld_a_SOURCES += src/dm/act.c src/dm/action.c src/dm/action.h src/dm/actions.def src/dm/actions/actions.h src/dm/actions/annotations.c src/dm/actions/assign.c \
	src/dm/actions/expression.c src/dm/actions/expression.h src/dm/actions/field.c src/dm/actions/form.c src/dm/actions/labels.c \
	src/dm/actions/predictions.c src/dm/actions/reviews.c src/dm/actions/tasks.c
SQL_FILES += src/dm/act.sql src/dm/actions/annotations.sql src/dm/actions/assign.sql src/dm/actions/field.sql src/dm/actions/labels.sql src/dm/actions/predictions.sql src/dm/actions/reviews.sql src/dm/actions/tasks.sql
liblabeld_a_SOURCES += src/dm/data.c src/dm/index.c src/dm/index.h
SQL_FILES += src/dm/index.sql
liblabeld_a_SOURCES += src/dm/columns_read.c src/dm/columns_read.h src/dm/page.c src/dm/page.h src/dm/pick.c src/dm/pick.h src/dm/look.c src/dm/look.h src/dm/tab.c src/dm/tab.h
SQL_FILES += src/dm/page.sql src/dm/pick.sql src/dm/look.sql
