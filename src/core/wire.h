/* Values as the API writes them, straight from rows: times, ages, user names. */
#ifndef LABELD_CORE_WIRE_H
#define LABELD_CORE_WIRE_H

#include "db/db.h"
#include "json/jw.h"

/* Write column `col` (timestamptz in Postgres's ISO text form, session in UTC) as "2026-11-21T22:31:16.423161Z"; the fraction is
 * omitted when zero; SQL null writes null. */
void wire_time(struct jw *w, const struct row *r, int col);
void wire_ktime(struct jw *w, const char *key, const struct row *r, int col);
/* Same conversion into a text in the arena; NULL for SQL null. */
const char *wire_time_text(struct arena *a, const char *pg);
/* Two adjacent units since the time ("1 day, 2 hours", with U+00A0 between number and unit; "0 minutes" below one minute). */
void wire_ago(struct jw *w, const struct row *r, int col);

/* Key and column in one call; SQL null writes null. */
void wire_kstr(struct jw *w, const char *key, const struct row *r, int col);
void wire_ki64(struct jw *w, const char *key, const struct row *r, int col);
void wire_kf64(struct jw *w, const char *key, const struct row *r, int col);
void wire_kbool(struct jw *w, const char *key, const struct row *r, int col);
void wire_kraw(struct jw *w, const char *key, const struct row *r, int col);

#endif
