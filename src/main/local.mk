sbin_PROGRAMS += labeld

labeld_SOURCES = \
	src/main/labeld.c \
	src/main/listen.c src/main/listen.h \
	src/main/pool.c src/main/pool.h \
	src/main/worker.c src/main/worker.h
labeld_LDADD = liblabeld.a $(DEPS_LIBS) $(FCGI_LIBS) -lm
