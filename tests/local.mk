# All suites. `make check` is the quick one: unit tests and the replay of every fuzz seed and regression, as TAP.
include tests/unit/local.mk
include tests/fuzz/local.mk
include tests/db/local.mk

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
