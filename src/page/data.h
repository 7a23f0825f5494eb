/* The task table's address, as other pages lead back to it. */
#ifndef LABELD_PAGE_DATA_H
#define LABELD_PAGE_DATA_H

#include "page/project_page.h"

/* "?state=done&…": what of this request's query says which tasks the table shows; "" for all. */
const char *data_query(struct rq *rq);

#endif
