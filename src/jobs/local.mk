# Sources of src/jobs
liblabeld_a_SOURCES += \
	src/jobs/action.c \
	src/jobs/aside.c src/jobs/aside.h \
	src/jobs/import.c \
	src/jobs/job.c src/jobs/job.h src/jobs/jobs.def \
	src/jobs/list.c src/jobs/list.h \
	src/jobs/ml_predict.c src/jobs/ml_train.c \
	src/jobs/overlap.c \
	src/jobs/project_delete.c src/jobs/project_duplicate.c \
	src/jobs/storage_sync.c \
	src/jobs/review_queue.c \
	src/jobs/runner.c src/jobs/runner.h \
	src/jobs/snapshot.c \
	src/jobs/sweep.c \
	src/jobs/sweep_files.c \
	src/jobs/tasks_delete.c \
	src/jobs/project_delete.h src/jobs/trash.c \
	src/jobs/trash_chosen.c src/jobs/trash_chosen.h \
	src/jobs/wait.c src/jobs/wait.h
SQL_FILES += src/jobs/list.sql src/jobs/ml_predict.sql src/jobs/project_delete.sql src/jobs/runner.sql src/jobs/sweep.sql src/jobs/sweep_files.sql src/jobs/wait.sql
SQL_FILES += src/jobs/trash.sql
liblabeld_a_SOURCES += src/jobs/data_index.c
SQL_FILES += src/jobs/data_index.sql
