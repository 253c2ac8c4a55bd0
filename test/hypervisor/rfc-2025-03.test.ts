import { describe, expect, test } from 'vitest';
import { check } from './transcript.ts';

const START = `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit`;
const BACK_IN_L1 = `${START}
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit`;

describe('rfc-2025-03: one static ASID per VM and one for its L2', () => {
  test('first use flushes; then transitions do not', () => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });

  test('each VMCB flushes once on a new pCPU, when it runs there', () => {
    check(
      'rfc-2025-03 asidOwnerTracking=untracked',
      `${BACK_IN_L1}
       v0 load p1
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });

  test('two vCPUs of a VM on one pCPU share the ASID and are separated by a flush', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v1 exit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
      { vms: [2] },
    );
  });

  test('VMs without a number of their own share one that every VMRUN flushes', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3`,
      { asidCount: 2 },
    );
  });

  test('without FLUSHBYASID a flush is one of every ASID', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 1`,
      { flushByAsid: false },
    );
  });
});

describe('rfc-2025-03: requests reach the right ASID', () => {
  test('a host unmap seen in L1 stays pending in vmcb02 until L2 runs, however late', () => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 host-unmap
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });

  test.each(['flushRequestScope=current-vmcb', 'vmcb02TlbControlOnEntry=reset'])(
    'with %s L2 runs on with translations of memory that the host took back',
    (change) => {
      check(
        `rfc-2025-03 ${change}`,
        `${BACK_IN_L1}
       v0 host-unmap
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
      );
    },
  );

  test("a flush that L0 asked for while emulating L1 lands on L1's ASID before the switch", () => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 request-flush-current
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test("left pending, it lands on L2's ASID, and L1's is never flushed", () => {
    check(
      'rfc-2025-03 localRequestsBeforeSwitch=left-pending',
      `${BACK_IN_L1}
       v0 request-flush-current
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });
});

describe('rfc-2025-03 as posted: where a flush goes astray', () => {
  test("a nested VMRUN that fails late spends L2's flush on L1's ASID", () => {
    // Guest mode is left before the switch serves the request, so it marks vmcb01.
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 nested-vmrun asid=2
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun asid=2
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
    );
  });

  test('another asid12 flushes L2 and does not sync the shadow of its nested page table', () => {
    const isSyncedAfterSwitch = (strategy: string): boolean => {
      let stillUnsync = true;
      check(
        strategy,
        `${BACK_IN_L1}
       v0 shadow-npt12 page=5
       v0 writes-npt12 page=5   # traps
       v0 writes-npt12 page=5   # unseen
       v0 nested-vmrun asid=2
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
        {
          onEnd: ([vcpu]) => {
            stillUnsync = vcpu?.guestMmu.pages.get(5)?.unsync === true;
          },
        },
      );
      return !stillUnsync;
    };
    expect(isSyncedAfterSwitch('rfc-2025-03')).toBe(false);
    expect(isSyncedAfterSwitch('rfc-2025-03 vmcb12AsidChange=flush-and-sync')).toBe(true);
  });

  test('leaving L2 by force flushes nothing, which separate ASIDs make harmless', () => {
    check(
      'rfc-2025-03',
      `${START}
       v0 forced-leave
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('the owner is looked at on load only, and only for the level that is loaded', () => {
    // v0 is preempted in L2, v1 in L1: neither load sees that the other used both ASIDs.
    const round = `v0 load p0
       v0 enter
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 nested-vmrun
       v0 enter
       v0 exit`;
    check(
      'rfc-2025-03',
      `${START}
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v1 exit
       ${round}
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
      { vms: [2] },
    );
  });
});

describe('rfc-2025-03: what L1 asks for', () => {
  test.each([3, 7])('TLB_CONTROL %d in vmcb12 flushes L2 once', (tlb) => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 nested-vmrun tlb=${tlb}
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('TLB_CONTROL 1 in vmcb12 flushes L2 on entry and L1 on exit, and never the host', () => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 nested-vmrun tlb=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('another ASID in vmcb12 flushes L2, and so does going back', () => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 nested-vmrun asid=2
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter
       v0 exit
       v0 nested-vmrun asid=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });

  test("INVLPGA flushes the page in L2's ASID when it names L2's, else nothing", () => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 invlpga asid=1 page=9 # INVLPGA p0 ASID 3 page 9
       v0 invlpga asid=2 page=9 # nothing
       v0 invlpga asid=0 page=9 # INVLPGA p0 ASID 2 page 9`,
    );
  });

  test('a difference in CR4.PGE flushes on every transition by itself', () => {
    check(
      'rfc-2025-03',
      `${BACK_IN_L1}
       v0 nested-vmrun pge=0
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3`,
    );
  });

  test('but not where L0 shadows: svm_set_cr4 asks for npt_enabled', () => {
    check(
      'rfc-2025-03',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun np=0
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun np=0 pge=0
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0`,
      { nptEnabled: false },
    );
  });
});
