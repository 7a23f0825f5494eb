/* How people are shown in answers. Letters are UTF-8 characters; only ASCII ones change case. */
#include "core/names.h"

#include <stdio.h>
#include <string.h>

static size_t char_len(const char *s)
{
    size_t n = 1;

    while (*s && (s[n] & 0xC0) == 0x80)
        n++;
    return *s ? n : 0;
}

/* Append the first `most` characters of s, upper case. */
static size_t put_letters(char *out, size_t at, const char *s, int most)
{
    for (; most > 0 && *s; most--) {
        size_t n = char_len(s);
        memcpy(out + at, s, n);
        if (n == 1 && out[at] >= 'a' && out[at] <= 'z')
            out[at] = (char)(out[at] - 'a' + 'A');
        at += n;
        s += n;
    }
    return at;
}

static void initials(char out[40], const char *first, const char *last, const char *username, const char *email)
{
    size_t at = 0;

    if (first)
        at = put_letters(out, at, first, 1);
    if (last)
        at = put_letters(out, at, last, 1);
    if (at == 0 && username)
        at = put_letters(out, at, username, 2);
    if (at == 0 && email)
        at = put_letters(out, at, email, 2);
    out[at] = '\0';
}

const char *names_initials(struct arena *a, const char *first, const char *last, const char *username, const char *email)
{
    char out[40];

    initials(out, first, last, username, email);
    return arena_strdup(a, out);
}

const char *names_display(struct arena *a, const char *first, const char *last, const char *username, const char *email)
{
    const char *name = arena_printf(a, "%s%s%s", first, *first && *last ? " " : "", last);

    return *name ? name : *username ? username : email;
}

void wire_kinitials(struct jw *w, const char *first, const char *last, const char *username, const char *email)
{
    char out[40];

    initials(out, first, last, username, email);
    jw_kstr(w, "initials", out);
}

void wire_kusername(struct jw *w, const char *key, bool lead, const char *first, const char *last, const char *email, const char *id)
{
    char line[1600];
    bool named = (first && *first) || (last && *last);

    if (!id) {
        jw_kstr(w, key, "");
        return;
    }
    snprintf(line, sizeof line, "%.256s%s%.256s%s%.256s, %s", first ? first : "", first && *first && last && *last ? " " : "",
             last ? last : "", named || lead ? " " : "", email ? email : "", id);
    jw_kstr(w, key, line);
}
