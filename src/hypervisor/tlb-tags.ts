import type { Kvm, Vcpu, Vm } from './state.ts';

/** kvm_alloc_tlb_tag(): a free static number, or 0 when all are in use. */
export function kvmAllocTlbTag(kvm: Kvm): number {
  const { tagAllocation } = kvm.behaviour;
  switch (tagAllocation) {
    case 'unique':
      return lowestFree(kvm, kvm.minAsid);
    case 'ignores-sev-range':
      return lowestFree(kvm, 1);
    case 'duplicates':
      return kvm.minAsid + (kvm.fallbackAsid === 0 ? 0 : 1);
    default:
      return tagAllocation satisfies never;
  }
}

function lowestFree(kvm: Kvm, first: number): number {
  for (let asid = first; asid <= kvm.maxAsid; asid += 1) {
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

/** A number of its own, or what the strategy gives to those that find none. */
export function tagOrFallback(kvm: Kvm): number {
  const asid = kvmAllocTlbTag(kvm);
  return asid === 0 ? kvm.fallbackAsid : asid;
}

/** svm_vm_init(): a VM's static number, or the shared one when none is left. */
export function svmVmInit(kvm: Kvm, vm: Vm): void {
  if (kvm.behaviour.l1Asid === 'per-vm-static') vm.asid = tagOrFallback(kvm);
}

/** The part of svm_vcpu_create() that takes a vCPU's own static number. */
export function svmVcpuInitTag(kvm: Kvm, vcpu: Vcpu): void {
  if (kvm.behaviour.l1Asid === 'per-vcpu-static') vcpu.asid = tagOrFallback(kvm);
}

/** kvm_arch_pre_destroy_vm(): the end of a VM begins; its vCPUs may run once more. */
export function svmVmPreDestroy(kvm: Kvm, vm: Vm): void {
  if (!freesAtTheEnd(kvm)) freeTags(kvm, vm);
}

/** svm_vm_destroy(): frees all numbers; entries stay, the next owner must flush. */
export function svmVmDestroy(kvm: Kvm, vm: Vm): void {
  if (freesAtTheEnd(kvm)) freeTags(kvm, vm);
}

function freesAtTheEnd(kvm: Kvm): boolean {
  const { tagFreed } = kvm.behaviour;
  switch (tagFreed) {
    case 'when-vm-is-gone':
      return true;
    case 'while-vcpus-run':
      return false;
    default:
      return tagFreed satisfies never;
  }
}

function freeTags(kvm: Kvm, vm: Vm): void {
  kvmFreeTlbTag(kvm, vm.asid);
  kvmFreeTlbTag(kvm, vm.nestedAsid);
  for (const vcpu of vm.vcpus) {
    if (kvm.behaviour.l1Asid === 'per-vcpu-static') kvmFreeTlbTag(kvm, vcpu.asid);
    freeNestedTags(kvm, vcpu);
  }
}

/** The numbers that a vCPU has for its L2s. */
export function freeNestedTags(kvm: Kvm, vcpu: Vcpu): void {
  kvmFreeTlbTag(kvm, vcpu.nestedAsid);
  vcpu.nestedAsid = 0;
  for (const slot of vcpu.l2Slots) kvmFreeTlbTag(kvm, slot.vmcb.asid);
  vcpu.l2Slots.length = 0;
}
