# Sources of src/json
liblabeld_a_SOURCES += \
	src/json/jin.c \
	src/json/jincheck.c \
	src/json/jnum.c \
	src/json/jscan.c \
	src/json/jspan.c \
	src/json/jw.c \
	src/json/verr.c
