# Sources of src/import
liblabeld_a_SOURCES += src/import/batch.c src/import/batch.h src/import/columns.c src/import/columns.h src/import/csv.c src/import/csv.h \
	src/import/document.c src/import/document.h src/import/file.c src/import/file.h src/import/imp.h src/import/imp_json.c src/import/number.c src/import/number.h \
	src/import/people.c src/import/people.h src/import/preannotate.c src/import/preannotate.h src/import/predictions.c \
	src/import/predictions.h src/import/problems.c src/import/problems.h src/import/table.c src/import/table.h \
	src/import/upload.c src/import/upload.h src/import/utf8text.c src/import/utf8text.h
SQL_FILES += src/import/import.sql src/import/upload.sql
liblabeld_a_SOURCES += src/import/record.c src/import/record.h src/import/request.c src/import/request.h
SQL_FILES += src/import/record.sql
liblabeld_a_SOURCES += src/import/resumable.c src/import/resumable.h
SQL_FILES += src/import/resumable.sql
liblabeld_a_SOURCES += src/import/adopt.c src/import/adopt.h src/import/bundle.c src/import/bundle.h src/import/cocorle.c src/import/cocorle.h \
	src/import/classmask.c src/import/classmask.h src/import/classnames.c src/import/classnames.h src/import/classread.c src/import/classread.h \
	src/import/foreign.c src/import/foreign.h src/import/imp_coco.c src/import/imp_conll.c src/import/imp_jsonl.c src/import/imp_masks.c \
	src/import/maskpng.c src/import/maskpng.h src/import/maskruns.c src/import/maskruns.h src/import/pngrows.c src/import/pngrows.h \
	src/import/imp_voc.c src/import/imp_yolo.c src/import/labelmap.c src/import/labelmap.h src/import/report.c src/import/report.h \
	src/import/sorted.c src/import/sorted.h src/import/splits.c src/import/splits.h src/import/survey.c src/import/unpack.c src/import/unpack.h src/import/yolonames.c src/import/yolonames.h
