import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { l2SlotCount } from '../hypervisor/l2-asid-cache.ts';
import type { Vcpu, Vmcb } from '../hypervisor/state.ts';
import type { WorldSpec } from './world-spec.ts';

/** Parts of KVM's state that only some behaviours read. Under others they cannot matter. */
export interface Kept {
  /** Vmcb.isClean, cachedAsid: what hardware has cached of a VMCB. */
  readonly hardwareCache: boolean;
  /** Vmcb.asidGeneration. */
  readonly generations: boolean;
  /** ... as it is, where a VMCB takes it to another pCPU; else only whether it is its pCPU's. */
  readonly rawGenerations: boolean;
  /** Vcpu.lastVmcb12Gpa. */
  readonly vmcb12Gpa: boolean;
  /** Vm.lastAsid12: what makes the asid12s of different vCPUs one set of names. */
  readonly vmLastAsid12: boolean;
  /** Most of Vcpu.l2Slots. */
  readonly slots: number;
}

export function keptBy(behaviour: KvmBehaviour, spec: WorldSpec): Kept {
  const isDynamic =
    behaviour.l1Asid === 'per-vcpu-generation' || behaviour.l2Asid === 'per-vmcb-generation';
  const isCached = behaviour.l2Asid === 'cached-per-vcpu';
  return {
    hardwareCache:
      behaviour.asidCleanBit === 'left-clean' || behaviour.tlbControlCleanBit === 'cached',
    generations: isDynamic,
    rawGenerations:
      isDynamic &&
      (!behaviour.onPcpuChange.startsWith('new-asid') ||
        (behaviour.cpuOnline === 'generation-restarts' && spec.events.includes('off-and-on'))),
    vmcb12Gpa: behaviour.vmcb12AsidChange === 'flush-by-vmcb12-address',
    vmLastAsid12: behaviour.vmcb12AsidChange === 'flush-by-vm-wide-memory',
    slots: isCached ? Math.min(l2SlotCount(behaviour), spec.l2s * spec.npt12s) : 0,
  };
}

/** Which VMCB of a vCPU: 0 vmcb01, 1 its vmcb02, then those of its several ASIDs. */
export function vmcbIndex(vcpu: Vcpu, vmcb: Vmcb): number {
  if (vmcb === vcpu.vmcb01) return 0;
  if (vmcb === vcpu.nestedVmcb) return 1;
  return 2 + vcpu.l2Slots.findIndex((slot) => slot.vmcb === vmcb);
}

export function vmcbAt(vcpu: Vcpu, index: number): Vmcb {
  if (index === 0) return vcpu.vmcb01;
  return index === 1 ? vcpu.nestedVmcb : vcpu.l2Slots[index - 2]!.vmcb;
}
