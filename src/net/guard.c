/* The special-purpose address registries of IANA (RFC 6890 and its updates) as one table of blocks.
 */
#include "net/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct block {
    const char *text;
    unsigned char bytes[16];
    unsigned bits;
};

static const struct block v4[] = {
    {"0.0.0.0/8", {0}, 8},
    {"10.0.0.0/8", {10}, 8},
    {"100.64.0.0/10", {100, 64}, 10},
    {"127.0.0.0/8", {127}, 8},
    {"169.254.0.0/16", {169, 254}, 16},
    {"172.16.0.0/12", {172, 16}, 12},
    {"192.0.0.0/24", {192, 0, 0}, 24},
    {"192.0.2.0/24", {192, 0, 2}, 24},
    {"192.88.99.0/24", {192, 88, 99}, 24},
    {"192.168.0.0/16", {192, 168}, 16},
    {"198.18.0.0/15", {198, 18}, 15},
    {"198.51.100.0/24", {198, 51, 100}, 24},
    {"203.0.113.0/24", {203, 0, 113}, 24},
    {"224.0.0.0/4", {224}, 4},
    {"240.0.0.0/4", {240}, 4},
};

static const struct block v6[] = {
    {"::/128", {0}, 128},
    {"::1/128", {[15] = 1}, 128},
    {"64:ff9b:1::/48", {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48},
    {"100::/64", {0x01, 0x00}, 64},
    {"2001::/23", {0x20, 0x01}, 23},
    {"2001:db8::/32", {0x20, 0x01, 0x0d, 0xb8}, 32},
    {"3fff::/20", {0x3f, 0xff}, 20},
    {"5f00::/16", {0x5f, 0x00}, 16},
    {"fc00::/7", {0xfc}, 7},
    {"fe80::/10", {0xfe, 0x80}, 10},
    {"fec0::/10", {0xfe, 0xc0}, 10},
    {"ff00::/8", {0xff}, 8},
};

/* Prefixes that carry an IPv4 address, and where in the sixteen bytes it stands. */
static const struct carrier {
    struct block block;
    unsigned at;
} carriers[] = {
    {{"::ffff:0:0/96", {[10] = 0xff, 0xff}, 96}, 12},
    {{"::ffff:0:0:0/96", {[8] = 0xff, 0xff}, 96}, 12},
    {{"64:ff9b::/96", {0x00, 0x64, 0xff, 0x9b}, 96}, 12},
    {{"2002::/16", {0x20, 0x02}, 16}, 2},
};

static bool holds(const struct block *b, const unsigned char *address)
{
    unsigned whole = b->bits / 8, rest = b->bits % 8;

    for (unsigned i = 0; i < whole; i++)
        if (b->bytes[i] != address[i])
            return false;
    return rest == 0 || (b->bytes[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static const char *find(const struct block *blocks, size_t n, const unsigned char *address)
{
    for (size_t i = 0; i < n; i++)
        if (holds(&blocks[i], address))
            return blocks[i].text;
    return NULL;
}

static const char *find_v4(const unsigned char *address)
{
    return find(v4, sizeof v4 / sizeof *v4, address);
}

static const char *find_v6(const unsigned char *address)
{
    const char *block = find(v6, sizeof v6 / sizeof *v6, address);

    for (size_t i = 0; !block && i < sizeof carriers / sizeof *carriers; i++)
        if (holds(&carriers[i].block, address))
            return find_v4(address + carriers[i].at);
    /* The rest of ::/8 is reserved too; only what carries a public IPv4 address came through. */
    return block ? block : *address == 0 ? "::/8" : NULL;
}

const char *guard_block(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return find_v4(
            (const unsigned char *)&((const struct sockaddr_in *)(const void *)address)->sin_addr);
    if (address->sa_family == AF_INET6)
        return find_v6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return "not an internet address";
}
