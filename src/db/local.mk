# Sources of src/db
liblabeld_a_SOURCES += \
	src/db/ahead.c src/db/arg.c src/db/conn.h \
	src/db/checksql.c src/db/checksql.h \
	src/db/copy.c \
	src/db/db.c src/db/db.h \
	src/db/migrate.c src/db/migrate.h \
	src/db/query.c \
	src/db/queue.c src/db/queue.h \
	src/db/row.c \
	src/db/session.c \
	src/db/sqlb.c src/db/sqlb.h \
	src/db/sqlerr.c src/db/constraint.def \
	src/db/tx.c
SQL_FILES += src/db/queue.sql
liblabeld_a_SOURCES += src/db/apart.c
