# Fuzz targets: LLVMFuzzerTestOneInput, seeds in corpus/<x>/, inputs of mended faults in regressions/<x>/. One pair of lines each:
#   fuzz_programs += tests/fuzz/fuzz_multipart
#   tests_fuzz_fuzz_multipart_SOURCES = tests/fuzz/fuzz_multipart.c
fuzz_programs += tests/fuzz/fuzz_tmpl
tests_fuzz_fuzz_tmpl_SOURCES = tests/fuzz/fuzz_tmpl.c

fuzz_programs += tests/fuzz/fuzz_jspan
tests_fuzz_fuzz_jspan_SOURCES = tests/fuzz/fuzz_jspan.c
fuzz_programs += tests/fuzz/fuzz_jin
tests_fuzz_fuzz_jin_SOURCES = tests/fuzz/fuzz_jin.c
fuzz_programs += tests/fuzz/fuzz_multipart tests/fuzz/fuzz_query
tests_fuzz_fuzz_multipart_SOURCES = tests/fuzz/fuzz_multipart.c
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c tests/unit/fcgi_fake.h
fuzz_programs += tests/fuzz/fuzz_labelconfig
tests_fuzz_fuzz_labelconfig_SOURCES = tests/fuzz/fuzz_labelconfig.c
fuzz_programs += tests/fuzz/fuzz_jwt
tests_fuzz_fuzz_jwt_SOURCES = tests/fuzz/fuzz_jwt.c
fuzz_programs += tests/fuzz/fuzz_csv
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c
fuzz_programs += tests/fuzz/fuzz_dm
tests_fuzz_fuzz_dm_SOURCES = tests/fuzz/fuzz_dm.c
fuzz_programs += tests/fuzz/fuzz_headers
tests_fuzz_fuzz_headers_SOURCES = tests/fuzz/fuzz_headers.c tests/unit/fcgi_fake.h
fuzz_programs += tests/fuzz/fuzz_import
tests_fuzz_fuzz_import_SOURCES = tests/fuzz/fuzz_import.c
