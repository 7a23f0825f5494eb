/* Log lines to stderr: `<n>` priority prefix (journald reads it), then key=value pairs. One write(2) per line. */
#ifndef LABELD_BASE_LOG_H
#define LABELD_BASE_LOG_H

#include <stdlib.h>
#include <syslog.h>   /* only for the level names LOG_ERR … LOG_DEBUG */

#include "base/err.h"

/* `program` appears in every line; lines above `max_level` are dropped. `prefix` false drops the `<n>` (a terminal reads it). */
void log_init(const char *program, int max_level, int prefix);
/* Request id for all later lines of this process until changed; NULL clears. Copied. */
void log_set_request(const char *id);
/* log_msg(LOG_INFO, "worker started", "pool=%s pid=%d", pool, pid): message, then a format giving key=value pairs ("" for none). */
void log_msg(int level, const char *message, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void log_err(const err *e, const char *what);
/* Parse "debug|info|notice|warning|err"; -1 when unknown. */
int log_level_parse(const char *s);

/* A state that only a bug can reach: log and abort; the master starts a new worker. */
#define BUG(...) log_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void log_bug(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
