/* Tags that group the members of an organization: kept by administrators, asked for by member lists. */
#ifndef LABELD_CORE_MEMBER_TAG_H
#define LABELD_CORE_MEMBER_TAG_H

#include "core/workspace.h"

struct tag_rows {
    struct rows rows;
    int64_t total;
};
err *tag_list(struct scope *s, const char *search, int64_t skip, int64_t most, struct tag_rows *out) __attribute__((warn_unused_result));
void tag_write(struct jw *w, const struct tag_rows *t, int i);
/* Errors: NOT_FOUND. */
err *tag_write_one(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
/* Errors: VALIDATION (the label is taken). */
err *tag_create(struct scope *s, const char *label, int64_t *id) __attribute__((warn_unused_result));
err *tag_rename(struct scope *s, int64_t id, const char *label) __attribute__((warn_unused_result));
err *tag_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* Those of the organization among them. */
err *tags_delete(struct scope *s, const char *ids, int64_t *n) __attribute__((warn_unused_result));
/* Give tags ("{1,2}") to members; *n counts what was new. */
err *tag_assign(struct scope *s, const struct pick *who, const char *roles, const char *tags, bool overwrite, int64_t *n)
    __attribute__((warn_unused_result));
/* Give one to members or take it from them. out: for whom that made a difference (TAG_PUT_USER_ID). Errors: NOT_FOUND. */
err *tag_put(struct scope *s, int64_t tag, bool on, const int64_t *users, size_t n, struct rows *out) __attribute__((warn_unused_result));

#endif
