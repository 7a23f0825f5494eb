/* How people are shown: initials and the `created_username` line. */
#ifndef LABELD_CORE_NAMES_H
#define LABELD_CORE_NAMES_H

#include <stdbool.h>

#include "base/arena.h"
#include "json/jw.h"

/* First letters of the names, else the first two letters of the user name, else of the e-mail; upper case. */
const char *names_initials(struct arena *a, const char *first, const char *last, const char *username, const char *email);
/* "First Last", else the user name, else the e-mail. Arguments are not NULL. */
const char *names_display(struct arena *a, const char *first, const char *last, const char *username, const char *email);
/* Key and initials; arguments may be NULL. */
void wire_kinitials(struct jw *w, const char *first, const char *last, const char *username, const char *email);
/* Key and "First Last email, id". With empty names annotations keep the leading blank (`lead`), drafts do not. id NULL writes "". */
void wire_kusername(struct jw *w, const char *key, bool lead, const char *first, const char *last, const char *email, const char *id);

#endif
