/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sanitizer for TLB flushes: what QEMU's own code calls. tlbsan.c.inc says how it works.
 */
#ifndef TLBSAN_H
#define TLBSAN_H

/* What one translation allows, as the tables say it, before the two dimensions are merged. */
#define SAN_W 1    /* guest's tables: writable */
#define SAN_X 2    /* executable */
#define SAN_U 4    /* user */
#define SAN_D 8    /* dirty */
#define SAN_G 16   /* global */
#define SAN_NW 32  /* nested tables: writable and dirty */
#define SAN_NX 64  /* executable */
#define SAN_NPT 128 /* filled with nested paging on */

/* The guest's half of a translation; mmu_translate() fills it beside its own result. */
typedef struct SanPage {
    uint64_t gpa;
    int rights, shift;
} SanPage;

extern bool san_on;

/* no paging: the address is its own frame, and everything is allowed */
static inline SanPage san_unpaged(uint64_t address)
{
    return (SanPage){ address, SAN_W | SAN_X | SAN_U | SAN_D, 12 };
}

/* what the last entry of the guest's tables says; `ptep` has the rights of all levels, NX as it stands in the entry */
static inline SanPage san_paged(uint64_t address, uint64_t ptep, uint64_t pte, int page_size, bool is_store)
{
    uint64_t gpa = (pte & PG_ADDRESS_MASK & ~(page_size - 1ULL)) | (address & (page_size - 1ULL));
    int rights = (ptep & PG_RW_MASK ? SAN_W : 0) | (ptep & PG_NX_MASK ? 0 : SAN_X) |
                 (ptep & PG_USER_MASK ? SAN_U : 0) | (is_store || (pte & PG_DIRTY_MASK) ? SAN_D : 0) |
                 (pte & PG_GLOBAL_MASK ? SAN_G : 0);
    return (SanPage){ gpa, rights, ctz32(page_size) };
}

static inline void san_nested(SanPage *page, int prot)
{
    page->rights |= SAN_NPT | (prot & PAGE_WRITE ? SAN_NW : 0) | (prot & PAGE_EXEC ? SAN_NX : 0);
}

/* instructions executed and the guest's pc, for a helper's GETPC() */
void san_where(CPUX86State *env, uintptr_t ra, uint64_t *icount, uint64_t *pc);
void san_fill(CPUX86State *env, uint64_t address, int access, int mmu_idx, uint64_t frame, const SanPage *page,
              uintptr_t ra);
void san_fault(CPUX86State *env, uint64_t address, int access, int mmu_idx, bool is_stage2, bool is_protection_key,
               uint64_t gpa, uintptr_t ra);
void san_vmrun(CPUX86State *env);
void san_vmexit(CPUX86State *env);
void san_invlpg(CPUX86State *env, uint64_t address);
void san_invlpga(CPUX86State *env, uint64_t address, uint32_t asid);
void san_cr(CPUX86State *env, int reg, uint64_t value);
#endif
