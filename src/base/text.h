/* Text encodings: UTF-8 checks and counts, hex, base64url, UUID, constant-time compare, integer parsing. */
#ifndef LABELD_BASE_TEXT_H
#define LABELD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Well-formed UTF-8 without surrogates or overlong forms; NUL bytes are allowed. */
bool utf8_valid(const char *s, size_t len);
size_t utf8_count(const char *s, size_t len);                 /* code points of valid UTF-8 */
/* As many whole characters as `most` bytes hold. */
const char *text_cut(struct arena *a, const char *s, size_t most);
/* Copy without leading and trailing white space (ASCII and U+00A0, U+2000–200A, U+2028/9, U+3000). */
char *text_trim(struct arena *a, const char *s, size_t len);

char *hex_encode(struct arena *a, const void *p, size_t len);  /* lower case */
bool hex_decode(const char *s, size_t len, unsigned char *out);/* out has len/2 bytes; false when not hex or odd */
char *hex_random(struct arena *a, size_t bytes);               /* 2·bytes hex digits from the system's random source */

char *b64url_encode(struct arena *a, const void *p, size_t len);            /* without padding */
unsigned char *b64url_decode(struct arena *a, const char *s, size_t len, size_t *out_len);  /* NULL when invalid; padding allowed */

char *uuid4(struct arena *a);                                  /* "b03d5194-fdd2-49ed-b758-a1a2c881cc83" */
bool uuid_valid(const char *s);                                /* 8-4-4-4-12 or 32 hex digits */

/* Whole string as decimal integer (optional sign); false when not, or out of range. */
bool int_parse(const char *s, int64_t min, int64_t max, int64_t *out);
/* true/yes/on/1/t/y and false/no/off/0/not/f/n in any case. */
bool bool_parse(const char *s, bool *out);

/* Equal length and content, in time that does not depend on the content. */
bool text_equal_secret(const char *x, const char *y);
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
/* Percent-decode into a new string ('+' becomes a blank when plus is set); *len is the decoded length, may hold NUL bytes. */
char *url_decode(struct arena *a, const char *s, size_t len, bool plus, size_t *out_len);
char *url_encode(struct arena *a, const char *s);              /* unreserved characters stay */

#endif
