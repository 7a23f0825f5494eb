# `make bench`: programs of the benchmark, built by tests/bench/run when it needs them.
bench_programs = tests/bench/drive tests/bench/empty_fcgi
EXTRA_PROGRAMS += $(bench_programs)
MOSTLYCLEANFILES += $(bench_programs)
tests_bench_drive_SOURCES = tests/bench/drive.c
tests_bench_drive_LDADD = $(DEPS_LIBS)
tests_bench_empty_fcgi_SOURCES = tests/bench/empty_fcgi.c
tests_bench_empty_fcgi_LDADD = $(FCGI_LIBS)

bench-programs: $(bench_programs)
bench: all bench-programs
	$(srcdir)/tests/bench/run --build '$(abs_builddir)' $(BENCH_FLAGS)
.PHONY: bench bench-programs
