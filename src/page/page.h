/* HTML pages: the templates, the context that every page shares, small helpers for forms, and the pages that the gate shows.
 * templates/README says which keys a template wants. */
#ifndef LABELD_PAGE_PAGE_H
#define LABELD_PAGE_PAGE_H

#include <jansson.h>

#include "core/scope.h"
#include "http/rq.h"

/* Compile the templates of cfg.template_dir into `boot`. Errors: BAD_REQUEST naming file and line. */
err *page_init(struct arena *boot) __attribute__((warn_unused_result));

/* ---- context and answer ---- */

/* What every page needs. `title` is the last breadcrumb until page_crumb adds more; the first one leads to the projects.
 * The object belongs to the request: handlers add their keys with json_object_set_new and never release it. */
json_t *page_context(struct rq *rq, const char *title);
/* Make the last breadcrumb a link to `href` (without base path) and add a new last one, which is also the title. */
void page_crumb(json_t *ctx, const char *href, const char *text);
/* Render a template as the answer (status as set, default 200). */
err *page_render(struct rq *rq, const char *template, json_t *ctx) __attribute__((warn_unused_result));
/* 303 to `path` (without base path; 200 and {"href"} for a script that asks so), where `text` is shown once. kind "good" or "bad"; text NULL shows nothing. */
err *page_see_other(struct rq *rq, const char *path, const char *kind, const char *text) __attribute__((warn_unused_result));
/* After an import: `before` "3,214 tasks" `after`. A script that sends many files in several requests is told the number, and gives
 * the sum of those before as the field `imported`; it counts along. */
err *page_see_other_imported(struct rq *rq, const char *path, const char *before, int64_t tasks, const char *after)
    __attribute__((warn_unused_result));
/* The same with an undo button: a POST of `fields` ([{name, value}], taken over) to undo_href. */
err *page_see_other_undo(struct rq *rq, const char *path, const char *text, const char *undo_href, json_t *fields)
    __attribute__((warn_unused_result));

/* ---- forms ---- */

/* Read the form against a spec. */
err *page_form(struct rq *rq, const struct jin_spec *spec, struct jin *out) __attribute__((warn_unused_result));
/* Is this an error that belongs beside the fields of a form? Then fill `errors` and `error` of the context from it. */
bool page_field_errors(json_t *ctx, const err *e);
/* All messages of a VALIDATION error as one text. */
const char *page_error_words(struct arena *a, const err *e);
/* `values` of the context from the fields named, as they were sent. */
void page_sent_values(struct rq *rq, json_t *ctx, const char *const *names, size_t n);
/* Every `ids` of the form; each may be a comma list, as the undo button sends it. Errors: BAD_REQUEST. */
err *page_sent_ids(struct rq *rq, int64_t **ids, size_t *n) __attribute__((warn_unused_result));
/* The same of other pairs, under any name. */
err *page_pairs_ids(struct rq *rq, const struct rq_pair *pairs, size_t n_pairs, const char *name, int64_t **ids, size_t *n)
    __attribute__((warn_unused_result));
/* The fields of an undo button that does `action` with these. New reference. */
json_t *page_undo_ids(struct rq *rq, const char *action, const int64_t *ids, size_t n);
/* A query's `next`: a path on this server, else NULL. */
const char *page_next(struct rq *rq);

/* ---- texts ---- */

/* "3,214". */
const char *page_count(struct arena *a, int64_t n);
/* A number of bytes as people read it: "820 B", "8.4 MB", "20 MB". */
const char *page_size_text(struct arena *a, int64_t bytes);
/* "1 member", "3,214 members". */
const char *page_counted(struct arena *a, int64_t n, const char *one, const char *many);
/* The object of parts/pager: `shown` lines after `first` of `total`; null when all are shown. New reference. */
json_t *page_pager(struct arena *a, int64_t first, int64_t shown, int64_t total, const char *prev_href, const char *next_href);
/* The same for a list whose address says `page` (from 1, `lines` each) and `search`. */
json_t *page_pager_counted(struct rq *rq, int64_t page, int64_t lines, int64_t shown, int64_t total);
/* The page of such a list that the address names; 1 when it names none. */
int64_t page_query_number(struct rq *rq, const char *name);
/* A text member of an object; "" when there is none. */
const char *page_text_in(const json_t *o, const char *key);
/* Set how parts/face shows somebody: `initials`, and `picture`, null when `avatar` is NULL or empty. */
void page_set_face(struct arena *a, json_t *to, const char *initials, const char *avatar);
/* Set a member; a NULL text is null. */
void page_set_text(json_t *to, const char *key, const char *text);
void page_set_int(json_t *to, const char *key, int64_t n);
void page_set_bool(json_t *to, const char *key, bool on);
/* Set <key>_text ("2026-03-05 12:40") and <key>_iso from a time as the API writes it; both null for NULL. */
void page_set_time(struct arena *a, json_t *to, const char *key, const char *iso);
/* "Annotator" for "AN"; the code itself when unknown. */
const char *page_role(const char *code);

/* ---- the gate's pages ---- */

/* The error as a page, with its status; plain HTML when the templates fail. Does not finish the answer. */
void page_error(struct rq *rq, const err *e);
/* "Your account is waiting for activation." */
err *page_waiting(struct rq *rq) __attribute__((warn_unused_result));

#endif
