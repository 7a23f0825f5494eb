/* What the pages of the organization share. */
#ifndef LABELD_PAGE_ORGANIZATION_H
#define LABELD_PAGE_ORGANIZATION_H

#include "page/page.h"

/* What its pages share: one of the list beside them is chosen; part: whose last change is shown (core/setting.h). */
err *organization_context(struct rq *rq, const char *title, const char *section, const char *part, json_t **ctx) __attribute__((warn_unused_result));
/* One of its pages; e: what was wrong with the form that was sent, or NULL. */
err *organization_render(struct rq *rq, const char *template, json_t *ctx, const err *e) __attribute__((warn_unused_result));
/* The settings page; e: what was wrong with the form that was sent, or NULL. */
err *organization_settings_show(struct rq *rq, const err *e) __attribute__((warn_unused_result));
/* Its forms: "save", "scripts". said: what to tell afterwards. Errors: VALIDATION, BAD_REQUEST for any other action. */
err *organization_settings_act(struct rq *rq, const char *action, const char **said) __attribute__((warn_unused_result));

#endif
