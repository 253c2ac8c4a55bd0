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
  const { guestFlush } = kvm.behaviour;
  switch (guestFlush) {
    case 'at-once':
      kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'firstUse');
      return;
    case 'at-next-vmrun':
    case 'new-asid':
      svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'firstUse'));
      return;
    default:
      guestFlush satisfies never;
  }
}

/** svm_vcpu_load(): with owner tracking, another vCPU's use of the ASID here means a flush. */
export function svmVcpuLoad(kvm: Kvm, vcpu: Vcpu, pcpu: number): void {
  vcpu.pcpu = pcpu;
  vmxVcpuLoadVmcs(kvm, vcpu);
  const { vmcbCpuWritten } = kvm.behaviour;
  switch (vmcbCpuWritten) {
    case 'at-load':
      vcpu.current.cpu = pcpu;
      break;
    case 'at-vmrun':
      break;
    default:
      vmcbCpuWritten satisfies never;
  }
  const tracking = asidTracking(kvm, vcpu, pcpu);
  if (tracking === 'none') return;
  const vmcb = vcpu.guestMode && vcpu.vmcb02 !== null ? vcpu.vmcb02 : vcpu.vmcb01;
  const asid = staticAsidOf(kvm, vcpu, vmcb);
  const { asidVcpu } = kvm.pcpus[pcpu]!;
  const previous = asidVcpu.get(asid);
  asidVcpu.set(asid, vcpu);
  if (previous !== vcpu && tracking === 'flush') {
    kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'ownerChange');
  }
}

/** Whether a pCPU notes who uses an ASID of this vCPU, and flushes for another one. */
function asidTracking(kvm: Kvm, vcpu: Vcpu, pcpu: number): 'none' | 'record' | 'flush' {
  const { asidOwnerTracking, sevAsidTracking } = kvm.behaviour;
  if (vcpu.vm.sevAsid !== 0) {
    switch (sevAsidTracking) {
      case 'vmcb-at-run':
        return 'none';
      case 'vcpu-at-load':
        return asidOwnerTracking === 'recorded-only' ? 'record' : 'flush';
      default:
        sevAsidTracking satisfies never;
    }
  }
  switch (asidOwnerTracking) {
    case 'untracked':
      return 'none';
    case 'flush-when-owner-changes':
      return 'flush';
    case 'on-first-pcpu-only':
      return pcpu === 0 ? 'flush' : 'none';
    case 'recorded-only':
      return 'record';
    default:
      return asidOwnerTracking satisfies never;
  }
}

/** vmx_vcpu_load_vmcs(): a VMCS that last ran elsewhere flushes all of the vCPU's tags here. */
export function vmxVcpuLoadVmcs(kvm: Kvm, vcpu: Vcpu): void {
  if (vcpu.current.cpu === vcpu.pcpu) return;
  const { onPcpuChange } = kvm.behaviour;
  switch (onPcpuChange) {
    case 'flush-at-load':
      vcpu.current.cpu = vcpu.pcpu;
      kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'pcpuChange');
      return;
    case 'new-asid':
    case 'new-asid-for-both-vmcbs':
    case 'flush-asid':
    case 'flush-vmcb01-only':
    case 'nothing':
      return; // moveVmcb() decides at the VMRUN.
    default:
      onPcpuChange satisfies never;
  }
}

/**
 * svm_hardware_enable(), svm_enable_virtualization_cpu() since v6.12: a pCPU comes on line. The first
 * number that it gives out is a roll-over.
 */
export function svmEnableVirtualizationCpu(kvm: Kvm, pcpu: PcpuData): void {
  const { cpuOnline } = kvm.behaviour;
  switch (cpuOnline) {
    case 'generation-restarts':
      pcpu.asidGeneration = 1;
      break;
    case 'new-generation':
      pcpu.asidGeneration += 1;
      break;
    default:
      cpuOnline satisfies never;
  }
  pcpu.nextAsid = kvm.maxAsid + 1;
}

/** new_asid(): the next number of this pCPU; past the last one, a new generation and a full flush. */
function newAsid(kvm: Kvm, vcpu: Vcpu, pcpu: PcpuData): number {
  const vmcb = vcpu.current;
  if (pcpu.nextAsid > kvm.maxAsid) rollOver(kvm, vmcb, pcpu);
  vmcb.asidGeneration = pcpu.asidGeneration;
  const asid = pcpu.nextAsid;
  pcpu.nextAsid += 1;
  return asid;
}

/** The roll-over of new_asid(). */
function rollOver(kvm: Kvm, vmcb: Vmcb, pcpu: PcpuData): void {
  pcpu.nextAsid = kvm.minAsid;
  const { asidRollover } = kvm.behaviour;
  switch (asidRollover) {
    case 'new-generation-and-flush':
      pcpu.asidGeneration += 1;
      flushAllAsids(kvm, vmcb, pcpu);
      return;
    case 'without-flush':
      pcpu.asidGeneration += 1;
      return;
    case 'without-new-generation':
      flushAllAsids(kvm, vmcb, pcpu);
      return;
    default:
      asidRollover satisfies never;
  }
}

/** A roll-over's flush: TLB_CONTROL of the VMCB in v6.14, a flag of the pCPU since CVE-2026-98715. */
function flushAllAsids(kvm: Kvm, vmcb: Vmcb, pcpu: PcpuData): void {
  const { refusedVmrun } = kvm.behaviour;
  switch (refusedVmrun) {
    case 'keeps-flush':
      pcpu.flushAllAsids = true;
      return;
    case 'drops-flush':
      vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
      vmcb.flushReasons = addReason(vmcb.flushReasons, 'asidRollover');
      return;
    default:
      refusedVmrun satisfies never;
  }
}

/** The dynamic part of pre_svm_run(). */
function useDynamicAsid(kvm: Kvm, vcpu: Vcpu, pcpu: PcpuData): void {
  const vmcb = vcpu.current;
  const isShared = sharesNumber(kvm);
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

/** Whether L1 and L2 of a vCPU run under one number. */
function sharesNumber(kvm: Kvm): boolean {
  const { l2Asid } = kvm.behaviour;
  switch (l2Asid) {
    case 'shared-with-l1':
      return true;
    case 'per-vmcb-generation':
    case 'per-vm-static':
    case 'per-vcpu-static':
    case 'cached-per-vcpu':
      return false;
    default:
      return l2Asid satisfies never;
  }
}

/** Whether this VMRUN flushes if its number is the one that those share who found none. */
function isFallbackFlushed(kvm: Kvm, vmcb: Vmcb): boolean {
  const { fallbackAsid } = kvm.behaviour;
  switch (fallbackAsid) {
    case 'flushed-at-every-vmrun':
      return true;
    case 'flushed-for-l1-only':
      return vmcb.kind === 'vmcb01';
    case 'not-flushed':
      return false;
    default:
      return fallbackAsid satisfies never;
  }
}

/** The static part of pre_svm_run(): the shared number is never trusted, a wrong one is corrected. */
function useStaticAsid(kvm: Kvm, vcpu: Vcpu): void {
  const vmcb = vcpu.current;
  const { wrongAsid } = kvm.behaviour;
  const expected = staticAsidOf(kvm, vcpu, vmcb);
  if (expected !== 0 && expected === kvm.fallbackAsid && isFallbackFlushed(kvm, vmcb)) {
    svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'fallbackAsid'));
  }
  if (vmcb.asid === expected) return;
  switch (wrongAsid) {
    case 'fixed-and-flushed':
      svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'wrongAsid'));
      break;
    case 'fixed-only':
      break;
    default:
      wrongAsid satisfies never;
  }
  vmcb.asid = expected;
}

/** A flush at each VMRUN that nobody asked for: none but for two bounds. */
function flushEveryVmrun(kvm: Kvm, vcpu: Vcpu): void {
  const vmcb = vcpu.current;
  const { everyVmrun } = kvm.behaviour;
  switch (everyVmrun) {
    case 'as-requested':
      return;
    case 'flush':
      svmFlushTlbAsid(kvm, vcpu, vmcb, addReason(0, 'everyVmrun'));
      return;
    case 'flush-all-asids':
      vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
      vmcb.flushReasons = addReason(vmcb.flushReasons, 'everyVmrun');
      return;
    default:
      everyVmrun satisfies never;
  }
}

/** pre_svm_run(): the last thing before VMRUN; decides the ASID, and may add a flush. */
export function preSvmRun(kvm: Kvm, vcpu: Vcpu): void {
  const pcpu = kvm.pcpus[vcpu.pcpu]!;
  const vmcb = vcpu.current;
  const hasMoved = vmcb.cpu !== pcpu.id;
  if (hasMoved) moveVmcb(kvm, vcpu, pcpu);
  if (vcpu.vm.sevAsid !== 0) {
    preSevRun(kvm, vcpu, hasMoved);
    return;
  }
  flushEveryVmrun(kvm, vcpu);
  if (hasDynamicAsid(kvm, vmcb)) useDynamicAsid(kvm, vcpu, pcpu);
  else useStaticAsid(kvm, vcpu);
}
