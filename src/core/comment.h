/* Comments on annotations and drafts: who may read, write and resolve them. What a task says of them is stored on it. */
#ifndef LABELD_CORE_COMMENT_H
#define LABELD_CORE_COMMENT_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* Which ones; all parts narrow the list, but of an annotation and a draft together it is what was said about either. */
struct comment_filter {
    int64_t annotation, draft;              /* 0: any */
    const char *projects, *annotators;      /* arrays in their text form; NULL: any */
    bool by_change, descending;             /* order: by the last change instead of by age; latest first */
};

err *comment_list(struct scope *s, const struct comment_filter *f, struct db_cursor *out) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *comment_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* expand: the author as an object. */
void comment_write(struct jw *w, const struct row *r, bool expand);
/* The same for a table, by age; `zone` is that of its times (NULL: UTC). Errors: VALIDATION (tz). */
err *comment_table(struct scope *s, const struct comment_filter *f, const char *zone, struct db_cursor *out) __attribute__((warn_unused_result));
/* A line of it, or of its names (NULL). */
void comment_csv_line(struct strbuf *b, const struct row *r);

/* In a transaction. Errors: VALIDATION (no or two targets, a hidden one, nothing said), PERMISSION, NOT_FOUND. */
err *comment_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
/* Texts are their author's to change and to delete. Annotators resolve their own comments, everybody else any. */
err *comment_update(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *comment_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* Did the caller say something in this session of work: about the annotation since its last change, or about the draft? (0: none) */
err *comment_said(struct scope *s, int64_t annotation, int64_t draft, bool *said) __attribute__((warn_unused_result));
/* What was said about an annotation goes with it into a draft. */
err *comment_to_draft(struct scope *s, int64_t annotation, int64_t draft) __attribute__((warn_unused_result));

#endif
