# Sources of src/storage
liblabeld_a_SOURCES += src/storage/driver.h src/storage/filter.c src/storage/filter.h src/storage/form.c src/storage/give.c \
	src/storage/local.c src/storage/local.h src/storage/storage.c src/storage/storage.h src/storage/sync.h src/storage/take.c \
	src/storage/types.def
SQL_FILES += src/storage/storage.sql
