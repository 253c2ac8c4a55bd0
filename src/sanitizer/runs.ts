import { type RigWorkload, WORKLOADS } from '../rig/workloads.ts';

/** One boot of L0 with guests that the sanitizer watches. */
export interface SanitizerRun {
  readonly id: string;
  readonly what: string;
  /** What L2 is: a flat program under a Linux L1, under `nest.c`, a Linux, or nothing. */
  readonly l2: 'flat' | 'nest' | 'linux' | 'none';
  readonly pcpus: number;
  /** Parameters of kvm_amd in L0, as `npt=0`. */
  readonly l0: string;
  /** Number of ASIDs of the CPU, where it matters. */
  readonly asids?: number;
  /** Features of the CPU that are added or taken away, as `-flushbyasid`. */
  readonly features?: readonly string[];
  /** Script of `capture/guest/cmd`, and its `ab.NAME=VALUE`. */
  readonly command: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The console's line after which nothing more is to come; without it L0 switches off. */
  readonly endsAt?: string;
  /** The finding of docs/evidence/findings.md that it performs; then a flush may be missing from the stock kernel. */
  readonly finding?: number;
  /** Runs without a choice are these. */
  readonly isUsual: boolean;
}

const LOOPS = workloads({ cpuid: [300, 60], npf32: [8, 4], ptechurn64: [12, 6], pio: [150, 30] });
const PLAIN = workloads({
  cpuid: [50, 5],
  npf32: [32, 4],
  ptechurn64: [24, 6],
  pio: [50, 5],
  cr3: [50, 5],
});
/** All that end by themselves or by an interrupt. */
const EXITS = workloads({
  msr: [150, 30],
  hlt: [40, 10],
  interrupt: [40, 10],
  'two-l2s': [100, 20],
  'two-vcpus': [100, 20],
});
/** An L2 that goes on for ever. */
const SPIN = workloads({ spin: [1_000_000_000, 10] });
/** Those of `nest.c` but 8 and 10, which perform findings, and 9, which has two vCPUs. */
const SEQUENCES = '1,2,7,3,4,6,5,20,21,22,23,24,25';

/** Mark 0x20 + k: the clock is 2^k times slower, so that moves take a guest's time and not the host's. */
const CLOCK_MARK = 0x20;
const MOVES = { workloads: SPIN, other: `${idOf('cpuid')},0,0,0` };

export const SANITIZER_RUNS: readonly SanitizerRun[] = [
  {
    ...usual('flat', 'guests without L2s: CPUID, dropped pages, page table churn, OUT, MOV CR3'),
    l2: 'none',
    command: 'flat',
    parameters: { workloads: PLAIN },
  },
  {
    ...usual('pair', 'two VMs at the same time on one pCPU'),
    l2: 'none',
    command: 'pair',
    parameters: { first: `${idOf('cpuid-wss64')}:20000`, second: `${idOf('npf32')}:300` },
  },
  {
    ...usual('nest', 'an L1 that is its own hypervisor: sequences of nested VMRUNs'),
    l2: 'nest',
    command: 'nest',
    parameters: { sequences: SEQUENCES },
  },
  {
    ...usual('two-vcpus', 'two vCPUs of one L1 on one pCPU, one of them preempted in L2'),
    l2: 'nest',
    command: 'nest',
    parameters: { sequences: '9', vmm: 'vcpus=2', rounds: '60' },
  },
  {
    ...usual('loops', 'a Linux L1 with NPT and with shadow paging, four loops each in a flat L2'),
    l2: 'flat',
    command: 'windows',
    parameters: { l1: 'npt=1,npt=0', workloads: LOOPS },
  },
  {
    ...usual('l0-shadow', 'the same without NPT in L0'),
    l2: 'flat',
    l0: 'npt=0',
    command: 'windows',
    parameters: { l1: 'npt=0', workloads: LOOPS },
  },
  {
    ...usual('linux', 'the whole life of a Linux L2'),
    l2: 'linux',
    command: 'windows',
    parameters: { l1: 'npt=1', l1memory: '900', workloads: 'mmap:linux::17:100:10:0' },
    endsAt: 'asidbench: L1 ended mmap',
  },
  {
    ...usual(
      'exits',
      'WRMSR, HLT with a timer, interrupts, two L2s in turn, two vCPUs of an L2, under a Linux L1',
    ),
    l2: 'flat',
    command: 'windows',
    parameters: { l1: 'npt=1,npt=0', workloads: EXITS },
  },
  {
    ...usual('reclaim', 'an L1 whose memory is taken back and given again while its L2 runs'),
    l2: 'flat',
    command: 'reclaim',
    parameters: { l1: 'npt=1', workloads: SPIN, rounds: '40', kind: String(idOf('reclaim')) },
  },
  {
    ...usual('moves', 'an L1 that is moved between two pCPUs in L2, and twelve other VMs'),
    l2: 'flat',
    pcpus: 2,
    command: 'moves',
    parameters: {
      ...MOVES,
      others: '8',
      there: '4',
      rounds: '100',
      slowness: String(CLOCK_MARK + 4),
    },
  },
  {
    ...usual(
      'moves-apart',
      'the same, with eight other VMs on the first pCPU and none on the second',
    ),
    isUsual: false,
    l2: 'flat',
    pcpus: 2,
    command: 'moves',
    parameters: {
      ...MOVES,
      others: '8',
      there: '0',
      rounds: '200',
      slowness: String(CLOCK_MARK + 5),
    },
  },
  {
    ...usual('off-line', 'a VM that stands still while its pCPU goes off line and comes back'),
    isUsual: false,
    l2: 'none',
    pcpus: 2,
    command: 'off-line',
    parameters: { vm: `${idOf('cpuid-wss64')},0,0,0` },
  },
  {
    ...usual('refused', 'a VMRUN that the CPU refuses, when it was to flush a page taken back'),
    isUsual: false,
    l2: 'nest',
    command: 'nest',
    parameters: { sequences: '10' },
  },
  {
    ...usual('flat-shadow', 'guests without L2s, without NPT in L0'),
    isUsual: false,
    l2: 'none',
    l0: 'npt=0',
    command: 'flat',
    parameters: { workloads: PLAIN },
  },
  {
    ...usual('few-asids', 'the sequences of nest beside a plain VM, on a CPU with four ASIDs'),
    isUsual: false,
    l2: 'nest',
    asids: 4,
    command: 'nest',
    parameters: { sequences: SEQUENCES, beside: `${idOf('cpuid-wss64')},0,0,0` },
  },
  {
    ...usual('no-flushbyasid', 'the sequences of nest on a CPU without FLUSHBYASID'),
    isUsual: false,
    l2: 'nest',
    features: ['-flushbyasid'],
    command: 'nest',
    parameters: { sequences: SEQUENCES },
  },
  {
    ...usual('forced-leave', 'userspace takes a vCPU out of L2'),
    isUsual: false,
    finding: 2,
    l2: 'nest',
    command: 'nest',
    parameters: { sequences: '8' },
  },
];

function usual(
  id: string,
  what: string,
): Pick<SanitizerRun, 'id' | 'what' | 'pcpus' | 'l0' | 'isUsual'> {
  return { id, what, pcpus: 1, l0: 'npt=1', isUsual: true };
}

function workloadOf(name: string): RigWorkload {
  return WORKLOADS.find((workload) => workload.name === name)!;
}

function idOf(name: string): number {
  return workloadOf(name).id;
}

/** Workloads as L1's init script reads them: NAME:GUEST:WORDS:ID:ROUNDS:WARMUP:KIND. */
function workloads(
  wanted: Readonly<Record<string, readonly [rounds: number, warmup: number]>>,
): string {
  return Object.entries(wanted)
    .map(([name, [rounds, warmup]]) => {
      const { guest, vmm, id } = workloadOf(name);
      return [name, guest, vmm.join('+'), id, rounds, warmup, 0].join(':');
    })
    .join(',');
}
