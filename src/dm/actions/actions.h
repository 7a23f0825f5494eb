/* The functions that actions.def names; see struct dm_action. */
#ifndef LABELD_DM_ACTIONS_H
#define LABELD_DM_ACTIONS_H

#include "dm/action.h"

#define FORM(name) err *name(struct scope *s, struct jw *w, int64_t project) __attribute__((warn_unused_result))
#define RUN(name) err *name(struct dm_work *r) __attribute__((warn_unused_result))
#define PLAN(name) void name(struct sqlb *b, const struct dm_work *r)
#define STEP(name) err *name(struct dm_work *r, const struct dm_batch *b) __attribute__((warn_unused_result))
#define ANSWER(name) void name(struct jw *w, const struct dm_work *r)

/* tasks.c */
STEP(dm_delete_step);
ANSWER(dm_delete_answer);
RUN(dm_tasks_gone);            /* overlaps and views follow */
ANSWER(dm_nothing_answer);
RUN(dm_duplicates_check);
PLAN(dm_duplicates_plan);
STEP(dm_duplicates_step);

/* annotations.c */
FORM(dm_unlabel_form);
RUN(dm_unlabel_check);
STEP(dm_unlabel_step);
ANSWER(dm_unlabel_answer);
FORM(dm_propagate_form);
RUN(dm_propagate_check);
STEP(dm_propagate_step);
ANSWER(dm_created_answer);

/* reviews.c */
FORM(dm_unreview_form);
RUN(dm_unreview_check);
STEP(dm_unreview_step);
ANSWER(dm_unreview_answer);

/* predictions.c */
ANSWER(dm_retrieve_answer);
STEP(dm_unpredict_step);
ANSWER(dm_unpredict_answer);
FORM(dm_convert_form);
RUN(dm_convert_check);
STEP(dm_convert_step);

/* labels.c */
FORM(dm_rename_form);
RUN(dm_rename_check);
STEP(dm_rename_step);
ANSWER(dm_rename_answer);
RUN(dm_relabel_check);
STEP(dm_relabel_step);
FORM(dm_cache_form);
RUN(dm_cache_check);
STEP(dm_cache_step);

/* field.c, and expression.c which reads what it is to hold */
FORM(dm_field_form);
RUN(dm_field_check);
PLAN(dm_field_plan);
STEP(dm_field_step);
ANSWER(dm_field_answer);

/* assign.c */
FORM(dm_assign_form);
FORM(dm_unassign_form);
FORM(dm_sample_form);
RUN(dm_assign_annotators_check);
RUN(dm_assign_reviewers_check);
RUN(dm_delete_annotators_check);
RUN(dm_delete_reviewers_check);
RUN(dm_sample_check);
PLAN(dm_sample_plan);
STEP(dm_assign_step);
STEP(dm_unassign_step);
STEP(dm_sample_step);
ANSWER(dm_assign_answer);
ANSWER(dm_unassign_answer);

/* ---- shared: form.c ---- */

/* Fields of a form: a select over texts, an input, a number. */
void form_select_open(struct jw *w, const char *name, const char *label);   /* leaves the list of options open */
void form_select_close(struct jw *w, const char *value);                    /* value NULL: none chosen */
void form_option(struct jw *w, const char *value, const char *label);       /* one of a list of pairs */
void form_input(struct jw *w, const char *type, const char *name, const char *label);
/* A finite number and nothing else. */
bool float_parse(const char *text, double *out);
/* A parameter as text: absent, null → NULL; numbers become text. */
const char *param_text(const struct dm_work *r, const char *name);
/* An id, also as text; absent, null or "" → 0. Errors: VALIDATION. */
err *param_id(const struct dm_work *r, const char *name, int64_t *out) __attribute__((warn_unused_result));
/* {"detail": "<verb> <n> <things>"}, with processed_items before it when wanted. */
void counted_write(struct jw *w, bool processed, const char *verb, int64_t n, const char *things);
/* The batch as int4[]. */
struct db_arg batch_arg(const struct dm_work *r, const struct dm_batch *b);
err *batch_recount(struct dm_work *r, struct db_arg tasks, bool touched) __attribute__((warn_unused_result));

#endif
