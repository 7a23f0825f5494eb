/* Parts of a data set (to train, to validate, to test), as folders and files of annotations are called. Pure. */
#ifndef LABELD_IMPORT_SPLITS_H
#define LABELD_IMPORT_SPLITS_H

#include <stdbool.h>

#include "json/jspan.h"

enum split { SPLIT_NONE, SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST };

/* The part that a name belongs to: its innermost folder that is called so; of a file of annotations (base), first the end of its own name,
 * as of instances_train2017.json. *word (may be NULL): what it is called there. */
enum split split_of(const char *name, bool base, struct span *word);
/* Are they of two different parts? Folders that both lie in say nothing. */
bool split_differs(const char *picture, const char *labels);
/* Does the file hold annotations of many pictures or texts, so that its own name counts? */
bool split_in_base(const char *name);

#endif
