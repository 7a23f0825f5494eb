# Sources of src/base
liblabeld_a_SOURCES += \
	src/base/arena.c \
	src/base/cfg.c \
	src/base/clock.c \
	src/base/err.c \
	src/base/filemap.c \
	src/base/filesync.c src/base/filesync.h \
	src/base/log.c \
	src/base/seats.c \
	src/base/strbuf.c \
	src/base/text.c
