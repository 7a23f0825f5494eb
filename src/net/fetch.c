/* Downloads, one hop at a time. */
#include "net/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "json/verr.h"
#include "net/download.h"

enum { HOPS_MOST = 5 };

static void free_url(void *u)
{
    curl_url_cleanup(u);
}

const char *fetch_name(struct arena *a, const char *url)
{
    CURLU *u = curl_url();
    const char *slash;
    char *path = NULL;

    arena_defer(a, free_url, u);
    if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK || curl_url_get(u, CURLUPART_PATH, &path, CURLU_URLDECODE) != CURLUE_OK)
        return "";
    slash = strrchr(path, '/');
    slash = slash && utf8_valid(slash, strlen(slash)) ? arena_strdup(a, slash + 1) : "";
    curl_free(path);
    return slash;
}

static bool keep(void *to, const char *p, size_t len)
{
    struct download *d = to;

    d->size_bytes += (int64_t)len;
    if (d->left && (*d->left -= (int64_t)len) < 0) {
        d->spent = true;
        return false;
    }
    for (size_t done = 0; done < len;) {
        ssize_t wrote = write(d->fd, p + done, len - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            d->write_errno = errno;
            return false;
        }
        done += (size_t)wrote;
    }
    return true;
}

static err *not_kept(struct download *d)
{
    errno = d->write_errno;
    return err_file(d->a, "could not write a download");
}

static err *outcome(struct download *d)
{
    const struct hop_result *r = &d->result;

    switch (r->end) {
    case HOP_ANSWERED:
        if (r->location || (r->status >= 200 && r->status < 300))
            return OK;
        return verr_one(d->a, NULL, "Can't download the URL: HTTP status %ld", r->status);
    case HOP_NO_URL: return verr_one(d->a, NULL, "\"%s\" is not a URL", r->text);
    case HOP_SCHEME: return verr_one(d->a, NULL, "Only http and https URLs can be imported");
    case HOP_NO_HOST: return verr_one(d->a, NULL, "\"%s\" names no host", r->text);
    case HOP_UNRESOLVED: return verr_one(d->a, NULL, "Can't resolve hostname %s", r->text);
    case HOP_REFUSED: return verr_one(d->a, NULL, "URL resolves to a reserved network address (block: %s)", r->text);
    case HOP_SINK: return d->spent ? verr_one(d->a, NULL, "Can't download the URL: all downloads together are too large") : not_kept(d);
    case HOP_TOO_LARGE:
        return verr_one(d->a, NULL, "Maximum total size of all files is %lld bytes, the download is larger", (long long)d->o.most_bytes);
    case HOP_TIMEOUT:
    case HOP_FAILED: break;
    }
    return verr_one(d->a, NULL, "Can't download the URL: %s", r->text);
}

/* What a redirect carried as its body is not the file. */
static err *restart(struct download *d)
{
    d->size_bytes = 0;
    if (ftruncate(d->fd, 0) != 0 || lseek(d->fd, 0, SEEK_SET) < 0)
        return err_internal(d->a, "could not empty a download");
    return OK;
}

void download_start(struct download *d, struct arena *a, const char *url, const struct fetch_options *o, int fd)
{
    *d = (struct download){.a = a, .o = *o, .fd = fd, .until_us = clock_mono_us() + o->timeout_ms * 1000};
    d->hop = (struct hop){.url = url, .agent = "labeld", .guard = o->guard, .most_bytes = o->most_bytes, .sink = keep, .to = d};
}

err *download_next(struct download *d)
{
    d->hop.timeout_ms = (d->until_us - clock_mono_us()) / 1000;
    if (d->hops++ > HOPS_MOST)
        return verr_one(d->a, NULL, "Can't download the URL: more than %d redirects", HOPS_MOST);
    if (d->hop.timeout_ms <= 0)
        return verr_one(d->a, NULL, "Can't download the URL: it took too long");
    return restart(d);
}

err *download_judge(struct download *d, bool *more)
{
    TRY(outcome(d));
    *more = d->result.location != NULL;
    if (*more)
        d->hop.url = d->result.location;
    return OK;
}

err *fetch_file(struct arena *a, const char *url, const struct fetch_options *o, int fd,
                struct fetched *out)
{
    struct download d;
    bool more = true;

    download_start(&d, a, url, o, fd);
    while (more) {
        TRY(download_next(&d));
        hop_run(a, &d.hop, &d.result);
        TRY(download_judge(&d, &more));
    }
    *out = (struct fetched){d.hop.url, d.size_bytes};
    return OK;
}
