/* Pages of lists: the parameters page and page_size, and the {count, next, previous, results} envelope. */
#ifndef LABELD_API_PAGING_H
#define LABELD_API_PAGING_H

#include "http/rq.h"

struct paging {
    int64_t page;        /* from 1; 0 = "last" */
    int64_t size;
};

/* Read page and page_size; 0, -1 or nothing give `normal` (all_allowed: -1 gives everything), more than `most` (0 = no limit) gives `most`.
 * Errors: NOT_FOUND "Invalid page." for a page that is no positive number. */
err *paging_read(struct rq *rq, int64_t normal, int64_t most, bool all_allowed, struct paging *out) __attribute__((warn_unused_result));
/* Only page_size. */
int64_t paging_size(struct rq *rq, int64_t normal, int64_t most, bool all_allowed);
/* With the total known: resolves "last", and refuses a page past the end (page 1 of an empty list is fine).
 * Errors: NOT_FOUND "Invalid page." */
err *paging_check(struct rq *rq, struct paging *p, int64_t total) __attribute__((warn_unused_result));
/* Open the envelope up to and including "results":[ ; close with two jw_end. */
void paging_open(struct rq *rq, struct jw *w, const struct paging *p, int64_t total);

#endif
