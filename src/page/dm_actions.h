/* What can be done from the task table to the picked tasks: the menu, the page that says what will change and asks for what is needed, and
 * the doing. The actions are the engine's (dm/action.h); the words are this page's. */
#ifndef LABELD_PAGE_DM_ACTIONS_H
#define LABELD_PAGE_DM_ACTIONS_H

#include "dm/action.h"
#include "page/dm_picked.h"

/* A line of the menu. */
struct dm_entry {
    const char *id;          /* the engine's, or "assign", which is several of them */
    const char *text;        /* of the menu, and the title of its page */
    const char *about;       /* one or two sentences */
    const char *button;
    const char *shows;       /* what of the tasks it concerns: letters of annotations, predictions, drafts */
    const char *verb, *one, *many;   /* "Deleted 3 annotations"; one NULL: it counts tasks */
    int group;               /* lines of a group stand together */
};

/* One of them on its way. */
struct dm_order {
    const struct dm_entry *entry;
    struct dm_state state;
    struct dm_picked picked;
    struct dm_work work;
    json_t *body;            /* filters, selectedItems and parameters, as the API's clients send them */
    const char *back;        /* the table as it was */
    bool grown;              /* more tasks match than the page that asked has said */
    bool uncounted;          /* nobody can say in time how many they are */
};

/* The toolbar's part of the context. total: tasks that match. */
void dm_actions_fill(struct rq *rq, json_t *ctx, const struct dm_state *s, int64_t total);

/* `quick` of the context: the task beside the table, when the address names one that is there. */
err *dm_quick_fill(struct rq *rq, json_t *ctx, const struct dm_state *s) __attribute__((warn_unused_result));

/* The page that asks. e: what was wrong with an answer to it, or NULL. */
err *dm_confirm_page(struct rq *rq, struct dm_order *o, err *e) __attribute__((warn_unused_result));
/* Was what cannot be taken back typed? */
bool dm_confirm_typed(const struct rq *rq, const struct dm_order *o);
/* Sets `grown`: of all that match there may be more by now, which nobody has agreed to. */
err *dm_confirm_grown(struct rq *rq, struct dm_order *o) __attribute__((warn_unused_result));
/* What the form of the page says goes into the body; the engine's action is found. Errors: VALIDATION. */
err *dm_confirm_read(struct rq *rq, struct dm_order *o) __attribute__((warn_unused_result));

#endif
