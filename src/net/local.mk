# Sources of src/net
liblabeld_a_SOURCES += src/net/jwt.c src/net/jwt.h
