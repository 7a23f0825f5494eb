/* The list of the activity log. Its rows come from the worker, which knows when a request is over (gate_note). */
#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "core/activity.h"
#include "json/verr.h"

enum { PAGE = 100, ALL = -1 };

static const char *given(struct rq *rq, const char *name)
{
    const char *text = rq_query(rq, name);

    return text && *text ? text : NULL;
}

static err *time_query(struct rq *rq, const char *name, const char **out)
{
    *out = given(rq, name);
    return !*out || jin_is_time(*out) ? OK : verr_text(rq->a, name, "Enter a valid date/time.");
}

static err *id_query(struct rq *rq, const char *name, struct db_arg *out)
{
    int64_t id;

    TRY(rq_query_int(rq, name, 0, &id));
    *out = db_opt_i64(id != 0, id);
    return OK;
}

/* Pages, or as tables in browsers ask: start and length. A length of -1 is everything. */
static err *read_page(struct rq *rq, struct activity_filter *f)
{
    int64_t page, size, start;

    TRY(rq_query_int(rq, "page_size", PAGE, &size));
    TRY(rq_query_int(rq, "length", size, &size));
    TRY(rq_query_int(rq, "page", 1, &page));
    TRY(rq_query_int(rq, "start", -1, &start));
    if (size == ALL)
        return OK;
    if (size < 1)
        size = PAGE;
    f->most = size;
    f->skip = start >= 0 ? start : page > 1 ? (page - 1) * size : 0;
    return OK;
}

err *api_activity_list(struct rq *rq)
{
    struct activity_filter f = {.method = given(rq, "method"), .search = given(rq, "search"), .ordering = given(rq, "ordering")};

    TRY(id_query(rq, "user", &f.user));
    TRY(id_query(rq, "project", &f.project));
    TRY(id_query(rq, "workspace", &f.owner));
    TRY(time_query(rq, "start_date", &f.since));
    TRY(time_query(rq, "end_date", &f.until));
    TRY(read_page(rq, &f));
    return activity_write(rq->scope, rs_json(rq), &f);
}
