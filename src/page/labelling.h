/* The labelling page: the annotation editor with the task stream or one task. */
#ifndef LABELD_PAGE_LABELLING_H
#define LABELD_PAGE_LABELLING_H

#include "http/rq.h"

/* ?labeling=1: the stream, with mode=review that of reviews; ?task=N: one task. Errors: NOT_FOUND, PERMISSION (the stream without
 * annotations.create). */
err *labelling_page(struct rq *rq) __attribute__((warn_unused_result));
/* The address of the annotation editor's files, with a slash at its end. */
const char *labelling_assets(struct arena *a);

#endif
