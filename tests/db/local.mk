# Tests against a real server: `make check-db` starts a throw-away cluster, runs them in it and removes it.
#   db_tests += tests/db/test_x           tests_db_test_x_SOURCES = tests/db/test_x.c $(db_fixture)
#                                         tests_db_test_x_CPPFLAGS = $(db_cppflags)
# Queries of a test itself stay out of SQL_FILES: check-sql knows the program's schema only.
db_fixture = tests/db/fixture.c tests/db/fixture.h
db_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/db -I$(top_builddir)/tests/db
db_sql = tests/db/test_db.sql
db_headers = $(db_sql:.sql=.sql.h)

db_tests = \
	tests/db/test_db \
	tests/db/test_tx \
	tests/db/test_ahead \
	tests/db/test_queue \
	tests/db/test_migrate \
	tests/db/test_jobs \
	tests/db/test_counter \
	tests/db/test_stream \
	tests/db/test_overlap \
	tests/db/test_review \
	tests/db/test_dm \
	tests/db/test_data_index \
	tests/db/test_pooled
EXTRA_PROGRAMS = $(db_tests)
BUILT_SOURCES += $(db_headers)
MOSTLYCLEANFILES += $(db_headers) $(db_tests)

tests_db_test_db_SOURCES = tests/db/test_db.c $(db_fixture)
tests_db_test_db_CPPFLAGS = $(db_cppflags)
tests_db_test_tx_SOURCES = tests/db/test_tx.c $(db_fixture)
tests_db_test_tx_CPPFLAGS = $(db_cppflags)
tests_db_test_ahead_SOURCES = tests/db/test_ahead.c $(db_fixture)
tests_db_test_ahead_CPPFLAGS = $(db_cppflags)
tests_db_test_queue_SOURCES = tests/db/test_queue.c $(db_fixture)
tests_db_test_queue_CPPFLAGS = $(db_cppflags)
tests_db_test_migrate_SOURCES = tests/db/test_migrate.c $(db_fixture)
tests_db_test_migrate_CPPFLAGS = $(db_cppflags)
tests_db_test_jobs_SOURCES = tests/db/test_jobs.c $(db_fixture)
tests_db_test_jobs_CPPFLAGS = $(db_cppflags)
tests_db_test_counter_SOURCES = tests/db/test_counter.c $(db_fixture)
tests_db_test_counter_CPPFLAGS = $(db_cppflags)
tests_db_test_stream_SOURCES = tests/db/test_stream.c $(db_fixture)
tests_db_test_stream_CPPFLAGS = $(db_cppflags)
tests_db_test_dm_SOURCES = tests/db/test_dm.c tests/db/plan.c tests/db/plan.h $(db_fixture)
tests_db_test_dm_CPPFLAGS = $(db_cppflags)
tests_db_test_data_index_SOURCES = tests/db/test_data_index.c tests/db/plan.c tests/db/plan.h $(db_fixture)
tests_db_test_data_index_CPPFLAGS = $(db_cppflags)
tests_db_test_overlap_SOURCES = tests/db/test_overlap.c $(db_fixture)
tests_db_test_overlap_CPPFLAGS = $(db_cppflags)
tests_db_test_review_SOURCES = tests/db/test_review.c $(db_fixture)
tests_db_test_review_CPPFLAGS = $(db_cppflags)
tests_db_test_pooled_SOURCES = tests/db/test_pooled.c $(db_fixture)
tests_db_test_pooled_CPPFLAGS = $(db_cppflags)

.PHONY: check-db
check-db: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(db_tests) labeld-admin$(EXEEXT)
	$(srcdir)/tests/db/with-cluster $(srcdir)/tests/db/run $(db_tests)
