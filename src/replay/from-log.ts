import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { svmVcpuLoad } from '../hypervisor/asid.ts';
import { DIRECT_L2_ROOT, kvmMmuNewPgd, L1_ROOT, shadowPageTable } from '../hypervisor/mmu.ts';
import { svmAllocateNested } from '../hypervisor/nested-transitions.ts';
import { hasBit, KVM_REQ } from '../hypervisor/requests.ts';
import { type Kvm, NO_CPU, type Vcpu, type Vmcb, type Vmcb12 } from '../hypervisor/state.ts';
import type { CpuLog, VmrunEvent } from '../inputs/cpu-log.ts';
import { hasPge } from './model.ts';

/**
 * What a window finds in the middle of things is not the model's to know: where VMCBs ran before,
 * the numbers they have, what L1 asked for last, which roots are cached. It is read from the log and
 * counted.
 */
export interface FromLog {
  readonly kvm: Kvm;
  /** Events read from the log and not predicted. */
  count: number;
  /** VMCBs whose number the model knows. */
  readonly numbered: Set<Vmcb>;
  /** pCPUs whose next number the model knows. */
  readonly countedPcpus: Set<number>;
  /** Numbers that the CPU has. */
  readonly asidCount: number;
}

/** The first VMRUNs of a vCPU's VMCBs in the log, and what L1 asked for first. */
export interface WindowOfVcpu {
  readonly vmcb01: VmrunEvent | undefined;
  readonly vmcb02: VmrunEvent | undefined;
  readonly vmcb12: Vmcb12;
  /** L1 wrote a page table before the window that L0 has not synced yet. */
  readonly hasUnsyncPage: boolean;
}

/** Stands for the pages that L1 wrote before the window. */
const PAGE_BEFORE_WINDOW = -1;

/** What a log without vmcb12 lines leaves open: one L2 that asks for nothing. */
export const QUIET_VMCB12: Vmcb12 = {
  gpa: 0,
  asid: 1,
  tlbControl: 0,
  nestedPaging: true,
  root: 1,
  cr4Pge: true,
};

export function vmcb12From(event: {
  readonly asid: number;
  readonly tlbControl: number;
  readonly np: boolean;
  readonly gpa: string;
  readonly ncr3: string;
  readonly cr3: string;
  readonly cr4: string;
}): Vmcb12 {
  return {
    gpa: Number.parseInt(event.gpa, 16),
    asid: event.asid,
    tlbControl: event.tlbControl,
    nestedPaging: event.np,
    root: Number.parseInt(event.np ? event.ncr3 : event.cr3, 16),
    cr4Pge: hasPge(event.cr4),
  };
}

/** The first vmcb12 that a VMCB executed; it asks for nothing, as it runs since before the window. */
export function firstVmcb12(log: CpuLog, vmcb01: string): Vmcb12 {
  const first = log.events.find((event) => event.kind === 'vmcb12' && event.by === vmcb01);
  return first?.kind === 'vmcb12' ? { ...vmcb12From(first), tlbControl: 0 } : QUIET_VMCB12;
}

/**
 * Whether the first flush that L1 asks for in a window finds an unsync page: then L1 itself flushes
 * at the exit that follows, for the sync's remote flush.
 */
export function firstSyncFindsPage(log: CpuLog, vmcb01: string): boolean {
  const asks = log.events.findIndex(
    (event) => event.kind === 'vmcb12' && event.by === vmcb01 && event.tlbControl !== 0,
  );
  const asked = log.events[asks];
  if (asked?.kind !== 'vmcb12' || asked.tlbControl === TLB_CONTROL.flushAllAsids) return false;
  const exit = log.events.find(
    (event, index) => index > asks && event.kind === 'vmrun' && event.vmcb === vmcb01,
  );
  return exit?.kind === 'vmrun' && exit.tlbControl === TLB_CONTROL.flushAsid;
}

/** No clean bit set: KVM marked the VMCB all dirty, because it is new or last ran on another pCPU. */
function isAllDirty(event: VmrunEvent): boolean {
  return Number.parseInt(event.clean, 16) === 0;
}

/** Loads a vCPU that the log shows for the first time, with the state that its window opens with. */
export function openWindow(from: FromLog, vcpu: Vcpu, pcpu: number, window: WindowOfVcpu): void {
  svmVcpuLoad(from.kvm, vcpu, pcpu);
  vcpu.requests = 0;
  Object.assign(vcpu.requestReasons, { all: 0, current: 0, guest: 0 });
  openVmcb(from, vcpu.vmcb01, pcpu, window.vmcb01);
  // A new vCPU loads its first root, which flushes; one that has moved has it.
  const isNew = window.vmcb01?.tlbControl === 3 && isAllDirty(window.vmcb01);
  if (!isNew) {
    vcpu.rootMmu.roots = [L1_ROOT];
    vcpu.rootMmu.needsLoad = false;
  }
  if (window.vmcb02 === undefined || isAllDirty(window.vmcb02)) return;
  svmAllocateNested(from.kvm, vcpu);
  openVmcb(from, vcpu.nestedVmcb, pcpu, window.vmcb02);
  vcpu.vmcb12 = window.vmcb12;
  vcpu.lastAsid12 = window.vmcb12.asid;
  const mmu = window.vmcb12.nestedPaging ? vcpu.guestMmu : vcpu.rootMmu;
  const root = mmu.isShadow ? window.vmcb12.root : DIRECT_L2_ROOT;
  mmu.roots = [...mmu.roots, root];
  vcpu.guestMmu.needsLoad = false;
  if (!window.hasUnsyncPage) return;
  from.count += 1;
  shadowPageTable(mmu, PAGE_BEFORE_WINDOW, window.vmcb12.root).unsync = true;
}

function openVmcb(from: FromLog, vmcb: Vmcb, pcpu: number, first: VmrunEvent | undefined): void {
  const isDirty = first !== undefined && isAllDirty(first);
  if (isDirty) from.count += 1;
  vmcb.cpu = isDirty ? NO_CPU : (first?.pcpu ?? pcpu);
  if (isDirty) return;
  vmcb.tlbControl = 0;
  vmcb.flushReasons = 0;
}

/** The window finds a vCPU in L2. */
export function openInL2(vcpu: Vcpu, vmcb12: Vmcb12): void {
  vcpu.guestMode = true;
  vcpu.current = vcpu.nestedVmcb;
  vcpu.vmcb12 = vmcb12;
  vcpu.mmu = vmcb12.nestedPaging ? vcpu.guestMmu : vcpu.rootMmu;
  kvmMmuNewPgd(vcpu, vmcb12.root);
}

/** The number that a VMCB has when the log shows its first VMRUN. */
export function adoptNumber(from: FromLog, vcpu: Vcpu, event: VmrunEvent): void {
  const vmcb = vcpu.current;
  const pcpu = from.kvm.pcpus[event.pcpu]!;
  if (!from.countedPcpus.has(pcpu.id)) {
    pcpu.nextAsid = event.tlbControl === 1 ? from.asidCount : event.asid;
  }
  if (from.kvm.behaviour.l1Asid !== 'per-vcpu-generation' || from.numbered.has(vmcb)) return;
  from.numbered.add(vmcb);
  if (isAllDirty(event)) return;
  const isNew =
    vcpu.asid === 0
      ? from.countedPcpus.has(pcpu.id) && event.asid === pcpu.nextAsid
      : event.asid !== vcpu.asid;
  vmcb.asidGeneration = isNew ? 0 : pcpu.asidGeneration;
  if (vcpu.asid !== 0 || isNew) return;
  from.count += 1;
  vcpu.asid = event.asid;
}

/** After a VMRUN: the pCPU's counter is known as soon as the model has taken a number from it. */
export function noticeNumber(from: FromLog, event: VmrunEvent): void {
  const pcpu = from.kvm.pcpus[event.pcpu]!;
  if (from.countedPcpus.has(pcpu.id)) return;
  if (pcpu.nextAsid !== event.asid + 1) return;
  from.countedPcpus.add(pcpu.id);
  from.count += 1;
}

/** Something that the model knows of makes the vCPU's next VMRUN flush. */
export function isFlushExplained(kvm: Kvm, vcpu: Vcpu): boolean {
  const { requests, current, mmu } = vcpu;
  const flushes = KVM_REQ.tlbFlush + KVM_REQ.tlbFlushCurrent + KVM_REQ.tlbFlushGuest;
  return (
    hasBit(requests, flushes) ||
    current.tlbControl !== 0 ||
    mmu.needsLoad ||
    (current.cpu !== vcpu.pcpu && kvm.behaviour.onPcpuChange.startsWith('flush'))
  );
}
