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
check_PROGRAMS += tests/unit/test_cookie tests/unit/test_csrf tests/unit/test_mp tests/unit/test_route tests/unit/test_rq tests/unit/test_rs
tests_unit_test_cookie_SOURCES = tests/unit/test_cookie.c
tests_unit_test_csrf_SOURCES = tests/unit/test_csrf.c tests/unit/fcgi_fake.h
tests_unit_test_mp_SOURCES = tests/unit/test_mp.c
tests_unit_test_route_SOURCES = tests/unit/test_route.c
tests_unit_test_rq_SOURCES = tests/unit/test_rq.c tests/unit/fcgi_fake.h
tests_unit_test_rs_SOURCES = tests/unit/test_rs.c tests/unit/fcgi_fake.h
check_PROGRAMS += tests/unit/test_log
tests_unit_test_log_SOURCES = tests/unit/test_log.c
check_PROGRAMS += tests/unit/test_lc_parse tests/unit/test_lc_task
tests_unit_test_lc_parse_SOURCES = tests/unit/test_lc_parse.c
tests_unit_test_lc_task_SOURCES = tests/unit/test_lc_task.c

check_PROGRAMS += tests/unit/test_sqlb
tests_unit_test_sqlb_SOURCES = tests/unit/test_sqlb.c
