import { KIND } from '../cost/ledger.ts';
import { flushSlotsOfRoot } from './l2-asid-cache.ts';
import { addReason, KVM_REQ } from './requests.ts';
import { needsFlushes } from './stale-entries.ts';
import type { Kvm, Mmu, ShadowPage, Vcpu, Vm } from './state.ts';
import { kvmMakeRequest, svmFlushTlbCurrent } from './tlb-requests.ts';

/** The current root and three previous ones (KVM_MMU_NUM_PREV_ROOTS). */
const CACHED_ROOTS = 4;

/**
 * L0 instructions of a sync, measured on Linux 6.12.117 (captured `npf32` windows): VMRUN emulation
 * took 7,458 instructions with nothing to sync and 13,228 + 291·n with one unsync page of n entries.
 */
export const VMRUN_INSTRUCTIONS = { withoutSync: 7_458, withSync: 13_228 } as const;
export const SYNC_INSTRUCTIONS_PER_PAGE =
  VMRUN_INSTRUCTIONS.withSync - VMRUN_INSTRUCTIONS.withoutSync;
export const SYNC_INSTRUCTIONS_PER_ENTRY = 291;
/** VMRUN after L1 had zapped 32 entries took 33,369: what the 32 checks leave over, per entry. */
export const SYNC_INSTRUCTIONS_PER_REMOVED_ENTRY =
  (33_369 - VMRUN_INSTRUCTIONS.withSync - 32 * SYNC_INSTRUCTIONS_PER_ENTRY) / 32;

export function createMmu(name: Mmu['name'], isShadow: boolean): Mmu {
  return { name, isShadow, pages: new Map(), roots: [], wanted: 0, needsLoad: true };
}

/** L1's own root; no vmcb12 names it, because the role of a root says which level uses it. */
export const L1_ROOT = -1;
/** Root of an L2 that L1 shadows, where L0 has NPT: one for all its CR3s. */
export const DIRECT_L2_ROOT = -2;

/** Shadows a guest's page-table page, which is in use under a root; write-protected. */
export function shadowPageTable(mmu: Mmu, page: number, root: number): ShadowPage {
  let shadow = mmu.pages.get(page);
  if (shadow === undefined) {
    shadow = { root, unsync: false, entries: 0, removed: 0, onSync: [] };
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
 * kvm_mmu_sync_roots() (6.12.117: mmu.c 4081): brings the unsync pages under the *current* root up to
 * date and write-protects them again, which is a remote flush. Direct maps have nothing to sync, and a
 * root that is not loaded yet is synced when it is.
 */
export function kvmMmuSyncRoots(kvm: Kvm, vcpu: Vcpu): void {
  const mmu = vcpu.mmu;
  if (!mmu.isShadow || mmu.needsLoad) return;
  let synced = false;
  for (const shadow of mmu.pages.values()) {
    if (!shadow.unsync || shadow.root !== mmu.wanted) continue;
    shadow.unsync = false;
    synced = true;
    const instructions =
      SYNC_INSTRUCTIONS_PER_PAGE +
      SYNC_INSTRUCTIONS_PER_ENTRY * shadow.entries +
      SYNC_INSTRUCTIONS_PER_REMOVED_ENTRY * shadow.removed;
    shadow.removed = 0;
    if (needsFlushes(kvm.behaviour)) kvm.charge(KIND.syncInstruction, instructions);
    for (const done of shadow.onSync) done();
    shadow.onSync.length = 0;
  }
  if (synced) kvmFlushRemoteTlbs(vcpu.vm);
}

/** kvm_mmu_sync_prev_roots(): a cached root that is behind is freed; loading it again syncs it. */
export function kvmMmuSyncPrevRoots(vcpu: Vcpu): void {
  const { mmu } = vcpu;
  if (!mmu.isShadow) return;
  const behind = new Set<number>();
  for (const shadow of mmu.pages.values()) if (shadow.unsync) behind.add(shadow.root);
  const isKept = (root: number) => root === mmu.wanted || !behind.has(root);
  if (!mmu.roots.every(isKept)) mmu.roots = mmu.roots.filter(isKept);
}

/**
 * kvm_mmu_new_pgd() for the MMU in use: a cached root is reused without sync or flush; a new one must
 * be loaded. A direct root is found by its role alone (mmu.c 4849): the pgd does not matter, whether
 * the vCPU is in guest mode does (mmu.c 5444, 5523).
 */
export function kvmMmuNewPgd(vcpu: Vcpu, pgd: number): void {
  const { mmu } = vcpu;
  const directRoot = vcpu.guestMode ? DIRECT_L2_ROOT : L1_ROOT;
  mmu.wanted = mmu.isShadow ? pgd : directRoot;
  mmu.needsLoad = !mmu.roots.includes(mmu.wanted);
  if (!mmu.needsLoad) useRoot(mmu, mmu.wanted);
}

function useRoot(mmu: Mmu, root: number): void {
  if (mmu.roots[0] === root) return;
  const others = mmu.roots.filter((other) => other !== root);
  mmu.roots = [root, ...others].slice(0, CACHED_ROOTS);
}

/**
 * kvm_mmu_reload() and kvm_mmu_load() (mmu.c 5789): builds the wanted root if it must, which syncs it
 * and flushes the ASID that uses it.
 */
export function kvmMmuReload(kvm: Kvm, vcpu: Vcpu): void {
  const { mmu } = vcpu;
  if (!mmu.needsLoad) return;
  mmu.needsLoad = false;
  useRoot(mmu, mmu.wanted);
  kvmMmuSyncRoots(kvm, vcpu);
  if (!flushesAtRootLoad(kvm, vcpu)) return;
  svmFlushTlbCurrent(kvm, vcpu, addReason(0, 'rootLoad'));
  if (vcpu.guestMode) flushSlotsOfRoot(kvm, vcpu, mmu.wanted, addReason(0, 'rootLoad'));
}

/** Whether a root that was loaded anew needs a flush: freed ones may have left entries behind. */
function flushesAtRootLoad(kvm: Kvm, vcpu: Vcpu): boolean {
  const { rootLoad } = kvm.behaviour;
  switch (rootLoad) {
    case 'flush-current':
      return true;
    case 'flush-on-new-pcpu-only':
      return vcpu.current.cpu !== vcpu.pcpu;
    case 'no-flush':
      return false;
    default:
      return rootLoad satisfies never;
  }
}

/** kvm_mmu_free_roots() of every root: kvm_mmu_reset_context(), and obsolete roots. */
export function kvmMmuFreeRoots(vcpu: Vcpu): void {
  for (const mmu of [vcpu.rootMmu, vcpu.guestMmu]) {
    mmu.roots = [];
    mmu.needsLoad = true;
  }
}

/** kvm_mmu_free_obsolete_roots(): after a memslot went, and all shadow pages with it, without a remote flush. */
export function kvmMmuFreeObsoleteRoots(vcpu: Vcpu): void {
  for (const mmu of [vcpu.rootMmu, vcpu.guestMmu]) mmu.pages.clear();
  kvmMmuFreeRoots(vcpu);
}

/** kvm_unmap_gfn_range(), the flush of it: the host takes a page back from a guest. */
export function kvmUnmapGfnRange(kvm: Kvm, vm: Vm): void {
  const { hostUnmap } = kvm.behaviour;
  switch (hostUnmap) {
    case 'flushes-all-vcpus':
      kvmFlushRemoteTlbs(vm);
      return;
    case 'no-flush':
      return;
    default:
      hostUnmap satisfies never;
  }
}

/** kvm_flush_remote_tlbs(): every vCPU of the VM flushes at its next entry. */
export function kvmFlushRemoteTlbs(vm: Vm): void {
  for (const vcpu of vm.vcpus) kvmMakeRequest(vcpu, KVM_REQ.tlbFlush, 'remoteFlush');
}
