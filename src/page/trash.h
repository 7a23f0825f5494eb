/* What other pages say about the trash. */
#ifndef LABELD_PAGE_TRASH_H
#define LABELD_PAGE_TRASH_H

#include "base/arena.h"

/* How long deleted things can be brought back, "30 days"; NULL when they go at once. */
const char *trash_keep_text(struct arena *a);

#endif
