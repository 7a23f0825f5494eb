/* The strict JSON scanner inside json/: it finds where a value ends and what is wrong with it, and decodes strings.
 * Messages and their places follow Python's json module, since clients of the reference API see those. */
#ifndef LABELD_JSON_JSCAN_H
#define LABELD_JSON_JSCAN_H

#include "json/jspan.h"

enum { JSCAN_DEPTH = 2048 };   /* the most that max_depth can ask for; jansson's own limit */

struct jscan {
    const char *end;
    const char *at;        /* set on failure: the place, and what is wrong there */
    const char *what;
    bool utf8;             /* the failure is malformed UTF-8 */
    bool placeless;        /* the message stands without line and column */
};

/* First byte that is not a JSON blank. */
const char *jscan_blanks(const char *p, const char *end);
/* Each returns the byte after what it read, or NULL with at and what set. p may stand before blanks, except for strings. */
const char *jscan_value(struct jscan *s, const char *p, int max_depth);
const char *jscan_string(struct jscan *s, const char *p);
/* A member name and the colon; `key` gets the bytes between the quotes. */
const char *jscan_key(struct jscan *s, const char *p, struct span *key);
/* PARSE error for the failure in a text that begins at `start`. */
err *jscan_err(struct arena *a, const struct jscan *s, const char *start) __attribute__((warn_unused_result));

/* What a string literal holds that C strings or Postgres cannot take. */
struct jscan_odd {
    bool nul;              /* \u0000 */
    unsigned surrogate;    /* the first lone surrogate, 0 = none */
};
/* Decode the bytes between the quotes of a valid literal into out (room for in.len; never grows). Lone surrogates and
 * NULs become U+FFFD, so that no two different keys look equal by being cut short. Returns the length. */
size_t jscan_decode(struct span in, char *out, struct jscan_odd *odd);
/* The same into a NUL-ended text in the arena. */
char *jscan_text(struct arena *a, struct span in, struct jscan_odd *odd);
/* Only look. Safe on any bytes. */
struct jscan_odd jscan_odd(struct span text);
/* End of the string literal whose quote stands at p, for text that is known to be valid. */
const char *jscan_skip_string(const char *p, const char *end);

#endif
