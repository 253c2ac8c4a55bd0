import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { kvmCreateVm, svmHardwareSetup, svmVcpuCreate } from '../hypervisor/kvm-svm.ts';
import { guestWritesPageTable, L1_ROOT, shadowPageTable } from '../hypervisor/mmu.ts';
import { svmAllocateNested } from '../hypervisor/nested-transitions.ts';
import { addBit } from '../hypervisor/requests.ts';
import { sevAsidNew } from '../hypervisor/sev.ts';
import type { GuestCpu, Kvm, Vcpu, Vm, Vmcb12, VmrunRecord } from '../hypervisor/state.ts';
import type { Obligation } from './obligations.ts';
import { exercise } from './obligations.ts';
import type { BadHit, Translations } from './translations.ts';
import { Truth } from './truth.ts';
import type { TruthShape } from './truth-shape.ts';
import type { WorldSpec } from './world-spec.ts';

/** Where a vCPU is. */
export const PHASE = { out: 0, host: 1, guest: 2 } as const;

/** Bytes that say which handler waits. */
export const PENDING = 5;

/** Values of TLB_CONTROL that a vmcb12 may carry, in the order of their codes. */
export const TLB_CONTROLS: readonly number[] = [0, 1, 3, 7];

export interface WrongHit {
  readonly kind: 'hit';
  readonly hit: BadHit;
  readonly pcpu: number;
  readonly asid: number;
}

/** What went wrong at the last event. */
export type Wrong =
  | WrongHit
  | { readonly kind: 'asid 0' }
  | { readonly kind: 'flush of every ASID' }
  | { readonly kind: 'SEV ASID reused' };

/** KVM, its guests and the TLBs of a small machine, as one state that events change. */
export class World {
  readonly spec: WorldSpec;
  readonly kvm: Kvm;
  readonly truth: Translations;
  readonly shape: TruthShape;
  readonly vcpus: Vcpu[] = [];
  /** First vCPU of each VM, and the VM of each vCPU. */
  readonly firstVcpu: readonly number[];
  readonly vmOf: readonly number[];
  private readonly vcpusOfVm: (readonly number[])[];
  /** 0 for a VM that is gone, 1 for one that lives, 2 for one whose end has begun. */
  readonly vmAlive: Uint8Array;
  readonly phase: Uint8Array;
  /** A handler that has not run: 0 or 1 + its number, then page, asid12, code of TLB_CONTROL, NPT12. */
  readonly pending: Uint8Array;
  /** What each shadowed page looked like before the event, to see a sync. */
  readonly wasUnsync: Uint8Array;
  private readonly vmcb12s: readonly (readonly (readonly Vmcb12[])[])[];
  private readonly usesCachedAsid: boolean;
  /** The vCPUs that an event may change: all. Of one that it does not there is nothing to settle. */
  present: readonly number[];
  wrong: Wrong | null = null;
  /** Obligations that the last event put to the test, as bits. */
  exercised = 0;
  /** The last VMRUN flushed every ASID. */
  blasted = false;
  /** Why the last VMRUN flushed, as KVM's model keeps it. */
  flushReasons = 0;
  /** Every VMRUN, when somebody wants to tell what happened. */
  onVmrun: (record: VmrunRecord) => void = () => {};
  /** At each VMRUN, before it flushes and before KVM clears TLB_CONTROL. */
  beforeFlush: () => void = () => {};
  onInvlpga: (pcpu: number, asid: number, page: number) => void = () => {};

  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    truth: Translations = new Truth(spec, behaviour),
  ) {
    this.spec = spec;
    this.truth = truth;
    this.shape = truth.shape;
    this.usesCachedAsid = behaviour.asidCleanBit === 'left-clean';
    this.kvm = svmHardwareSetup({
      behaviour,
      nptEnabled: spec.nptEnabled,
      flushByAsid: spec.flushByAsid,
      asidCount: spec.asidCount,
      minAsid: spec.minAsid,
      cpus: Array.from({ length: spec.pcpus }, (_, pcpu) => this.cpu(pcpu)),
      owners: {
        l1: (vm, vcpu) => this.shape.domain(this.firstVcpu[vm]! + vcpu, 0),
        l2: (vm, vcpu, asid12) => this.shape.domain(this.firstVcpu[vm]! + vcpu, asid12),
      },
      charge: () => {},
      onVmrun: (record) => {
        this.flushReasons = record.flushReasons;
        this.onVmrun(record);
      },
    });
    let first = 0;
    this.firstVcpu = spec.vms.map((count) => {
      first += count;
      return first - count;
    });
    this.vmOf = spec.vms.flatMap((count, vm) => Array.from({ length: count }, () => vm));
    this.vcpusOfVm = spec.vms.map((count, vm) =>
      Array.from({ length: count }, (_, index) => this.firstVcpu[vm]! + index),
    );
    this.present = this.vmOf.map((_, v) => v);
    this.vmAlive = new Uint8Array(spec.vms.length);
    this.phase = new Uint8Array(first);
    this.pending = new Uint8Array(first * PENDING);
    this.wasUnsync = new Uint8Array(this.shape.shadowIndex(first, 0, 0));
    this.vmcb12s = this.makeVmcb12s();
    for (let vm = 0; vm < spec.vms.length; vm += 1) this.createVm(vm);
  }

  /** What L1 may write: the same address for every L2, so that only asid12 tells them apart. */
  private makeVmcb12s(): Vmcb12[][][] {
    const { spec } = this;
    const npt12s = Array.from({ length: spec.npt12s }, (_, index) => index + 1);
    return Array.from({ length: spec.l2s + 1 }, (_, asid) =>
      TLB_CONTROLS.map((tlbControl) =>
        npt12s.map((npt12) => ({
          gpa: 1,
          asid,
          tlbControl,
          nestedPaging: spec.nestedPaging,
          root: spec.nptEnabled ? npt12 : asid,
          cr4Pge: true,
        })),
      ),
    );
  }

  /** By asid12, index of TLB_CONTROLS, and NPT12. */
  vmcb12(asid: number, tlb: number, npt12: number): Vmcb12 {
    return this.vmcb12s[asid]![tlb]![npt12 - 1]!;
  }

  /** The NPT12 that the vCPU's L2 runs on. */
  npt12Of(v: number): number {
    const { vmcb12 } = this.vcpus[v]!;
    return vmcb12 === null || !this.spec.nptEnabled ? 1 : vmcb12.root;
  }

  private cpu(pcpu: number): GuestCpu {
    return {
      vmrun: (asid, tlbControl) => this.hardwareVmrun(pcpu, asid, tlbControl),
      vmexit: () => {},
      invlpga: (asid, page) => {
        this.truth.dropPage(pcpu, asid, page);
        this.onInvlpga(pcpu, asid, page);
      },
      invvpid: (asid) => this.truth.dropAsid(pcpu, asid),
    };
  }

  /** The ASID that hardware runs the vCPU under. */
  asidOf(v: number): number {
    const { current } = this.vcpus[v]!;
    return this.usesCachedAsid ? current.cachedAsid : current.asid;
  }

  private hardwareVmrun(pcpu: number, asid: number, tlbControl: number): void {
    this.beforeFlush();
    if (asid === 0) {
      this.wrong = { kind: 'asid 0' };
      return;
    }
    this.blasted = tlbControl === TLB_CONTROL.flushAllAsids;
    if (tlbControl === TLB_CONTROL.flushAllAsids) this.truth.dropAll(pcpu);
    else if (tlbControl !== TLB_CONTROL.doNothing && this.spec.flushByAsid) {
      // Without FLUSHBYASID the values 3 and 7 are reserved and do nothing here.
      this.truth.dropAsid(pcpu, asid);
    }
  }

  /** A VM in a slot, as the first one there or after another died. */
  createVm(slot: number): void {
    const { kvm, spec } = this;
    const others = kvm.vms.splice(slot);
    const vm = kvmCreateVm(kvm);
    kvm.vms.push(...others.slice(1));
    for (let index = 0; index < spec.vms[slot]!; index += 1) {
      const vcpu = svmVcpuCreate(kvm, vm);
      if (spec.l2s > 0 && !spec.plainVms.includes(slot)) svmAllocateNested(kvm, vcpu);
      if (spec.hyperV) vcpu.hyperV = { l1: [], l2: [] };
      this.vcpus[this.firstVcpu[slot]! + index] = vcpu;
    }
    if (spec.sevVms.includes(slot)) sevAsidNew(kvm, vm);
    this.vmAlive[slot] = 1;
  }

  vm(slot: number): Vm {
    return this.kvm.vms[slot]!;
  }

  vcpusOf(slot: number): readonly number[] {
    return this.vcpusOfVm[slot]!;
  }

  /** From now on its VM has no other vCPU: what is done to each vCPU of the VM is done to this one. */
  leaveAlone(v: number): void {
    const slot = this.vmOf[v]!;
    this.vcpusOfVm[slot] = [v];
    this.vm(slot).vcpus.splice(0, Number.MAX_SAFE_INTEGER, this.vcpus[v]!);
  }

  /** 0 for L1, else the asid12 that runs. */
  levelOf(v: number): number {
    const vcpu = this.vcpus[v]!;
    return vcpu.guestMode && vcpu.vmcb12 !== null ? vcpu.vmcb12.asid : 0;
  }

  /** The vCPU on a pCPU, or -1. */
  occupant(pcpu: number): number {
    for (let v = 0; v < this.vcpus.length; v += 1) {
      if (this.phase[v] !== PHASE.out && this.vcpus[v]!.pcpu === pcpu) return v;
    }
    return -1;
  }

  test(obligation: Obligation): void {
    this.exercised = exercise(this.exercised, obligation);
  }

  /** Obligations that translations put to the test, as bits. */
  tests(obligations: number): void {
    this.exercised = addBit(this.exercised, obligations);
  }

  /** Writes a page of a table that L0 shadows; the first write traps. */
  writeShadowed(v: number, table: number, page: number): void {
    const mmu = this.mmuOf(v);
    if (guestWritesPageTable(mmu, this.shadowKey(table, page)) === 'traps') {
      this.phase[v] = PHASE.host;
      this.wasUnsync[this.shape.shadowIndex(v, table, page)] = 1;
    }
  }

  /** L0 made a shadow PTE, so it has a shadow page. */
  shadows(v: number, table: number, page: number): void {
    shadowPageTable(this.mmuOf(v), this.shadowKey(table, page), this.rootOf(table));
  }

  /** The root under which a table is shadowed. */
  private rootOf(table: number): number {
    return table === 0 ? L1_ROOT : table;
  }

  /** The MMU that shadows something in this world. */
  mmuOf(v: number): Vcpu['rootMmu'] {
    const vcpu = this.vcpus[v]!;
    return this.spec.nptEnabled ? vcpu.guestMmu : vcpu.rootMmu;
  }

  shadowKey(table: number, page: number): number {
    return table * this.spec.pages + page;
  }

  /** After an event: shadow pages that were synced have right entries, and requests kick vCPUs out. */
  settle(): void {
    for (const v of this.present) {
      const vcpu = this.vcpus[v]!;
      if (this.phase[v] === PHASE.guest && (vcpu.requests !== 0 || vcpu.pvFlushPending)) {
        this.phase[v] = PHASE.host;
      }
    }
    if (this.spec.nestedPaging || !this.spec.nptEnabled) this.noticeSyncs();
  }

  private noticeSyncs(): void {
    const { tables } = this.shape;
    const { pages } = this.spec;
    for (let at = 0; at < this.wasUnsync.length; at += 1) {
      if (this.wasUnsync[at] === 0) continue;
      const page = at % pages;
      const row = (at - page) / pages;
      const table = row % tables;
      const v = (row - table) / tables;
      if (this.mmuOf(v).pages.get(this.shadowKey(table, page))?.unsync === true) continue;
      this.wasUnsync[at] = 0;
      this.truth.synced(v, table, page);
    }
  }
}
