/* An open hash table over a list of names. The hash is keyed: nobody can make names that all meet in one place. */
#include "export/names.h"

#include <sodium.h>
#include <string.h>

#include "export/items.h"

_Static_assert(sizeof((struct exp_names *)0)->key == crypto_shorthash_KEYBYTES, "the key of the hash");

void exp_names_init(struct exp_names *x, struct arena *a)
{
    *x = (struct exp_names){.a = a};
    randombytes_buf(x->key, sizeof x->key);
}

/* Where the name is, or would be. */
static size_t slot_of(const struct exp_names *x, const char *name)
{
    unsigned char hash[crypto_shorthash_BYTES];
    size_t places = x->room * 2, i;
    uint64_t h;

    crypto_shorthash(hash, (const unsigned char *)name, strlen(name), x->key);
    memcpy(&h, hash, sizeof h);
    for (i = h % places; x->index[i] && strcmp(x->all[x->index[i] - 1], name) != 0; i = (i + 1) % places)
        ;
    return i;
}

int64_t exp_names_find(const struct exp_names *x, const char *name)
{
    return x->room ? (int64_t)x->index[slot_of(x, name)] - 1 : -1;
}

static void index_make(struct exp_names *x)
{
    x->index = arena_array(x->a, x->room * 2, sizeof *x->index);
    for (size_t i = 0; i < x->n; i++)
        x->index[slot_of(x, x->all[i])] = (uint32_t)i + 1;
}

void exp_names_add(struct exp_names *x, const char *name)
{
    size_t room = x->room;

    x->all = exp_room(x->a, x->all, x->n, &x->room, sizeof *x->all);
    if (x->room != room)
        index_make(x);
    x->all[x->n++] = name;
    x->index[slot_of(x, name)] = (uint32_t)x->n;
}

void exp_names_drop(struct exp_names *x, size_t i)
{
    x->n--;
    memmove(&x->all[i], &x->all[i + 1], (x->n - i) * sizeof *x->all);
    index_make(x);
}
