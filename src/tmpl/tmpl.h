/* Templates: a small mustache subset, compiled at start, rendered over json_t with context-aware
 * escaping.
 *
 *   {{x}} {{a.b}} {{.}}      escaped text
 *   {{#x}}…{{/x}}            once, or for each item of a list; false, null, 0, "", [] and absent are empty
 *   {{^x}}…{{/x}}            when x is empty
 *   {{>partial}}             another template
 *   {{json x}}               in <script type="application/json">
 *   {{url x}}                percent-encoded, for query parts
 *   {{html x}}               only values marked by tmpl_html
 *   {{!note}}                nothing
 *
 * There is no raw form. The compiler tracks the HTML state and refuses {{x}} in unquoted attributes,
 * <script>, <style>, style=, on…=; a href, src or action whose whole value has an unsafe scheme is
 * printed as "#". A section, partial or note alone on its line takes the line with it. */
#ifndef LABELD_TMPL_TMPL_H
#define LABELD_TMPL_TMPL_H

#include <jansson.h>

#include "base/strbuf.h"

struct tmpl_set;

/* Compile every *.html below dir (name = path without ".html", for example "projects/list",
 * "partials/nav"). Errors: BAD_REQUEST with file, line and what is wrong. `a` owns the set. */
err *tmpl_load(struct arena *a, const char *dir, struct tmpl_set **out)
    __attribute__((warn_unused_result));
/* Compile one template from text under a name (tests, fuzzing). */
err *tmpl_compile(struct arena *a, struct tmpl_set *set, const char *name, const char *text,
                  size_t len) __attribute__((warn_unused_result));
struct tmpl_set *tmpl_set_new(struct arena *a);
/* Every {{>partial}} of the set exists (tmpl_load checks it). Errors: BAD_REQUEST. */
err *tmpl_check_partials(const struct tmpl_set *set, struct arena *a)
    __attribute__((warn_unused_result));
/* Render to `out`. Names are looked up in the innermost section context, then outward; a missing
 * name renders nothing. Errors: NOT_FOUND for an unknown template, TOO_LARGE, INTERNAL when
 * partials include each other without end. */
err *tmpl_render(const struct tmpl_set *set, struct arena *a, const char *name, json_t *ctx,
                 struct strbuf *out) __attribute__((warn_unused_result));
/* Mark already sanitised HTML: gives an object that only {{html x}} prints raw. New reference. */
json_t *tmpl_html(const char *sanitised);
/* Mark checked JSON source text: {{json x}} passes it on byte by byte (but for < > &), at any
 * depth, so that user JSON keeps its numbers. New reference. */
json_t *tmpl_json(const char *json);

#endif
