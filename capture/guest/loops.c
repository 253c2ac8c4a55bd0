/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops of a user's program in a Linux L2: loops NAME ROUNDS WARMUP KIND, with marks around the
 * window and each iteration.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "marks.h"

#define PAGES 64
#define PAGE_SIZE 4096

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void do_cpuid(void)
{
    unsigned a = 0, b, c = 0, d;

    asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
}

static void do_mmap(void)
{
    char *p = mmap(NULL, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);
    int i;

    if (p == MAP_FAILED) {
        die("mmap");
    }
    for (i = 0; i < PAGES; i++) {
        p[i * PAGE_SIZE] = 1;
    }
    munmap(p, PAGES * PAGE_SIZE);
}

static void do_fork(void)
{
    pid_t child = fork();

    if (child < 0) {
        die("fork");
    }
    if (child == 0) {
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

/* A byte to another process and back. */
static int partner[2];          /* read, write */

static void exchange(void)
{
    char byte = 1;

    if (write(partner[1], &byte, 1) != 1 || read(partner[0], &byte, 1) != 1) {
        die("exchange");
    }
}

static void answer_for_ever(int from, int to)
{
    char byte;

    while (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1) {
    }
    _exit(0);
}

static void open_pipes(void)
{
    int there[2], back[2];

    if (pipe(there) || pipe(back)) {
        die("pipe");
    }
    if (fork() == 0) {
        close(there[1]);
        answer_for_ever(there[0], back[1]);
    }
    partner[0] = back[0];
    partner[1] = there[1];
}

static int tcp_socket(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (s < 0 || setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on))) {
        die("socket");
    }
    return s;
}

static void open_tcp(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(7),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int server = tcp_socket(), s;

    if (bind(server, (struct sockaddr *)&address, sizeof(address)) || listen(server, 1)) {
        die("listen");
    }
    if (fork() == 0) {
        s = accept(server, NULL, NULL);
        answer_for_ever(s, s);
    }
    s = tcp_socket();
    if (connect(s, (struct sockaddr *)&address, sizeof(address))) {
        die("connect");
    }
    partner[0] = partner[1] = s;
}

static const struct loop {
    const char *name;
    void (*prepare)(void);
    void (*once)(void);
} loops[] = {
    { "linux-cpuid", NULL, do_cpuid },
    { "mmap", NULL, do_mmap },
    { "fork", NULL, do_fork },
    { "pipe", open_pipes, exchange },
    { "tcp", open_tcp, exchange },
};

int main(int argc, char **argv)
{
    const struct loop *loop = NULL;
    long rounds, warmup, kind, i;

    for (i = 0; argc == 5 && i < (long)(sizeof(loops) / sizeof(*loops)); i++) {
        if (!strcmp(argv[1], loops[i].name)) {
            loop = &loops[i];
        }
    }
    if (!loop) {
        fprintf(stderr, "usage: loops NAME ROUNDS WARMUP KIND\n");
        return 1;
    }
    rounds = atol(argv[2]);
    warmup = atol(argv[3]);
    kind = atol(argv[4]);
    if (loop->prepare) {
        loop->prepare();
    }
    for (i = 0; i < warmup; i++) {
        loop->once();
    }
    MARK(MARK_OPEN, kind);
    for (i = 0; i < rounds; i++) {
        MARK(MARK_ITERATION, kind);
        loop->once();
    }
    MARK(MARK_CLOSE, kind);
    return 0;
}
