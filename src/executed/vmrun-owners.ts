import type { VmrunEvent } from '../inputs/cpu-events.ts';
import type { LogSegment } from '../inputs/log-segments.ts';
import type { Owners } from '../oracle/owners.ts';

/** For whom a VMRUN of a log entered a guest. */
export interface VmrunOwner {
  readonly level: 1 | 2;
  readonly owner: number;
  /** Who had run under this ASID last; null if nobody had in the log. */
  readonly before: number | null;
}

/** Where a log does not say what L1 named. */
const UNKNOWN_ASID12 = 1;
/** A log does not say to which VM a VMCB belongs: all are taken to be one VM's. */
const VM = 0;

/**
 * Tells vCPUs of L1 apart by their vmcb01, and L2s by the ASID that L1 named in the last vmcb12 before.
 * `segments` are those of a whole window, in order.
 */
export function vmrunOwners(
  segments: readonly LogSegment[],
  owners: Owners,
): ReadonlyMap<VmrunEvent, VmrunOwner> {
  const found = new Map<VmrunEvent, VmrunOwner>();
  const vcpus: string[] = [];
  const lastOfAsid = new Map<number, number>();
  let vcpu = 0;
  let asid12 = UNKNOWN_ASID12;
  const vcpuOf = (vmcb01: string): number => {
    if (!vcpus.includes(vmcb01)) vcpus.push(vmcb01);
    return vcpus.indexOf(vmcb01);
  };
  for (const { begin, level, within } of segments) {
    if (begin.kind === 'vmrun' && level !== 0) {
      if (level === 1) vcpu = vcpuOf(begin.vmcb);
      const owner = level === 1 ? owners.l1(VM, vcpu) : owners.l2(VM, vcpu, asid12);
      found.set(begin, { level, owner, before: lastOfAsid.get(begin.asid) ?? null });
      lastOfAsid.set(begin.asid, owner);
    }
    for (const event of within) {
      if (event.kind !== 'vmcb12') continue;
      vcpu = vcpuOf(event.by);
      asid12 = event.asid;
    }
  }
  return found;
}
