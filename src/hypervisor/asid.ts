import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { hasDynamicAsid, NO_GENERATION, staticAsidOf } from './asid-of.ts';
import { addReason, KVM_REQ } from './requests.ts';
import { preSevRun } from './sev.ts';
import type { Kvm, PcpuData, Vcpu, Vmcb } from './state.ts';
import { kvmMakeRequest, svmFlushTlbAsid } from './tlb-requests.ts';

/** init_vmcb(): what vCPU creation and reset do to the active VMCB. */
export function initVmcb(kvm: Kvm, vcpu: Vcpu): void {
  const vmcb = vcpu.current;
  const { vcpuReset } = kvm.behaviour;
  switch (vcpuReset) {
    case 'active-vmcb':
      break;
    case 'both-vmcbs':
      vcpu.nestedVmcb.asidGeneration = NO_GENERATION;
      vcpu.nestedVmcb.asid = 0;
      break;
    default:
      vcpuReset satisfies never;
  }
  vmcb.asidGeneration = NO_GENERATION;
  vmcb.isClean = false;
  if (hasDynamicAsid(kvm, vmcb)) {
    vcpu.asid = 0;
    return;
  }
  vmcb.asid = staticAsidOf(kvm, vcpu, vmcb);
  if (kvm.behaviour.guestFlush === 'at-once') kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'firstUse');
  else svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'firstUse'));
}

/** svm_vcpu_load(): with owner tracking, another vCPU's use of the ASID here means a flush. */
export function svmVcpuLoad(kvm: Kvm, vcpu: Vcpu, pcpu: number): void {
  vcpu.pcpu = pcpu;
  vmxVcpuLoadVmcs(kvm, vcpu);
  if (kvm.behaviour.vmcbCpuWritten === 'at-load') vcpu.current.cpu = pcpu;
  if (!isTracked(kvm, vcpu, pcpu)) return;
  const vmcb = vcpu.guestMode && vcpu.vmcb02 !== null ? vcpu.vmcb02 : vcpu.vmcb01;
  const asid = staticAsidOf(kvm, vcpu, vmcb);
  const { asidVcpu } = kvm.pcpus[pcpu]!;
  const previous = asidVcpu.get(asid);
  asidVcpu.set(asid, vcpu);
  if (previous === vcpu || kvm.behaviour.asidOwnerTracking === 'recorded-only') return;
  kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'ownerChange');
}

function isTracked(kvm: Kvm, vcpu: Vcpu, pcpu: number): boolean {
  const { asidOwnerTracking, sevAsidTracking } = kvm.behaviour;
  if (vcpu.vm.sevAsid !== 0) return sevAsidTracking === 'vcpu-at-load';
  if (asidOwnerTracking === 'on-first-pcpu-only') return pcpu === 0;
  return asidOwnerTracking !== 'untracked';
}

/** vmx_vcpu_load_vmcs(): a VMCS that last ran elsewhere flushes all of the vCPU's tags here. */
export function vmxVcpuLoadVmcs(kvm: Kvm, vcpu: Vcpu): void {
  if (kvm.behaviour.onPcpuChange !== 'flush-at-load' || vcpu.current.cpu === vcpu.pcpu) return;
  vcpu.current.cpu = vcpu.pcpu;
  kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'pcpuChange');
}

/**
 * svm_hardware_enable(), svm_enable_virtualization_cpu() since v6.12: a pCPU comes on line. The first
 * number that it gives out is a roll-over.
 */
export function svmEnableVirtualizationCpu(kvm: Kvm, pcpu: PcpuData): void {
  if (kvm.behaviour.cpuOnline === 'generation-restarts') pcpu.asidGeneration = 1;
  else pcpu.asidGeneration += 1;
  pcpu.nextAsid = kvm.maxAsid + 1;
}

/** new_asid(): the next number of this pCPU; past the last one, a new generation and a full flush. */
function newAsid(kvm: Kvm, vcpu: Vcpu, pcpu: PcpuData): number {
  const vmcb = vcpu.current;
  const { asidRollover } = kvm.behaviour;
  if (pcpu.nextAsid > kvm.maxAsid) {
    if (asidRollover !== 'without-new-generation') pcpu.asidGeneration += 1;
    pcpu.nextAsid = kvm.minAsid;
    if (asidRollover !== 'without-flush') flushAllAsids(kvm, vmcb, pcpu);
  }
  vmcb.asidGeneration = pcpu.asidGeneration;
  const asid = pcpu.nextAsid;
  pcpu.nextAsid += 1;
  return asid;
}

/** A roll-over's flush: TLB_CONTROL of the VMCB in v6.14, a flag of the pCPU since CVE-2026-98715. */
function flushAllAsids(kvm: Kvm, vmcb: Vmcb, pcpu: PcpuData): void {
  if (kvm.behaviour.refusedVmrun === 'keeps-flush') {
    pcpu.flushAllAsids = true;
    return;
  }
  vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
  vmcb.flushReasons = addReason(vmcb.flushReasons, 'asidRollover');
}

/** The dynamic part of pre_svm_run(). */
function useDynamicAsid(kvm: Kvm, vcpu: Vcpu, pcpu: PcpuData): void {
  const vmcb = vcpu.current;
  const isShared = kvm.behaviour.l2Asid === 'shared-with-l1';
  if (vmcb.asidGeneration !== pcpu.asidGeneration) {
    const asid = newAsid(kvm, vcpu, pcpu);
    if (isShared) vcpu.asid = asid;
    else vmcb.asid = asid;
  }
  // The number is the vCPU's, the generation the VMCB's: a VMCB may adopt what the other one took.
  if (isShared) vmcb.asid = vcpu.asid;
}

/** What a VMCB does on a pCPU other than its last one. */
function moveVmcb(kvm: Kvm, vcpu: Vcpu, pcpu: PcpuData): void {
  const vmcb = vcpu.current;
  vmcb.isClean = false;
  vmcb.cpu = pcpu.id;
  const { onPcpuChange } = kvm.behaviour;
  switch (onPcpuChange) {
    case 'new-asid':
      vmcb.asidGeneration = NO_GENERATION;
      return;
    case 'new-asid-for-both-vmcbs':
      vcpu.vmcb01.asidGeneration = NO_GENERATION;
      vcpu.nestedVmcb.asidGeneration = NO_GENERATION;
      return;
    case 'flush-asid':
      svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'pcpuChange'));
      return;
    case 'flush-vmcb01-only':
      if (vmcb.kind === 'vmcb01') svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'pcpuChange'));
      return;
    case 'flush-at-load':
    case 'nothing':
      return;
    default:
      onPcpuChange satisfies never;
  }
}

/** The static part of pre_svm_run(): the shared number is never trusted, a wrong one is corrected. */
function useStaticAsid(kvm: Kvm, vcpu: Vcpu): void {
  const vmcb = vcpu.current;
  const { fallbackAsid, wrongAsid } = kvm.behaviour;
  const expected = staticAsidOf(kvm, vcpu, vmcb);
  const isFlushed =
    fallbackAsid === 'flushed-at-every-vmrun' ||
    (fallbackAsid === 'flushed-for-l1-only' && vmcb.kind === 'vmcb01');
  if (expected !== 0 && expected === kvm.fallbackAsid && isFlushed) {
    svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'fallbackAsid'));
  }
  if (vmcb.asid === expected) return;
  if (wrongAsid === 'fixed-and-flushed') {
    svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'wrongAsid'));
  }
  vmcb.asid = expected;
}

/** pre_svm_run(): the last thing before VMRUN; decides the ASID, and may add a flush. */
export function preSvmRun(kvm: Kvm, vcpu: Vcpu): void {
  const pcpu = kvm.pcpus[vcpu.pcpu]!;
  const vmcb = vcpu.current;
  const { everyVmrun } = kvm.behaviour;
  const hasMoved = vmcb.cpu !== pcpu.id;
  if (hasMoved) moveVmcb(kvm, vcpu, pcpu);
  if (vcpu.vm.sevAsid !== 0) {
    preSevRun(kvm, vcpu, hasMoved);
    return;
  }
  if (everyVmrun === 'flush') svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'everyVmrun'));
  else if (everyVmrun === 'flush-all-asids') {
    vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
    vmcb.flushReasons = addReason(vmcb.flushReasons, 'everyVmrun');
  }
  if (hasDynamicAsid(kvm, vmcb)) useDynamicAsid(kvm, vcpu, pcpu);
  else useStaticAsid(kvm, vcpu);
}
