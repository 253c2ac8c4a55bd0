import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import type { KvmBehaviour } from './behaviour.ts';
import { addReason } from './requests.ts';
import type { Kvm, L2AsidSlot, Vcpu, Vmcb, Vmcb12 } from './state.ts';
import { createVmcb } from './state.ts';
import { svmFlushTlbAsid } from './tlb-requests.ts';
import { tagOrFallback } from './tlb-tags.ts';

/** How many ASIDs a vCPU keeps for L2s; 0 where it keeps no several. */
export function l2SlotCount({ l2AsidCacheSize }: KvmBehaviour): number {
  switch (l2AsidCacheSize) {
    case 'none':
      return 0;
    case 'two':
      return 2;
    case 'four':
      return 4;
    case 'eight':
      return 8;
    case 'sixteen':
      return 16;
    default:
      return l2AsidCacheSize satisfies never;
  }
}

/**
 * Several ASIDs for the L2s of one vCPU: each slot is a vmcb02 of its own as far as the TLB goes
 * (number, pCPU, pending flush). Not proposed upstream. Nested VMRUN takes the slot of the L2 that
 * it runs; an L2 without one takes the slot that was used longest ago, which is then as new.
 */
export function l2VmcbFor(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): Vmcb {
  const slots = vcpu.l2Slots;
  const slot = slots.find((each) => isSlotOf(kvm, each, vmcb12)) ?? slotFor(kvm, vcpu);
  slot.root = vmcb12.root;
  slots.splice(slots.indexOf(slot), 1);
  slots.unshift(slot);
  return slot.vmcb;
}

function isSlotOf(kvm: Kvm, slot: L2AsidSlot, vmcb12: Vmcb12): boolean {
  const { l2AsidCacheKey } = kvm.behaviour;
  switch (l2AsidCacheKey) {
    case 'asid12-and-nested-cr3':
      return slot.asid12 === vmcb12.asid && slot.root === vmcb12.root;
    case 'asid12':
      return slot.asid12 === vmcb12.asid;
    case 'nested-cr3':
      return slot.root === vmcb12.root;
    default:
      return l2AsidCacheKey satisfies never;
  }
}

/** A new slot while there is room, else the oldest; no ASID of L1 has run in it yet. */
function slotFor(kvm: Kvm, vcpu: Vcpu): L2AsidSlot {
  const slots = vcpu.l2Slots;
  const oldest = slots.at(-1);
  if (oldest !== undefined && slots.length >= l2SlotCount(kvm.behaviour)) {
    oldest.asid12 = 0;
    return oldest;
  }
  const slot = { vmcb: createVmcb('vmcb02'), asid12: 0, root: 0 };
  slot.vmcb.asid = tagOrFallback(kvm);
  slots.push(slot);
  return slot;
}

/** The ASID of L1's that ran last where this nested VMRUN will run; 0 is none. Remembers the new one. */
export function exchangeAsid12(vcpu: Vcpu, vmcb12: Vmcb12): number {
  const slot = vcpu.l2Slots[0];
  const last = slot === undefined ? vcpu.lastAsid12 : slot.asid12;
  if (slot !== undefined) slot.asid12 = vmcb12.asid;
  vcpu.lastAsid12 = vmcb12.asid;
  return last;
}

/** The same of any vCPU of the VM. */
export function exchangeAsid12OfVm(vcpu: Vcpu, vmcb12: Vmcb12): number {
  const last = vcpu.vm.lastAsid12;
  vcpu.vm.lastAsid12 = vmcb12.asid;
  return last;
}

/** A root that is loaded anew may have been freed since other slots ran with it. */
export function flushSlotsOfRoot(kvm: Kvm, vcpu: Vcpu, root: number, reasons: number): void {
  for (const slot of vcpu.l2Slots) {
    const mayHaveRun = slot.root === root || kvm.behaviour.l2AsidCacheKey === 'asid12';
    if (mayHaveRun) svmFlushTlbAsid(kvm, vcpu, slot.vmcb, reasons);
  }
}

/** What TLB_CONTROL in vmcb12 covers beside the slot that runs: the same ASID of L1, or all. */
export function flushOtherSlots(kvm: Kvm, vcpu: Vcpu, vmcb12: Vmcb12): void {
  const all = vmcb12.tlbControl === TLB_CONTROL.flushAllAsids;
  for (const slot of vcpu.l2Slots) {
    if (slot.vmcb === vcpu.vmcb02 || (!all && slot.asid12 !== vmcb12.asid)) continue;
    svmFlushTlbAsid(kvm, vcpu, slot.vmcb, addReason(0, 'vmcb12TlbControl'));
  }
}
