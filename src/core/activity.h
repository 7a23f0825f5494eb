/* The activity log: who changed what by which call. Calls are gathered in memory and written in batches, when the worker has a moment
 * or enough of them; a worker that is killed loses what it had not written yet. */
#ifndef LABELD_CORE_ACTIVITY_H
#define LABELD_CORE_ACTIVITY_H

#include "core/scope.h"

struct activity {
    const char *method, *url;
    const char *referer, *user_agent, *ip_address;   /* NULL: unknown */
    const char *pattern, *object;                    /* the route's pattern and its first variable part; NULL without one */
    const char *project;                             /* as a text, where the call names it in another way; NULL */
    int64_t at_us, duration_us;                      /* since the epoch */
    int status;
};

/* Remember a call of a member; calls of others are passed over. Never fails. */
void activity_note(const struct scope *s, const struct activity *what);
/* Is there anything to write, and is it high time? */
bool activity_waits(void);
bool activity_due(void);
/* Write what was gathered. What cannot be written is lost, with a line in the server's log. */
void activity_flush(struct arena *a, struct db *db);

struct activity_filter {
    struct db_arg user, project, owner;   /* null: all */
    const char *method, *since, *until, *search;   /* NULL: all */
    const char *ordering;                 /* "datetime", "-datetime", "-duration" */
    int64_t skip, most;                   /* most 0: all */
};
/* {recordsTotal, recordsFiltered, data: […]} of the caller's organization. */
err *activity_write(struct scope *s, struct jw *w, const struct activity_filter *f) __attribute__((warn_unused_result));

/* A page of it for people, newest first: rows ACTIVITY_PAGE_…, of the caller's organization. */
struct activity_view {
    const char *who, *part;               /* parts of the e-mail address and of the call's; NULL: all */
    const char *method, *since, *until;   /* NULL: all; until is not in it */
    int64_t project;                      /* 0: all */
    const char *before;                   /* older than this row; NULL: from the newest on */
    int64_t before_id, most;
};
err *activity_rows(struct scope *s, const struct activity_view *v, struct rows *out) __attribute__((warn_unused_result));

#endif
