import { KIND } from '../cost/ledger.ts';
import { KVM_REQ } from './requests.ts';
import type { Kvm, Vcpu, Vm } from './state.ts';
import { kvmMakeRequest } from './tlb-requests.ts';

/** A page of a guest's page table that L0 shadows. */
export interface ShadowPage {
  /** The guest may write it without a trap; its shadow may lag behind. */
  unsync: boolean;
  /** Entries that a sync must check. */
  entries: number;
  /** Told when the shadow has caught up. */
  readonly onSync: (() => void)[];
}

/** struct kvm_mmu: the second dimension, or the shadow page tables, of what runs. */
export interface Mmu {
  readonly name: 'root_mmu' | 'guest_mmu';
  /** False for direct maps, which have nothing to sync. */
  readonly isShadow: boolean;
  readonly pages: Map<number, ShadowPage>;
}

/**
 * L0 instructions of a sync, measured on Linux 6.12.117 (captured `npf32` windows): VMRUN emulation
 * took 7,458 instructions with nothing to sync and 13,228 + 291·n with one unsync page of n entries.
 */
export const SYNC_INSTRUCTIONS_PER_PAGE = 13_228 - 7_458;
export const SYNC_INSTRUCTIONS_PER_ENTRY = 291;

export function createMmu(name: Mmu['name'], isShadow: boolean): Mmu {
  return { name, isShadow, pages: new Map() };
}

/** Shadows a guest's page-table page, write-protected. */
export function shadowPageTable(mmu: Mmu, page: number, entries: number): ShadowPage {
  let shadow = mmu.pages.get(page);
  if (shadow === undefined) {
    shadow = { unsync: false, entries, onSync: [] };
    mmu.pages.set(page, shadow);
  }
  return shadow;
}

/**
 * kvm_mmu_unsync_page() seen from the guest: a write to a shadowed page-table page traps while the
 * page is write-protected, and makes it unsync; later writes go unseen until the next sync.
 */
export function guestWritesPageTable(mmu: Mmu, page: number): 'traps' | 'unseen' {
  const shadow = mmu.pages.get(page);
  if (!mmu.isShadow || shadow === undefined || shadow.unsync) return 'unseen';
  shadow.unsync = true;
  return 'traps';
}

/**
 * kvm_mmu_sync_roots(): brings the unsync pages under the *current* root up to date and
 * write-protects them again, which is a remote flush. Direct maps have nothing to sync.
 */
export function kvmMmuSyncRoots(kvm: Kvm, vcpu: Vcpu): void {
  const mmu = vcpu.mmu;
  if (!mmu.isShadow) return;
  let synced = false;
  for (const shadow of mmu.pages.values()) {
    if (!shadow.unsync) continue;
    shadow.unsync = false;
    synced = true;
    const free = kvm.behaviour.staleEntries === 'vanish';
    const instructions = SYNC_INSTRUCTIONS_PER_PAGE + SYNC_INSTRUCTIONS_PER_ENTRY * shadow.entries;
    if (!free) kvm.charge(KIND.syncInstruction, instructions);
    for (const done of shadow.onSync) done();
    shadow.onSync.length = 0;
  }
  if (synced) kvmFlushRemoteTlbs(vcpu.vm);
}

/** kvm_flush_remote_tlbs(): every vCPU of the VM flushes at its next entry. */
export function kvmFlushRemoteTlbs(vm: Vm): void {
  for (const vcpu of vm.vcpus) kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'remoteFlush');
}
