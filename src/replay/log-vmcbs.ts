import type { CpuLog, VmrunEvent } from '../inputs/cpu-log.ts';
import { findVmcb01s } from '../inputs/log-segments.ts';

/** Which VMCBs a log has: those that run L1, those that run L2 for them, and whose VM each is. */
export interface LogVmcbs {
  readonly vmcb01s: ReadonlySet<string>;
  /** The vmcb01 of the same vCPU; a vmcb01 is its own. */
  readonly vmcb01Of: ReadonlyMap<string, string>;
  /** The vmcb01s of each VM. */
  readonly vms: readonly (readonly string[])[];
  /** The first VMRUN of each VMCB in the log. */
  readonly firstVmrun: ReadonlyMap<string, VmrunEvent>;
  /** Index of the last event of each VM. */
  readonly lastOfVm: readonly number[];
}

export function logVmcbs(log: CpuLog): LogVmcbs {
  const vmcb01s = findVmcb01s(log);
  const vmcb01Of = assignVmcb02s(log, vmcb01s);
  const firstVmrun = new Map<string, VmrunEvent>();
  for (const event of log.events) {
    if (event.kind === 'vmrun' && !firstVmrun.has(event.vmcb)) firstVmrun.set(event.vmcb, event);
  }
  const vms = groupByVm(vmcb01s, firstVmrun);
  const lastOfVm = vms.map((vmcbs) =>
    log.events.findLastIndex((event) => vmcbs.includes(vmcb01Of.get(vmcbOf(event) ?? '') ?? '')),
  );
  return { vmcb01s, vmcb01Of, vms, firstVmrun, lastOfVm };
}

function vmcbOf(event: CpuLog['events'][number]): string | null {
  return event.kind === 'vmrun' || event.kind === 'vmexit' ? event.vmcb : null;
}

/** A vmcb02 belongs to the vCPU whose intercepted VMRUN came before its first VMRUN on that pCPU. */
function assignVmcb02s(log: CpuLog, vmcb01s: ReadonlySet<string>): Map<string, string> {
  const vmcb01Of = new Map([...vmcb01s].map((vmcb) => [vmcb, vmcb]));
  const lastL1 = new Map<number, string>();
  const unassigned = new Set<string>();
  for (const event of log.events) {
    if (event.kind === 'vmcb12' && vmcb01s.has(event.by)) lastL1.set(event.pcpu, event.by);
    const vmcb = vmcbOf(event);
    if (vmcb === null) continue;
    if (vmcb01s.has(vmcb)) lastL1.set(event.pcpu, vmcb);
    else if (!vmcb01Of.has(vmcb)) {
      const owner = lastL1.get(event.pcpu);
      if (owner === undefined) unassigned.add(vmcb);
      else vmcb01Of.set(vmcb, owner);
    }
  }
  // The window opened inside L2: with one vCPU there is no choice, else the first L1 that follows.
  const [first] = vmcb01s;
  for (const vmcb of unassigned) {
    if (!vmcb01Of.has(vmcb) && first !== undefined) vmcb01Of.set(vmcb, first);
  }
  return vmcb01Of;
}

/** vCPUs of one VM share the root of its nested page tables. Without NPT in L0 all are one VM's. */
function groupByVm(
  vmcb01s: ReadonlySet<string>,
  firstVmrun: ReadonlyMap<string, VmrunEvent>,
): string[][] {
  const byRoot = new Map<string, string[]>();
  for (const vmcb of vmcb01s) {
    const root = firstVmrun.get(vmcb)?.ncr3 ?? '';
    byRoot.set(root, [...(byRoot.get(root) ?? []), vmcb]);
  }
  return [...byRoot.values()];
}
