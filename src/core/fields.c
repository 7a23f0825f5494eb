/* Writes single fields of answers from table rows. */
#include "core/fields.h"

#include <string.h>

#include "core/wire.h"

bool field_wanted(const char *include, const char *key)
{
    size_t n = strlen(key);

    if (!include)
        return true;
    for (const char *p = include; (p = strstr(p, key)); p += n)
        if ((p == include || p[-1] == ',') && (p[n] == ',' || p[n] == '\0'))
            return true;
    return false;
}

void field_write(struct jw *w, const struct row *r, const struct field *f)
{
    switch (f->type) {
    case 's': wire_kstr(w, f->key, r, f->col); break;
    case 'b': wire_kbool(w, f->key, r, f->col); break;
    case 'j': wire_kraw(w, f->key, r, f->col); break;
    case 't': wire_ktime(w, f->key, r, f->col); break;
    case 'f': wire_kf64(w, f->key, r, f->col); break;
    default: wire_ki64(w, f->key, r, f->col); break;
    }
}
