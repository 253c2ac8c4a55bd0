/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts of the flat guest: one vector, by the x2APIC's timer or by the VMM. */
#include "flat.h"
#include "vector.h"

#define MSR_APIC_BASE 0x1b
#define MSR_TSC_DEADLINE 0x6e0
#define MSR_X2APIC_EOI 0x80b
#define MSR_X2APIC_SPURIOUS 0x80f
#define MSR_X2APIC_LVT_TIMER 0x832
#define APIC_X2APIC_ENABLED 0xc00UL
#define LVT_TSC_DEADLINE (2UL << 17)
#define SLEEP_TICKS 200000

#define IDT 0xa0000UL
#define CODE_SELECTOR 0x10

volatile u64 interrupts_taken;

void interrupt_entry(void);
asm("interrupt_entry:\n"
    "    push %rax\n    push %rcx\n    push %rdx\n"
    "    lock incq interrupts_taken(%rip)\n"
    "    mov $0x80b, %ecx\n    xor %eax, %eax\n    xor %edx, %edx\n    wrmsr\n"
    "    pop %rdx\n    pop %rcx\n    pop %rax\n    iretq\n");

void interrupts_on(void)
{
    struct __attribute__((packed)) {
        u16 limit;
        u64 base;
    } idtr = { 256 * 16 - 1, IDT };
    volatile u64 *gate = (volatile u64 *)(IDT + INTERRUPT_VECTOR * 16);
    u64 entry = (u64)interrupt_entry;

    gate[0] = (entry & 0xffff) | CODE_SELECTOR << 16 | 0x8e00UL << 32 | (entry >> 16 & 0xffff) << 48;
    gate[1] = entry >> 32;
    asm volatile("lidt %0" ::"m"(idtr));
    wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_X2APIC_ENABLED);
    wrmsr(MSR_X2APIC_SPURIOUS, 0x1ff);
    wrmsr(MSR_X2APIC_LVT_TIMER, LVT_TSC_DEADLINE | INTERRUPT_VECTOR);
    asm volatile("sti");
}

/* Arms the timer and halts until it fires. */
void sleep_by_timer(void)
{
    u64 before = interrupts_taken;
    u32 low, high;

    asm volatile("cli; rdtsc" : "=a"(low), "=d"(high));
    wrmsr(MSR_TSC_DEADLINE, (low | (u64)high << 32) + SLEEP_TICKS);
    while (interrupts_taken == before) {
        asm volatile("sti; hlt; cli");
    }
    asm volatile("sti");
}

void wait_for_interrupt(void)
{
    u64 before = interrupts_taken;

    while (interrupts_taken == before) {
        asm volatile("" ::: "memory");
    }
}
