/* Headers of arbitrary text: cookies, what the client accepts, what proxies forward, credentials' carriers. Values that come out are
 * valid UTF-8 without line breaks, and a cookie is found where a plain reading of the header finds it. Each line of the input is the
 * value of one header. (Ranges are nginx' part.) */
#include <stdint.h>

#include "../unit/fcgi_fake.h"
#include "api/negotiate.h"
#include "base/cfg.h"
#include "base/text.h"
#include "http/cookie.h"
#include "http/csrf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"HTTP_COOKIE", "HTTP_ACCEPT", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST",
                                    "HTTP_ORIGIN", "HTTP_REFERER", "HTTP_X_CSRFTOKEN", "HTTP_HOST"};

static void must_be_text(const char *s)
{
    if (s && (!utf8_valid(s, strlen(s)) || strpbrk(s, "\r\n")))
        abort();
}

/* A name that the header does not hold is not found, whatever else it holds. */
static void check_cookies(struct arena *a, const char *header)
{
    static const char *const wanted[] = {"sessionid", "csrftoken", "a", "="};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const char *value = cookie_get(a, header, wanted[i]);

        if (value && !utf8_valid(value, strlen(value)))
            abort();
        if (value && !strstr(header, arena_printf(a, "%s=", wanted[i])))
            abort();
    }
    /* One more at the end is found, unless the same name came before. */
    header = arena_printf(a, "%s;last-one=%%41b", header);
    if (strstr(header, "last-one=") == header + strlen(header) - strlen("last-one=%41b") &&
        strcmp(cookie_get(a, header, "last-one"), "Ab") != 0)
        abort();
}

static void look(struct rq *rq)
{
    must_be_text(rq_host(rq));
    must_be_text(rq_remote_addr(rq));
    must_be_text(rq_base_url(rq));
    must_be_text(rq_url_with(rq, "page", "2"));
    rq_is_https(rq);
    rq_wants_html(rq);
    negotiate_cors(rq);
    if (negotiate_accept(rq) != OK)
        return;
    if (csrf_check(rq, true) == OK || csrf_check(rq, false) == OK)
        return;
}

/* Of equal names the first counts. */
static void set_param(struct fcgi_fake *f, const char *name, const char *value)
{
    for (int i = 0; i < f->nenv; i++)
        if (strncmp(f->env[i], name, strlen(name)) == 0 && f->env[i][strlen(name)] == '=')
            f->env[i][0] = '-';
    fake_param(f, name, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fcgi_fake *f;
    struct arena *a;
    char *text, *line;
    struct rq rq;

    if (size > 20000)
        return 0;
    cfg = (struct cfg){.base_path = "/label", .origin = "", .trusted_proxies = "127.0.0.0/8,10.0.0.0/8,::1,unix", .cors_origins = "https://a.example",
                       .csrf_trusted_origins = "https://b.example"};
    a = arena_new("fuzz");
    text = arena_strndup(a, (const char *)data, size);
    f = fake_new("POST", "/label/api/projects/?a=1");
    for (size_t i = 0; i < sizeof names / sizeof *names && text; i++) {
        line = strsep(&text, "\n");
        line[strcspn(line, "\r")] = '\0';      /* no web server passes one on */
        if (i == 0)
            check_cookies(a, line);
        set_param(f, names[i], line);
    }
    if (rq_init(&rq, a, &f->fcgi) == OK)
        look(&rq);
    fake_free(f);
    arena_free(a);
    return 0;
}
