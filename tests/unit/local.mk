# Unit tests: cmocka, no network, no database. One pair of lines per module:
#   check_PROGRAMS += tests/unit/test_arena
#   tests_unit_test_arena_SOURCES = tests/unit/test_arena.c
check_PROGRAMS += tests/unit/test_tmpl
tests_unit_test_tmpl_SOURCES = tests/unit/test_tmpl.c

check_PROGRAMS += tests/unit/test_arena
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c
check_PROGRAMS += tests/unit/test_strbuf
tests_unit_test_strbuf_SOURCES = tests/unit/test_strbuf.c
check_PROGRAMS += tests/unit/test_text
tests_unit_test_text_SOURCES = tests/unit/test_text.c
check_PROGRAMS += tests/unit/test_cfg
tests_unit_test_cfg_SOURCES = tests/unit/test_cfg.c
check_PROGRAMS += tests/unit/test_jw
tests_unit_test_jw_SOURCES = tests/unit/test_jw.c
check_PROGRAMS += tests/unit/test_jspan
tests_unit_test_jspan_SOURCES = tests/unit/test_jspan.c
check_PROGRAMS += tests/unit/test_jin
tests_unit_test_jin_SOURCES = tests/unit/test_jin.c
check_PROGRAMS += tests/unit/test_verr
tests_unit_test_verr_SOURCES = tests/unit/test_verr.c
