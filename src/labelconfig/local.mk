# Sources of src/labelconfig
liblabeld_a_SOURCES += \
	src/labelconfig/lc_change.c \
	src/labelconfig/lc_controls.c \
	src/labelconfig/lc_derive.c \
	src/labelconfig/lc_fill.c \
	src/labelconfig/lc_names.c \
	src/labelconfig/lc_parse.c \
	src/labelconfig/lc_repr.c \
	src/labelconfig/lc_result.c \
	src/labelconfig/lc_sample.c \
	src/labelconfig/lc_schema.c \
	src/labelconfig/lc_task.c \
	src/labelconfig/lc_value.c \
	src/labelconfig/lc_xmlerr.c
