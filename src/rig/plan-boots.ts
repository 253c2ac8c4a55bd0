import type { Boot } from './boot.ts';
import { type RigWorkload, WORKLOADS } from './workloads.ts';

/** Parameters of kvm_amd: `{ npt: '1', vls: '0' }`. */
export type KvmParameters = Readonly<Record<string, string>>;

/** What decides which boots a capture takes. */
export interface PlanRequest {
  /** One boot for each; they differ in `npt`. */
  readonly l0: readonly KvmParameters[];
  /** One after the other in one L1; they differ in `npt`. */
  readonly l1: readonly KvmParameters[];
  readonly workloads: readonly RigWorkload[];
  /** vCPUs of L1. */
  readonly vCpus: number;
  /** Whether first touches of pages are recorded. */
  readonly hasPages: boolean;
  /** Whether each change of page is recorded after them. */
  readonly hasSequence: boolean;
}

/** A window that a boot opens. */
export interface PlannedWindow {
  readonly name: string;
  readonly workload: string;
  readonly l0Npt: boolean;
  readonly l1Npt: boolean;
}

/** One run of the emulator. */
export interface PlannedBoot extends Pick<Boot, 'command' | 'parameters'> {
  /** In the order in which they are opened. */
  readonly windows: readonly PlannedWindow[];
  /** What L1 loads kvm_amd with, time after time. */
  readonly l1: readonly KvmParameters[];
  /** How much slower than the host's the guests' clock runs inside windows. */
  readonly windowSlowness: number;
}

/** An emulated CPU is that much slower, and timers would leave it no time for anything else. */
const WINDOW_SLOWNESS = 32;
/** Where L0's own timers decide what happens when; mark 0x20 + k makes the clock 2^k times slower. */
const HOST_SLOWNESS = { factor: 16, mark: String(0x20 + 4) };
/** Bits of a window's kind that ask for page touches, and for page sequences: capture/qemu/log.c.inc. */
const TOUCHES_KIND = 256;
const SEQUENCE_KIND = 512;
/** Other VMs while an L1 is moved: on its first pCPU, and on the other one. */
const NEIGHBOURS = { others: '8', there: '0' };

/** Boots in their order: for each L0 one with all that L1 does by itself, then one for each script. */
export function planBoots(request: PlanRequest): readonly PlannedBoot[] {
  return request.l0.flatMap((l0) => {
    const l1 = offeredTo(request.l1, l0);
    const scripts = request.workloads
      .filter(isScript)
      .flatMap((workload) => l1.map((parameters) => scriptBoot(workload, l0, parameters)));
    const inL1 = request.workloads.filter((workload) => !isScript(workload));
    return inL1.length === 0 ? scripts : [l1Boot(request, inL1, l0, l1), ...scripts];
  });
}

export function hasNpt({ npt }: KvmParameters): boolean {
  return npt !== '0' && npt !== 'N';
}

/** An L0 without NPT offers none, whatever L1 asks for. */
function offeredTo(all: readonly KvmParameters[], l0: KvmParameters): readonly KvmParameters[] {
  if (hasNpt(l0)) return all;
  const without = all.filter((parameters) => !hasNpt(parameters));
  return without.length > 0 ? without : [{ npt: '0' }];
}

function isScript({ guest }: RigWorkload): boolean {
  return guest === 'host';
}

function l1Boot(
  request: PlanRequest,
  workloads: readonly RigWorkload[],
  l0: KvmParameters,
  l1: readonly KvmParameters[],
): PlannedBoot {
  // What a Linux L2 does comes last: all of it in one boot of that L2.
  const isLinux = ({ guest }: RigWorkload): boolean => guest === 'linux' || guest === 'l3';
  const inOrder = [...workloads.filter((each) => !isLinux(each)), ...workloads.filter(isLinux)];
  const sequence = request.hasSequence ? SEQUENCE_KIND : 0;
  const touches = request.hasPages ? TOUCHES_KIND + sequence : 0;
  return {
    command: 'windows',
    parameters: {
      l0: words(l0),
      l1: l1.map(words).join(','),
      workloads: inOrder.map((each) => workloadWords(each, each.id + touches)).join(','),
      ...(request.vCpus > 1 ? { vcpus: String(request.vCpus) } : {}),
    },
    windows: l1.flatMap((parameters) => inOrder.map((each) => windowOf(each, l0, parameters))),
    l1,
    windowSlowness: WINDOW_SLOWNESS,
  };
}

function scriptBoot(workload: RigWorkload, l0: KvmParameters, l1: KvmParameters): PlannedBoot {
  const numberOf = (name: string): number => WORKLOADS.find((each) => each.name === name)!.id;
  const spin = WORKLOADS.find(({ name }) => name === 'spin')!;
  // No rounds: the L2 opens no window and goes on for ever.
  const endless = workloadWords({ ...spin, rounds: 0 }, 0);
  return {
    command: workload.name,
    parameters: {
      l0: words(l0),
      l1: words(l1),
      workloads: endless,
      other: `${numberOf('cpuid')},0,0,0`,
      ...NEIGHBOURS,
      rounds: String(workload.rounds),
      slowness: HOST_SLOWNESS.mark,
      kind: String(workload.id),
    },
    windows: [windowOf(workload, l0, l1)],
    l1: [l1],
    windowSlowness: HOST_SLOWNESS.factor,
  };
}

function windowOf({ name }: RigWorkload, l0: KvmParameters, l1: KvmParameters): PlannedWindow {
  const tables = (isNested: boolean): string => (isNested ? 'npt' : 'shadow');
  const [l0Npt, l1Npt] = [hasNpt(l0), hasNpt(l1)];
  return { name: `${tables(l0Npt)}-${tables(l1Npt)}.${name}`, workload: name, l0Npt, l1Npt };
}

/** As the guests' scripts read it. */
function words(parameters: KvmParameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join('+');
}

/** As `capture/guest/init.L1` reads it. */
function workloadWords(workload: RigWorkload, kind: number): string {
  const { name, guest, vmm, id, rounds, warmup } = workload;
  return [name, guest, vmm.join('+'), id, rounds, warmup, kind].join(':');
}
