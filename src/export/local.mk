# Sources of src/export
liblabeld_a_SOURCES += src/export/exp.h src/export/exp_csv.c src/export/exp_json.c src/export/exp_min.c src/export/formats.c \
	src/export/frames.c src/export/frames.h src/export/items.c src/export/items.h src/export/jsontext.c src/export/jsontext.h
liblabeld_a_SOURCES += src/export/choice.c src/export/choice.h src/export/items_snapshot.c src/export/outfile.c src/export/outfile.h \
	src/export/snapshot.c src/export/snapshot.h
SQL_FILES += src/export/export.sql src/export/snapshot.sql
