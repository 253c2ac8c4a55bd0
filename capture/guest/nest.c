/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flat 64-bit L1 that is its own hypervisor. It performs small sequences of nested VMRUNs, each from a transcript of
 * the checker, and prints what L2 read and whether that was due. L2 is three instructions: load L2_PAGE, VMMCALL, back.
 * Arguments: the number of a sequence, and rounds where it has some. A second vCPU executes CPUID for ever.
 */
#include "flat.h"

#define MEM(address) (*(volatile u64 *)(address))
#define VMCB 0x200000UL
#define HSAVE 0x201000UL
#define IOPM 0x204000UL
#define MSRPM 0x208000UL
#define NPT12 0x210000UL                /* PML4, PDPT, PD, 4 page tables */
#define L2_CODE 0x300000UL
#define L2_STACK 0x9f000UL
#define L2_PAGE 0x600000UL              /* L2's gPA; NPT12 maps it to A or B */
#define OWN_PAGE 0x700000UL             /* of L1 */
#define A TEST_AREA                     /* the VMM drops both */
#define B (TEST_AREA + PAGE)
#define VALUE_A 0xaaaaUL
#define VALUE_B 0xbbbbUL
#define NO_MEMORY 0x100000000UL         /* a legal address that the VM has not */

#define MSR_EFER 0xc0000080
#define MSR_VM_HSAVE_PA 0xc0010117
#define EFER_SVME 0x1000UL
#define CR4_OF_L1 0x6b0UL                /* OSXMMEXCPT, OSFXSR, PGE, PAE, PSE */

/* fields of a VMCB, AMD64 APM volume 2, appendix B */
#define F32(offset) (*(volatile u32 *)(VMCB + (offset)))
#define F64(offset) MEM(VMCB + (offset))
enum {
    INTERCEPT3 = 0x0c, INTERCEPT4 = 0x10, IOPM_BASE = 0x40, MSRPM_BASE = 0x48, ASID = 0x58, TLB_CONTROL = 0x5c,
    EXITCODE = 0x70, NP_ENABLE = 0x90, N_CR3 = 0xb0, CLEAN = 0xc0, ES = 0x400, CS = 0x410, SS = 0x420, DS = 0x430,
    FS = 0x440, GS = 0x450, GDTR = 0x460, LDTR = 0x470, IDTR = 0x480, TR = 0x490, EFER = 0x4d0, CR4 = 0x548, CR3 = 0x550,
    CR0 = 0x558, DR7 = 0x560, DR6 = 0x568, RFLAGS = 0x570, RIP = 0x578, RSP = 0x5d8, RAX = 0x5f8, G_PAT = 0x668
};

static inline void invlpga(u64 address, u32 asid)
{
    asm volatile("invlpga" ::"a"(address), "c"(asid) : "memory");
}

static void host_drops_pages(void)
{
    outb(PORT_DROP_PAGES, 0);
}

/* ---- L2 ---- */
static volatile u64 *npte(u64 gpa)
{
    return (volatile u64 *)(NPT12 + 0x3000 + (gpa >> 21) * PAGE) + ((gpa >> 12) & 511);
}

static void segment(int offset, u16 selector, u16 attributes)
{
    *(volatile u16 *)(VMCB + offset) = selector;
    *(volatile u16 *)(VMCB + offset + 2) = attributes;
    F32(offset + 4) = 0xffffffff;
    F64(offset + 8) = 0;
}

static void set_code(const u8 *code, int size)
{
    int i;

    for (i = 0; i < size; i++) {
        ((volatile u8 *)L2_CODE)[i] = code[i];
    }
}

static void make_npt12(void)
{
    u64 i;

    MEM(NPT12) = (NPT12 + 0x1000) | 7;
    MEM(NPT12 + 0x1000) = (NPT12 + 0x2000) | 7;
    for (i = 0; i < 4; i++) {
        MEM(NPT12 + 0x2000 + i * 8) = (NPT12 + 0x3000 + i * PAGE) | 7;
    }
    for (i = 0; i < 4 * 512; i++) {
        MEM(NPT12 + 0x3000 + i * 8) = (i << 12) | 7;
    }
    *npte(L2_PAGE) = A | 7;
    MEM(A) = VALUE_A;
    MEM(B) = VALUE_B;
}

static void make_vmcb12(void)
{
    u64 value, i;

    for (i = 0; i < 0x1000; i += 8) {
        F64(i) = 0;
        MEM(HSAVE + i) = 0;
    }
    for (i = 0; i < 0x3000; i += 8) {
        MEM(IOPM + i) = ~0UL;
    }
    for (i = 0; i < 0x2000; i += 8) {
        MEM(MSRPM + i) = ~0UL;
    }
    F32(INTERCEPT3) = 1 << 18 | 1 << 28;        /* CPUID, MSR */
    F32(INTERCEPT4) = 1 | 2;                    /* VMRUN, VMMCALL */
    F64(IOPM_BASE) = IOPM;
    F64(MSRPM_BASE) = MSRPM;
    F64(NP_ENABLE) = 1;
    F64(N_CR3) = NPT12;
    segment(ES, 0x18, 0xc93);
    segment(CS, 0x10, 0xa9b);
    segment(SS, 0x18, 0xc93);
    segment(DS, 0x18, 0xc93);
    segment(FS, 0, 0);
    segment(GS, 0, 0);
    segment(GDTR, 0, 0);
    F32(GDTR + 4) = 0x1f;
    F64(GDTR + 8) = 0x800;
    segment(LDTR, 0, 0x82);
    segment(IDTR, 0, 0);
    segment(TR, 0, 0x8b);
    F64(EFER) = 0x1500;                         /* SVME, LMA, LME */
    asm volatile("mov %%cr4,%0" : "=r"(value));
    F64(CR4) = value;
    asm volatile("mov %%cr0,%0" : "=r"(value));
    F64(CR0) = value;
    asm volatile("mov %%cr3,%0" : "=r"(value));
    F64(CR3) = value;
    F64(DR7) = 0x400;
    F64(DR6) = 0xffff0ff0;
    F64(RFLAGS) = 2;
    F64(RSP) = L2_STACK;
    F64(G_PAT) = 0x0007040600070406UL;
}

/* L2 runs from its start until it exits; what it read is in RAX */
static u64 vmrun(u32 asid12, u32 tlb12)
{
    F32(ASID) = asid12;
    F32(TLB_CONTROL) = tlb12;
    F64(RIP) = L2_CODE;
    F64(RAX) = 0;
    F64(EXITCODE) = 0;
    F32(CLEAN) = 0;
    asm volatile("clgi\n vmload\n vmrun\n vmsave\n stgi" ::"a"(VMCB)
                 : "memory", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc");
    return F64(RAX);
}

static void tell(const char *what, u64 read, u64 due)
{
    print("  ");
    print(what);
    print(": asid12 ");
    print_hex(F32(ASID));
    print(" tlb12 ");
    print_hex(F32(TLB_CONTROL));
    print(" exit ");
    print_hex(F64(EXITCODE));
    print(" read ");
    print_hex(read);
    print(read == due ? " as due\n" : " OLD\n");
}

static void run(const char *what, u32 asid12, u32 tlb12, u64 due)
{
    tell(what, vmrun(asid12, tlb12), due);
}

/* a VMRUN that L0 undoes after the switch: the MSR permission map is in no memory */
static void vmrun_fails_late(u32 asid12)
{
    F64(MSRPM_BASE) = NO_MEMORY;
    run("fails late", asid12, 0, 0);
    F64(MSRPM_BASE) = MSRPM;
}

static void svme(int on)
{
    wrmsr(MSR_EFER, on ? rdmsr(MSR_EFER) | EFER_SVME : rdmsr(MSR_EFER) & ~EFER_SVME);
}

/* ---- sequences ---- */
static void another_asid12_after_failure(u64 due)
{
    vmrun_fails_late(2);
    run("asid12 2 after failure", 2, 0, due);
    run("again", 2, 0, due);
}

static void moved_page_after_failure(void)
{
    *npte(L2_PAGE) = B | 7;
    another_asid12_after_failure(VALUE_B);
}

static void drop_while_svme_is_off(void)
{
    svme(0);
    host_drops_pages();
    svme(1);
    run("after SVME off and on", 1, 0, 0);
    run("again", 1, 0, 0);
}

static void drop_before_svme_off(void)
{
    host_drops_pages();
    svme(0);
    svme(1);
    run("after SVME off and on", 1, 0, 0);
    run("again", 1, 0, 0);
}

static void moved_page(u32 next_asid12, u32 tlb12)
{
    int i;

    for (i = 0; i < 3; i++) {
        *npte(L2_PAGE) = (i & 1 ? A : B) | 7;
        run(i & 1 ? "page is A now" : "page is B now", next_asid12 ? next_asid12 + i : 1, tlb12,
            i & 1 ? VALUE_A : VALUE_B);
    }
}

static void invlpga_alone(void)
{
    invlpga(L2_PAGE, 1);
    run("after INVLPGA", 1, 0, VALUE_A);
}

/* L2 executes OUT to the port by which the host takes it out of L2, and then, as L1, OUT to the one that ends all */
static void forced_leave(void)
{
    static const u8 code[] = { 0xe6, PORT_LEAVE, 0xe6, PORT_END };

    set_code(code, sizeof code);
    run("forced leave", 1, 0, 0);
}

/* L2 counts for long enough to be preempted, while another vCPU runs in L1 */
static void long_runs(u64 rounds)
{
    static const u8 code[] = { 0xb9, 0x00, 0x00, 0x20, 0x00, 0xff, 0xc9, 0x75, 0xfc, 0x0f, 0x01, 0xd9 };

    set_code(code, sizeof code);
    while (rounds--) {
        vmrun(1, 0);
    }
}

/* the host takes a page of L1 back, and the VMRUN that is to flush it is refused */
static void refused_vmrun(void)
{
    tell("own page before", MEM(A), VALUE_A);
    outb(PORT_REFUSE, 0);
    tell("own page after the refused VMRUN", MEM(A), 0);
}

static void drop_in_l1(void)
{
    host_drops_pages();
    run("after the drop", 1, 0, 0);
    run("again", 1, 0, 0);
}

/* L1 changes L2's own table: L2_PAGE becomes another gPA, whose frame holds 0 */
static void changed_l2_pte(const char *what, int is_invlpga, u32 tlb12)
{
    *pte_of(L2_PAGE) = (L2_PAGE + 0x2000) | 0x63;
    if (is_invlpga) {
        invlpga(L2_PAGE, 1);
    }
    run(what, 1, tlb12, 0);
    run("again", 1, 0, 0);
}

static void two_l2s(void)
{
    int i;

    for (i = 0; i < 4; i++) {
        *pte_of(L2_PAGE) = (L2_PAGE + (i & 1 ? 0x2000 : 0x3000)) | 0x63;
        run("other L2", 2 + i, 0, 0);
    }
}

/* L1 changes a PTE of its own and flushes it as an ASID, 0 being L1's */
static void invlpga_of_own_page(void)
{
    u64 first, second;

    MEM(OWN_PAGE) = VALUE_A;
    MEM(OWN_PAGE + 0x1000) = VALUE_B;
    first = MEM(OWN_PAGE);
    *pte_of(OWN_PAGE) = (OWN_PAGE + 0x1000) | 0x63;
    invlpga(OWN_PAGE, 0);
    second = MEM(OWN_PAGE);
    tell("own page before", first, VALUE_A);
    tell("own page after INVLPGA", second, VALUE_B);
}

static void perform(u64 sequence, u64 rounds)
{
    switch (sequence) {
    case 1: another_asid12_after_failure(VALUE_A); break;
    case 2: drop_while_svme_is_off(); break;
    case 3: moved_page(2, 0); break;
    case 4: moved_page(0, 3); break;
    case 5: invlpga_alone(); break;
    case 6: moved_page_after_failure(); break;
    case 7: drop_before_svme_off(); break;
    case 8: forced_leave(); break;
    case 9: long_runs(rounds); break;
    case 10: refused_vmrun(); break;
    case 20: drop_in_l1(); break;
    case 21: changed_l2_pte("INVLPGA", 1, 0); break;
    case 22: changed_l2_pte("no flush", 0, 0); break;
    case 23: changed_l2_pte("tlb12 3", 0, 3); break;
    case 24: two_l2s(); break;
    case 25: invlpga_of_own_page(); break;
    default: print("nest: no such sequence\n");
    }
}

void start_c(const u64 *arguments)
{
    /* mov (L2_PAGE),%rax; vmmcall; jmp back */
    static const u8 code[] = { 0x48, 0x8b, 0x04, 0x25, 0, 0, 0x60, 0, 0x0f, 0x01, 0xd9, 0xeb, 0xf3 };
    u64 sequence = arguments[0], vcpu = arguments[4];
    u32 a, b, c, d;

    while (vcpu) {
        cpuid(0, 0, &a, &b, &c, &d);
    }
    asm volatile("mov %0,%%cr4" ::"r"(CR4_OF_L1));
    print("nest: sequence ");
    print_hex(sequence / 10 * 16 + sequence % 10);      /* in decimal */
    print("\n");
    svme(1);
    wrmsr(MSR_VM_HSAVE_PA, HSAVE);
    make_npt12();
    make_vmcb12();
    set_code(code, sizeof code);
    run("first", 1, 0, VALUE_A);
    run("again", 1, 0, VALUE_A);
    run("again", 1, 0, VALUE_A);
    perform(sequence, arguments[1]);
    print("nest: end\n");
    outb(PORT_END, 0);
}
