import type { VmexitEvent, VmrunEvent } from '../inputs/cpu-events.ts';
import type { PageSegment } from '../inputs/page-sequences.ts';

/**
 * What a trip contains depends on the kernel that L0 and L1 run. The captures are of Linux 6.12.117; the
 * other kernels are made from them by leaving out what they do not do.
 *
 * `readsDebugctl`: L1's KVM reads the host's DEBUGCTL before each VMRUN ("KVM: x86: Snapshot the host's
 * DEBUGCTL", 6.12.19 and 6.14, March 2025), which L0 intercepts.
 * `updatesCpuid`: kvm_update_cpuid_runtime() runs where CR4 or XCR0 changes, or where CPUID is emulated
 * next (commit 93da6af3ae56, posted in December 2024, in 6.15).
 */
export const KERNELS = {
  'linux-6.12.117': {
    what: 'As captured.',
    readsDebugctl: true,
    updatesCpuid: 'at-once',
  },
  'linux-6.14-2025-02': {
    what: "Before the host's DEBUGCTL was snapshot: no exit for RDMSR. What the published rates were measured on, if CPUID updates were not deferred there.",
    readsDebugctl: false,
    updatesCpuid: 'at-once',
  },
  'linux-6.14-2025-02-deferred': {
    what: 'The same, with CPUID updates deferred: the other kernel that the published rates may be of.',
    readsDebugctl: false,
    updatesCpuid: 'when-emulated',
  },
  'linux-6.15': {
    what: 'With the exit for RDMSR, and with CPUID updates deferred.',
    readsDebugctl: true,
    updatesCpuid: 'when-emulated',
  },
} as const satisfies Readonly<Record<string, KernelExits>>;

interface KernelExits {
  readonly what: string;
  readonly readsDebugctl: boolean;
  readonly updatesCpuid: 'at-once' | 'when-emulated';
}

export type KernelId = keyof typeof KERNELS;
export const KERNEL_IDS = Object.keys(KERNELS) as readonly KernelId[];
/** The kernel of all shipped captures. */
export const CAPTURED_KERNEL: KernelId = 'linux-6.12.117';

/**
 * L0 instructions of one kvm_update_cpuid_runtime() in the captures: 900 to 945 by what remains of the
 * four in a trip when the rest is taken away. It looks entries up one by one, so it grows with the
 * number that the VMM has set: kvmtool's here. Counted by kernel function in each exit of a CPUID trip:
 * __kvm_update_cpuid_runtime, __kvm_get_hypervisor_cpuid and xstate_required_size.
 */
export const CPUID_UPDATE_INSTRUCTIONS = 925;
/** One in each transition and one in each of two XSETBV exits, where a trip has such exits. */
export const CPUID_UPDATES_PER_TRIP = 4;

/** A segment as a log or a file of sequences gives it; logs know the exit's registers. */
export type CapturedSegment = PageSegment & { readonly begin?: VmrunEvent | VmexitEvent };

const MSR_EXIT = 0x7c;
const XSETBV_EXIT = 0x8d;
const DEBUGCTL = '1d9';

/** Segments of a window as another kernel would have made them. */
export function asKernel(
  segments: readonly CapturedSegment[],
  kernel: KernelId,
): readonly CapturedSegment[] {
  const { readsDebugctl, updatesCpuid } = KERNELS[kernel];
  const exits = readsDebugctl ? segments : withoutDebugctlReads(segments);
  return updatesCpuid === 'at-once' ? exits : withoutCpuidUpdates(exits);
}

function isDebugctlRead(segment: CapturedSegment): boolean {
  if (segment.level !== 0 || segment.exitCode !== MSR_EXIT) return false;
  const { begin } = segment;
  if (begin?.kind === 'vmexit') {
    return begin.ecx.replace(/^0+/, '') === DEBUGCTL && Number.parseInt(begin.info1, 16) === 0;
  }
  return segment.kind === `L1->L1 MSR:${DEBUGCTL}r`;
}

/** The exit and its handler go; what L1 did before and after it is one segment. */
function withoutDebugctlReads(segments: readonly CapturedSegment[]): readonly CapturedSegment[] {
  const kept: CapturedSegment[] = [];
  for (let at = 0; at < segments.length; at += 1) {
    const segment = segments[at]!;
    const after = segments[at + 1];
    const before = kept.at(-1);
    if (!isDebugctlRead(segment) || before?.level !== 1 || after?.level !== 1) {
      kept.push(segment);
      continue;
    }
    kept[kept.length - 1] = joined(before, after);
    at += 1;
  }
  return kept;
}

function joined(first: CapturedSegment, second: CapturedSegment): CapturedSegment {
  const touches = Int32Array.from([...first.touches, ...second.touches]);
  const kinds = Uint8Array.from([...first.kinds, ...second.kinds]);
  const { kind, exitCode } = second;
  const instructions = first.instructions + second.instructions;
  return { ...first, kind, exitCode, instructions, touches, kinds };
}

/**
 * Where L1 and L2 differ in XCR0 they differ in CR4.PKE too: L1 then executes XSETBV on both sides of
 * VMRUN. So a window with such exits has an update in each of them and in each transition
 * (svm_set_cr4()), and one without has none. The pages that an update touches stay.
 */
function withoutCpuidUpdates(segments: readonly CapturedSegment[]): readonly CapturedSegment[] {
  const isXsetbv = ({ level, exitCode }: CapturedSegment) =>
    level === 0 && exitCode === XSETBV_EXIT;
  if (!segments.some(isXsetbv)) return segments;
  const isTransition = ({ kind }: CapturedSegment) => /^L(?:1->L2|2->L1) /.test(kind);
  return segments.map((segment) =>
    isXsetbv(segment) || isTransition(segment)
      ? { ...segment, instructions: segment.instructions - CPUID_UPDATE_INSTRUCTIONS }
      : segment,
  );
}
