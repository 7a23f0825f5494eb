/* Downloads with libcurl, one hop at a time: resolve, check, connect to the checked addresses only.
 * Which addresses are refused is guard.c. */
#include "net/fetch.h"

#include <arpa/inet.h>
#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/guard.h"
#include "json/verr.h"

enum { HOPS_MOST = 5, CONNECT_MS = 10000 };

struct hop {
    struct arena *a;
    const struct fetch_options *o;
    int fd;
    CURL *curl;
    const char *host; /* as the URL writes it, brackets of IPv6 included */
    const char *port;
    const char *pinned; /* checked addresses, comma-separated */
    int64_t size_bytes;
    bool too_large;
    int write_errno;   /* why the bytes could not be kept */
    const char *refused; /* block of an address that was refused while connecting */
};

/* ---- the URL ---- */

static void free_url(void *u)
{
    curl_url_cleanup(u);
}

static const char *url_part(struct arena *a, CURLU *u, CURLUPart part, unsigned flags)
{
    char *text;
    const char *copy;

    if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
        return NULL;
    copy = arena_strdup(a, text);
    curl_free(text);
    return copy;
}

/* Scheme, host and port, parsed by the library that will connect, so that both understand the same.
 */
static err *url_read(struct hop *h, const char *url)
{
    CURLU *u = curl_url();
    const char *scheme;

    arena_defer(h->a, free_url, u);
    if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
        return verr_one(h->a, NULL, "\"%s\" is not a URL", url);
    scheme = url_part(h->a, u, CURLUPART_SCHEME, 0);
    if (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        return verr_one(h->a, NULL, "Only http and https URLs can be imported");
    h->host = url_part(h->a, u, CURLUPART_HOST, 0);
    h->port = url_part(h->a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (!h->host || !*h->host || !h->port)
        return verr_one(h->a, NULL, "\"%s\" names no host", url);
    return OK;
}

const char *fetch_name(struct arena *a, const char *url)
{
    CURLU *u = curl_url();
    const char *path = NULL, *slash;

    arena_defer(a, free_url, u);
    if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
        path = url_part(a, u, CURLUPART_PATH, CURLU_URLDECODE);
    slash = path ? strrchr(path, '/') : NULL;
    return slash && utf8_valid(slash, strlen(slash)) ? slash + 1 : "";
}

/* ---- the address ---- */

static err *refuse(struct arena *a, const char *block)
{
    return verr_one(a, NULL, "URL resolves to a reserved network address (block: %s)", block);
}

static void free_addresses(void *list)
{
    freeaddrinfo(list);
}

/* IPv4 first: of a name with both kinds, the message then names the block that people know. */
static err *addresses_check(struct hop *h, const struct addrinfo *list)
{
    static const int families[] = {AF_INET, AF_INET6};

    for (size_t f = 0; f < 2; f++)
        for (const struct addrinfo *i = list; i; i = i->ai_next) {
            const char *block = i->ai_family == families[f] ? guard_block(i->ai_addr) : NULL;
            if (block)
                return refuse(h->a, block);
        }
    return OK;
}

static void pin(struct hop *h, const struct addrinfo *list)
{
    char text[INET6_ADDRSTRLEN];

    h->pinned = "";
    for (const struct addrinfo *i = list; i; i = i->ai_next) {
        bool v6 = i->ai_family == AF_INET6;
        if (getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            h->pinned = arena_printf(h->a, "%s%s%s%s%s", h->pinned, *h->pinned ? "," : "",
                                     v6 ? "[" : "", text, v6 ? "]" : "");
    }
}

static err *host_check(struct hop *h)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    const char *name;
    size_t n;

    assert(h->host && h->port);
    n = strlen(h->host);
    name = h->host[0] == '[' && n > 2 ? arena_strndup(h->a, h->host + 1, n - 2) : h->host;
    if (getaddrinfo(name, h->port, &hints, &list) != 0)
        return verr_one(h->a, NULL, "Can't resolve hostname %s", h->host);
    arena_defer(h->a, free_addresses, list);
    if (h->o->guard)
        TRY(addresses_check(h, list));
    pin(h, list);
    return OK;
}

/* The last word before a connection: also an address that came from nowhere we know of is checked.
 */
static curl_socket_t open_socket(void *to, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct hop *h = to;
    const char *block = h->o->guard ? guard_block(&address->addr) : NULL;

    (void)purpose;
    if (block) {
        h->refused = block;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- the transfer ---- */

static size_t body_write(char *p, size_t size, size_t n, void *to)
{
    struct hop *h = to;
    size_t len = size * n;

    h->size_bytes += (int64_t)len;
    h->too_large = h->size_bytes > h->o->most_bytes;
    for (size_t done = 0; !h->too_large && done < len;) {
        ssize_t wrote = write(h->fd, p + done, len - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            h->write_errno = errno;
            return 0;
        }
        done += (size_t)wrote;
    }
    return h->too_large ? 0 : len;
}

static void free_curl(void *curl)
{
    curl_easy_cleanup(curl);
}

static void free_list(void *list)
{
    curl_slist_free_all(list);
}

/* A new handle for every hop: no connection, cookie or name outlives its check. */
static void set_up(struct hop *h, const char *url, int64_t left_ms)
{
    const char *rule = arena_printf(h->a, "%s:%s:%s", h->host, h->port, h->pinned);
    /* A literal IPv6 host needs no rule, nor is there a way to write one. */
    struct curl_slist *resolve = h->host[0] == '[' ? NULL : curl_slist_append(NULL, rule);

    h->curl = curl_easy_init();
    arena_defer(h->a, free_list, resolve);
    arena_defer(h->a, free_curl, h->curl);
    curl_easy_setopt(h->curl, CURLOPT_URL, url);
    curl_easy_setopt(h->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(h->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h->curl, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(h->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(h->curl, CURLOPT_OPENSOCKETDATA, h);
    curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, body_write);
    curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(h->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(h->curl, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(left_ms < CONNECT_MS ? left_ms : CONNECT_MS));
    curl_easy_setopt(h->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)h->o->most_bytes);
    curl_easy_setopt(h->curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(h->curl, CURLOPT_USERAGENT, "labeld");
}

static err *outcome(struct hop *h, CURLcode code)
{
    if (code == CURLE_OK)
        return OK;
    if (h->refused)
        return refuse(h->a, h->refused);
    if (h->write_errno) {
        errno = h->write_errno;
        return err_file(h->a, "could not write a download");
    }
    if (h->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return verr_one(h->a, NULL,
                        "Maximum total size of all files is %lld bytes, the download is larger",
                        (long long)h->o->most_bytes);
    return verr_one(h->a, NULL, "Can't download the URL: %s", curl_easy_strerror(code));
}

/* One request. *next: where a redirect leads, NULL when the body was written. */
static err *hop_run(struct hop *h, const char *url, int64_t left_ms, const char **next)
{
    long status = 0;
    char *location = NULL;
    CURLcode code;

    *next = NULL;
    TRY(url_read(h, url));
    TRY(host_check(h));
    set_up(h, url, left_ms);
    code = curl_easy_perform(h->curl);
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(h->curl, CURLINFO_REDIRECT_URL, &location);
    if (status >= 300 && status < 400 && location) {
        *next = arena_strdup(h->a, location);
        return OK;
    }
    TRY(outcome(h, code));
    return status >= 200 && status < 300
               ? OK
               : verr_one(h->a, NULL, "Can't download the URL: HTTP status %ld", status);
}

/* What a redirect carried as its body is not the file. */
static err *restart(struct hop *h)
{
    h->size_bytes = 0;
    h->too_large = false;
    if (ftruncate(h->fd, 0) != 0 || lseek(h->fd, 0, SEEK_SET) < 0)
        return err_internal(h->a, "could not empty a download");
    return OK;
}

err *fetch_file(struct arena *a, const char *url, const struct fetch_options *o, int fd,
                struct fetched *out)
{
    struct hop h = {.a = a, .o = o, .fd = fd};
    int64_t until_us = clock_mono_us() + o->timeout_ms * 1000;
    const char *next;

    for (int hops = 0; hops <= HOPS_MOST; hops++) {
        int64_t left_ms = (until_us - clock_mono_us()) / 1000;
        if (left_ms <= 0)
            return verr_one(a, NULL, "Can't download the URL: it took too long");
        TRY(restart(&h));
        TRY(hop_run(&h, url, left_ms, &next));
        if (!next) {
            *out = (struct fetched){url, h.size_bytes};
            return OK;
        }
        url = next;
    }
    return verr_one(a, NULL, "Can't download the URL: more than %d redirects", HOPS_MOST);
}
