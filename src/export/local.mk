# Sources of src/export
liblabeld_a_SOURCES += src/export/exp.h src/export/exp_json.c src/export/formats.c
SQL_FILES += src/export/export.sql
