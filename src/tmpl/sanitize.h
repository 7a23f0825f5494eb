/* Turns HTML from people (project instructions) into the small part of HTML that cannot do harm. */
#ifndef LABELD_TMPL_SANITIZE_H
#define LABELD_TMPL_SANITIZE_H

#include "base/arena.h"

/* Allowed tags with allowed attributes stay, other tags are dropped with their content kept,
 * scripts and their kind with their content. base is put before image addresses below /data/upload/
 * (NULL or "" = none). Plain text comes back as text with line breaks as <br>. Never NULL; HTML
 * beyond 4 MB gives "". The answer goes through tmpl_html into {{html x}}. */
char *html_sanitize(struct arena *a, const char *html, const char *base);

#endif
