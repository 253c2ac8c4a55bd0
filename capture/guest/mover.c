/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mover PID ROUNDS STAY_US STOP_US [OTHER...]: moves the VMM of process PID so that its L2 takes an ASID on pCPU 1, and its
 * L1 is the first to run back on pCPU 0; then lets the other VMMs run on pCPU 0, which has given them that number.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BEFORE_US 9300          /* a little less than a tick at 100 Hz, so that it falls elsewhere each time */
#define AFTER_US 6000
#define OTHERS_US 8000

static void wait_us(long us)
{
    const struct timespec time = { us / 1000000, us % 1000000 * 1000 };

    nanosleep(&time, NULL);
}

static void move(pid_t pid, int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(pid, sizeof(set), &set)) {
        perror("sched_setaffinity");
    }
}

static void signal_all(char **pids, int signal)
{
    for (; *pids; pids++) {
        kill(atoi(*pids), signal);
    }
}

int main(int argc, char **argv)
{
    const struct sched_param first = { .sched_priority = 10 };
    char **others;
    pid_t pid;
    int rounds;

    if (argc < 5) {
        fprintf(stderr, "usage: mover PID ROUNDS STAY_US STOP_US [OTHER...]\n");
        return 1;
    }
    pid = atoi(argv[1]);
    others = argv + 5;
    sched_setscheduler(0, SCHED_FIFO, &first);
    move(0, 0);
    signal_all(others, SIGSTOP);
    for (rounds = atoi(argv[2]); rounds > 0; rounds--) {
        wait_us(BEFORE_US);
        move(pid, 1);                   /* L2 goes on on pCPU 1 */
        wait_us(atol(argv[3]));
        kill(pid, SIGSTOP);
        wait_us(atol(argv[4]));         /* L1's timer becomes due */
        move(pid, 0);
        kill(pid, SIGCONT);             /* L1 runs first, on pCPU 0 */
        wait_us(AFTER_US);
        signal_all(others, SIGCONT);
        wait_us(*others ? OTHERS_US : 0);
        signal_all(others, SIGSTOP);
    }
    signal_all(others, SIGCONT);
    printf("mover: %s rounds\n", argv[2]);
    return 0;
}
