/* One exchange with libcurl. */
#include "net/hop.h"

#include <arpa/inet.h>
#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "net/guard.h"
#include "net/resolve.h"

enum { CONNECT_MS = 10000 };

struct hop_exchange {
    struct arena *a;
    const struct hop *h;
    struct hop_result *out;
    CURL *curl;
    const char *host;    /* as the URL writes it, brackets of IPv6 included */
    const char *port;
    struct resolve *names;
    int64_t until_us, names_until_us; /* its end, and that of the look-up */
    const char *pinned;  /* checked addresses, comma-separated */
    int64_t size_bytes;
    bool too_large, ended;
    const char *refused; /* block of an address that was refused while connecting */
};

static bool over(struct hop_exchange *x, enum hop_end end, const char *text)
{
    x->out->end = end;
    x->out->text = text;
    return false;
}

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

/* Scheme, host and port, parsed by the library that will connect, so that both understand the same. */
static bool url_read(struct hop_exchange *x)
{
    CURLU *u = curl_url();
    const char *scheme;

    arena_defer(x->a, free_url, u);
    if (curl_url_set(u, CURLUPART_URL, x->h->url, 0) != CURLUE_OK)
        return over(x, HOP_NO_URL, x->h->url);
    scheme = url_part(x->a, u, CURLUPART_SCHEME, 0);
    if (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        return over(x, HOP_SCHEME, scheme);
    x->host = url_part(x->a, u, CURLUPART_HOST, 0);
    x->port = url_part(x->a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    return x->host && *x->host && x->port ? true : over(x, HOP_NO_HOST, x->h->url);
}

/* ---- the address ---- */

/* IPv4 first: of a name with both kinds, the message then names the block that people know. */
static bool addresses_check(struct hop_exchange *x, const struct addrinfo *list)
{
    static const int families[] = {AF_INET, AF_INET6};

    for (size_t f = 0; f < 2; f++)
        for (const struct addrinfo *i = list; i; i = i->ai_next) {
            const char *block = i->ai_family == families[f] ? guard_block(i->ai_addr) : NULL;
            if (block)
                return over(x, HOP_REFUSED, block);
        }
    return true;
}

static void pin(struct hop_exchange *x, const struct addrinfo *list)
{
    char text[INET6_ADDRSTRLEN];

    x->pinned = "";
    for (const struct addrinfo *i = list; i; i = i->ai_next) {
        bool v6 = i->ai_family == AF_INET6;
        if (getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            x->pinned = arena_printf(x->a, "%s%s%s%s%s", x->pinned, *x->pinned ? "," : "", v6 ? "[" : "", text, v6 ? "]" : "");
    }
}

static void look_up(struct hop_exchange *x)
{
    size_t n = strlen(x->host);

    x->names = resolve_start(x->host[0] == '[' && n > 2 ? arena_strndup(x->a, x->host + 1, n - 2) : x->host, x->port);
    arena_defer(x->a, resolve_free, x->names);
}

static bool host_check(struct hop_exchange *x)
{
    const struct addrinfo *list;

    assert(x->host && x->port);
    if (!resolve_known(x->names))
        return over(x, HOP_TIMEOUT, curl_easy_strerror(CURLE_OPERATION_TIMEDOUT));
    list = resolve_addresses(x->names);
    if (!list)
        return over(x, HOP_UNRESOLVED, x->host);
    if (x->h->guard && !addresses_check(x, list))
        return false;
    pin(x, list);
    return true;
}

/* The last word before a connection: also an address that came from nowhere we know of is checked. */
static curl_socket_t open_socket(void *to, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct hop_exchange *x = to;
    const char *block = x->h->guard ? guard_block(&address->addr) : NULL;

    (void)purpose;
    if (block) {
        x->refused = block;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- the transfer ---- */

static size_t body_write(char *p, size_t size, size_t n, void *to)
{
    struct hop_exchange *x = to;
    size_t len = size * n;

    x->size_bytes += (int64_t)len;
    x->too_large = x->size_bytes > x->h->most_bytes;
    x->ended = !x->too_large && !x->h->sink(x->h->to, p, len);
    return x->too_large || x->ended ? 0 : len;
}

static void free_curl(void *curl)
{
    curl_easy_cleanup(curl);
}

static void free_list(void *list)
{
    curl_slist_free_all(list);
}

static long left_ms(int64_t until_us)
{
    int64_t ms = (until_us - clock_mono_us()) / 1000;

    return ms < 1 ? 1 : (long)ms; /* 0 would be no limit */
}

static void set_up_connection(struct hop_exchange *x)
{
    const struct hop *h = x->h;
    const char *rule = arena_printf(x->a, "%s:%s:%s", x->host, x->port, x->pinned);
    /* A literal IPv6 host needs no rule, nor is there a way to write one. */
    struct curl_slist *resolve = x->host[0] == '[' ? NULL : curl_slist_append(NULL, rule);

    arena_defer(x->a, free_list, resolve);
    curl_easy_setopt(x->curl, CURLOPT_URL, h->url);
    curl_easy_setopt(x->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(x->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(x->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(x->curl, CURLOPT_FRESH_CONNECT, 1L); /* also where handles share what they know */
    curl_easy_setopt(x->curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(x->curl, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(x->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(x->curl, CURLOPT_OPENSOCKETDATA, x);
    curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, body_write);
    curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(x->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(x->curl, CURLOPT_TIMEOUT_MS, left_ms(x->until_us));
    curl_easy_setopt(x->curl, CURLOPT_CONNECTTIMEOUT_MS, left_ms(x->names_until_us));
    curl_easy_setopt(x->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)h->most_bytes);
    curl_easy_setopt(x->curl, CURLOPT_ACCEPT_ENCODING, "");
}

static void set_up_request(struct hop_exchange *x)
{
    struct curl_slist *headers = NULL;
    const struct hop *h = x->h;

    if (h->body)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    for (size_t i = 0; h->headers && h->headers[i]; i++)
        headers = curl_slist_append(headers, h->headers[i]);
    arena_defer(x->a, free_list, headers);
    curl_easy_setopt(x->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(x->curl, CURLOPT_USERAGENT, h->agent);
    if (h->body) {
        curl_easy_setopt(x->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(x->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)h->body_len);
        curl_easy_setopt(x->curl, CURLOPT_POSTFIELDS, h->body);
    }
    if (h->user) {
        curl_easy_setopt(x->curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(x->curl, CURLOPT_USERNAME, h->user);
        curl_easy_setopt(x->curl, CURLOPT_PASSWORD, h->password ? h->password : "");
    }
}

static void outcome(struct hop_exchange *x, CURLcode code)
{
    if (code == CURLE_OK)
        over(x, HOP_ANSWERED, NULL);
    else if (x->refused)
        over(x, HOP_REFUSED, x->refused);
    else if (x->ended)
        over(x, HOP_SINK, NULL);
    else if (x->too_large || code == CURLE_FILESIZE_EXCEEDED)
        over(x, HOP_TOO_LARGE, NULL);
    else
        over(x, code == CURLE_OPERATION_TIMEDOUT ? HOP_TIMEOUT : HOP_FAILED, curl_easy_strerror(code));
}

struct hop_exchange *hop_open(struct arena *a, const struct hop *h, struct hop_result *out)
{
    struct hop_exchange *x = ARENA_NEW(a, struct hop_exchange);
    int64_t now_us = clock_mono_us();

    *x = (struct hop_exchange){.a = a, .h = h, .out = out, .until_us = now_us + h->timeout_ms * 1000};
    x->names_until_us = h->timeout_ms < CONNECT_MS ? x->until_us : now_us + CONNECT_MS * 1000;
    *out = (struct hop_result){0};
    if (!url_read(x))
        return NULL;
    look_up(x);
    return x;
}

int hop_lookup_fd(const struct hop_exchange *x)
{
    return resolve_known(x->names) || clock_mono_us() >= x->names_until_us ? -1 : resolve_fd(x->names);
}

/* A new handle for every hop: no connection, cookie or name outlives its check. */
bool hop_connect(struct hop_exchange *x)
{
    if (!host_check(x))
        return false;
    x->curl = curl_easy_init();
    arena_defer(x->a, free_curl, x->curl);
    set_up_connection(x);
    set_up_request(x);
    return true;
}

void *hop_handle(const struct hop_exchange *x)
{
    return x->curl;
}

void hop_close(struct hop_exchange *x, int code)
{
    struct hop_result *out = x->out;
    char *location = NULL;

    curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(x->curl, CURLINFO_REDIRECT_URL, &location);
    if (out->status >= 300 && out->status < 400 && location) {
        out->location = arena_strdup(x->a, location);
        code = CURLE_OK;     /* whatever became of its body */
    }
    outcome(x, (CURLcode)code);
}

void hop_run(struct arena *a, const struct hop *h, struct hop_result *out)
{
    struct hop_exchange *x = hop_open(a, h, out);

    if (!x)
        return;
    for (struct pollfd p = {.events = POLLIN}; (p.fd = hop_lookup_fd(x)) >= 0;)
        if (poll(&p, 1, (int)left_ms(x->names_until_us)) < 0 && errno != EINTR)
            break;
    if (hop_connect(x))
        hop_close(x, (int)curl_easy_perform(x->curl));
}
