/* Opening the listening sockets of the pools, Unix or TCP. Who accepts on them is the workers' business. */
#include "main/listen.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

enum { BACKLOG = 1024 };   /* the kernel lowers it to net.core.somaxconn */

/* What listen_open learns from its two texts. */
struct address {
    bool is_unix;
    struct sockaddr_un un;
    char *host, *port;
    mode_t mode;
};

static err *parse_mode(struct arena *a, const char *text, mode_t *out)
{
    char *end;
    unsigned long v = strtoul(text, &end, 8);

    if (!*text || *end || v > 0777)
        return err_new(a, ERR_BAD_REQUEST, "listen_mode \"%s\" is not an octal file mode", text);
    *out = (mode_t)v;
    return OK;
}

static err *parse_unix(struct arena *a, const char *path, struct address *out)
{
    size_t len = strlen(path);

    if (len >= sizeof out->un.sun_path)
        return err_new(a, ERR_BAD_REQUEST, "socket path \"%s\" is longer than %zu bytes", path, sizeof out->un.sun_path - 1);
    out->is_unix = true;
    out->un.sun_family = AF_UNIX;
    memcpy(out->un.sun_path, path, len + 1);
    return OK;
}

static err *parse(struct arena *a, const char *address, const char *mode, struct address *out)
{
    char *colon;
    int64_t port;

    *out = (struct address){0};
    TRY(parse_mode(a, mode, &out->mode));
    if (strchr(address, '/'))
        return parse_unix(a, address, out);
    out->host = arena_strdup(a, address);
    colon = strrchr(out->host, ':');
    if (!colon || !int_parse(colon + 1, 1, 65535, &port))
        return err_new(a, ERR_BAD_REQUEST, "\"%s\" is neither a socket path nor host:port", address);
    *colon = '\0';
    out->port = colon + 1;
    if (*out->host == '[' && colon[-1] == ']') {
        colon[-1] = '\0';
        out->host++;
    }
    return OK;
}

err *listen_check(struct arena *a, const char *address, const char *mode)
{
    struct address parsed;

    return parse(a, address, mode, &parsed);
}

static bool somebody_listens(const struct sockaddr_un *un)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes = fd >= 0 && (connect(fd, (const struct sockaddr *)un, sizeof *un) == 0 || errno == EAGAIN);

    if (fd >= 0)
        close(fd);
    return yes;
}

static err *remove_stale(struct arena *a, const struct sockaddr_un *un)
{
    struct stat st;

    if (lstat(un->sun_path, &st) != 0)
        return OK;
    if (!S_ISSOCK(st.st_mode))
        return err_new(a, ERR_CONFLICT, "could not listen on \"%s\": a file that is no socket is there", un->sun_path);
    if (somebody_listens(un))
        return err_new(a, ERR_CONFLICT, "could not listen on \"%s\": another process listens there", un->sun_path);
    unlink(un->sun_path);
    return OK;
}

static err *failed(struct arena *a, const char *address, const char *step)
{
    return err_new(a, errno == EADDRINUSE ? ERR_CONFLICT : ERR_INTERNAL, "could not listen on \"%s\": %s: %s", address, step,
                   strerror(errno));
}

static err *bind_unix(struct arena *a, const char *address, const struct address *to, struct listener *out)
{
    mode_t before;
    struct stat st;
    int bound;

    TRY(remove_stale(a, &to->un));
    out->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (out->fd < 0)
        return failed(a, address, "socket");
    /* Nobody may connect between bind and chmod. */
    before = umask(0777);
    bound = bind(out->fd, (const struct sockaddr *)&to->un, sizeof to->un);
    umask(before);
    if (bound != 0 || chmod(address, to->mode) != 0 || stat(address, &st) != 0)
        return failed(a, address, "bind");
    out->path = arena_strdup(a, address);
    out->dev = st.st_dev;
    out->ino = st.st_ino;
    return OK;
}

static err *bind_tcp(struct arena *a, const char *address, const struct address *to, struct listener *out)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    int one = 1, bound;
    int code = getaddrinfo(*to->host ? to->host : "127.0.0.1", to->port, &hints, &found);

    if (code != 0)
        return err_new(a, ERR_BAD_REQUEST, "could not listen on \"%s\": %s", address, gai_strerror(code));
    out->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bound = out->fd >= 0 && setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
            bind(out->fd, found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
    return bound ? OK : failed(a, address, "bind");
}

err *listen_open(struct arena *a, const char *address, const char *mode, struct listener *out)
{
    struct address to;
    err *e;

    *out = (struct listener){.fd = -1};
    TRY(parse(a, address, mode, &to));
    e = to.is_unix ? bind_unix(a, address, &to, out) : bind_tcp(a, address, &to, out);
    if (!e && listen(out->fd, BACKLOG) != 0)
        e = failed(a, address, "listen");
    if (e)
        listen_close(out);
    return e;
}

void listen_close(struct listener *l)
{
    struct stat st;

    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    if (l->path && stat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino)
        unlink(l->path);
    l->path = NULL;
}
