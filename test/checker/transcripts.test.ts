import { describe, test } from 'vitest';
import { expectHarmless, expectViolation } from './expect-violation.ts';

const L2_TOUCHED = `v0 load p0
  v0 enter
  v0 vmrun asid=1 tlb=0
  v0 enter
  v0 touch page=0`;
const BACK_IN_L1 = `${L2_TOUCHED}
  v0 reflected-exit
  v0 enter`;

describe('what a guest may see', () => {
  test('a guest that changed a PTE and has not flushed may still hit the old entry', () => {
    expectHarmless(
      'rfc-2025-03',
      `v0 load p0
       v0 enter
       v0 touch page=0
       v0 changes-pte page=0
       v0 touch page=0`,
    );
  });

  test('L2 too, after L1 changed its nested page table and ran it with TLB_CONTROL 0', () => {
    expectHarmless(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 changes-npt12 page=0
       v0 enter
       v0 vmrun asid=1 tlb=0
       v0 enter
       v0 touch page=0`,
    );
  });

  test("L2's INVLPG does not cover what L1 changed in NPT12: the old page may come again", () => {
    expectHarmless(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 changes-npt12 page=0
       v0 enter
       v0 vmrun asid=1 tlb=0
       v0 enter
       v0 invlpg page=0
       v0 touch page=0`,
    );
  });

  test('a flush by another asid12 of the same L1 covers nothing of this one', () => {
    expectHarmless(
      'kvm-6.14',
      `${BACK_IN_L1}
       v0 changes-l2-pte page=0 asid=1
       v0 vmrun asid=2 tlb=3
       v0 enter
       v0 touch page=0`,
    );
  });

  test('nobody may see a page that the host took back', () => {
    expectHarmless(
      'kvm-6.14',
      `v0 load p0
       v0 enter
       v0 touch page=0
       vm0 host-unmaps page=0
       v0 enter
       v0 touch page=0`,
    );
  });
});

describe('rfc-2025-03 as posted', () => {
  test('another asid12 flushes, and the miss refills from a shadow PTE that is behind', () => {
    const transcript = `world one-vcpu
       ${BACK_IN_L1}
       v0 changes-npt12 page=0
       v0 enter
       v0 vmrun asid=2 tlb=0
       v0 enter                # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 touch page=0         # STALE: refills from a shadow PTE that was to be synced`;
    expectViolation('rfc-2025-03', transcript, { class: 'guest', obligation: 'O11 SYNC' });
    expectHarmless('rfc-2026-06', transcript);
  });

  test("a nested VMRUN that fails late spends the next L2's flush on L1's ASID", () => {
    const transcript = `world one-vcpu
       ${BACK_IN_L1}
       v0 vmrun-fails-late asid=2 tlb=0
       v0 enter                # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 vmrun asid=2 tlb=0
       v0 enter                # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 touch page=0         # STALE: hits an entry of v0's L2 of asid12 1`;
    expectViolation('rfc-2025-03', transcript, { class: 'guest', obligation: 'O16 ALL-EXITS' });
    expectHarmless('kvm-6.14', transcript);
  });

  test('EFER.SVME off and on wipes the flush that waits in vmcb02', () => {
    const transcript = `world one-vcpu
       ${L2_TOUCHED}
       v0 reflected-exit
       vm0 host-unmaps page=0
       v0 enter                # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 svme-off
       v0 enter
       v0 svme-on
       v0 enter
       v0 vmrun asid=1 tlb=0
       v0 enter                # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 touch page=0         # STALE: hits a page that the host took back`;
    expectViolation('rfc-2025-03', transcript, { class: 'host', obligation: 'O8 PENDING-PERSIST' });
    expectHarmless('rfc-2026-06', transcript);
  });
});

describe('kvm-6.14', () => {
  test('vmcb01 adopts on its old pCPU a number that the vCPU took for L2 on another one', () => {
    const transcript = `world two-l1s
       v1 load p0
       v1 enter                # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 load p0
       v0 enter                # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 vmrun asid=1 tlb=0
       v0 load p1
       v0 enter                # VMRUN vmcb02 ASID 1 TLB_CONTROL 1
       v0 reflected-exit
       v0 load p0
       v0 enter                # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 touch page=0
       v1 load p0
       v1 enter                # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v1 touch page=0         # STALE: hits an entry of v0's L1`;
    expectViolation('kvm-6.14', transcript, { class: 'crossVm', obligation: 'O1 TAG-UNIQUE' });
    for (const strategy of ['rfc-2025-02', 'rfc-2025-03', 'rfc-2026-06']) {
      expectHarmless(strategy, transcript);
    }
  });

  const LEFT_BY_FORCE = `world one-vcpu
       ${BACK_IN_L1}
       v0 vmrun asid=1 tlb=0
       v0 enter
       v0 touch page=0         # L2 of asid12 1 fills ASID 2 on p0
       v0 exit
       v0 forced-leave
       v0 enter                # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 touch page=0         # STALE: hits an entry of v0's L2 of asid12 1`;

  test("L1 sees L2's translations after a forced leave; the fix of 2026 ends that", () => {
    expectViolation('kvm-6.14', LEFT_BY_FORCE, { class: 'guest', obligation: 'O16 ALL-EXITS' });
    expectHarmless('kvm-6.14 forcedLeave=flush-and-sync', LEFT_BY_FORCE);
  });

  test('an INVLPGA whose handler runs on another pCPU misses the entry', () => {
    expectViolation(
      'kvm-6.14',
      `world moving
       v0 load p0
       v0 enter
       v0 touch page=0
       v0 changes-pte page=0
       v0 invlpga page=0 asid=0 exit-only
       v0 load p1
       v0 handle               # INVLPGA p1 ASID 1 page 0
       v0 load p0
       v0 enter                # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v0 touch page=0         # STALE: hits what its own flush covers`,
      { class: 'guest', obligation: 'O12 RIGHT-PCPU' },
    );
  });
});

describe('static-2025-03-13, for the two reasons that its author gave', () => {
  test('vCPUs of a VM share an ASID on a pCPU', () => {
    expectViolation(
      'static-2025-03-13',
      `world sharing
       v0 load p0
       v0 enter
       v1 load p0
       v1 enter
       v1 touch page=0
       v0 load p0
       v0 enter                # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v0 touch page=0         # STALE: hits an entry of v1's L1`,
      { class: 'guest', obligation: 'O4 VCPU-SHARE' },
    );
  });

  test('a VM that finds no number runs under ASID 0, which VMRUN refuses', () => {
    expectViolation(
      'static-2025-03-13',
      `world exhausted
       v1 load p0
       v1 enter                # VMRUN vmcb01 ASID 0 TLB_CONTROL 3`,
      { class: 'invalid', obligation: 'O17 SHARED-FALLBACK' },
    );
  });
});
