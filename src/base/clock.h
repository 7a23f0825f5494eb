/* Time. Wall time is int64 microseconds since 1970 UTC; Postgres parses and formats dates, these helpers serve headers and tokens. */
#ifndef LABELD_BASE_CLOCK_H
#define LABELD_BASE_CLOCK_H

#include <stdint.h>

#include "base/arena.h"

int64_t clock_wall_us(void);
int64_t clock_mono_us(void);
/* "2026-11-21T22:31:16.423161Z"; the fraction is omitted when zero, as the reference API writes times. */
char *clock_iso(struct arena *a, int64_t wall_us);
/* "Sat, 21 Nov 2026 22:31:16 GMT" for HTTP headers. */
char *clock_http(struct arena *a, int64_t wall_us);

#endif
