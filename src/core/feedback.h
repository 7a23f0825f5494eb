/* What tasks say of comments and reviews, for answers that show tasks. Only tasks that have any cost a query. */
#ifndef LABELD_CORE_FEEDBACK_H
#define LABELD_CORE_FEEDBACK_H

#include "core/scope.h"
#include "json/jw.h"

/* What is to be found out: of tasks without comments, and in projects without reviews, nothing. */
struct feedback_wish {
    bool comments, reviews;
};
struct feedback {
    struct rows comments, reviews;      /* ordered by task */
};

err *feedback_read(struct scope *s, const int64_t *tasks, size_t n, const struct feedback_wish *wish, struct feedback *out) __attribute__((warn_unused_result));

/* Bring what the tasks say up to date; they are locked. */
err *feedback_recount(struct scope *s, int64_t task) __attribute__((warn_unused_result));
err *feedback_recount_all(struct scope *s, const int64_t *tasks, size_t n) __attribute__((warn_unused_result));

/* Values of a task: [{"user_id": 1}], texts, seconds; f may be NULL. The first writes its key, too, as the others do. */
void feedback_authors_write(struct jw *w, const struct feedback *f, int64_t task);
void feedback_texts_write(struct jw *w, const struct feedback *f, int64_t task);
void feedback_reviewers_write(struct jw *w, const struct feedback *f, int64_t task);
void feedback_time_write(struct jw *w, const struct feedback *f, int64_t task);
/* The ids of those who commented, [1,2]. */
const char *feedback_authors(const struct feedback *f, int64_t task);

#endif
