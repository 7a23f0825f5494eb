/* The least that a FastCGI program can do: workers that answer every request with a body of the size that "?n=" asks for.
 * Behind labeld's own nginx configuration it shows what a request costs before any work is done (see tests/bench/README). */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BODY_MOST = 1 << 20, BACKLOG = 1024 };

static char body[BODY_MOST];

static int asked_bytes(const FCGX_Request *rq)
{
    const char *query = FCGX_GetParam("QUERY_STRING", rq->envp);
    const char *n = query ? strstr(query, "n=") : NULL;
    long bytes = n ? strtol(n + 2, NULL, 10) : 0;

    return bytes < 0 ? 0 : bytes > BODY_MOST ? BODY_MOST : (int)bytes;
}

static void answer(FCGX_Request *rq)
{
    char sent[4096];
    int n = asked_bytes(rq);

    while (FCGX_GetStr(sent, sizeof sent, rq->in) == (int)sizeof sent)
        ;
    FCGX_FPrintF(rq->out,
                 "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nX-Content-Type-Options: nosniff\r\n"
                 "Referrer-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n\r\n", n);
    FCGX_PutStr(body, n, rq->out);
    FCGX_Finish_r(rq);
}

static int work(int fd)
{
    FCGX_Request rq;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (FCGX_InitRequest(&rq, fd, 0) != 0)
        return 1;
    while (FCGX_Accept_r(&rq) == 0)
        answer(&rq);
    return 0;
}

int main(int argc, char **argv)
{
    int fd, workers = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 4;

    if (argc < 2 || FCGX_Init() != 0) {
        fputs("usage: empty_fcgi SOCKET [WORKERS]\n", stderr);
        return 2;
    }
    memset(body, 'x', sizeof body);
    fd = FCGX_OpenSocket(argv[1], BACKLOG);
    if (fd < 0 || chmod(argv[1], 0666) != 0) {
        perror(argv[1]);
        return 1;
    }
    for (int i = 0; i < workers; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(work(fd));
        if (pid < 0)
            perror("fork");
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
