import { describe, test } from 'vitest';
import { check } from './transcript.ts';

/** Both VMCBs have run on p0, and L1 is about to run. */
const ON_P0 = `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit`;

describe('kvm-6.14: dynamic ASIDs', () => {
  test('the first number on a pCPU is a roll-over; vmcb01 adopts the one that vmcb02 took', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('an exit that L0 handles alone flushes nothing', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0`,
    );
  });

  test('a move costs two numbers once the other VMCB runs there: the first one adopts the second', () => {
    check(
      'kvm-6.14',
      `${ON_P0}
       v0 load p1
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('there and back in one VMCB, the other one runs under a number of the other pCPU', () => {
    // docs/evidence/findings.md 1, performed on a kernel without the fix.
    check(
      'kvm-6.14',
      `${ON_P0}
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 load p1
       v0 enter                 # VMRUN vmcb02 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 load p0
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
    );
  });

  test('without FLUSHBYASID a transition takes a new number, and the last one rolls over', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 1 TLB_CONTROL 1`,
      { flushByAsid: false, asidCount: 4 },
    );
  });

  test('vCPUs have numbers of their own; the first root that each loads flushes', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v1 exit
       v2 load p0
       v2 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v2 exit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0`,
      { vms: [2, 1] },
    );
  });
});

describe('kvm-6.14: flushes', () => {
  const inL2 = `${ON_P0}
       v0 nested-vmrun
       v0 enter
       v0 exit`;

  test('a host unmap in L2 flushes the shared ASID at the next VMRUN only', () => {
    check(
      'kvm-6.14',
      `${inL2}
       v0 host-unmap
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('leaving L2 by force flushes nothing: L1 runs on with entries of L2 under its ASID', () => {
    check(
      'kvm-6.14',
      `${inL2}
       v0 forced-leave
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('the fix of 2026 makes it flush', () => {
    check(
      'kvm-6.14 forcedLeave=flush-and-sync',
      `${inL2}
       v0 forced-leave
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('TLB_CONTROL and ASID of vmcb12 change nothing: each transition flushes', () => {
    check(
      'kvm-6.14',
      `${inL2}
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun asid=2 tlb=1
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test("INVLPGA by L1 acts at once on L1's current ASID, whatever ASID it names", () => {
    check(
      'kvm-6.14',
      `${inL2}
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 invlpga asid=2 page=9 # INVLPGA p0 ASID 2 page 9`,
    );
  });
});
