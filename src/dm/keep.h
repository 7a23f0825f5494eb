/* Lists of big projects, kept for a while: see README. */
#ifndef LABELD_DM_KEEP_H
#define LABELD_DM_KEEP_H

#include "dm/list.h"

enum { DM_PAGE_IDS = 1000 };      /* of a row of task_list_page */

/* Totals of l->q, and in a big project its order at least as far as `upto`: what is kept and fresh, else found and kept now. */
err *dm_keep(struct dm_list *l, int64_t upto) __attribute__((warn_unused_result));

/* The same of what is kept; l->uncounted when nothing is. */
err *dm_keep_glance(struct dm_list *l, int64_t upto) __attribute__((warn_unused_result));

#endif
