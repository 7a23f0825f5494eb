# Sources of src/base
liblabeld_a_SOURCES += \
	src/base/arena.c \
	src/base/cfg.c \
	src/base/clock.c \
	src/base/err.c \
	src/base/filemap.c \
	src/base/filesync.c src/base/filesync.h \
	src/base/imgsize.c src/base/imgsize.h \
	src/base/linediff.c src/base/linediff.h \
	src/base/log.c \
	src/base/rle.c src/base/rle.h \
	src/base/seats.c \
	src/base/strbuf.c \
	src/base/text.c \
	src/base/xmldoc.c src/base/xmldoc.h
