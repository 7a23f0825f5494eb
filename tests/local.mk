# All suites. `make check` is the quick one: unit tests and the replay of every fuzz seed and regression, as TAP.
include tests/unit/local.mk
include tests/fuzz/local.mk
include tests/db/local.mk
include tests/bench/local.mk

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/contrib/build-aux/tap-driver.sh
AM_TESTS_ENVIRONMENT = LABELD_SRCDIR='$(abs_srcdir)'; export LABELD_SRCDIR;
TESTS = $(check_PROGRAMS)

# Without libFuzzer each fuzz target is linked with a main() that replays its files; the archive gives it only to programs without one.
check_PROGRAMS += $(fuzz_programs)
check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c
if FUZZ
TEST_MAIN = $(FUZZ_ENGINE)
else
TEST_MAIN = tests/fuzz/libreplay.a
endif

# The suites that need more than a compiler run through contrib/check, here with the programs of this build.
check-contract check-browser: all
	$(srcdir)/contrib/check --build '$(abs_builddir)' $(@:check-%=%)

# make fuzz T=multipart [FUZZ_SECONDS=60]: a build of its own with clang; what it finds lies in fuzz-build/found.
FUZZ_SECONDS = 60
fuzz:
	@test -f '$(srcdir)/tests/fuzz/fuzz_$(T).c' || { echo 'make fuzz T=NAME; names: $(fuzz_programs:tests/fuzz/fuzz_%=%)' >&2; exit 2; }
	@$(MKDIR_P) fuzz-build/found fuzz-build/corpus/$(T)
	@cd fuzz-build && { test -f Makefile || $(abs_srcdir)/configure -q CC=clang --enable-fuzz; } && $(MAKE) -s tests/fuzz/fuzz_$(T)
	cd fuzz-build && tests/fuzz/fuzz_$(T) -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=found/$(T)- corpus/$(T) \
	    $(wildcard $(abs_srcdir)/tests/fuzz/corpus/$(T) $(abs_srcdir)/tests/fuzz/regressions/$(T))

.PHONY: check-contract check-browser fuzz

fuzz-programs: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(fuzz_programs)
.PHONY: fuzz-programs
