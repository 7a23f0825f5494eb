liblabeld_a_SOURCES += \
	src/http/cookie.c src/http/cookie.h \
	src/http/csrf.c src/http/csrf.h \
	src/http/mp.c src/http/mp.h \
	src/http/query.c src/http/query.h \
	src/http/route.c src/http/route.h \
	src/http/rq.c src/http/rq.h \
	src/http/rq_body.c \
	src/http/rq_client.c \
	src/http/rs.c src/http/rs.h \
	src/http/spool.c src/http/spool.h
