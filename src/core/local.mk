# Sources of src/core
liblabeld_a_SOURCES += \
	src/core/auth.c src/core/auth.h \
	src/core/perm.c src/core/perm.h \
	src/core/session.c src/core/session.h \
	src/core/token.c src/core/token.h \
	src/core/wire.c src/core/wire.h
SQL_FILES += \
	src/core/auth.sql \
	src/core/session.sql \
	src/core/token.sql \
	src/core/visible.sql
