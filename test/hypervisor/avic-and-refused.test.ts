import { describe, test } from 'vitest';
import { check } from './transcript.ts';

const TRIP = `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 nested-vmrun`;

describe('AVIC', () => {
  test("each nested #VMEXIT flushes L1's ASID, whatever the strategy saves; the entry does not", () => {
    check(
      'rfc-2025-03 avic=reactivated-on-nested-exit',
      `${TRIP}
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });

  test('under kvm-6.14 nothing changes: the transition flushes anyway', () => {
    check(
      'kvm-6.14 avic=reactivated-on-nested-exit',
      `${TRIP}
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('a VMRUN that fails before L2 is entered has not inhibited it yet: nothing to activate', () => {
    check(
      'rfc-2025-03 avic=reactivated-on-nested-exit',
      `${TRIP}
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('after a forced leave it is activated at the next entry, which flushes: the bug of the leave is hidden', () => {
    check(
      'kvm-6.14 avic=reactivated-on-nested-exit',
      `${TRIP}
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 forced-leave
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });
});

describe('a VMRUN that the CPU refuses', () => {
  const HOST_UNMAPS = `v0 load p0
       v0 enter
       v0 exit
       v0 host-unmap
       v0 enter-refused`;

  test('loses the pending flush in v6.14', () => {
    check('kvm-6.14', `${HOST_UNMAPS}\nv0 enter  # VMRUN vmcb01 ASID 1 TLB_CONTROL 0`);
  });

  test('keeps it since the fix of CVE-2026-98715', () => {
    check('kvm-6.12.117', `${HOST_UNMAPS}\nv0 enter  # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`);
  });

  test('with the flush of a roll-over leaves that to the next VMRUN on the pCPU, whoever makes it', () => {
    const ROLLOVER = `v0 load p0
       v0 enter-refused
       v1 load p0`;
    const options = { vms: [1, 1] };
    check('kvm-6.12.117', `${ROLLOVER}\nv1 enter  # VMRUN vmcb01 ASID 2 TLB_CONTROL 1`, options);
    check('kvm-6.14', `${ROLLOVER}\nv1 enter  # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`, options);
  });
});
