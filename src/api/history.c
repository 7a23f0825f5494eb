/* Handlers of /api/annotation-history/ and /api/projects/{id}/annotation-history/. */
#include "api/handlers.h"

#include "api/idlist.h"
#include "api/paging.h"
#include "core/history.h"
#include "core/project.h"
#include "core/scope.h"
#include "json/verr.h"

enum { HISTORY_PAGE_NORMAL = 100, HISTORY_PAGE_MOST = 1000 };

static err *filter_read(struct rq *rq, struct history_filter *f)
{
    TRY(id_query(rq, "annotation", &f->annotation));
    TRY(id_query(rq, "task", &f->task));
    return id_query(rq, "project", &f->project);
}

err *api_history_list(struct rq *rq)
{
    const char *ordering = rq_query(rq, "ordering");
    struct history_filter f;
    struct db_cursor c;
    struct row r;
    bool more;
    struct jw *w;

    TRY(filter_read(rq, &f));
    TRY(history_list(rq->scope, &f, ordering && *ordering == '-', &c));
    w = rs_json(rq);
    jw_arr(w);
    for (;;) {
        TRY(db_next(&c, &r, &more));
        if (!more)
            break;
        history_write(w, &r);
        TRY(rs_flush(rq));
    }
    jw_end(w);
    return OK;
}

err *api_history_get(struct rq *rq)
{
    struct row r;

    TRY(history_row(rq->scope, rq_int(rq, "id"), &r));
    history_write(rs_json(rq), &r);
    return OK;
}

static err *time_read(struct rq *rq, const char *name, const char **out)
{
    *out = rq_query(rq, name);
    if (!*out || !**out)
        *out = NULL;
    return !*out || jin_is_time(*out) ? OK : verr_one(rq->a, name, "Enter a valid date/time.");
}

err *api_project_history(struct rq *rq)
{
    int64_t project = rq_int(rq, "id"), n;
    struct history_span span;
    struct paging p;
    struct rows rows;
    struct jw *w;

    TRY(project_check_visible(rq->scope, project));
    TRY(time_read(rq, "created_at_from", &span.since));
    TRY(time_read(rq, "created_at_to", &span.until));
    TRY(paging_read(rq, HISTORY_PAGE_NORMAL, HISTORY_PAGE_MOST, false, &p));
    TRY(history_count(rq->scope, project, &span, &n));
    TRY(paging_check(rq, &p, n));
    TRY(history_page(rq->scope, project, &span, p.size, (p.page - 1) * p.size, &rows));
    w = rs_json(rq);
    paging_open(rq, w, &p, n);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        history_write(w, &r);
    }
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_history_delete(struct rq *rq)
{
    struct history_filter f;
    int64_t removed;
    struct jw *w;

    TRY(filter_read(rq, &f));
    if (!f.annotation && !f.task && !f.project)
        return verr_one(rq->a, NULL, "Name an annotation, a task or a project.");
    TRY(history_remove(rq->scope, &f, &removed));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "removed", removed);
    jw_end(w);
    return OK;
}
