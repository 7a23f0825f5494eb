# Sources of src/page
liblabeld_a_SOURCES += src/page/page.h
