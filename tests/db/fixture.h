/* What the database tests share: a fresh schema per program, connections to it, and statements that must work. */
#ifndef LABELD_TESTS_DB_FIXTURE_H
#define LABELD_TESTS_DB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/db.h"

/* Read the settings, drop and create schema "test_<name>", run the migrations. Skips the program (77) without a cluster. */
struct db *fixture_open(const char *name);
/* Another connection to the same schema. */
struct db *fixture_connect(void);
struct db *fixture_connect_as(const char *role);
void fixture_close(void);
/* Fails the test with the error's text. */
void fixture_ok(err *e, const char *file, int line);
#define assert_ok(expr) fixture_ok((expr), __FILE__, __LINE__)
#define assert_err(expr, k) assert_int_equal(fixture_kind(expr), ERR_##k)
int fixture_kind(const err *e);             /* -1 for OK */
void fixture_sql(struct db *db, const char *text);
int64_t fixture_i64(struct db *db, const char *text);
extern struct arena *fixture_arena;

#endif
