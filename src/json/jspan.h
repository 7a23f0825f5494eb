/* Element bounds inside JSON text, without building a tree: walks a top-level array or object and yields the bytes of each
 * element, so that a large import needs memory for one task only. Strings are checked for UTF-8, escapes and control
 * characters; brackets for balance and depth; numbers and literals for grammar. */
#ifndef LABELD_JSON_JSPAN_H
#define LABELD_JSON_JSPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct span {
    const char *p;
    size_t len;
};

/* Of an empty one, whose p may be NULL, that is p: nothing may be added to NULL, not even 0. */
static inline const char *span_end(struct span s)
{
    return s.len ? s.p + s.len : s.p;
}

/* Editors of some systems put a mark before UTF-8 text; it is no part of the document. */
static inline struct span span_without_mark(struct span s)
{
    if (s.len >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0)
        return (struct span){s.p + 3, s.len - 3};
    return s;
}

enum json_type { JSON_T_NONE, JSON_T_OBJECT, JSON_T_ARRAY, JSON_T_STRING, JSON_T_NUMBER, JSON_T_TRUE, JSON_T_FALSE, JSON_T_NULL };

struct jspan {
    struct arena *a;
    const char *p, *end, *start;
    int64_t index;        /* of the element last yielded, from 0 */
    int max_depth;
    bool object;
    bool done;
};

/* Type of the first value in the text, from its first significant byte; NONE when there is none. */
enum json_type jspan_type(struct span text);

/* Begin walking text, which must be one array or one object (jspan_type says which). Nothing is copied: text must stay. */
err *jspan_open(struct jspan *s, struct arena *a, struct span text, int max_depth) __attribute__((warn_unused_result));
/* Next element. *more is false at the end (trailing bytes other than blanks are an error).
 * key (may be NULL): the decoded member name in the arena, NULL for arrays. value: its exact source bytes.
 * Errors: PARSE with "line L column C (char N)" in the detail, positions as the reference words them. */
err *jspan_next(struct jspan *s, bool *more, const char **key, struct span *value) __attribute__((warn_unused_result));

/* Whole-text check: exactly one value, depth ≤ max_depth, valid UTF-8. */
err *jspan_check(struct arena *a, struct span text, int max_depth) __attribute__((warn_unused_result));
/* Source bytes of member `key` of an object text (the last of equal names); {NULL,0} when absent or not an object. */
struct span jspan_member(struct arena *a, struct span object, const char *key);
/* What is wrong when the text (valid JSON) holds what jsonb or a client cannot take: a \u0000 escape, a lone surrogate escape, a real
 * beyond a double (1e400), an integer beyond Postgres' numeric. NULL: nothing. */
const char *jspan_unstorable(struct span text);
/* NUL-ended copy in the arena. */
char *span_dup(struct arena *a, struct span s);

#endif
