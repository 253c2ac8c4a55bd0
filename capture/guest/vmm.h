/* SPDX-License-Identifier: Apache-2.0 */
/* A small VMM on the KVM ioctls; used in L0 to run L1, and in L1 to run L2. */
#ifndef VMM_H
#define VMM_H

#define _GNU_SOURCE
#include <errno.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_VCPUS 4

struct vm {
    int kvm, fd, vcpus;
    int vcpu[MAX_VCPUS];
    uint8_t *memory;
    size_t size;
    int yields;                 /* gives the CPU to others at each exit to user space */
    int hands_over;             /* lets the next vCPU run instead, until that one exits to user space */
    enum { ANYWHERE, TOGETHER, APART } placing;     /* of vCPUs: on the first CPU, or each on its own */
    pid_t threads[MAX_VCPUS];   /* of vCPUs that run */
};

/* vm.c: a VM with irqchip, PIT and memory; its vCPUs have the host's CPUID. */
void die(const char *what);
long must(int fd, unsigned long request, void *argument, const char *what);
void *load_file(const char *path, size_t *size);
void create_vm(struct vm *vm, size_t size, int vcpus);
/* vCPU in long mode with the first 4 GiB mapped one to one; `fine`: 32 MiB with 4 KiB pages. */
void set_long_mode(struct vm *vm, int vcpu, int fine, uint64_t rip, uint64_t rsp, uint64_t rsi);

/* run.c: runs a vCPU until the guest ends; returns its exit status. */
int run_vcpu(struct vm *vm, int vcpu);
/* The other vCPUs run in threads; whichever ends first ends the process. */
void start_other_vcpus(struct vm *vm);
void start_thread(void *(*body)(void *), void *argument);

/* mptable.c: tells Linux of its vCPUs, as a BIOS would. */
void write_mp_table(struct vm *vm);

/* serial.c: a 16550 at 0x3f8 that prints on standard output. */
void serial_out(struct vm *vm, int reg, uint8_t value);
uint8_t serial_in(struct vm *vm, int reg);

/* linux.c and flat.c: the two kinds of guest. */
int boot_linux(int argc, char **argv);
int run_flat(int argc, char **argv);

#endif
