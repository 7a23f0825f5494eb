/* Handlers of the trash. What was deleted is gone for every other address; here it can be seen, brought back, or removed for good. */
#include "api/handlers.h"

#include <string.h>

#include "api/idlist.h"
#include "api/jobs.h"
#include "base/text.h"
#include "core/fields.h"
#include "core/project.h"
#include "core/scope.h"
#include "core/trash.h"
#include "core/trash.sql.h"
#include "jobs/wait.h"
#include "json/verr.h"

enum { TRASH_PAGE = 100, TRASH_PAGE_MOST = 1000, TRASH_PROJECTS_MOST = 10000 };

/* ---------------------------------------------------------------- projects */

err *api_trash_list(struct rq *rq)
{
    static const struct field fields[] = {
        {"id", TRASH_PROJECTS_ID, 'i'},
        {"title", TRASH_PROJECTS_TITLE, 's'},
        {"task_number", TRASH_PROJECTS_TASKS, 'i'},
        {"deleted_at", TRASH_PROJECTS_DELETED_AT, 't'},
        {"expires_at", TRASH_PROJECTS_EXPIRES_AT, 't'},
        {"deleted_by", TRASH_PROJECTS_DELETED_BY, 'i'},
    };
    struct rows rows;
    struct jw *w;

    TRY(trash_projects(rq->scope, NULL, 0, TRASH_PROJECTS_MOST, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        jw_obj(w);
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            field_write(w, &r, &fields[k]);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

err *api_trash_project_restore(struct rq *rq)
{
    struct row r;

    TRY(trash_project_restore(rq->scope, rq_int(rq, "id")));
    TRY(project_row(rq->scope, rq_int(rq, "id"), &r));
    project_write(rs_json(rq), &r, NULL, false);
    return OK;
}

err *api_trash_project_purge(struct rq *rq)
{
    int64_t job;

    TRY(trash_project_purge(rq->scope, rq_int(rq, "id"), &job));
    return rs_no_content(rq);
}

/* ---------------------------------------------------------------- tasks and annotations */

/* ?before=2026-01-31T12:00:00.123456Z,17 as the answer's "next" gave it. */
static err *before_read(struct rq *rq, struct trash_page *p)
{
    const char *text = rq_query(rq, "before"), *comma = text ? strrchr(text, ',') : NULL;

    if (!text || !*text)
        return OK;
    if (comma)
        p->before = arena_strndup(rq->a, text, (size_t)(comma - text));
    if (!comma || !jin_is_time(p->before) || !int_parse(comma + 1, 0, INT32_MAX, &p->before_id))
        return verr_one(rq->a, "before", "Expected what \"next\" of the page before says.");
    return OK;
}

err *api_project_trash(struct rq *rq)
{
    const char *kind = rq_query(rq, "kind");
    bool annotations = kind && strcmp(kind, "annotations") == 0;
    struct trash_page page = {.most = 0};
    struct trash_counts counts;
    struct jw *w;

    if (kind && !annotations && strcmp(kind, "tasks") != 0)
        return verr_one(rq->a, "kind", "\"%s\" is not a valid choice.", kind);
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(before_read(rq, &page));
    TRY(rq_query_int(rq, "page_size", TRASH_PAGE, &page.most));
    if (page.most < 1 || page.most > TRASH_PAGE_MOST)
        page.most = TRASH_PAGE;
    TRY(trash_counts(rq->scope, rq_int(rq, "id"), &counts));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "tasks", counts.tasks);
    jw_ki64(w, "annotations", counts.annotations);
    jw_key(w, "results");
    TRY(annotations ? trash_annotations_write(rq->scope, w, rq_int(rq, "id"), &page) : trash_tasks_write(rq->scope, w, rq_int(rq, "id"), &page));
    jw_kstr(w, "next", page.last ? arena_printf(rq->a, "%s,%lld", page.last, (long long)page.last_id) : NULL);
    jw_end(w);
    return OK;
}

/* {"tasks": [ids]}, {"annotations": [ids]}, or {"all": true}. */
static err *choice_read(struct rq *rq, struct trash_choice *c)
{
    bool tasks = jin_has(&rq->in, "tasks"), annotations = jin_has(&rq->in, "annotations"), all = jin_bool(&rq->in, "all", false);

    if (tasks + annotations + all != 1)
        return verr_one(rq->a, NULL, "Say what is meant: one of \"tasks\" (ids), \"annotations\" (ids), or \"all\": true.");
    *c = (struct trash_choice){.tasks = tasks || all, .annotations = annotations || all};
    if (tasks)
        TRY(idlist_read(rq->a, "tasks", jin_tree(&rq->in, "tasks"), &c->ids));
    if (annotations)
        TRY(idlist_read(rq->a, "annotations", jin_tree(&rq->in, "annotations"), &c->ids));
    if (!all && !c->ids)
        return verr_one(rq->a, tasks ? "tasks" : "annotations", "This field may not be null.");
    return OK;
}

static void counts_write(struct rq *rq, const struct trash_counts *n)
{
    struct jw *w = rs_json(rq);

    jw_obj(w);
    jw_ki64(w, "tasks", n->tasks);
    jw_ki64(w, "annotations", n->annotations);
    jw_end(w);
}

err *api_project_trash_restore(struct rq *rq)
{
    struct trash_choice c;
    struct trash_done done;

    TRY(choice_read(rq, &c));
    TRY(trash_restore(rq->scope, rq_int(rq, "id"), &c, &done));
    if (done.later)
        return api_job_answer(rq, done.job);
    counts_write(rq, &done.n);
    return OK;
}

err *api_project_trash_purge(struct rq *rq)
{
    struct trash_choice c;
    struct trash_done done;

    TRY(choice_read(rq, &c));
    TRY(trash_purge(rq->scope, rq_int(rq, "id"), &c, &done));
    if (done.later)
        return api_job_answer(rq, done.job);
    TRY(job_wait(rq->scope->db, done.job, NULL));
    counts_write(rq, &done.n);
    return OK;
}
