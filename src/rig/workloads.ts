/** What L2 does in one window. */
export interface RigWorkload {
  readonly name: string;
  /** Names the window in marks, and the case in the guest's program. */
  readonly id: number;
  readonly summary: string;
  /**
   * `flat`: a program without an operating system; `pair`: two of them that take turns; `linux`:
   * a loop in user space of a Linux; `l3`: a flat program under the KVM of that Linux; `host`: a script of L0 does something to an L1 whose L2 goes on
   * for ever, in a boot of its own.
   */
  readonly guest: 'flat' | 'pair' | 'linux' | 'l3' | 'host';
  /** Words of the VMM: `yield`, `handover`, `together`, `apart`, `interrupt`, `vcpus=N`. */
  readonly vmm: readonly string[];
  /** Iterations in the window, and before it; of a script, how often it does what it does. */
  readonly rounds: number;
  readonly warmup: number;
  /** pCPUs that it takes. */
  readonly fewestPcpus: number;
  /** vCPUs of L1 that it takes. */
  readonly fewestVcpus: number;
}

/** Everything that `capture --workloads` knows; `capture/guest` does it. */
export const WORKLOADS: readonly RigWorkload[] = [
  flat('cpuid', 0, 'CPUID, the cheapest exit that L1 sees', 300, 60),
  flat('cpuid-wss64', 1, 'CPUID after writing to 64 pages', 150, 30),
  flat('npf32', 2, '32 pages that the VMM has dropped are written to', 8, 4),
  flat('ptechurn64', 3, '64 page table entries made, used, removed, flushed by INVLPG', 12, 6),
  flat('pio', 4, 'OUT, which the VMM in user space handles', 150, 30),
  flat('spin', 5, 'a busy loop that writes to 256 pages', 2000, 10),
  flat('cr3', 6, 'MOV CR3 with the same value, then CPUID', 150, 30),
  flat('msr', 7, 'WRMSR to TSC_DEADLINE', 150, 30),
  flat('hlt', 8, 'HLT until the timer of the local APIC fires', 40, 10),
  flat('interrupt', 9, 'a busy loop that is interrupted by the VMM', 40, 10, ['interrupt']),
  {
    ...flat('two-l2s', 10, 'two L2s that take turns, each with an OUT', 100, 20, [
      'yield',
      'together',
    ]),
    guest: 'pair',
  },
  flat('two-vcpus', 11, 'two vCPUs of one L2 that take turns on one vCPU of L1', 100, 20, [
    'yield',
    'together',
    'vcpus=2',
  ]),
  {
    ...flat(
      'vcpus-apart',
      14,
      'two vCPUs of one L2 that take turns, each on its own vCPU of L1',
      60,
      20,
      ['handover', 'apart', 'vcpus=2'],
    ),
    fewestVcpus: 2,
  },
  flat('cpuid-nopge', 15, 'cpuid in an L2 whose CR4.PGE is clear, unlike that of L1', 150, 30),
  flat('pio-nopge', 22, 'pio in such an L2', 150, 30),
  flat('npf32-nopge', 23, 'npf32 in such an L2', 8, 4),
  linux('linux-cpuid', 16, "CPUID by a user's program in a Linux", 200, 50),
  linux('mmap', 17, '64 pages mapped, written to and unmapped in a Linux', 60, 5),
  linux('fork', 18, 'a process that ends at once, made in a Linux', 40, 5),
  linux('pipe', 19, 'a byte to another process and back in a Linux', 200, 20),
  linux('tcp', 20, 'the same through TCP on the loopback device', 60, 20),
  {
    ...flat('l3-cpuid', 21, 'CPUID in an L3, whose hypervisor is the KVM of a Linux L2', 40, 10),
    guest: 'l3',
  },
  {
    ...flat('reclaim', 12, 'L0 takes the memory of an L1 back and gives it again', 20, 0),
    guest: 'host',
  },
  {
    ...flat('moves', 13, 'an L1 is moved between two pCPUs and back, beside other VMs', 40, 0),
    guest: 'host',
    fewestPcpus: 2,
  },
];

function linux(
  name: string,
  id: number,
  summary: string,
  rounds: number,
  warmup: number,
): RigWorkload {
  return {
    name,
    id,
    summary,
    guest: 'linux',
    vmm: [],
    rounds,
    warmup,
    fewestPcpus: 1,
    fewestVcpus: 1,
  };
}

function flat(
  name: string,
  id: number,
  summary: string,
  rounds: number,
  warmup: number,
  vmm: readonly string[] = [],
): RigWorkload {
  return { name, id, summary, guest: 'flat', vmm, rounds, warmup, fewestPcpus: 1, fewestVcpus: 1 };
}

/** A header for the guest's program: `#define WORKLOAD_NPF32 2`. */
export function workloadHeader(): string {
  const lines = WORKLOADS.map(({ name, id }) => {
    return `#define WORKLOAD_${name.toUpperCase().replaceAll('-', '_')} ${id}\n`;
  });
  return lines.join('');
}
