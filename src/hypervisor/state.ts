import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import type { KvmBehaviour } from './behaviour.ts';

/** What KVM asks of a physical CPU. */
export interface GuestCpu {
  vmrun(asid: number, tlbControl: number, owner: number): void;
  vmexit(): void;
  invlpga(asid: number, mapping: number): void;
  /** INVVPID or INVEPT: all entries of one tag, at once. */
  invvpid(asid: number): void;
}

/** A VMCB that has run nowhere yet. */
export const NO_CPU = -1;

/** kvm_vmcb_info with the VMCB fields that decide about the TLB. */
export interface Vmcb {
  readonly kind: 'vmcb01' | 'vmcb02';
  /** pCPU of its last VMRUN; starts at 0 like the kernel's, not at NO_CPU. */
  cpu: number;
  asidGeneration: number;
  /** control.asid */
  asid: number;
  /** control.tlb_ctl: executed by this VMCB's next VMRUN, on whatever pCPU that is. */
  tlbControl: number;
  /** Why tlbControl is set (FLUSH_REASONS as a bit set). */
  flushReasons: number;
  /** All clean bits are set: hardware may go on with what it has cached of the VMCB. */
  isClean: boolean;
  /** The ASID that hardware has cached. */
  cachedAsid: number;
}

export function createVmcb(kind: Vmcb['kind']): Vmcb {
  return {
    kind,
    cpu: 0,
    asidGeneration: 0,
    asid: 0,
    tlbControl: TLB_CONTROL.doNothing,
    flushReasons: 0,
    isClean: false,
    cachedAsid: 0,
  };
}

/** One of several ASIDs that a vCPU has for L2s, the last used one first. */
export interface L2AsidSlot {
  readonly vmcb: Vmcb;
  /** ASID and nested CR3 that L1 ran under it last; ASID 0 means that none has. */
  asid12: number;
  root: number;
}

/** What L1 wrote into the VMCB that its VMRUN names. */
export interface Vmcb12 {
  /** Which L2 this is: its address in L1's memory. */
  readonly gpa: number;
  readonly asid: number;
  readonly tlbControl: number;
  readonly nestedPaging: boolean;
  /** nested_cr3, or CR3 of L2 where L1 shadows: names the root that L0 needs. */
  readonly root: number;
  readonly cr4Pge: boolean;
}

/** Pages whose flush a Hyper-V guest asked for, by level; 'all' stands for every page. */
export interface HyperVFifo {
  readonly l1: (number | 'all')[];
  readonly l2: (number | 'all')[];
}

/** A page of a guest's page table that L0 shadows. */
export interface ShadowPage {
  /** The root under which its shadow hangs: a sync of that one reaches it, of another one not. */
  readonly root: number;
  /** The guest may write it without a trap; its shadow may lag behind. */
  unsync: boolean;
  /** Entries that a sync must check, and those among them that it must remove. */
  entries: number;
  removed: number;
  /** Told when the shadow has caught up. */
  readonly onSync: (() => void)[];
}

/** struct kvm_mmu: the second dimension, or the shadow page tables, of what runs. */
export interface Mmu {
  readonly name: 'root_mmu' | 'guest_mmu';
  /** False for direct maps, which have nothing to sync. */
  readonly isShadow: boolean;
  readonly pages: Map<number, ShadowPage>;
  /** Roots that are built, the last used one first; empty when none is valid. */
  roots: number[];
  /** The root that the vCPU needs next. */
  wanted: number;
  /** It is not built yet: kvm_mmu_load() does it before the next VMRUN. */
  needsLoad: boolean;
}

export interface Vcpu {
  readonly vm: Vm;
  readonly index: number;
  /** vcpu->cpu: where it is loaded; -1 before the first load. */
  pcpu: number;
  readonly vmcb01: Vmcb;
  /** nested.vmcb02: cpu and generation outlive the VMCB's page. */
  readonly nestedVmcb: Vmcb;
  /** The same while EFER.SVME is set, else null. */
  vmcb02: Vmcb | null;
  /** svm->current_vmcb */
  current: Vmcb;
  /** svm->asid: the dynamic number, shared by both VMCBs; or the vCPU's static one. */
  asid: number;
  /** The vCPU's static number for L2; 0 where the strategy has none. */
  nestedAsid: number;
  /** Several numbers for L2s; empty where the strategy has one at most. */
  readonly l2Slots: L2AsidSlot[];
  /** is_guest_mode(vcpu) */
  guestMode: boolean;
  /** nested.nested_run_pending: L1's VMRUN was emulated, and L2 has not run since. */
  nestedRunPending: boolean;
  /** apic->apicv_active: AVIC delivers interrupts; never in L2. */
  apicvActive: boolean;
  /** KVM_REQ bits. */
  requests: number;
  /** Why each pending flush request was raised. */
  readonly requestReasons: { all: number; current: number; guest: number };
  /** nested.ctl: the vmcb12 of the last nested VMRUN. */
  vmcb12: Vmcb12 | null;
  /** nested.last_asid; 0 differs from any legal one. */
  lastAsid12: number;
  /** nested.last_vmcb12_gpa; 0 before the first nested VMRUN. */
  lastVmcb12Gpa: number;
  cr4Pge: boolean;
  /** CR4.PGE of L1, to go back to on a nested #VMEXIT. */
  l1Cr4Pge: boolean;
  /** Present when the guest uses Hyper-V's enlightenments. */
  hyperV: HyperVFifo | null;
  /** KVM_VCPU_FLUSH_TLB in the steal-time record: a flush that another vCPU left for this one. */
  pvFlushPending: boolean;
  readonly rootMmu: Mmu;
  readonly guestMmu: Mmu;
  mmu: Mmu;
}

export interface Vm {
  readonly id: number;
  /** Static numbers; 0 where the strategy has none. */
  asid: number;
  nestedAsid: number;
  /** sev_info.asid; 0 for a VM that is not a SEV guest. */
  sevAsid: number;
  /** ASID of the last nested VMRUN on any vCPU; only a fault reads it. */
  lastAsid12: number;
  readonly vcpus: Vcpu[];
}

/** svm_cpu_data */
export interface PcpuData {
  readonly id: number;
  readonly cpu: GuestCpu;
  asidGeneration: number;
  nextAsid: number;
  /** flush_all_asids: a roll-over whose flush no VMRUN has executed yet. */
  flushAllAsids: boolean;
  /** Which vCPU used an ASID last on this pCPU. */
  readonly asidVcpu: Map<number, Vcpu>;
  /** sev_vmcbs: which VMCB used a SEV ASID last on this pCPU. */
  readonly sevVmcbs: Map<number, Vmcb>;
}

/** sev_asid_bitmap and sev_reclaim_asid_bitmap. */
export interface SevAsids {
  readonly min: number;
  /** First number of guests without SEV-ES (min_sev_asid); those with it have the ones below. */
  readonly minSev: number;
  readonly max: number;
  readonly used: Set<number>;
  readonly reclaimable: Set<number>;
  /** WBINVD on every pCPU and DF_FLUSH, each time ASIDs were reclaimed. */
  cacheFlushes: number;
}

/** A VMRUN as hardware saw it, for transcripts, replays and counts. */
export interface VmrunRecord {
  readonly vcpu: Vcpu;
  readonly vmcb: Vmcb['kind'];
  readonly pcpu: number;
  readonly asid: number;
  readonly tlbControl: number;
  readonly flushReasons: number;
}

/** Names for whom translations belong to; see oracle/owners.ts. */
export interface OwnerNames {
  l1(vm: number, vcpu: number): number;
  l2(vm: number, vcpu: number, asid12: number): number;
}

export interface Kvm {
  readonly behaviour: KvmBehaviour;
  /** npt_enabled: L0 uses nested paging. */
  readonly nptEnabled: boolean;
  readonly flushByAsid: boolean;
  /** Smallest and largest number for guests that are not SEV. */
  readonly minAsid: number;
  readonly maxAsid: number;
  /** kvm_tlb_tags: 1 while a static number is in use. */
  readonly usedAsids: Uint8Array;
  readonly fallbackAsid: number;
  readonly sev: SevAsids;
  readonly pcpus: PcpuData[];
  readonly vms: Vm[];
  readonly owners: OwnerNames;
  /** Charges a kind of the ledger; see cost/ledger.ts KIND. */
  readonly charge: (kind: number, count: number) => void;
  readonly onVmrun: (record: VmrunRecord) => void;
}
