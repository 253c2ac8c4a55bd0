/* SPDX-License-Identifier: Apache-2.0 */
/* What flat guests share: ports of the VMM, instructions, marks for the log. */
#ifndef FLAT_H
#define FLAT_H

#include "marks.h"

typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

/* Ports of the VMM. */
#define PORT_PRINT 0xe9
#define PORT_NOTHING 0xf0       /* an exit to user space */
#define PORT_DROP_PAGES 0xf1    /* drops the test area */
#define PORT_LEAVE 0xf2         /* leaves L2 by force */
#define PORT_REFUSE 0xf3        /* drops the test area, and the next VMRUN is one that the CPU refuses */
#define PORT_END 0xf4

#define TEST_AREA 0x1000000UL
#define PAGE 4096UL

static inline void outb(u16 port, u8 value)
{
    asm volatile("outb %0,%1" ::"a"(value), "Nd"(port) : "memory");
}

static inline u64 rdmsr(u32 msr)
{
    u32 low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return low | (u64)high << 32;
}

static inline void wrmsr(u32 msr, u64 value)
{
    asm volatile("wrmsr" ::"c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline void cpuid(u32 leaf, u32 sub, u32 *a, u32 *b, u32 *c, u32 *d)
{
    asm volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "a"(leaf), "c"(sub));
}

static inline void invlpg(u64 address)
{
    asm volatile("invlpg (%0)" ::"r"(address) : "memory");
}

static inline void print(const char *text)
{
    while (*text) {
        outb(PORT_PRINT, *text++);
    }
}

static inline void print_hex(u64 value)
{
    int shift;

    for (shift = 60; shift >= 0; shift -= 4) {
        if (value >> shift || !shift) {
            outb(PORT_PRINT, "0123456789abcdef"[(value >> shift) & 15]);
        }
    }
}

/* The VMM maps the first 32 MiB with 4 KiB pages; its page tables lie at 64 KiB. */
static inline volatile u64 *pte_of(u64 address)
{
    return (volatile u64 *)(0x10000 + (address >> 21) * PAGE) + ((address >> 12) & 511);
}

#endif
