/* A walk over the elements finds what a scan of the whole text would, and can say how far it has come. */
#include "import/document.h"

#include "base/cfg.h"
#include "base/filemap.h"

enum { TELL = 1 << 20 };

err *document_check(struct arena *a, struct span text, err *(*alive)(void *to), void *to)
{
    const char *told = text.p;
    struct span value;
    struct jspan walk;
    bool more = true;

    if (jspan_type(text) != JSON_T_ARRAY)
        return jspan_check(a, text, (int)cfg.json_max_depth);
    TRY(jspan_open(&walk, a, text, (int)cfg.json_max_depth));
    while (more) {
        TRY(jspan_next(&walk, &more, NULL, &value));
        filemap_passed(walk.p);
        if (alive && walk.p - told >= TELL) {
            TRY(alive(to));
            told = walk.p;
        }
    }
    return OK;
}
