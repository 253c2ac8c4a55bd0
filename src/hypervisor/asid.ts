import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { addReason, KVM_REQ } from './requests.ts';
import { preSevRun } from './sev.ts';
import type { Kvm, PcpuData, Vcpu, Vm, Vmcb } from './state.ts';
import { kvmMakeRequest, svmFlushTlbAsid } from './tlb-requests.ts';

/** A generation that no pCPU has: the counters start at 1. */
const NO_GENERATION = 0;

/** kvm_alloc_tlb_tag(): a free static number, or 0 when all are in use. */
export function kvmAllocTlbTag(kvm: Kvm): number {
  for (let asid = kvm.minAsid; asid <= kvm.maxAsid; asid += 1) {
    if (kvm.usedAsids[asid] === 0) {
      kvm.usedAsids[asid] = 1;
      return asid;
    }
  }
  return 0;
}

/** kvm_free_tlb_tag(): numbers below the minimum are not the pool's. */
export function kvmFreeTlbTag(kvm: Kvm, asid: number): void {
  if (asid >= kvm.minAsid) kvm.usedAsids[asid] = 0;
}

/** svm_vm_init(): a VM's static number, or the shared one when none is left. */
export function svmVmInit(kvm: Kvm, vm: Vm): void {
  if (kvm.behaviour.l1Asid !== 'per-vm-static') return;
  const asid = kvmAllocTlbTag(kvm);
  vm.asid = asid === 0 ? kvm.fallbackAsid : asid;
}

/** svm_vm_destroy(): frees both numbers; entries stay, the next owner must flush. */
export function svmVmDestroy(kvm: Kvm, vm: Vm): void {
  kvmFreeTlbTag(kvm, vm.asid);
  kvmFreeTlbTag(kvm, vm.nestedAsid);
}

/** init_vmcb(): what vCPU creation and reset do to the active VMCB. */
export function initVmcb(kvm: Kvm, vcpu: Vcpu): void {
  const vmcb = vcpu.current;
  vmcb.asidGeneration = NO_GENERATION;
  vmcb.isNewOnPcpu = true;
  vcpu.asid = 0;
  if (kvm.behaviour.l1Asid === 'per-vm-static') {
    vmcb.asid = vcpu.vm.asid;
    svmFlushTlbAsid(kvm, vmcb, addReason(0, 'firstUse'));
  }
}

/** The static number that a VMCB must run under. */
export function staticAsidOf(kvm: Kvm, vcpu: Vcpu, vmcb: Vmcb): number {
  if (vcpu.vm.sevAsid !== 0) return vcpu.vm.sevAsid;
  const isNested = vmcb.kind === 'vmcb02' && kvm.behaviour.l2Asid === 'per-vm-static';
  return isNested ? vcpu.vm.nestedAsid : vcpu.vm.asid;
}

/** svm_vcpu_load(): with owner tracking, another vCPU's use of the ASID here means a flush. */
export function svmVcpuLoad(kvm: Kvm, vcpu: Vcpu, pcpu: number): void {
  vcpu.pcpu = pcpu;
  if (kvm.behaviour.asidOwnerTracking === 'untracked') return;
  const vmcb = vcpu.guestMode && vcpu.vmcb02 !== null ? vcpu.vmcb02 : vcpu.vmcb01;
  const asid = staticAsidOf(kvm, vcpu, vmcb);
  const { asidVcpu } = kvm.pcpus[pcpu]!;
  const previous = asidVcpu.get(asid);
  asidVcpu.set(asid, vcpu);
  if (previous !== vcpu) kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'ownerChange');
}

/** new_asid(): the next number of this pCPU; past the last one, a new generation and a full flush. */
function newAsid(kvm: Kvm, vcpu: Vcpu, pcpu: PcpuData): void {
  const vmcb = vcpu.current;
  if (pcpu.nextAsid > kvm.maxAsid) {
    pcpu.asidGeneration += 1;
    pcpu.nextAsid = kvm.minAsid;
    vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
    vmcb.flushReasons = addReason(vmcb.flushReasons, 'asidRollover');
  }
  vmcb.asidGeneration = pcpu.asidGeneration;
  vcpu.asid = pcpu.nextAsid;
  pcpu.nextAsid += 1;
  if (vmcb.isNewOnPcpu && kvm.behaviour.secondVmcbOnPcpu === 'first-takes-another') {
    const other = vmcb.kind === 'vmcb01' ? vcpu.vmcb02 : vcpu.vmcb01;
    if (other !== null && other.cpu === pcpu.id) other.asidGeneration = NO_GENERATION;
  }
  vmcb.isNewOnPcpu = false;
}

/** pre_svm_run(): the last thing before VMRUN; decides the ASID, and may add a flush. */
export function preSvmRun(kvm: Kvm, vcpu: Vcpu): void {
  const pcpu = kvm.pcpus[vcpu.pcpu]!;
  const vmcb = vcpu.current;
  const behaviour = kvm.behaviour;
  const hasMoved = vmcb.cpu !== pcpu.id;
  if (hasMoved) {
    vmcb.isNewOnPcpu = true;
    if (behaviour.onPcpuChange === 'new-asid') vmcb.asidGeneration = NO_GENERATION;
    else if (behaviour.onPcpuChange === 'flush-asid') {
      svmFlushTlbAsid(kvm, vmcb, addReason(0, 'pcpuChange'));
    }
    vmcb.cpu = pcpu.id;
  }
  if (vcpu.vm.sevAsid !== 0) {
    preSevRun(kvm, vcpu, hasMoved);
    return;
  }
  if (behaviour.everyVmrun === 'flush') svmFlushTlbAsid(kvm, vmcb, addReason(0, 'everyVmrun'));
  if (behaviour.l1Asid === 'per-vcpu-generation') {
    if (vmcb.asidGeneration !== pcpu.asidGeneration) newAsid(kvm, vcpu, pcpu);
    vmcb.asid = vcpu.asid;
    return;
  }
  const expected = staticAsidOf(kvm, vcpu, vmcb);
  if (expected === kvm.fallbackAsid) svmFlushTlbAsid(kvm, vmcb, addReason(0, 'fallbackAsid'));
  if (vmcb.asid !== expected) {
    svmFlushTlbAsid(kvm, vmcb, addReason(0, 'wrongAsid'));
    vmcb.asid = expected;
  }
}
