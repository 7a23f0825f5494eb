liblabeld_a_SOURCES += \
	src/tmpl/compile.c \
	src/tmpl/htmlstate.c \
	src/tmpl/htmlstate.h \
	src/tmpl/markup.c \
	src/tmpl/markup.h \
	src/tmpl/node.h \
	src/tmpl/render.c \
	src/tmpl/sanitize.c \
	src/tmpl/sanitize.h \
	src/tmpl/set.c \
	src/tmpl/svg.c \
	src/tmpl/svg.h \
	src/tmpl/tmpl.h
