# Sources of src/export
liblabeld_a_SOURCES += src/export/exp.h src/export/exp_csv.c src/export/exp_json.c src/export/exp_min.c src/export/formats.c src/export/formats.def \
	src/export/frames.c src/export/frames.h src/export/items.c src/export/items.h src/export/jsontext.c src/export/jsontext.h
liblabeld_a_SOURCES += src/export/choice.c src/export/choice.h src/export/items_snapshot.c src/export/outfile.c src/export/outfile.h \
	src/export/snapshot.c src/export/snapshot.h
liblabeld_a_SOURCES += src/export/categories.c src/export/categories.h src/export/coco.c src/export/coco.h src/export/contours.c \
	src/export/contours.h src/export/exp_asr.c src/export/exp_brush.c src/export/exp_brush_coco.c src/export/exp_coco.c \
	src/export/doclang.c src/export/doclang.h src/export/exp_conll.c src/export/exp_dataset.c src/export/exp_doclang.c src/export/exp_regions.c src/export/exp_subtitles.c src/export/paint.c src/export/exp_voc.c src/export/exp_yolo.c src/export/exp_yolo_seg.c src/export/names.c src/export/names.h src/export/media.c src/export/media.h src/export/offered.c \
	src/export/offered.h src/export/pictures.c src/export/pictures.h src/export/shape.c src/export/shape.h src/export/spool.c \
	src/export/spool.h src/export/words.c src/export/words.h src/export/yolo.h src/export/zip.c src/export/zip.h
SQL_FILES += src/export/export.sql src/export/snapshot.sql
