/* Small encodings: UTF-8, hex, base64url, percent, UUID, and the parsing of integers and switches.
 * JSON strings are json/'s business, HTML escaping is tmpl/'s. */
#include "base/text.h"

#include <sodium.h>
#include <strings.h>

#include "base/log.h"

/* Length of the well-formed sequence at s (at most n bytes), 0 when there is none. Table 3-7 of the Unicode standard. */
static size_t utf8_step(const unsigned char *s, size_t n)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t len;

    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] == 0xe0)
        low = 0xa0;    /* overlong */
    if (s[0] == 0xed)
        high = 0x9f;   /* surrogates */
    if (s[0] == 0xf0)
        low = 0x90;    /* overlong */
    if (s[0] == 0xf4)
        high = 0x8f;   /* past U+10FFFF */
    if (n < len || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

/* Most text is ASCII: eight bytes at a time. */
static size_t ascii_run(const unsigned char *p, const unsigned char *end)
{
    const unsigned char *start = p;
    uint64_t w;

    for (; end - p >= 8; p += 8) {
        memcpy(&w, p, 8);
        if (w & UINT64_C(0x8080808080808080))
            break;
    }
    return (size_t)(p - start);
}

bool utf8_valid(const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;
    const unsigned char *end = p + len;

    while (p < end) {
        size_t n = ascii_run(p, end);

        p += n;
        if (p == end)
            break;
        n = utf8_step(p, (size_t)(end - p));

        if (!n)
            return false;
        p += n;
    }
    return true;
}

size_t utf8_count(const char *s, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

const char *text_cut(struct arena *a, const char *s, size_t most)
{
    size_t len = strlen(s);

    if (len > most)
        for (len = most; len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80; len--)
            ;
    return arena_strndup(a, s, len);
}

/* Bytes of the white-space character that starts at s, 0 when it is none. */
static size_t blank_len(const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;

    if (!len)
        return 0;
    if (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r'))
        return 1;
    if (len >= 2 && p[0] == 0xc2 && p[1] == 0xa0)
        return 2;
    if (len < 3)
        return 0;
    if (p[0] == 0xe2 && p[1] == 0x80 && (p[2] <= 0x8a || p[2] == 0xa8 || p[2] == 0xa9) && p[2] >= 0x80)
        return 3;
    if (p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80)
        return 3;
    return 0;
}

/* The same for the character that ends at s + len. */
static size_t blank_len_back(const char *s, size_t len)
{
    for (size_t n = 1; n <= 3 && n <= len; n++)
        if (blank_len(s + len - n, n) == n)
            return n;
    return 0;
}

char *text_trim(struct arena *a, const char *s, size_t len)
{
    size_t n;

    while ((n = blank_len(s, len))) {
        s += n;
        len -= n;
    }
    while ((n = blank_len_back(s, len)))
        len -= n;
    return arena_memdup(a, s, len);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

char *hex_encode(struct arena *a, const void *p, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = p;
    char *out;

    if (len > SIZE_MAX / 2 - 1)
        BUG("hex of %zu bytes", len);
    out = arena_alloc(a, 2 * len + 1);
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    return out;
}

bool hex_decode(const char *s, size_t len, unsigned char *out)
{
    if (len % 2)
        return false;
    for (size_t i = 0; i < len; i += 2) {
        int high = hex_digit(s[i]), low = hex_digit(s[i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (unsigned char)(high << 4 | low);
    }
    return true;
}

char *hex_random(struct arena *a, size_t bytes)
{
    unsigned char *raw = arena_alloc(a, bytes);

    randombytes_buf(raw, bytes);
    return hex_encode(a, raw, bytes);
}

char *b64url_encode(struct arena *a, const void *p, size_t len)
{
    size_t most;
    char *out;

    if (len > SIZE_MAX / 2)
        BUG("base64 of %zu bytes", len);
    most = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out = arena_alloc(a, most);
    sodium_bin2base64(out, most, p, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return out;
}

unsigned char *b64url_decode(struct arena *a, const char *s, size_t len, size_t *out_len)
{
    unsigned char *out;
    size_t most, pad = 0;

    while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
        pad++;
    if (pad && len % 4)
        return NULL;
    len -= pad;
    most = len / 4 * 3 + 3;
    out = arena_alloc(a, most);
    if (sodium_base642bin(out, most, s, len, NULL, out_len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return NULL;
    return out;
}

char *uuid4(struct arena *a)
{
    unsigned char r[16];
    char *h;

    randombytes_buf(r, sizeof r);
    r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);   /* version 4 */
    r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);   /* variant of RFC 9562 */
    h = hex_encode(a, r, sizeof r);
    return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
}

bool uuid_valid(const char *s)
{
    size_t len = strlen(s);

    if (len != 32 && len != 36)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool dash = len == 36 && (i == 8 || i == 13 || i == 18 || i == 23);

        if (dash ? s[i] != '-' : hex_digit(s[i]) < 0)
            return false;
    }
    return true;
}

bool int_parse(const char *s, int64_t min, int64_t max, int64_t *out)
{
    bool minus = *s == '-';
    int64_t v = 0;

    if (*s == '-' || *s == '+')
        s++;
    if (!*s)
        return false;
    for (; *s; s++) {
        int digit = *s - '0';

        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, minus ? -digit : digit, &v))
            return false;
    }
    if (v < min || v > max)
        return false;
    *out = v;
    return true;
}

static bool one_of(const char *s, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(s, *words) == 0)
            return true;
    return false;
}

bool bool_parse(const char *s, bool *out)
{
    static const char *const yes[] = {"true", "yes", "on", "1", "t", "y", NULL};
    static const char *const no[] = {"false", "no", "off", "0", "not", "f", "n", NULL};

    *out = one_of(s, yes);
    return *out || one_of(s, no);
}

bool text_equal_secret(const char *x, const char *y)
{
    size_t len = strlen(x);

    return strlen(y) == len && sodium_memcmp(x, y, len) == 0;
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t len = strlen(s), n = strlen(suffix);

    return len >= n && memcmp(s + len - n, suffix, n) == 0;
}

char *url_decode(struct arena *a, const char *s, size_t len, bool plus, size_t *out_len)
{
    char *out;
    size_t n = 0;

    if (len == SIZE_MAX)
        BUG("text too large");
    out = arena_alloc(a, len + 1);
    for (size_t i = 0; i < len; i++) {
        int high = s[i] == '%' && len - i > 2 ? hex_digit(s[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s[i + 2]) : -1;

        if (low >= 0) {
            out[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[n++] = plus && s[i] == '+' ? ' ' : s[i];   /* a stray % stays as it is, as browsers send it */
        }
    }
    *out_len = n;
    return out;
}

static bool unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

char *url_encode(struct arena *a, const char *s)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_array(a, strlen(s) + 1, 3);
    char *w = out;

    for (; *s; s++) {
        if (unreserved(*s)) {
            *w++ = *s;
            continue;
        }
        *w++ = '%';
        *w++ = digits[(unsigned char)*s >> 4];
        *w++ = digits[(unsigned char)*s & 15];
    }
    return out;
}
