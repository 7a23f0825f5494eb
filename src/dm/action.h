/* What can be done to many tasks at once: the table of actions (actions.def), who may do what, and the work itself in steps. An action
 * on up to DM_AT_ONCE tasks is done within the request; more are a job's, which calls dm_act_step until nothing is left. */
#ifndef LABELD_DM_ACTION_H
#define LABELD_DM_ACTION_H

#include "core/scope.h"
#include "dm/query.h"
#include "json/jw.h"

enum { DM_AT_ONCE = 5000 };

enum dm_action_flag {
    ACT_HIDDEN = 1,       /* not listed, but performed */
    ACT_RELOAD = 2,       /* clients load their list anew afterwards */
    ACT_WHOLE = 4,        /* of the whole project, whatever is selected */
    ACT_PLANNED = 8,      /* a plan is made of all tasks before the first changes */
    ACT_COUNTED = 16,     /* changes nothing here: says how many tasks are selected */
    ACT_TRASHES_TASKS = 32,         /* what goes lies in the trash, under the moment of the work */
    ACT_TRASHES_ANNOTATIONS = 64,
    ACT_FINAL = 128       /* what goes is gone: people confirm it twice */
};

/* Tasks of one step, ascending by id and locked. */
struct dm_batch {
    int64_t *ids;
    int64_t *others;     /* what the plan has for each; NULL without a plan */
    size_t n;
};

/* One action on its way. */
struct dm_work {
    struct scope *s;     /* who acts */
    int64_t project;
    const struct dm_action *action;
    const json_t *body;  /* parameters, beside filters and selection */
    const char *text;    /* the body as it was sent */
    const char *view;    /* query of the view that wins over the body, NULL without one */
    const struct dm_query *query;
    void *own;           /* what the action's check made of the parameters */
    bool planned;        /* check: this one needs its plan (ACT_PLANNED) */
    const char *moment;  /* under which what is deleted lies in the trash, of all steps the same; set by dm_act */
    int64_t tasks;       /* done in all steps so far */
    int64_t items;       /* what the action counts: annotations, predictions, labels … */
    int64_t more_items;  /* … and, of renamed labels, annotations */
    bool emptied;        /* no task is left in the project */
};

struct dm_action {
    const char *id;
    int order;
    const char *title;
    enum perm permissions[2];
    unsigned flags;
    const char *dialog_title, *dialog_text;
    err *(*form)(struct scope *s, struct jw *w, int64_t project);     /* fields; NULL: none */
    err *(*check)(struct dm_work *r);                                  /* parameters; may be NULL */
    void (*plan)(struct sqlb *b, const struct dm_work *r);             /* SELECT of (task, other) in the order of the work */
    err *(*step)(struct dm_work *r, const struct dm_batch *b);
    err *(*finish)(struct dm_work *r);                                 /* in the last step; may be NULL */
    void (*answer)(struct jw *w, const struct dm_work *r);
};

const struct dm_action *dm_action_find(const char *id);      /* NULL when there is none */
bool dm_action_allowed(const struct scope *s, const struct dm_action *a);
/* The list as clients get it: what the caller may do; with hidden ones when asked for. */
void dm_action_list_write(struct scope *s, struct jw *w, bool hidden);
/* [] or one group of fields. */
err *dm_action_form_write(struct scope *s, struct jw *w, const struct dm_action *a, int64_t project) __attribute__((warn_unused_result));

/* Check the selection; r->query stays NULL until here. Errors: VALIDATION; NOT_FOUND (project). */
err *dm_act_select(struct dm_work *r, const json_t *query) __attribute__((warn_unused_result));
/* The same, and check parameters. Fills own. */
err *dm_act_prepare(struct dm_work *r, const json_t *query) __attribute__((warn_unused_result));
/* Do it in the caller's transaction, or queue the job that does. *job: 0 = done. May be run again after a serialization failure. */
err *dm_act(struct dm_work *r, int64_t *job) __attribute__((warn_unused_result));

/* What an action meets whose selection was checked, as far as it can be counted in a short time. Drafts cost a look of their own. */
struct dm_reach {
    bool known, drafts_known;
    int64_t tasks, annotations, predictions, drafts;      /* annotations: skipped ones, too */
};
err *dm_act_reach(struct dm_work *r, bool with_drafts, struct dm_reach *out) __attribute__((warn_unused_result));

/* How far a job got. */
struct dm_place {
    int64_t job;         /* whose plan it is */
    int64_t upto;        /* inner_id: tasks that come later are not meant */
    int64_t after;       /* inner_id; with a selection of ids, or a plan: how many of them are done */
    int64_t total;       /* what `after` comes to in the end */
};
/* Make the plan, when the action needs one; find out the total. */
err *dm_act_plan(struct dm_work *r, struct dm_place *at) __attribute__((warn_unused_result));
/* One step in the caller's transaction. */
err *dm_act_step(struct dm_work *r, struct dm_place *at, bool *more) __attribute__((warn_unused_result));

/* Lock the tasks in the order that everybody takes: before counters, and before what belongs to tasks. */
err *dm_tasks_lock(struct dm_work *r, const int64_t *ids, size_t n) __attribute__((warn_unused_result));

#endif
