/* Load for `make bench`: many keep-alive connections from one cheap process against any server that speaks the API.
 *
 *   drive get   PORT TOKEN  CLIENTS SECONDS REQUESTS-FILE     lines "GET /path" or "POST /path BODY", taken in turn
 *   drive label PORT TOKENS CLIENTS SECONDS PROJECT BODY      annotators: next, submit; TOKENS is a file, one token per line
 *
 * Prints one JSON object. A tenth of the time before measuring starts warms up. Connections are cut off at the end in `get`;
 * in `label` every annotator finishes what it submitted, so that the count of stored annotations is known. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    IN_MOST = 1 << 22,
    OUT_MOST = 1 << 16,
    CLIENTS_MOST = 1024,
    LINES_MOST = 200000,
    TASKS_MOST = 1 << 26,     /* ids; the million-task imports come before and between */
    PATIENCE_US = 30 * 1000000,
};

/* Times of one kind of request, in microseconds. */
struct times {
    uint32_t *us;
    size_t n, room;
    uint64_t body_bytes;
};

struct client {
    int fd;
    size_t in_len, in_room, out_len, out_done;
    char *in, out[OUT_MOST];
    int64_t sent_us;
    bool waiting, submitting, done;
    long task;
    char lock[64];
    const char *token;
};

struct answer {
    int status;
    const char *body;
    size_t body_len;
    bool last;                     /* the server closes the connection after it, as nginx does after a thousand requests */
};

static struct {
    struct sockaddr_in to;
    int epoll, n_clients;
    struct client clients[CLIENTS_MOST];
    int64_t warm_us, end_us;
    struct times kind[2];          /* get: [0]; label: next, submit */
    long errors, connections, next_line, n_lines, twice, stored, empty;
    int last_error;
    char *lines[LINES_MOST];
    const char *project, *body;
    int16_t *holder;               /* by task id: 1 + the client that holds it, -1 = stored */
} d;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "drive: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *need(void *p)
{
    if (!p)
        die("memory");
    return p;
}

/* ---------------------------------------------------------------- what was measured */

static void times_add(struct times *t, int64_t us, size_t bytes)
{
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 65536;
        t->us = need(realloc(t->us, t->room * sizeof *t->us));
    }
    t->us[t->n++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
    t->body_bytes += bytes;
}

static int by_size(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

    return (a > b) - (a < b);
}

static double at(const struct times *t, double part)
{
    size_t i = (size_t)(part * (double)t->n);

    return t->n ? t->us[i < t->n ? i : t->n - 1] / 1000.0 : 0;
}

static void times_print(const char *name, struct times *t)
{
    if (t->n)
        qsort(t->us, t->n, sizeof *t->us, by_size);
    printf(", \"%s\": {\"n\": %zu, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"bytes\": %.0f}", name, t->n, at(t, 0.5),
           at(t, 0.99), at(t, 1), t->n ? (double)t->body_bytes / (double)t->n : 0.0);
}

static double own_cpu_s(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* ---------------------------------------------------------------- connections */

static void watch(struct client *c, int op, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.ptr = c};

    if (epoll_ctl(d.epoll, op, c->fd, &ev) != 0)
        die("epoll");
}

static void open_connection(struct client *c)
{
    int one = 1;

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&d.to, sizeof d.to) != 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    c->in_len = 0;
    d.connections++;
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

static void reopen(struct client *c)
{
    close(c->fd);
    open_connection(c);
}

static void flush(struct client *c)
{
    while (c->out_done < c->out_len) {
        ssize_t n = send(c->fd, c->out + c->out_done, c->out_len - c->out_done, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        c->out_done += (size_t)n;
    }
    watch(c, EPOLL_CTL_MOD, c->out_done < c->out_len && errno == EAGAIN ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void request(struct client *c, const char *method, size_t method_len, const char *path, size_t path_len, const char *body)
{
    int n = snprintf(c->out, sizeof c->out,
                     "%.*s %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token %s\r\nAccept: */*\r\n", (int)method_len, method,
                     (int)path_len, path, c->token);

    if (body)
        n += snprintf(c->out + n, sizeof c->out - (size_t)n, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                      strlen(body), body);
    else
        n += snprintf(c->out + n, sizeof c->out - (size_t)n, "\r\n");
    if ((size_t)n >= sizeof c->out) {
        errno = EMSGSIZE;
        die("request");
    }
    c->out_len = (size_t)n;
    c->out_done = 0;
    c->waiting = true;
    c->sent_us = now_us();
    flush(c);
}

/* ---------------------------------------------------------------- answers */

static const char *header(const char *head, const char *end, const char *name)
{
    const char *p = strcasestr(head, name);

    return p && p < end ? p + strlen(name) : NULL;
}

/* Joins the pieces of a chunked body in place. */
static bool unchunk(char *p, char *end, size_t *len, char **rest)
{
    char *to = p;
    char *line;

    while ((line = memmem(p, (size_t)(end - p), "\r\n", 2))) {
        size_t n = strtoul(p, NULL, 16);
        p = line + 2;
        if ((size_t)(end - p) < n + 2)
            return false;
        if (n == 0) {
            *rest = p + 2;
            return true;
        }
        memmove(to, p, n);
        to += n;
        *len += n;
        p += n + 2;
    }
    return false;
}

/* Is the whole answer there? A chunked one is joined when its end was seen. */
static bool complete(struct client *c, struct answer *a)
{
    char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4), *body, *rest;
    const char *length;

    if (!end)
        return false;
    body = end + 4;
    *a = (struct answer){.status = (int)strtol(c->in + 9, NULL, 10), .body = body};
    a->last = header(c->in, end, "\r\nConnection: close") != NULL;
    length = header(c->in, end, "\r\nContent-Length:");
    if (length) {
        a->body_len = strtoul(length, NULL, 10);
        return (size_t)(c->in + c->in_len - body) >= a->body_len;
    }
    if (!header(c->in, end, "\r\nTransfer-Encoding: chunked"))
        return true;
    if (c->in_len < 5 || memcmp(c->in + c->in_len - 5, "0\r\n\r\n", 5) != 0)
        return false;
    return unchunk(body, c->in + c->in_len, &a->body_len, &rest);
}

/* False when the connection ended. */
static bool take_in(struct client *c)
{
    for (;;) {
        ssize_t n;
        if (c->in_room - c->in_len < 65536) {
            c->in_room = c->in_room ? c->in_room * 2 : 131072;
            if (c->in_room > IN_MOST) {
                errno = EMSGSIZE;
                die("answer");
            }
            c->in = need(realloc(c->in, c->in_room));
        }
        n = recv(c->fd, c->in + c->in_len, c->in_room - c->in_len - 1, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        if (n == 0)
            return false;
        c->in_len += (size_t)n;
        c->in[c->in_len] = '\0';
    }
}

static void note(struct client *c, struct times *t, const struct answer *a, int64_t now)
{
    if (a->status < 200 || a->status > 299) {
        if (!d.errors++)
            fprintf(stderr, "drive: status %d: %.300s\n", a->status, a->body);
        d.last_error = a->status;
    } else if (c->sent_us >= d.warm_us && now <= d.end_us) {
        times_add(t, now - c->sent_us, a->body_len);
    }
}

/* ---------------------------------------------------------------- get */

static void get_next(struct client *c)
{
    const char *line = d.lines[d.next_line++ % d.n_lines];
    const char *path = strchr(line, ' ');
    size_t method_len = (size_t)(path - line), path_len = strcspn(path + 1, " ");
    const char *body = path[1 + path_len] ? path + 2 + path_len : NULL;

    request(c, line, method_len, path + 1, path_len, body);
}

static void get_answered(struct client *c, const struct answer *a, int64_t now)
{
    note(c, &d.kind[0], a, now);
    if (now < d.end_us)
        get_next(c);
    else
        c->done = true;
}

/* ---------------------------------------------------------------- label */

static void ask_next(struct client *c)
{
    char path[128];
    int n = snprintf(path, sizeof path, "/api/projects/%s/next/", d.project);

    c->submitting = false;
    request(c, "GET", 3, path, (size_t)n, NULL);
}

static void submit(struct client *c)
{
    char path[128], body[OUT_MOST / 2];
    int n = snprintf(path, sizeof path, "/api/tasks/%ld/annotations/?project=%s", c->task, d.project);

    snprintf(body, sizeof body, "{\"unique_id\": \"%s\", \"lead_time\": 3.2, \"result\": %s}", c->lock, d.body);
    c->submitting = true;
    request(c, "POST", 4, path, (size_t)n, body);
}

/* Overlap is one: a task that somebody holds or has finished must not come again. */
static void hand_out(struct client *c)
{
    int16_t me = (int16_t)(c - d.clients + 1);

    if (c->task < 0 || c->task >= TASKS_MOST) {
        errno = ERANGE;
        die("task id");
    }
    if (d.holder[c->task] != 0 && d.holder[c->task] != me)
        d.twice++;
    d.holder[c->task] = me;
}

static void label_got(struct client *c, const struct answer *a, int64_t now)
{
    json_t *task;

    if (a->status == 404) {
        d.empty++;
        c->done = true;
        return;
    }
    note(c, &d.kind[0], a, now);
    task = json_loadb(a->body, a->body_len, 0, NULL);
    c->task = (long)json_integer_value(json_object_get(task, "id"));
    snprintf(c->lock, sizeof c->lock, "%s", json_string_length(json_object_get(task, "unique_lock_id"))
                                                ? json_string_value(json_object_get(task, "unique_lock_id")) : "");
    json_decref(task);
    if (c->task == 0) {
        c->done = now >= d.end_us;
        if (!c->done)
            ask_next(c);
        return;
    }
    hand_out(c);
    submit(c);
}

static void label_answered(struct client *c, const struct answer *a, int64_t now)
{
    if (!c->submitting) {
        label_got(c, a, now);
        return;
    }
    note(c, &d.kind[1], a, now);
    if (a->status == 201) {
        d.stored++;
        d.holder[c->task] = -1;
    }
    if (now < d.end_us)
        ask_next(c);
    else
        c->done = true;
}

/* ---------------------------------------------------------------- the loop */

static void ended(struct client *c)
{
    d.errors++;
    d.last_error = -1;
    reopen(c);
    if (d.project)
        ask_next(c);
    else
        get_next(c);
}

static void ready(struct client *c, uint32_t events)
{
    struct answer a;
    bool open;

    if (events & EPOLLOUT)
        flush(c);
    open = take_in(c);
    if (!complete(c, &a)) {
        if (!open)
            ended(c);
        return;
    }
    c->waiting = false;
    c->in_len = 0;
    if (!open || a.last)
        reopen(c);
    if (d.project)
        label_answered(c, &a, now_us());
    else
        get_answered(c, &a, now_us());
}

static bool all_done(void)
{
    for (int i = 0; i < d.n_clients; i++)
        if (!d.clients[i].done)
            return false;
    return true;
}

static void run(void)
{
    struct epoll_event ev[256];

    while (!all_done()) {
        int n = epoll_wait(d.epoll, ev, 256, 1000);
        if (now_us() > d.end_us + PATIENCE_US) {
            errno = ETIMEDOUT;
            die("waiting for answers");
        }
        for (int i = 0; i < n; i++)
            ready(ev[i].data.ptr, ev[i].events);
    }
}

/* ---------------------------------------------------------------- start */

static void read_lines(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t room = 0;
    ssize_t n;

    if (!f)
        die(path);
    while (d.n_lines < LINES_MOST) {
        d.lines[d.n_lines] = NULL;
        n = getline(&d.lines[d.n_lines], &room, f);
        room = 0;
        if (n < 0)
            break;
        if (n > 1) {
            d.lines[d.n_lines][strcspn(d.lines[d.n_lines], "\n")] = '\0';
            d.n_lines++;
        }
    }
    fclose(f);
    if (d.n_lines == 0) {
        errno = ENODATA;
        die(path);
    }
}

static void start(const char *port, const char *clients, const char *seconds)
{
    double s = strtod(seconds, NULL);
    int64_t now = now_us();

    d.n_clients = (int)strtol(clients, NULL, 10);
    if (d.n_clients < 1 || d.n_clients > CLIENTS_MOST) {
        errno = EINVAL;
        die(clients);
    }
    d.to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(port, NULL, 10)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    d.epoll = epoll_create1(EPOLL_CLOEXEC);
    d.warm_us = now + (int64_t)(s * 1e5);
    d.end_us = d.warm_us + (int64_t)(s * 1e6);
    for (int i = 0; i < d.n_clients; i++)
        open_connection(&d.clients[i]);
}

static void report(const char *seconds, const char *first, const char *second)
{
    printf("{\"seconds\": %s, \"errors\": %ld, \"last_error\": %d, \"connections\": %ld, \"twice\": %ld, \"stored\": %ld, "
           "\"empty\": %ld, \"cpu_s\": %.3f", seconds, d.errors, d.last_error, d.connections, d.twice, d.stored, d.empty, own_cpu_s());
    times_print(first, &d.kind[0]);
    if (second)
        times_print(second, &d.kind[1]);
    puts("}");
}

int main(int argc, char **argv)
{
    bool label = argc == 8 && strcmp(argv[1], "label") == 0;

    if (!label && (argc != 7 || strcmp(argv[1], "get") != 0)) {
        fputs("usage: drive get PORT TOKEN CLIENTS SECONDS REQUESTS | drive label PORT TOKENS CLIENTS SECONDS PROJECT RESULT\n", stderr);
        return 2;
    }
    read_lines(label ? argv[3] : argv[6]);
    if (label) {
        d.project = argv[6];
        d.body = argv[7];
        d.holder = need(calloc(TASKS_MOST, sizeof *d.holder));
    }
    start(argv[2], argv[4], argv[5]);
    for (int i = 0; i < d.n_clients; i++) {
        d.clients[i].token = label ? d.lines[i % d.n_lines] : argv[3];
        if (label)
            ask_next(&d.clients[i]);
        else
            get_next(&d.clients[i]);
    }
    run();
    report(argv[5], label ? "next" : "get", label ? "submit" : NULL);
    return 0;
}
