import { describe, expect, test } from 'vitest';
import { BEHAVIOUR_KEYS } from '../../src/hypervisor/behaviour.ts';
import { KVM_6_14 } from '../../src/hypervisor/kvm-behaviours.ts';
import {
  behaviourAfter,
  behaviourWithout,
  LAST_PATCH,
  PATCHES,
} from '../../src/hypervisor/patches.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { check } from './transcript.ts';

const round = (vcpu: string, operands = ''): string => `${vcpu} nested-vmrun ${operands}
       ${vcpu} enter
       ${vcpu} exit
       ${vcpu} nested-vmexit
       ${vcpu} enter
       ${vcpu} exit`;

describe('rfc-2025-02: a dynamic ASID for each VMCB', () => {
  test('L1 and L2 take a number each and keep it; nothing flushes in between', () => {
    check(
      'rfc-2025-02',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0
       v0 exit
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('INVLPGA does nothing when L1 uses nested paging, as in its first version', () => {
    const start = `v0 load p0
       v0 enter
       v0 exit`;
    check(
      'rfc-2025-02',
      `${start}
       ${round('v0', 'np=0')}
       v0 invlpga asid=1 page=9 # INVLPGA p0 ASID 2 page 9
       ${round('v0', 'np=1')}
       v0 invlpga asid=1 page=9 # nothing`,
    );
  });
});

describe('static-2025-03-13: the withdrawn series', () => {
  test('runs with ASID 0, which VMRUN refuses, when numbers are used up', () => {
    check(
      'static-2025-03-13',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 0 TLB_CONTROL 3`,
      { asidCount: 2, vms: [1, 1] },
    );
  });

  test('lets two vCPUs of a VM use one number on one pCPU without a flush', () => {
    check(
      'static-2025-03-13',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 3
       v1 exit
       v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 0`,
      { vms: [2] },
    );
  });
});

describe('rfc-2026-06: two static ASIDs per vCPU', () => {
  test('vCPUs that share a pCPU have nothing to share, so nothing flushes', () => {
    check(
      'rfc-2026-06',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 4 TLB_CONTROL 3
       v1 exit
       v0 load p0
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v1 load p0
       v1 enter                 # VMRUN vmcb01 ASID 4 TLB_CONTROL 0`,
      { vms: [2] },
    );
  });

  test('INVLPGA where L2 did not run last becomes a flush at the next nested VMRUN', () => {
    check(
      'rfc-2026-06',
      `v0 load p0
       v0 enter
       v0 exit
       ${round('v0')}
       v0 load p1
       v0 invlpga asid=1 page=9 # nothing
       v0 load p0
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });

  test('a VMCB of EFER.SVME set anew flushes at its first entry', () => {
    check(
      'rfc-2026-06',
      `v0 load p0
       v0 enter
       v0 exit
       ${round('v0')}
       v0 svme on=0
       v0 svme on=1
       v0 nested-vmrun
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });
});

describe('asid-cache-N: several ASIDs for the L2s of one vCPU', () => {
  const start = `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun asid=1 root=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 nested-vmrun asid=2 root=2
       v0 enter                 # VMRUN vmcb02 ASID 4 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit`;

  test('two L2s keep their entries when L1 alternates between them', () => {
    check(
      'asid-cache-2',
      `${start}
       v0 nested-vmrun asid=1 root=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 0
       v0 exit
       v0 nested-vmexit
       v0 nested-vmrun asid=2 root=2
       v0 enter                 # VMRUN vmcb02 ASID 4 TLB_CONTROL 0`,
    );
  });

  test('a third one takes the number that was used longest ago, and flushes it', () => {
    check(
      'asid-cache-2',
      `${start}
       v0 nested-vmrun asid=3 root=3
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 nested-vmrun asid=2 root=2
       v0 enter                 # VMRUN vmcb02 ASID 4 TLB_CONTROL 0`,
    );
  });

  test('TLB_CONTROL 1 of one L2 and a host unmap reach the number of the other too', () => {
    check(
      'asid-cache-2',
      `${start}
       v0 nested-vmrun asid=1 root=1 tlb=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun asid=2 root=2
       v0 enter                 # VMRUN vmcb02 ASID 4 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 host-unmap
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 3
       v0 exit
       v0 nested-vmrun asid=1 root=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3
       v0 exit
       v0 nested-vmexit
       v0 nested-vmrun asid=2 root=2
       v0 enter                 # VMRUN vmcb02 ASID 4 TLB_CONTROL 3`,
    );
  });

  test('INVLPGA names the number of the L2 that had the ASID, whichever ran last', () => {
    check(
      'asid-cache-2',
      `${start}
       v0 invlpga asid=1 page=9 # INVLPGA p0 ASID 3 page 9
       v0 invlpga asid=2 page=9 # INVLPGA p0 ASID 4 page 9
       v0 invlpga asid=5 page=9 # nothing`,
    );
  });

  test('keyed by nested CR3 alone, another ASID under the same one flushes', () => {
    check(
      'asid-cache-2 l2AsidCacheKey=nested-cr3',
      `${start}
       v0 nested-vmrun asid=7 root=1
       v0 enter                 # VMRUN vmcb02 ASID 3 TLB_CONTROL 3`,
    );
  });
});

describe('xen-generation and no-asid', () => {
  test('Xen gives up the number instead of flushing', () => {
    check(
      'xen-generation',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 host-unmap
       v0 enter                 # VMRUN vmcb01 ASID 2 TLB_CONTROL 0`,
    );
  });

  test('hardware without tags flushes everything at each VMRUN', () => {
    check(
      'no-asid',
      `v0 load p0
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1
       v0 exit
       v0 enter                 # VMRUN vmcb01 ASID 1 TLB_CONTROL 1`,
    );
  });
});

/** Patches of a set that lack another one that they need. */
function unmetNeeds(numbers: readonly number[]): { patch: number; needs: number }[] {
  return PATCHES.filter((patch) => numbers.includes(patch.number)).flatMap((patch) =>
    patch.needs
      .filter((need) => !numbers.includes(need))
      .map((need) => ({ patch: patch.number, needs: need })),
  );
}

describe('the patch table', () => {
  test('begins with v6.14 and ends with the series', () => {
    expect(behaviourAfter(0)).toEqual(KVM_6_14);
    expect(behaviourAfter(LAST_PATCH)).toEqual(strategyById('rfc-2025-03')?.behaviour);
    expect(PATCHES.map((patch) => patch.number)).toEqual(
      Array.from({ length: LAST_PATCH }, (_, index) => index + 1),
    );
  });

  // https://lore.kernel.org/kvm/20250326193619.3714986-1-yosry.ahmed@linux.dev and the mails of that hour.
  test.each([
    [1, '20250326193619.3714986-2-yosry.ahmed@linux.dev'],
    [13, '20250326193619.3714986-14-yosry.ahmed@linux.dev'],
    [18, '20250326194114.3716618-1-yosry.ahmed@linux.dev'],
    [19, '20250326194331.3717289-1-yosry.ahmed@linux.dev'],
    [20, '20250326194423.3717668-1-yosry.ahmed@linux.dev'],
    [24, '20250326194423.3717668-5-yosry.ahmed@linux.dev'],
  ])('patch %i was posted as %s', (number, source) => {
    expect(PATCHES.find((patch) => patch.number === number)!.source).toBe(source);
  });

  test('a refactoring changes no behaviour, applied or dropped', () => {
    for (const { number, kind } of PATCHES) {
      if (kind !== 'refactoring') continue;
      expect(behaviourAfter(number), `patch ${number}`).toEqual(behaviourAfter(number - 1));
      expect(behaviourWithout([number]), `without ${number}`).toEqual(behaviourAfter(LAST_PATCH));
    }
  });

  test('every patch needs earlier ones only, and every prefix has what it needs', () => {
    for (let count = 0; count <= LAST_PATCH; count += 1) {
      const numbers = PATCHES.slice(0, count).map((patch) => patch.number);
      expect(unmetNeeds(numbers)).toEqual([]);
    }
    expect(unmetNeeds([24])).toEqual([{ patch: 24, needs: 23 }]);
  });

  test('every key that the series changes is changed by exactly one patch', () => {
    const series = behaviourAfter(LAST_PATCH);
    for (const key of BEHAVIOUR_KEYS) {
      const changers = PATCHES.filter((patch) => key in patch.changes);
      expect(changers.length, key).toBe(series[key] === KVM_6_14[key] ? 0 : 1);
    }
  });
});
