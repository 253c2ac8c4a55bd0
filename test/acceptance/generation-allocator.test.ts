import { expect, test } from 'vitest';
import { svmVcpuLoad } from '../../src/hypervisor/asid.ts';
import {
  kvmCreateVm,
  svmHardwareSetup,
  svmVcpuCreate,
  vcpuEnterGuest,
  vmexit,
} from '../../src/hypervisor/kvm-svm.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { Owners } from '../../src/oracle/owners.ts';

/**
 * Linux's TLA+ model of the arm64 VMID allocator (kernel-tla, vmidalloc.tla, C. Marinas) asks of a
 * generation allocator, over 2 CPUs, 6 tasks, 4 VMIDs and 3 generations: TypeInv, numbers and
 * generations stay in range; SameVMIDActiveTask, two tasks that run never have one VMID. KVM's numbers
 * are per pCPU, so here: on a pCPU no two vCPUs of its current generation have one number. A load may
 * fill the TLB at once (the model's speculative fill), and no vCPU may then find another's entry.
 */
const PCPUS = 2;
const VCPUS = 6;
const ASIDS = 4;
const GENERATIONS = 3;

type Step = readonly [vcpu: number, pcpu: number];

/** The allocator after a sequence of loads; entries of the TLB are `pcpu:asid` to vCPU. */
function build(strategy: string) {
  const { behaviour } = strategyById(strategy)!;
  const tlb = new Map<string, number>();
  const troubles: string[] = [];
  let running = 0;
  const kvm = svmHardwareSetup({
    behaviour,
    nptEnabled: true,
    flushByAsid: true,
    asidCount: ASIDS + 1,
    minAsid: 1,
    cpus: Array.from({ length: PCPUS }, (_, pcpu) => ({
      vmrun: (asid: number, tlbControl: number) => {
        const name = `${pcpu}:${asid}`;
        if (asid < 1 || asid > ASIDS) troubles.push(`TypeInv: ASID ${asid}`);
        if (tlbControl === 1) {
          for (const key of [...tlb.keys()]) if (key.startsWith(`${pcpu}:`)) tlb.delete(key);
        } else if (tlbControl === 3) tlb.delete(name);
        const owner = tlb.get(name);
        if (owner !== undefined && owner !== running)
          troubles.push(`v${running} finds v${owner}'s`);
        tlb.set(name, running);
      },
      vmexit: () => {},
      invlpga: () => {},
      invvpid: () => {},
    })),
    owners: new Owners(),
    charge: () => {},
    onVmrun: () => {},
  });
  const vcpus = Array.from({ length: VCPUS }, () => svmVcpuCreate(kvm, kvmCreateVm(kvm)));
  return {
    kvm,
    vcpus,
    troubles,
    step([index, pcpu]: Step) {
      running = index;
      const vcpu = vcpus[index]!;
      svmVcpuLoad(kvm, vcpu, pcpu);
      vcpuEnterGuest(kvm, vcpu);
      vmexit(kvm, vcpu);
    },
    /** Everything that decides the future; a vCPU of an old generation has no number. */
    state(): string {
      const tasks = vcpus.map(({ vmcb01, pcpu }) => {
        const generation = kvm.pcpus[vmcb01.cpu]!.asidGeneration;
        const asid = vmcb01.asidGeneration === generation ? vmcb01.asid : 0;
        return pcpu < 0 ? '-' : `${vmcb01.cpu}${asid}`;
      });
      const counters = kvm.pcpus.map((each) => `${each.asidGeneration}.${each.nextAsid}`);
      return `${counters.join(' ')} ${tasks.sort().join(' ')}`;
    },
  };
}

function duplicateNumbers({ kvm, vcpus }: ReturnType<typeof build>): boolean {
  return kvm.pcpus.some(({ id, asidGeneration }) => {
    const own = vcpus.filter(
      ({ vmcb01, pcpu }) =>
        pcpu >= 0 && vmcb01.cpu === id && vmcb01.asidGeneration === asidGeneration,
    );
    return new Set(own.map(({ vmcb01 }) => vmcb01.asid)).size !== own.length;
  });
}

/** Breadth-first over every order of loads, up to the last generation; the first trouble, or null. */
function explore(strategy: string): { states: number; trouble: string | null } {
  const seen = new Set<string>();
  let frontier: Step[][] = [[]];
  while (frontier.length > 0) {
    const next: Step[][] = [];
    for (const path of frontier) {
      const world = build(strategy);
      for (const step of path) world.step(step);
      const trouble = world.troubles[0] ?? (duplicateNumbers(world) ? 'SameVMIDActiveTask' : null);
      if (trouble !== null) return { states: seen.size, trouble };
      const state = world.state();
      if (seen.has(state)) continue;
      seen.add(state);
      if (world.kvm.pcpus.some(({ asidGeneration }) => asidGeneration > GENERATIONS)) continue;
      // vCPUs that were never loaded are alike: the first stands for all.
      const fresh = world.vcpus.findIndex(({ pcpu }) => pcpu < 0);
      for (let vcpu = 0; vcpu < VCPUS; vcpu += 1) {
        if (world.vcpus[vcpu]!.pcpu < 0 && vcpu !== fresh) continue;
        for (let pcpu = 0; pcpu < PCPUS; pcpu += 1) next.push([...path, [vcpu, pcpu]]);
      }
    }
    frontier = next;
  }
  return { states: seen.size, trouble: null };
}

test('the allocator of v6.14 keeps both invariants in every state of that size', () => {
  const { states, trouble } = explore('kvm-6.14');
  expect(trouble).toBeNull();
  expect(states).toBeGreaterThan(1_000);
});

test.each([
  ['kvm-6.14+asidRollover=without-flush', 'finds'],
  ['kvm-6.14+asidRollover=without-new-generation', /finds|SameVMIDActiveTask/],
  ['kvm-6.14+onPcpuChange=nothing', /finds|SameVMIDActiveTask/],
])('%s breaks them', (strategy, trouble) => {
  expect(explore(strategy).trouble).toMatch(trouble);
});
