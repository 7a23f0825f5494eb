sbin_PROGRAMS += labeld

labeld_SOURCES = \
	src/main/labeld.c \
	src/main/listen.c src/main/listen.h \
	src/main/pool.c src/main/pool.h \
	src/main/worker.c src/main/worker.h
labeld_LDADD = liblabeld.a $(DEPS_LIBS) $(FCGI_LIBS) -lm

sbin_PROGRAMS += labeld-jobs
labeld_jobs_SOURCES = src/main/jobs.c
labeld_jobs_LDADD = liblabeld.a $(DEPS_LIBS) -lm

sbin_PROGRAMS += labeld-admin
labeld_admin_SOURCES = \
	src/main/admin.c src/main/admin.h \
	src/main/admin_counter.c \
	src/main/admin_db.c \
	src/main/admin_routes.c \
	src/main/admin_show.c \
	src/main/admin_user.c
labeld_admin_LDADD = liblabeld.a $(DEPS_LIBS) $(FCGI_LIBS) -lm
SQL_FILES += src/main/admin.sql
