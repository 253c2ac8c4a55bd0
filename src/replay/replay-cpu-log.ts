import { svmVcpuLoad } from '../hypervisor/asid.ts';
import { kvmCreateVm, svmVcpuCreate, vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import { kvmFlushRemoteTlbs } from '../hypervisor/mmu.ts';
import {
  nestedSvmVmexit,
  nestedSvmVmrun,
  svmAllocateNested,
} from '../hypervisor/nested-transitions.ts';
import type { Kvm, Vcpu, Vm, VmrunRecord } from '../hypervisor/state.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import { svmVmDestroy } from '../hypervisor/tlb-tags.ts';
import type { CpuLog, FunctionEntryEvent, VmexitEvent, VmrunEvent } from '../inputs/cpu-log.ts';
import { exitName } from '../inputs/exit-codes.ts';
import { countFlush, noFlushes, type VmrunPlace } from './flush-counts.ts';
import {
  adoptNumber,
  type FromLog,
  firstSyncFindsPage,
  firstVmcb12,
  isFlushExplained,
  noticeNumber,
  openInL2,
  openWindow,
  QUIET_VMCB12,
  vmcb12From,
} from './from-log.ts';
import { type LogVmcbs, logVmcbs } from './log-vmcbs.ts';
import { asidCountOf, type ReplayHost, replayModel, requireLegalAsid } from './model.ts';
import type { ReplayResult } from './replay-result.ts';
import { writesEfer, writesPageTable } from './what-l1-does.ts';

const EXIT_PF = 0x4e;
const EXIT_VMRUN = 0x80;
/** Physical interrupt, virtual interrupt window, MSR access, nested page fault. */
const EXIT_INTR = 0x60;
const EXIT_VINTR = 0x64;
const EXIT_MSR = 0x7c;
const EXIT_NPF = 0x400;
/** Whether L1 gets these depends on its tables and on the host's devices, not on KVM's rules. */
const NOT_KNOWABLE = new Set([EXIT_INTR, EXIT_VINTR, EXIT_MSR, EXIT_NPF]);

const TRANSCRIPT_LINES = 8;

interface ReplayState {
  readonly log: CpuLog;
  readonly kvm: Kvm;
  readonly records: VmrunRecord[];
  readonly vmcbs: LogVmcbs;
  readonly from: FromLog;
  /** vCPUs that have appeared, by their vmcb01; and their VMs, by index. */
  readonly vcpus: Map<string, Vcpu>;
  readonly vms: Map<number, Vm>;
  readonly loaded: (Vcpu | null)[];
  readonly transcript: string[];
  /** Function entries are in the log, so that remote flushes need not be inferred. */
  readonly showsFunctions: boolean;
  flushesFromLog: number;
  agree: number;
  vmruns: number;
  place: VmrunPlace;
  firstDisagreement: string | null;
}

/** The vCPU's next VMRUN in the log. */
function nextVmrun(state: ReplayState, after: number, vmcb01: string): VmrunEvent | null {
  const { events } = state.log;
  for (let i = after + 1; i < events.length; i += 1) {
    const event = events[i]!;
    if (event.kind === 'vmrun' && state.vmcbs.vmcb01Of.get(event.vmcb) === vmcb01) return event;
  }
  return null;
}

/** What the VMRUNs of a log tell of the host. */
function hostOf(log: CpuLog): ReplayHost {
  const vmruns = log.events.filter((event) => event.kind === 'vmrun');
  const asids = vmruns.map(({ asid }) => asid);
  const isRenumbering = new Set(asids).size > 4;
  return {
    pcpus: 1 + log.events.reduce((highest, event) => Math.max(highest, event.pcpu), 0),
    // FLUSHBYASID is there when any VMRUN used it.
    flushByAsid: vmruns.some(({ tlbControl }) => tlbControl === 3) || !isRenumbering,
    asidCount: asidCountOf(asids.reduce((highest, asid) => Math.max(highest, asid), 0)),
    nptEnabled: vmruns.some(({ ncr3 }) => Number.parseInt(ncr3, 16) !== 0),
  };
}

/** Feeds the exits of a CPU log to the model and compares the VMRUNs that follow. */
export function replayCpuLog(log: CpuLog, strategy: Strategy): ReplayResult {
  const host = hostOf(log);
  const { kvm, records } = replayModel(strategy, host);
  const state: ReplayState = {
    log,
    kvm,
    records,
    vmcbs: logVmcbs(log),
    from: {
      kvm,
      count: 0,
      numbered: new Set(),
      countedPcpus: new Set(),
      asidCount: host.asidCount,
    },
    vcpus: new Map(),
    vms: new Map(),
    loaded: kvm.pcpus.map(() => null),
    transcript: [],
    showsFunctions: log.events.some((event) => event.kind === 'functionEntry'),
    flushesFromLog: 0,
    agree: 0,
    vmruns: 0,
    place: 'elsewhere',
    firstDisagreement: null,
  };
  const flushes = { ...noFlushes(), captured: 0 };
  for (const [index, event] of log.events.entries()) {
    if (event.kind === 'functionEntry') remoteFlushInL0(state, event);
    else if (event.kind === 'vmexit') exitToL0(state, index, event);
    else if (event.kind === 'vmrun') {
      if (event.tlbControl !== 0) flushes.captured += 1;
      const record = runFromL0(state, index, event);
      countFlush(flushes, record, state.place);
    }
  }
  return {
    file: log.path,
    strategy: strategy.id,
    vmruns: state.vmruns,
    agree: state.agree,
    fromLog: state.from.count,
    flushes: { ...flushes, fromLog: state.flushesFromLog },
    firstDisagreement: state.firstDisagreement,
  };
}

/** The vCPU of an event; at its first one it is put where the log says that it is. */
function vcpuAt(state: ReplayState, index: number, event: VmrunEvent | VmexitEvent): Vcpu {
  const { vmcbs, from } = state;
  const vmcb01 = vmcbs.vmcb01Of.get(event.vmcb) ?? event.vmcb;
  const known = state.vcpus.get(vmcb01);
  if (known !== undefined && known.pcpu >= 0) return known;
  createVm(state, index, vmcb01);
  const vcpu = state.vcpus.get(vmcb01)!;
  const [vmcb02] = [...vmcbs.vmcb01Of].filter(
    ([vmcb, owner]) => owner === vmcb01 && vmcb !== vmcb01,
  );
  const window = {
    vmcb01: vmcbs.firstVmrun.get(vmcb01),
    vmcb02: vmcbs.firstVmrun.get(vmcb02?.[0] ?? ''),
    vmcb12: firstVmcb12(state.log, vmcb01),
    hasUnsyncPage: !state.showsFunctions && firstSyncFindsPage(state.log, vmcb01),
  };
  openWindow(from, vcpu, event.pcpu, window);
  state.loaded[event.pcpu] = vcpu;
  if (!vmcbs.vmcb01s.has(event.vmcb)) {
    svmAllocateNested(state.kvm, vcpu);
    openInL2(vcpu, window.vmcb12);
  }
  return vcpu;
}

/** Makes the VM of a vCPU, after those are gone that the log does not show any more. */
function createVm(state: ReplayState, index: number, vmcb01: string): void {
  const { kvm, vmcbs, vms } = state;
  const number = vmcbs.vms.findIndex((each) => each.includes(vmcb01));
  if (vms.has(number)) return;
  for (const [other, vm] of vms) {
    if (vmcbs.lastOfVm[other]! >= index) continue;
    state.from.count += 1;
    svmVmDestroy(kvm, vm);
    vms.delete(other);
  }
  const vm = kvmCreateVm(kvm);
  vms.set(number, vm);
  for (const vmcb of vmcbs.vms[number]!) state.vcpus.set(vmcb, svmVcpuCreate(kvm, vm));
}

function exitToL0(state: ReplayState, index: number, event: VmexitEvent): void {
  const { kvm, from } = state;
  const vcpu = vcpuAt(state, index, event);
  const vmcb01 = state.vmcbs.vmcb01Of.get(event.vmcb)!;
  vmexit(kvm, vcpu);
  state.place = 'elsewhere';
  note(state, `#VMEXIT ${exitName(event.code)} from ${vcpu.current.kind}`);
  const next = nextVmrun(state, index, vmcb01);
  if (!vcpu.guestMode) {
    if (event.code === EXIT_VMRUN) vmrunOfL1(state, index, vcpu, next);
    else {
      writesEfer(kvm, vcpu, event);
      // Where functions are shown, the remote flush of a sync is one of them.
      if (!state.showsFunctions && writesPageTable(kvm, vcpu, event, next)) from.count += 1;
    }
    return;
  }
  const isKnowable = !NOT_KNOWABLE.has(event.code) && (kvm.nptEnabled || event.code !== EXIT_PF);
  if (!isKnowable) {
    from.count += 1;
    if (next === null || next.vmcb === event.vmcb) return;
  }
  nestedSvmVmexit(kvm, vcpu);
  state.place = 'nestedExit';
}

/** L1's VMRUN. Whether it fails after the switch to vmcb02 is read from the log: L1 runs next then. */
function vmrunOfL1(state: ReplayState, index: number, vcpu: Vcpu, next: VmrunEvent | null): void {
  const { kvm, log } = state;
  const asked = log.events[index + 1];
  if (asked?.kind === 'vmcb12') requireLegalAsid(log.path, asked.line, asked.asid);
  // EFER.SVME was set before the window.
  svmAllocateNested(kvm, vcpu);
  nestedSvmVmrun(kvm, vcpu, asked?.kind === 'vmcb12' ? vmcb12From(asked) : QUIET_VMCB12);
  state.place = 'nestedEntry';
  if (next === null || !state.vmcbs.vmcb01s.has(next.vmcb)) return;
  state.from.count += 1;
  nestedSvmVmexit(kvm, vcpu);
  state.place = 'nestedExit';
}

function runFromL0(state: ReplayState, index: number, event: VmrunEvent): VmrunRecord {
  const { kvm, from } = state;
  const vcpu = vcpuAt(state, index, event);
  if (state.loaded[event.pcpu] !== vcpu || vcpu.pcpu !== event.pcpu) {
    from.count += 1;
    svmVcpuLoad(kvm, vcpu, event.pcpu);
    state.loaded[event.pcpu] = vcpu;
  }
  adoptNumber(from, vcpu, event);
  const isUnexplained = event.tlbControl === 3 && !isFlushExplained(kvm, vcpu);
  if (!state.showsFunctions && isUnexplained && state.place === 'elsewhere') {
    // No exit explains it, and the log does not show L0's functions: the host asked for it.
    from.count += 1;
    state.flushesFromLog += 1;
    kvmFlushRemoteTlbs(vcpu.vm);
  }
  vcpuEnterGuest(kvm, vcpu);
  noticeNumber(from, event);
  const record = state.records.pop()!;
  compare(state, event, record);
  return record;
}

/** kvm_flush_remote_tlbs() in L0: why is the host's business, that it is asked for stands in the log. */
function remoteFlushInL0(state: ReplayState, event: FunctionEntryEvent): void {
  if (event.vmcb !== null || event.name !== 'kvm_flush_remote_tlbs') return;
  state.from.count += 1;
  state.flushesFromLog += 1;
  for (const vm of state.kvm.vms) kvmFlushRemoteTlbs(vm);
}

function compare(state: ReplayState, event: VmrunEvent, record: VmrunRecord): void {
  const kind = state.vmcbs.vmcb01s.has(event.vmcb) ? 'vmcb01' : 'vmcb02';
  state.vmruns += 1;
  const made = describeVmrun(record.vmcb, record.asid, record.tlbControl);
  const captured = describeVmrun(kind, event.asid, event.tlbControl);
  note(state, captured);
  if (made === captured) state.agree += 1;
  else if (state.firstDisagreement === null) {
    state.firstDisagreement = [
      ...state.transcript,
      `line ${event.line}: captured ${captured}, model ${made}`,
    ].join('\n');
  }
}

function describeVmrun(vmcb: string, asid: number, tlbControl: number): string {
  return `VMRUN ${vmcb} ASID ${asid} TLB_CONTROL ${tlbControl}`;
}

function note(state: ReplayState, line: string): void {
  state.transcript.push(line);
  if (state.transcript.length > TRANSCRIPT_LINES) state.transcript.shift();
}
