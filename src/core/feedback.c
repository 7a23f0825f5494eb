/* What tasks say of comments and reviews: authors, texts, reviewers, the time that reviews took. */
#include "core/feedback.h"

#include <stdlib.h>
#include <string.h>

#include "core/feedback.sql.h"
#include "core/wire.h"

err *feedback_read(struct scope *s, const int64_t *tasks, size_t n, const struct feedback_wish *wish, struct feedback *out)
{
    *out = (struct feedback){0};
    if (wish->comments)
        TRY(db_many(s->db, SQL_feedback_comments, DB_ARGS(db_i64s(s->a, tasks, n), db_opt_i64(scope_own_only(s), s->user), db_i64(s->user), db_text(s->role)), &out->comments));
    if (wish->reviews)
        TRY(db_many(s->db, SQL_feedback_reviews, DB_ARGS(db_i64s(s->a, tasks, n)), &out->reviews));
    return OK;
}

err *feedback_recount_all(struct scope *s, const int64_t *tasks, size_t n)
{
    return db_exec(s->db, SQL_feedback_recount, DB_ARGS(db_i64s(s->a, tasks, n)), NULL);
}

err *feedback_recount(struct scope *s, int64_t task)
{
    return feedback_recount_all(s, &task, 1);
}

enum { TASK_COL = 0 };   /* both queries begin with the task */

static bool find(const struct rows *rows, int64_t task, struct row *out)
{
    int low = 0, high = rows->n;

    while (low < high) {
        int mid = low + (high - low) / 2;
        *out = rows_at(rows, mid);
        if (row_i64(out, TASK_COL) == task)
            return true;
        if (row_i64(out, TASK_COL) < task)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

/* "[1,-2]" as [{"user_id":1},{"user_id":-2}]. */
static void people_write(struct jw *w, const char *ids)
{
    jw_arr(w);
    for (const char *p = ids; (p = strpbrk(p, "-0123456789")); p += strspn(p, "-0123456789")) {
        jw_obj(w);
        jw_ki64(w, "user_id", strtoll(p, NULL, 10));
        jw_end(w);
    }
    jw_end(w);
}

const char *feedback_authors(const struct feedback *f, int64_t task)
{
    struct row r;

    return f && find(&f->comments, task, &r) && !row_null(&r, FEEDBACK_COMMENTS_AUTHORS) ? row_text(&r, FEEDBACK_COMMENTS_AUTHORS) : "[]";
}

void feedback_authors_write(struct jw *w, const struct feedback *f, int64_t task)
{
    jw_key(w, "comment_authors");
    people_write(w, feedback_authors(f, task));
}

void feedback_texts_write(struct jw *w, const struct feedback *f, int64_t task)
{
    struct row r;

    jw_kstr(w, "comments", f && find(&f->comments, task, &r) ? row_text(&r, FEEDBACK_COMMENTS_TEXTS) : "");
}

void feedback_reviewers_write(struct jw *w, const struct feedback *f, int64_t task)
{
    struct row r;

    jw_key(w, "reviewers");
    people_write(w, f && find(&f->reviews, task, &r) ? row_text(&r, FEEDBACK_REVIEWS_REVIEWERS) : "[]");
}

void feedback_time_write(struct jw *w, const struct feedback *f, int64_t task)
{
    struct row r;

    if (f && find(&f->reviews, task, &r))
        wire_ki64(w, "review_time", &r, FEEDBACK_REVIEWS_SECONDS);
    else
        jw_knull(w, "review_time");
}
