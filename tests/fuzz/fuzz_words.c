/* Words of any text: in order, without overlap, and each stands in the text where it says. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "export/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct words *rules(void)
{
    static struct arena *lasting;
    static struct words *w;

    if (!lasting)
        lasting = arena_new("rules");
    if (!w && words_open(lasting, &w) != OK)
        abort();
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    const char *text = arena_strndup(a, (const char *)data, size);
    struct word *words;
    size_t n, at = 0;

    if (utf8_valid(text, strlen(text)) && words_cut(rules(), a, text, &words, &n) == OK)
        for (size_t i = 0; i < n; i++) {
            if (words[i].start < at || words[i].end <= words[i].start || !strstr(text, words[i].text) ||
                utf8_count(words[i].text, strlen(words[i].text)) != words[i].end - words[i].start)
                abort();
            at = words[i].end;
        }
    arena_free(a);
    return 0;
}
