import { svmVcpuLoad } from '../hypervisor/asid.ts';
import { kvmCreateVm, svmVcpuCreate, vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import { kvmFlushRemoteTlbs } from '../hypervisor/mmu.ts';
import {
  nestedSvmVmexit,
  nestedSvmVmrun,
  svmAllocateNested,
} from '../hypervisor/nested-transitions.ts';
import {
  type Kvm,
  NO_CPU,
  type Vcpu,
  type Vmcb,
  type Vmcb12,
  type VmrunRecord,
} from '../hypervisor/state.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { CpuLog, FunctionEntryEvent, VmexitEvent, VmrunEvent } from '../inputs/cpu-log.ts';
import { exitName } from '../inputs/exit-codes.ts';
import { countFlush, noFlushes, type VmrunPlace } from './flush-counts.ts';
import { CAPTURED_ASID_COUNT, hasPge, replayModel, requireLegalAsid } from './model.ts';
import type { ReplayResult } from './replay-result.ts';

const EXIT_VMRUN = 0x80;
/** Physical interrupt, virtual interrupt window, MSR access, nested page fault. */
const EXIT_INTR = 0x60;
const EXIT_VINTR = 0x64;
const EXIT_MSR = 0x7c;
const EXIT_NPF = 0x400;
/** Whether L1 gets these depends on its tables and on the host's devices, not on KVM's rules. */
const NOT_KNOWABLE = new Set([EXIT_INTR, EXIT_VINTR, EXIT_MSR, EXIT_NPF]);

/** What a log without vmcb12 lines leaves open: one L2 that asks for nothing. */
const QUIET_VMCB12: Vmcb12 = {
  gpa: 0,
  asid: 1,
  tlbControl: 0,
  nestedPaging: true,
  root: 1,
  cr4Pge: true,
};

const TRANSCRIPT_LINES = 8;

interface ReplayState {
  readonly kvm: Kvm;
  readonly records: VmrunRecord[];
  readonly vcpuOfVmcb: Map<string, Vcpu>;
  readonly vmcb01s: ReadonlySet<string>;
  readonly loaded: (Vcpu | null)[];
  /** VMCBs that have run in the window. */
  readonly seen: Set<Vmcb>;
  readonly transcript: string[];
  /** Function entries are in the log, so that remote flushes need not be inferred. */
  readonly showsFunctions: boolean;
  flushesFromLog: number;
  fromLog: number;
  agree: number;
  vmruns: number;
  place: VmrunPlace;
  firstDisagreement: string | null;
}

/**
 * VMCBs that run L1. Where a vmcb02 takes over from another VMCB, that one has mostly just exited
 * with an intercepted VMRUN; a vmcb01 takes over after reflected exits, or when vCPUs change.
 */
function findVmcb01s(log: CpuLog): Set<string> {
  /** For each VMCB: takeovers after a VMRUN exit, minus other takeovers. */
  const balance = new Map<string, number>();
  const lastExit = new Map<number, VmexitEvent>();
  for (const event of log.events) {
    if (event.kind !== 'vmrun' && event.kind !== 'vmexit') continue;
    const before = balance.get(event.vmcb) ?? 0;
    balance.set(event.vmcb, before);
    if (event.kind === 'vmexit') {
      lastExit.set(event.pcpu, event);
      continue;
    }
    const exit = lastExit.get(event.pcpu);
    if (exit === undefined || exit.vmcb === event.vmcb) continue;
    balance.set(event.vmcb, before + (exit.code === EXIT_VMRUN ? 1 : -1));
  }
  const vmcb01s = [...balance].filter(([, sum]) => sum <= 0).map(([vmcb]) => vmcb);
  return new Set(vmcb01s);
}

/** The vCPU's next VMRUN in the log. */
function nextVmrun(state: ReplayState, log: CpuLog, after: number, vcpu: Vcpu): VmrunEvent | null {
  for (let i = after + 1; i < log.events.length; i += 1) {
    const event = log.events[i]!;
    if (event.kind === 'vmrun' && state.vcpuOfVmcb.get(event.vmcb) === vcpu) return event;
  }
  return null;
}

/** FLUSHBYASID is there when any VMRUN used it. */
function usesFlushByAsid(log: CpuLog): boolean {
  return log.events.some((event) => event.kind === 'vmrun' && event.tlbControl === 3);
}

/** Feeds the exits of a CPU log to the model and compares the VMRUNs that follow. */
export function replayCpuLog(log: CpuLog, strategy: Strategy): ReplayResult {
  const pcpus = 1 + log.events.reduce((highest, event) => Math.max(highest, event.pcpu), 0);
  const asids = log.events.flatMap((event) => (event.kind === 'vmrun' ? [event.asid] : []));
  const isRenumbering = new Set(asids).size > 4;
  const { kvm, records } = replayModel(strategy, pcpus, usesFlushByAsid(log) || !isRenumbering);
  const state: ReplayState = {
    kvm,
    records,
    vcpuOfVmcb: new Map(),
    vmcb01s: findVmcb01s(log),
    loaded: kvm.pcpus.map(() => null),
    seen: new Set(),
    transcript: [],
    showsFunctions: log.events.some((event) => event.kind === 'functionEntry'),
    flushesFromLog: 0,
    fromLog: 0,
    agree: 0,
    vmruns: 0,
    place: 'elsewhere',
    firstDisagreement: null,
  };
  const vm = kvmCreateVm(kvm);
  for (const vmcb of state.vmcb01s) {
    const vcpu = svmVcpuCreate(kvm, vm);
    svmAllocateNested(kvm, vcpu);
    state.vcpuOfVmcb.set(vmcb, vcpu);
  }
  assignVmcb02s(log, state);
  const flushes = { ...noFlushes(), captured: 0 };
  for (const [index, event] of log.events.entries()) {
    if (event.kind === 'functionEntry') remoteFlushInL0(state, event);
    else if (event.kind === 'vmexit') exitToL0(state, log, index, event);
    else if (event.kind === 'vmrun') {
      if (event.tlbControl !== 0) flushes.captured += 1;
      const record = runFromL0(state, event);
      countFlush(flushes, record, state.place);
    }
  }
  return {
    file: log.path,
    strategy: strategy.id,
    vmruns: state.vmruns,
    agree: state.agree,
    fromLog: state.fromLog,
    flushes: { ...flushes, fromLog: state.flushesFromLog },
    firstDisagreement: state.firstDisagreement,
  };
}

/** A vmcb02 belongs to the vCPU whose intercepted VMRUN came before its first VMRUN on that pCPU. */
function assignVmcb02s(log: CpuLog, state: ReplayState): void {
  const lastL1 = new Map<number, Vcpu>();
  const unassigned: string[] = [];
  for (const event of log.events) {
    if (event.kind !== 'vmrun' && event.kind !== 'vmexit') continue;
    const owner = state.vcpuOfVmcb.get(event.vmcb);
    if (owner !== undefined && state.vmcb01s.has(event.vmcb)) lastL1.set(event.pcpu, owner);
    else if (owner === undefined) {
      const vcpu = lastL1.get(event.pcpu);
      if (vcpu !== undefined) state.vcpuOfVmcb.set(event.vmcb, vcpu);
      else if (!unassigned.includes(event.vmcb)) unassigned.push(event.vmcb);
    }
  }
  // The window opened inside L2: with one vCPU there is no choice, else the first L1 that follows.
  for (const vmcb of unassigned) {
    const vcpu = state.vcpuOfVmcb.get(vmcb) ?? [...state.vcpuOfVmcb.values()][0];
    if (vcpu !== undefined) state.vcpuOfVmcb.set(vmcb, vcpu);
  }
}

function vcpuOf(state: ReplayState, vmcb: string): Vcpu {
  return state.vcpuOfVmcb.get(vmcb)!;
}

/** Puts a vCPU that the window finds in the middle of things where the log says it is. */
function openWindow(state: ReplayState, vcpu: Vcpu, pcpu: number, vmcb: string): void {
  if (vcpu.pcpu >= 0) return;
  svmVcpuLoad(state.kvm, vcpu, pcpu);
  state.loaded[pcpu] = vcpu;
  vcpu.requests = 0;
  Object.assign(vcpu.requestReasons, { all: 0, current: 0, guest: 0 });
  for (const mmu of [vcpu.rootMmu, vcpu.guestMmu]) mmu.needsLoad = false;
  for (const own of [vcpu.vmcb01, vcpu.vmcb02!]) {
    own.cpu = pcpu;
    own.tlbControl = 0;
    own.flushReasons = 0;
  }
  if (!state.vmcb01s.has(vmcb)) {
    vcpu.guestMode = true;
    vcpu.current = vcpu.vmcb02!;
    vcpu.vmcb12 = QUIET_VMCB12;
    vcpu.lastAsid12 = QUIET_VMCB12.asid;
  }
}

function exitToL0(state: ReplayState, log: CpuLog, index: number, event: VmexitEvent): void {
  const { kvm } = state;
  const vcpu = vcpuOf(state, event.vmcb);
  openWindow(state, vcpu, event.pcpu, event.vmcb);
  vmexit(kvm, vcpu);
  state.place = 'elsewhere';
  note(state, `#VMEXIT ${exitName(event.code)} from ${vcpu.current.kind}`);
  if (!vcpu.guestMode) {
    if (event.code !== EXIT_VMRUN) return;
    const asked = log.events[index + 1];
    if (asked?.kind === 'vmcb12') requireLegalAsid(log.path, asked.line, asked.asid);
    nestedSvmVmrun(kvm, vcpu, asked?.kind === 'vmcb12' ? vmcb12From(asked) : QUIET_VMCB12);
    state.place = 'nestedEntry';
    return;
  }
  let reflected = true;
  if (NOT_KNOWABLE.has(event.code)) {
    state.fromLog += 1;
    const next = nextVmrun(state, log, index, vcpu);
    reflected = next !== null && next.vmcb !== event.vmcb;
  }
  if (!reflected) return;
  nestedSvmVmexit(kvm, vcpu);
  state.place = 'nestedExit';
}

function vmcb12From(event: {
  readonly asid: number;
  readonly tlbControl: number;
  readonly np: boolean;
  readonly gpa: string;
  readonly ncr3: string;
  readonly cr3: string;
  readonly cr4: string;
}): Vmcb12 {
  return {
    gpa: Number.parseInt(event.gpa, 16),
    asid: event.asid,
    tlbControl: event.tlbControl,
    nestedPaging: event.np,
    root: Number.parseInt(event.np ? event.ncr3 : event.cr3, 16),
    cr4Pge: hasPge(event.cr4),
  };
}

function runFromL0(state: ReplayState, event: VmrunEvent): VmrunRecord {
  const { kvm } = state;
  const vcpu = vcpuOf(state, event.vmcb);
  openWindow(state, vcpu, event.pcpu, event.vmcb);
  if (state.loaded[event.pcpu] !== vcpu || vcpu.pcpu !== event.pcpu) {
    state.fromLog += 1;
    svmVcpuLoad(kvm, vcpu, event.pcpu);
    state.loaded[event.pcpu] = vcpu;
  }
  adoptNumbers(state, vcpu, event);
  adoptCpu(state, vcpu, event);
  if (!state.showsFunctions && event.tlbControl === 3 && state.place === 'elsewhere') {
    // No exit explains it, and the log does not show L0's functions: the host asked for it.
    state.fromLog += 1;
    state.flushesFromLog += 1;
    kvmFlushRemoteTlbs(vcpu.vm);
  }
  vcpuEnterGuest(kvm, vcpu);
  const record = state.records.pop()!;
  compare(state, event, record);
  return record;
}

/** kvm_flush_remote_tlbs() in L0: why is the host's business, that it is asked for stands in the log. */
function remoteFlushInL0(state: ReplayState, event: FunctionEntryEvent): void {
  if (event.vmcb !== null || event.name !== 'kvm_flush_remote_tlbs') return;
  state.fromLog += 1;
  state.flushesFromLog += 1;
  for (const vm of state.kvm.vms) kvmFlushRemoteTlbs(vm);
}

/** The numbers at the window's start are not the model's to know: the first VMRUN gives them. */
function adoptNumbers(state: ReplayState, vcpu: Vcpu, event: VmrunEvent): void {
  const pcpu = state.kvm.pcpus[event.pcpu]!;
  if (state.kvm.behaviour.l1Asid !== 'per-vcpu-generation' || vcpu.asid !== 0) return;
  state.fromLog += 1;
  vcpu.asid = event.asid;
  for (const own of [vcpu.vmcb01, vcpu.vmcb02!]) own.asidGeneration = pcpu.asidGeneration;
  const givesUpNumber = !state.kvm.flushByAsid && state.place !== 'elsewhere';
  if (givesUpNumber) vcpu.current.asidGeneration -= 1;
  if (!givesUpNumber && !isAllDirty(event)) pcpu.nextAsid = event.asid + 1;
  else pcpu.nextAsid = event.tlbControl === 1 ? CAPTURED_ASID_COUNT : event.asid;
}

function isAllDirty(event: VmrunEvent): boolean {
  return Number.parseInt(event.clean, 16) === 0;
}

/**
 * Where a VMCB ran before the window is not the model's to know. No clean bit set at its first VMRUN
 * there: KVM marked it all dirty, because it is new or last ran on another pCPU.
 */
function adoptCpu(state: ReplayState, vcpu: Vcpu, event: VmrunEvent): void {
  if (state.seen.has(vcpu.current)) return;
  state.seen.add(vcpu.current);
  if (!isAllDirty(event)) return;
  state.fromLog += 1;
  vcpu.current.cpu = NO_CPU;
}

function compare(state: ReplayState, event: VmrunEvent, record: VmrunRecord): void {
  const kind = state.vmcb01s.has(event.vmcb) ? 'vmcb01' : 'vmcb02';
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
