/* Data that sample tasks point at: a table for TimeSeries and turns for Paragraphs, shaped by the query. Files are in
 * templates/static/samples. */
#include "api/handlers.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "http/rs.h"

enum { ROWS = 100, COLUMNS_MOST = 50, FORMAT_MOST = 60, START_S = 1577836800 /* 2020-01-01 */ };

static const char *query_or(struct rq *rq, const char *name, const char *otherwise)
{
    const char *value = rq_query(rq, name);

    return value && *value ? value : otherwise;
}

/* Seconds per row: the finest unit that the time format shows. */
static int64_t step_of(const char *format)
{
    if (strpbrk(format, "SsT"))
        return 1;
    return strchr(format, 'M') ? 60 : strpbrk(format, "HI") ? 3600 : 86400;
}

/* The format comes from the address; strftime reads no arguments, so nothing in it can do harm. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *time_text(struct arena *a, const char *format, int row)
{
    time_t at = START_S + row * step_of(format);
    char text[256];
    struct tm tm;

    gmtime_r(&at, &tm);
    return arena_strndup(a, text, strftime(text, sizeof text, format, &tm));
}
#pragma GCC diagnostic pop

static size_t columns_of(struct rq *rq, const char **columns)
{
    const char *names = query_or(rq, "values", "value");
    size_t n = 0, len;

    for (; *names && n < COLUMNS_MOST; names += len + (names[len] == ',')) {
        len = strcspn(names, ",");
        columns[n++] = arena_strndup(rq->a, names, len);
    }
    return n;
}

static void row_write(struct rq *rq, const char *sep, const char *format, size_t n, int row)
{
    rs_puts(rq, *format ? time_text(rq->a, format, row) : arena_printf(rq->a, "%d", row));
    for (size_t c = 0; c < n; c++)
        rs_puts(rq, arena_printf(rq->a, "%s%.4f", sep, sin((row + 7.0 * (double)c) / 6.0) + 0.2 * sin(row * (1.7 + (double)c))));
    rs_puts(rq, "\n");
}

err *api_sample_series(struct rq *rq)
{
    const char *columns[COLUMNS_MOST];
    size_t n = columns_of(rq, columns);
    const char *sep = query_or(rq, "sep", ","), *format = query_or(rq, "tf", "");

    if (strlen(sep) > 4 || strlen(format) > FORMAT_MOST)
        return err_new(rq->a, ERR_BAD_REQUEST, "sep or tf is too long");
    rs_type(rq, "text/csv; charset=utf-8");
    rs_puts(rq, query_or(rq, "time", "time"));
    for (size_t c = 0; c < n; c++)
        rs_puts(rq, arena_printf(rq->a, "%s%s", sep, columns[c]));
    rs_puts(rq, "\n");
    for (int row = 0; row < ROWS; row++)
        row_write(rq, sep, format, n, row);
    return OK;
}

err *api_sample_paragraphs(struct rq *rq)
{
    const char *name = query_or(rq, "nameKey", "author"), *text = query_or(rq, "textKey", "text");
    struct jw *w = rs_json(rq);

    jw_arr(w);
    for (int i = 1; i <= 5; i++) {
        jw_obj(w);
        jw_kstr(w, name, i % 2 ? "Alice" : "Bob");
        if (strcmp(name, text) != 0)
            jw_kstr(w, text, arena_printf(rq->a, "Sample: Text #%d", i));
        jw_end(w);
    }
    jw_end(w);
    return OK;
}
