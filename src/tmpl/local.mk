liblabeld_a_SOURCES += \
	src/tmpl/compile.c \
	src/tmpl/htmlstate.c \
	src/tmpl/htmlstate.h \
	src/tmpl/node.h \
	src/tmpl/render.c \
	src/tmpl/sanitize.c \
	src/tmpl/sanitize.h \
	src/tmpl/set.c \
	src/tmpl/tmpl.h
