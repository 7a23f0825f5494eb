/* Streaming JSON writer: compact output, no tree. It asserts nesting and key/value order (a wrong call is a bug, not an error).
 * Non-ASCII goes out as it is, except U+2028/2029 which are escaped, as the reference API does. */
#ifndef LABELD_JSON_JW_H
#define LABELD_JSON_JW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum { JW_DEPTH = 64 };

/* Where bytes go. Errors are the sink's own business (a response remembers its first one). */
typedef void jw_sink(void *to, const char *p, size_t len);

struct jw {
    jw_sink *sink;
    void *to;
    int depth;
    unsigned char state[JW_DEPTH];
};

void jw_init(struct jw *w, jw_sink *sink, void *to);
void jw_init_strbuf(struct jw *w, struct strbuf *b);

void jw_obj(struct jw *w);
void jw_arr(struct jw *w);
void jw_end(struct jw *w);                                  /* closes the innermost object or array */
void jw_key(struct jw *w, const char *key);                 /* key is a plain ASCII literal or any text; escaped when needed */

/* Values; inside an object each follows jw_key. */
void jw_str(struct jw *w, const char *s);                   /* NULL writes null */
void jw_strn(struct jw *w, const char *s, size_t len);
void jw_i64(struct jw *w, int64_t v);
void jw_f64(struct jw *w, double v);                        /* shortest text that reads back equal, always with a fraction or exponent; NaN and infinities write null */
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_raw(struct jw *w, const char *json);                /* one JSON value as text, passed through unchecked; NULL writes null */
void jw_rawn(struct jw *w, const char *json, size_t len);

/* Key and value in one call. */
void jw_kstr(struct jw *w, const char *key, const char *s);
void jw_ki64(struct jw *w, const char *key, int64_t v);
void jw_kf64(struct jw *w, const char *key, double v);
void jw_kbool(struct jw *w, const char *key, bool v);
void jw_knull(struct jw *w, const char *key);
void jw_kraw(struct jw *w, const char *key, const char *json);

/* At depth 0 with one value written? (responses assert it before they finish) */
bool jw_done(const struct jw *w);

/* Append the JSON string literal of s (with quotes) to b. */
void json_quote(struct strbuf *b, const char *s, size_t len);

#endif
