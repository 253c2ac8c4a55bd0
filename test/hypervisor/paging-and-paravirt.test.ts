import { describe, test } from 'vitest';
import { check } from './transcript.ts';

const SETTLED = `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit`;
/** rfc-2025-03: L1 has ASID 2 and L2 has 3; kvm-6.14: both have 2. */

describe('roots', () => {
  test('a root that is not cached is loaded with a flush; a cached one is taken as it is', () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 nested-vmrun root=7
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 nested-vmrun root=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 nested-vmrun root=7
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });

  test('four are cached: the fifth pushes the oldest out', () => {
    const visits = [2, 3, 4, 5, 1].map(
      (root) => `v0 nested-vmrun root=${root}
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit`,
    );
    check('rfc-2025-03', `${SETTLED}\n${visits.join('\n')}`);
  });

  test('after a memslot is deleted each level loads its root anew, under its own ASID', () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 memslot-deleted
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('without the flush at root load, freed roots leave their entries usable', () => {
    check(
      'rfc-2025-03 rootLoad=no-flush',
      `${SETTLED}
       v0 memslot-deleted
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });
});

describe('paging that L0 emulates', () => {
  test('L0 shadows: MOV CR3 flushes the active ASID, unless it asks to keep entries', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter
       v0 exit
       v0 mov-cr3 root=2
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v0 mov-cr3 root=2 keep=1
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v0 exit
       v0 mov-cr3 root=-1
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
      { nptEnabled: false },
    );
  });

  test('L0 has NPT: an emulated MOV CR3 is a guest flush', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter
       v0 exit
       v0 mov-cr3 keep=1
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
    );
  });

  test('INVLPG is one page at once; INVPCID is a page, or a flush at the next entry', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter
       v0 exit
       v0 invlpg page=9         # INVLPGA p0 ASID 1 page 9
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v0 exit
       v0 invpcid type=0 page=9 # INVLPGA p0 ASID 1 page 9
       v0 invpcid type=1        # nothing
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v0 invpcid type=2        # nothing
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
      { nptEnabled: false },
    );
  });
});

describe('a VM that dies', () => {
  test('its static number goes to the next VM, which flushes on each pCPU before use', () => {
    check(
      'rfc-2025-03 asidOwnerTracking=untracked',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 vm-dies
       v0 new-vm
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v1 exit
       v1 load p1
       v1 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });
});

describe('EFER.SVME off and on', () => {
  test('vmcb02 keeps its pCPU and generation: under kvm-6.14 it takes no new number', () => {
    check(
      'kvm-6.14',
      `${SETTLED}
       v0 svme on=0
       v0 svme on=1
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('as posted, rfc-2025-03 loses a flush that was pending in vmcb02 together with its page', () => {
    // The host took memory back; nothing flushes L2's ASID before L2 runs again.
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 host-unmap
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 svme on=0
       v0 svme on=1
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });
});

describe("KVM's paravirtual flush", () => {
  test('reaches the level that the vCPU is in, and only that one', () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 nested-vmrun
       v0 pv-flush
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });
});

describe('Hyper-V flush queues', () => {
  test("a page queued for L2 while the vCPU is in L1 is flushed when L2 is entered, in L2's ASID", () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 uses-hyper-v
       v0 hv-flush-l2 page=9
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # INVLPGA p0 ASID 3 page 9, VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });

  test('"flush all" in the queue is a flush of the ASID', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter
       v0 exit
       v0 uses-hyper-v
       v0 hv-flush-l1
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
    );
  });

  test('a full flush makes the queued pages of the mode redundant', () => {
    check(
      'kvm-6.14',
      `v0 load p0
       v0 enter
       v0 exit
       v0 uses-hyper-v
       v0 hv-flush-l1 page=9
       v0 host-unmap
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
    );
  });

  test('of the two purges in rfc-2025-03 only the first finds the request: L2 flushes once more', () => {
    check(
      'rfc-2025-03',
      `${SETTLED}
       v0 uses-hyper-v
       v0 hv-flush-l2 page=9
       v0 host-unmap
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 enter                 # INVLPGA p0 ASID 3 page 9, VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });
});

describe('SEV', () => {
  const TWO_SEV_ASIDS = { minAsid: 3, vms: [1, 1, 1] };

  test('two vCPUs of a SEV VM share its ASID and are separated by a flush', () => {
    check(
      'kvm-6.14',
      `v0 is-sev                # ASID 1
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v1 exit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v0 load p1
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
      { minAsid: 3, vms: [2] },
    );
  });

  test('ASIDs of dead VMs are reclaimed only when none is left', () => {
    check(
      'kvm-6.14',
      `v0 is-sev                # ASID 1
       v1 is-sev                # ASID 2
       v2 is-sev                # EBUSY
       v0 sev-vm-dies
       v2 is-sev                # ASID 1`,
      TWO_SEV_ASIDS,
    );
  });

  test('with tracking at load the flush is requested there', () => {
    check(
      'rfc-2025-03',
      `v0 is-sev                # ASID 1
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v1 exit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
      { minAsid: 3, vms: [2] },
    );
  });
});
