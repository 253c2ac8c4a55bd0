/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the changed functions of QEMU's x86 target call. `ra` is the helper's GETPC() throughout. */
#ifndef ASIDBENCH_HOOKS_H
#define ASIDBENCH_HOOKS_H

#include "asidbench/counter.h"

#define AB_EXIT_XSETBV 0x8d     /* #VMEXIT code of the intercept that QEMU 7.2 lacks */

/* Number of ASIDs that CPUID leaf 8000000A tells: ASIDBENCH_ASIDS, or 32,768. */
uint32_t ab_asids(void);

void ab_log_invlpg(CPUX86State *env, uint64_t address, uintptr_t ra);
void ab_log_cr_write(CPUX86State *env, int reg, uint64_t value, uintptr_t ra);
/* First use of a page since the TLB was emptied; shifts of the page in the guest's own tables and
 * in the nested ones, 0 where there are none. */
void ab_log_touch(CPUX86State *env, uint64_t address, MMUAccessType access, int mmu_idx,
                  int guest_shift, int nested_shift, uintptr_t ra);

/* Whether accesses to a page are told one by one, as flags of a watchpoint; such an access; a block that starts. */
int ab_watches(int mmu_idx);
void ab_log_access(uint64_t address, int is_write);
void ab_log_code(uint64_t pc, uint32_t size);

#endif
