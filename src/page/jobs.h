/* Work in the background of a project, on its pages. */
#ifndef LABELD_PAGE_JOBS_H
#define LABELD_PAGE_JOBS_H

#include "page/page.h"

/* Put `jobs` and `has_jobs` into the context of a project's page: what waits or runs, for those who may stop it. */
err *page_jobs_add(struct rq *rq, int64_t project, json_t *ctx) __attribute__((warn_unused_result));

#endif
