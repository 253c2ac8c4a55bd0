/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flat 64-bit guest that does one thing over and over. Arguments: workload, rounds, warm-up
 * rounds, what the window is called in the log. It sets CR4 and XCR0 as Linux would from CPUID,
 * because what they differ in from L1's costs exits.
 */
#include "flat.h"
#include "workload-ids.h"

#define CR4_BASIC 0x6f0                 /* OSXMMEXCPT, OSFXSR, PGE, MCE, PAE, PSE */
#define CR4_PGE (1UL << 7)
#define CR4_UMIP (1UL << 11)
#define CR4_FSGSBASE (1UL << 16)
#define CR4_PCIDE (1UL << 17)
#define CR4_OSXSAVE (1UL << 18)
#define CR4_SMEP (1UL << 20)
#define CR4_SMAP (1UL << 21)
#define CR4_PKE (1UL << 22)
#define XCR0_PKRU (1U << 9)

void interrupts_on(void);
extern volatile u64 interrupts_taken;
void sleep_by_timer(void);
void wait_for_interrupt(void);

static void do_cpuid(void)
{
    u32 a, b, c, d;

    cpuid(0, 0, &a, &b, &c, &d);
}

static void write_pages(u64 count)
{
    u64 i;

    /* Plain stores: TCG splits a read-modify-write in two accesses, which would fault twice. */
    for (i = 0; i < count; i++) {
        *(volatile u64 *)(TEST_AREA + i * PAGE) = i;
    }
}

static void churn_ptes(u64 count)
{
    u64 i, page;

    for (i = 0; i < count; i++) {
        page = TEST_AREA + i * PAGE;
        *pte_of(page) = page | 3;
    }
    write_pages(count);
    for (i = 0; i < count; i++) {
        page = TEST_AREA + i * PAGE;
        *pte_of(page) = 0;
        invlpg(page);
    }
}

static void reload_cr3(void)
{
    u64 cr3;

    asm volatile("mov %%cr3,%0\n\tmov %0,%%cr3" : "=r"(cr3)::"memory");
}

static void once(u64 workload)
{
    switch (workload) {
    case WORKLOAD_CPUID:
    case WORKLOAD_CPUID_NOPGE:
    case WORKLOAD_L3_CPUID:
        do_cpuid();
        break;
    case WORKLOAD_CPUID_WSS64:
        write_pages(64);
        do_cpuid();
        break;
    case WORKLOAD_NPF32:
    case WORKLOAD_NPF32_NOPGE:
        outb(PORT_DROP_PAGES, 0);
        write_pages(32);
        break;
    case WORKLOAD_PTECHURN64:
        churn_ptes(64);
        do_cpuid();
        break;
    case WORKLOAD_PIO:
    case WORKLOAD_PIO_NOPGE:
    case WORKLOAD_TWO_L2S:
    case WORKLOAD_TWO_VCPUS:
    case WORKLOAD_VCPUS_APART:
        outb(PORT_NOTHING, 0);
        break;
    case WORKLOAD_SPIN:
        write_pages(256);
        break;
    case WORKLOAD_CR3:
        reload_cr3();
        do_cpuid();
        break;
    case WORKLOAD_MSR:
        wrmsr(0x6e0, 0);                /* TSC_DEADLINE: disarms the timer */
        break;
    case WORKLOAD_HLT:
        sleep_by_timer();
        break;
    case WORKLOAD_INTERRUPT:
        wait_for_interrupt();
        break;
    }
}

static int has_pge(u64 workload)
{
    return workload != WORKLOAD_CPUID_NOPGE && workload != WORKLOAD_PIO_NOPGE &&
           workload != WORKLOAD_NPF32_NOPGE;
}

static int drops_pages(u64 workload)
{
    return workload == WORKLOAD_NPF32 || workload == WORKLOAD_NPF32_NOPGE;
}

static void set_features(u64 workload)
{
    u64 cr4 = has_pge(workload) ? CR4_BASIC : CR4_BASIC & ~CR4_PGE;
    u32 a, b, c, d, features, more;

    cpuid(1, 0, &a, &b, &features, &d);
    cpuid(7, 0, &a, &b, &more, &d);
    cr4 |= b & 1 ? CR4_FSGSBASE : 0;
    cr4 |= b & 1 << 7 ? CR4_SMEP : 0;
    cr4 |= b & 1 << 20 ? CR4_SMAP : 0;
    cr4 |= more & 1 << 2 ? CR4_UMIP : 0;
    cr4 |= more & 1 << 3 ? CR4_PKE : 0;
    cr4 |= features & 1 << 17 ? CR4_PCIDE : 0;
    cr4 |= features & 1 << 26 ? CR4_OSXSAVE : 0;
    asm volatile("mov %0,%%cr4" ::"r"(cr4) : "memory");
    if (cr4 & CR4_OSXSAVE) {
        cpuid(0xd, 0, &a, &b, &c, &d);
        /* As Linux: no PKRU state without PKU. */
        a = (cr4 & CR4_PKE ? a : a & ~XCR0_PKRU) | 1;
        asm volatile("xsetbv" ::"a"(a), "d"(0), "c"(0));
    }
}

void start_c(const u64 *arguments)
{
    u64 workload = arguments[0], rounds = arguments[1], warmup = arguments[2];
    u64 kind = arguments[3], vcpu = arguments[4], i;

    set_features(workload);
    if (workload == WORKLOAD_HLT || workload == WORKLOAD_INTERRUPT) {
        interrupts_on();
    }
    write_pages(drops_pages(workload) ? 32 : workload == WORKLOAD_SPIN ? 256 : 64);
    while (vcpu) {
        once(workload);                 /* the first vCPU has the marks and ends the guest */
    }
    for (i = 0; i < warmup; i++) {
        once(workload);
    }
    /* A window without rounds is opened and closed by somebody outside. */
    while (!rounds) {
        once(workload);
    }
    MARK(MARK_OPEN, kind);
    for (i = 0; i < rounds; i++) {
        MARK(MARK_ITERATION, kind);
        once(workload);
    }
    MARK(MARK_CLOSE, kind);
    outb(PORT_END, 0);
}
