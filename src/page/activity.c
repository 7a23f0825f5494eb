/* The activity log for administrators: who changed what, with filters, page by page, and as a file for spreadsheets. */
#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "core/activity.h"
#include "core/activity.sql.h"
#include "core/wire.h"
#include "json/verr.h"
#include "page/page.h"

enum { LINES = 100, BATCH = 1000, CELL_MOST = 1 << 16 };

/* ---- the filters, as the form sends them ---- */

static const char *given(const struct rq *rq, const char *name)
{
    const char *text = rq_query(rq, name);

    return text && *text ? text : NULL;
}

static bool is_date(const char *text)
{
    return text && strlen(text) == 10 && jin_is_time(text);
}

/* What cannot be read is passed over: the form shows it as it was sent. */
static void filter_read(struct rq *rq, struct activity_view *f)
{
    const char *until = given(rq, "until");
    int64_t id;

    *f = (struct activity_view){.who = given(rq, "who"), .part = given(rq, "what"), .method = given(rq, "method"), .most = LINES};
    if (given(rq, "project") && int_parse(given(rq, "project"), 1, INT32_MAX, &id))
        f->project = id;
    if (is_date(given(rq, "since")))
        f->since = given(rq, "since");
    if (is_date(until))
        f->until = arena_printf(rq->a, "%sT24:00:00Z", until);
    if (given(rq, "before") && jin_is_time(given(rq, "before")) && given(rq, "id") && int_parse(given(rq, "id"), 1, INT64_MAX, &id)) {
        f->before = given(rq, "before");
        f->before_id = id;
    }
}

static const char *const names[] = {"who", "project", "method", "what", "since", "until"};
enum { N_NAMES = sizeof names / sizeof *names };

/* "who=ann%40example.com&since=2026-03-05", without where the page begins. */
static const char *filter_query(struct rq *rq)
{
    struct strbuf b;

    strbuf_init(&b, rq->a, CELL_MOST);
    for (size_t i = 0; i < N_NAMES; i++)
        if (given(rq, names[i]))
            strbuf_printf(&b, "%s%s=%s", b.len ? "&" : "", names[i], url_encode(rq->a, given(rq, names[i])));
    return b.buf;
}

/* ---- the page ---- */

static const char *what_text(struct arena *a, const struct row *r)
{
    const char *url = row_null(r, ACTIVITY_PAGE_URL) ? "" : row_text(r, ACTIVITY_PAGE_URL), *path = strstr(url, "://");

    path = path ? strchr(path + 3, '/') : url;
    return arena_printf(a, "%s %s", row_text(r, ACTIVITY_PAGE_METHOD), path ? path : "/");
}

static json_t *entry_object(struct rq *rq, const struct row *r)
{
    int64_t status = row_i64(r, ACTIVITY_PAGE_STATUS);
    json_t *o = json_object();

    page_set_text(o, "email", row_text(r, ACTIVITY_PAGE_EMAIL));
    page_set_text(o, "what", what_text(rq->a, r));
    page_set_text(o, "status_text", arena_printf(rq->a, "%lld", (long long)status));
    page_set_bool(o, "refused", status >= 400);
    page_set_text(o, "address", row_null(r, ACTIVITY_PAGE_IP_ADDRESS) ? NULL : row_text(r, ACTIVITY_PAGE_IP_ADDRESS));
    page_set_text(o, "project_title", row_null(r, ACTIVITY_PAGE_PROJECT_TITLE) ? NULL : row_text(r, ACTIVITY_PAGE_PROJECT_TITLE));
    page_set_text(o, "project_href", row_null(r, ACTIVITY_PAGE_PROJECT_TITLE)
                                         ? NULL
                                         : arena_printf(rq->a, "/projects/%lld/data", (long long)row_i64(r, ACTIVITY_PAGE_PROJECT_ID)));
    page_set_time(rq->a, o, "made", wire_time_text(rq->a, row_text(r, ACTIVITY_PAGE_CREATED_AT)));
    return o;
}

/* The page goes on after its last row; backwards leads the browser. */
static json_t *pager(struct rq *rq, const struct activity_view *f, const struct rows *rows)
{
    const char *query = filter_query(rq), *more = *query ? "&" : "";
    json_t *o;
    struct row r;

    if (rows->n < LINES && !f->before)
        return json_null();
    o = json_object();
    page_set_text(o, "text", page_counted(rq->a, rows->n, "call", "calls"));
    page_set_text(o, "prev_href", f->before ? arena_printf(rq->a, "?%s", query) : NULL);
    page_set_text(o, "next_href", NULL);
    if (rows->n < LINES)
        return o;
    r = rows_at(rows, rows->n - 1);
    page_set_text(o, "next_href",
                  arena_printf(rq->a, "?%s%sbefore=%s&id=%lld", query, more, url_encode(rq->a, wire_time_text(rq->a, row_text(&r, ACTIVITY_PAGE_CREATED_AT))),
                               (long long)row_i64(&r, ACTIVITY_PAGE_ID)));
    return o;
}

static json_t *methods(const char *now)
{
    static const char *const all[][2] = {{"", "Everything"}, {"POST", "Made or done (POST)"}, {"PATCH", "Changed (PATCH)"}, {"PUT", "Replaced (PUT)"},
                                         {"DELETE", "Deleted (DELETE)"}};
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", all[i][0], "text", all[i][1], "selected",
                                              now && strcmp(all[i][0], now) == 0));
    return list;
}

static void set_filters(struct rq *rq, json_t *ctx, const struct activity_view *f)
{
    json_t *values = json_object();
    const char *query = filter_query(rq);

    for (size_t i = 0; i < N_NAMES; i++)
        page_set_text(values, names[i], given(rq, names[i]) ? given(rq, names[i]) : "");
    json_object_set_new(ctx, "values", values);
    json_object_set_new(ctx, "methods", methods(f->method));
    page_set_bool(ctx, "filtered", *query != '\0');
    page_set_text(ctx, "csv_href", arena_printf(rq->a, "/organization/activity.csv%s%s", *query ? "?" : "", query));
}

err *page_activity(struct rq *rq)
{
    json_t *ctx = page_context(rq, "People"), *list = json_array();
    struct activity_view f;
    struct rows rows;

    page_crumb(ctx, "/organization/", "Activity");
    json_object_set_new(ctx, "section", json_pack("{s:b}", "activity", 1));
    filter_read(rq, &f);
    set_filters(rq, ctx, &f);
    json_object_set_new(ctx, "entries", list);
    TRY(activity_rows(rq->scope, &f, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        json_array_append_new(list, entry_object(rq, &r));
    }
    page_set_bool(ctx, "has_entries", rows.n > 0);
    json_object_set_new(ctx, "pager", pager(rq, &f, &rows));
    return page_render(rq, "organization_activity", ctx);
}

/* ---- the file ---- */

/* Quoted; what a spreadsheet would take for a formula begins with an apostrophe. */
static const char *cell(struct arena *a, const char *text)
{
    struct strbuf b;

    strbuf_init(&b, a, CELL_MOST);
    strbuf_putc(&b, '"');
    if (*text && strchr("=+-@\t\r", *text))
        strbuf_putc(&b, '\'');
    for (; *text; text++) {
        if (*text == '"')
            strbuf_putc(&b, '"');
        strbuf_putc(&b, *text);
    }
    strbuf_putc(&b, '"');
    return b.buf;
}

static const char *or_empty(const struct row *r, int col)
{
    return row_null(r, col) ? "" : row_text(r, col);
}

static void line(struct rq *rq, const struct row *r)
{
    const char *time = wire_time_text(rq->a, row_text(r, ACTIVITY_PAGE_CREATED_AT)), *email = or_empty(r, ACTIVITY_PAGE_EMAIL);
    const char *url = cell(rq->a, or_empty(r, ACTIVITY_PAGE_URL)), *address = cell(rq->a, or_empty(r, ACTIVITY_PAGE_IP_ADDRESS));

    rs_puts(rq, arena_printf(rq->a, "%s,%s,%s,%s,%lld,%s,%s,%lld\r\n", time, cell(rq->a, email), row_text(r, ACTIVITY_PAGE_METHOD), url,
                             (long long)row_i64(r, ACTIVITY_PAGE_STATUS), or_empty(r, ACTIVITY_PAGE_PROJECT_ID), address,
                             (long long)row_i64(r, ACTIVITY_PAGE_DURATION_MS)));
}

static err *batch(struct rq *rq, struct activity_view *f, char *before, size_t size, int *n)
{
    struct rows rows;

    TRY(activity_rows(rq->scope, f, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        line(rq, &r);
        if (i + 1 == rows.n) {
            snprintf(before, size, "%s", row_text(&r, ACTIVITY_PAGE_CREATED_AT));
            f->before_id = row_i64(&r, ACTIVITY_PAGE_ID);
        }
    }
    *n = rows.n;
    return OK;
}

/* All that the filters let through, in constant memory. */
err *page_activity_csv(struct rq *rq)
{
    struct activity_view f;
    char before[64];            /* outlives the rows of a batch */
    int n;

    filter_read(rq, &f);
    f.most = BATCH;
    f.before = NULL;
    rs_type(rq, "text/csv; charset=utf-8");
    rs_header(rq, "Content-Disposition", "attachment; filename=\"activity.csv\"");
    rs_puts(rq, "time,email,method,address,status,project,ip,milliseconds\r\n");
    do {
        struct arena_mark m = arena_mark(rq->a);

        TRY(batch(rq, &f, before, sizeof before, &n));
        TRY(rs_flush(rq));
        f.before = before;
        arena_rewind(rq->a, m);
    } while (n == BATCH);
    return OK;
}
