import { describe, test } from 'vitest';
import { check } from './transcript.ts';

/** rfc-2025-03: L1 has ASID 2, L2 has 3, both have run, and L1 is about to run. */
const SETTLED = `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit`;

describe('a sync of shadow pages (6.12.117: mmu.c 4081)', () => {
  test('covers the current root: a page of another NPT12 stays behind', () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 nested-vmrun root=2
       v0 enter
       v0 exit
       v0 shadow-npt12 page=1 root=1
       v0 shadow-npt12 page=2 root=2
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 writes-npt12 page=1   # traps
       v0 writes-npt12 page=2   # traps
       v0 nested-vmrun root=2 tlb=3
       v0 enter
       v0 exit
       v0 writes-npt12 page=1   # unseen
       v0 writes-npt12 page=2   # traps`,
    );
  });

  test('ends in a flush of the whole VM, whose half for L1 waits for its next VMRUN', () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 shadow-npt12 page=1
       v0 writes-npt12 page=1   # traps
       v0 nested-vmrun tlb=3
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('of a root that is not loaded waits for the load, which syncs (mmu.c 5806)', () => {
    check(
      'kvm-6.14',
      `${SETTLED}
       v0 shadow-npt12 page=9 root=7
       v0 writes-npt12 page=9   # traps
       v0 writes-npt12 page=9   # unseen
       v0 nested-vmrun root=7
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 writes-npt12 page=9   # traps`,
    );
  });

  test('without NPT in L0 a guest flush frees cached roots that are behind, and L2 loads its own anew', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun np=0 root=5
       v0 enter
       v0 exit
       v0 shadow-table page=5 root=5
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 writes-table page=5   # traps
       v0 invpcid type=2        # nothing
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 writes-table page=5   # unseen
       v0 nested-vmrun np=0 root=5
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 writes-table page=5   # traps`,
      { nptEnabled: false },
    );
  });
});

describe('direct roots', () => {
  test('ignore the CR3 of an L2 that L1 shadows (mmu.c 4849), but L2 has its own (5444, 5523)', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun np=0 root=5
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun np=0 root=6
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 memslot-deleted
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });
});

describe('INVPCID that L0 emulates', () => {
  test('of one context is a guest flush with NPT (x86.c 1154), and syncs nothing', () => {
    check(
      'kvm-6.14 nestedTransition=as-needed',
      `v0 load p0
       v0 enter
       v0 exit
       v0 shadow-npt12 page=1
       v0 writes-npt12 page=1   # traps
       v0 invpcid type=1        # nothing
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v0 writes-npt12 page=1   # unseen`,
    );
  });
});

describe('INIT', () => {
  test('takes L1 out of L2, frees the roots and flushes', () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 init
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('makes the loaded VMCB take a new number, and vmcb02 adopt it', () => {
    check(
      'kvm-6.14',
      `${SETTLED}
       v0 init
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 svme on=1
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });

  test('in rfc-2025-02 makes both VMCBs take new numbers', () => {
    const INIT = `${SETTLED}
       v0 init
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 svme on=1
       v0 nested-vmrun`;
    check('rfc-2025-02', `${INIT}\nv0 enter  # VMRUN vmcb02 ASID 4 TLB_CONTROL 3`);
    check(
      'rfc-2025-02 vcpuReset=active-vmcb',
      `${INIT}\nv0 enter  # VMRUN vmcb02 ASID 2 TLB_CONTROL 3`,
    );
  });
});

describe('leaving L2 by force', () => {
  test("leaves L2's CR4 (nested.c 1269): the next transition sees no difference in PGE", () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 nested-vmrun pge=0
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 forced-leave
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun pge=0
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });
});

describe('without NPT in L0', () => {
  test('a transition raises no request of Hyper-V; one that a hypercall raises is a guest flush', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun np=0
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 uses-hyper-v
       v0 nested-vmrun np=0
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 hv-flush-l1 page=9
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
      { nptEnabled: false },
    );
  });
});

describe('steal time', () => {
  test('is recorded after the flush requests (x86.c 10383): the flush that it makes is one more', () => {
    // A host flush marks both VMCBs, the paravirtual one L2's again; L1's stays until L1 runs.
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 nested-vmrun
       v0 pv-flush
       v0 host-unmap
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });

  test('its sync of shadow pages flushes the VM at the same entry', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter
       v0 exit
       v0 shadow-table page=3
       v0 writes-table page=3   # traps
       v0 pv-flush
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
      { nptEnabled: false },
    );
  });
});
