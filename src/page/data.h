/* The task table's address, as other pages lead back to it. */
#ifndef LABELD_PAGE_DATA_H
#define LABELD_PAGE_DATA_H

#include "page/project_page.h"

/* "?tab=3&…": what of this request's query is the state of the table; "" for none. */
const char *data_query(struct rq *rq);

#endif
