import { describe, test } from 'vitest';
import { check } from './transcript.ts';

describe('kvm-6.12.117: a move makes both VMCBs take new numbers', () => {
  test('a start takes three: vmcb02 counts as new on the pCPU and resets vmcb01 too', () => {
    // The numbers of a captured start: 1, then 2, then 3 for both.
    check(
      'kvm-6.12.117',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3`,
    );
  });

  test('a move in L1 costs three numbers once L2 runs again (captured: 11, 12, 13, 13)', () => {
    check(
      'kvm-6.12.117',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 load p1
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });

  test('a move in L2 likewise, with the VMCBs changed over (captured: 5, 6, 6, 7, 7, 7)', () => {
    check(
      'kvm-6.12.117',
      `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit
       v0 load p1
       v0 enter                 # VMRUN vmcb02 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3`,
    );
  });

  test('there and back in one VMCB, the other one takes a number of its own pCPU', () => {
    // docs/evidence/findings.md 1 does not happen here.
    check(
      'kvm-6.12.117',
      `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 load p1
       v0 enter                 # VMRUN vmcb02 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 load p0
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 4 TLB_CONTROL 3`,
    );
  });

  test('there and back once more, a number of one pCPU is still used on the other', () => {
    // What the fix leaves open: neither VMCB changes its pCPU, so nobody resets anything.
    check(
      'kvm-6.12.117',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmrun
       v0 load p1
       v0 enter                 # VMRUN vmcb02 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmexit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 load p1
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('EFER.SVME off and on makes vmcb02 new, and both VMCBs take new numbers', () => {
    check(
      'kvm-6.12.117',
      `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 svme on=0
       v0 svme on=1
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 4 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 5 TLB_CONTROL 3`,
    );
  });
});
