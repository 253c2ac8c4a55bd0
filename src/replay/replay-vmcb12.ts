import { svmVcpuLoad } from '../hypervisor/asid.ts';
import { kvmCreateVm, svmVcpuCreate, vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import {
  nestedSvmVmexit,
  nestedSvmVmrun,
  svmAllocateNested,
} from '../hypervisor/nested-transitions.ts';
import { invlpgaInterception } from '../hypervisor/page-flushes.ts';
import type { Vcpu, Vm, VmrunRecord } from '../hypervisor/state.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { Vmcb12Log, Vmrun12Record } from '../inputs/vmcb12-log.ts';
import { countFlush, isRuleFlush, noFlushes, type VmrunPlace } from './flush-counts.ts';
import { vmcb12From } from './from-log.ts';
import { CAPTURED_ASID_COUNT, type ReplayModel, replayModel, requireLegalAsid } from './model.ts';
import type { ReplayResult } from './replay-result.ts';

/**
 * The VMCBs that L1's vCPUs run under. In a log with an L3 some nested VMRUNs are executed by L2,
 * under vmcb02; each of those reaches L1 as an ordinary exit, so two of them never follow each
 * other without a VMRUN of L1 between.
 */
function l1Executors(log: Vmcb12Log): Set<string> {
  const executors = new Set<string>();
  const followThemselves = new Set<string>();
  let previous = '';
  for (const record of log.records) {
    if (record.kind !== 'vmrun12') continue;
    executors.add(record.by);
    if (record.by === previous) followThemselves.add(record.by);
    previous = record.by;
  }
  return executors.size === 1 ? executors : followThemselves;
}

/** What L1 asked for at one nested VMRUN, read off the log alone. */
interface Asked {
  /** A flush of L2's translations: TLB_CONTROL, or another ASID than last on this L1 vCPU. */
  readonly entry: boolean;
  /** A flush of L1's own: TLB_CONTROL 1 names every ASID. */
  readonly exit: boolean;
}

interface ReplayState {
  readonly path: string;
  readonly model: ReplayModel;
  readonly vm: Vm;
  readonly vcpus: Map<string, Vcpu>;
  readonly lastAsid12: Map<string, number>;
  readonly flushes: ReturnType<typeof noFlushes>;
  loaded: Vcpu | null;
  fromLog: number;
  agree: number;
  firstDisagreement: string | null;
}

function load(state: ReplayState, by: string, pcpu: number): Vcpu {
  const { kvm } = state.model;
  let vcpu = state.vcpus.get(by);
  if (vcpu === undefined) {
    vcpu = svmVcpuCreate(kvm, state.vm);
    state.vcpus.set(by, vcpu);
    svmAllocateNested(kvm, vcpu);
  }
  if (state.loaded !== vcpu || vcpu.pcpu !== pcpu) {
    // Which vCPU runs where is the scheduler's doing, not the model's.
    if (vcpu.pcpu >= 0) state.fromLog += 1;
    svmVcpuLoad(kvm, vcpu, pcpu);
    state.loaded = vcpu;
    run(state, vcpu, 'elsewhere');
  }
  return vcpu;
}

function run(state: ReplayState, vcpu: Vcpu, place: VmrunPlace): VmrunRecord {
  const { kvm, records } = state.model;
  vcpuEnterGuest(kvm, vcpu);
  const record = records.pop()!;
  countFlush(state.flushes, record, place);
  vmexit(kvm, vcpu);
  return record;
}

/**
 * A VMRUN agrees when it flushes for a transition rule exactly if it should: always for a strategy
 * that flushes on each transition, as the captured kernel did; else exactly when L1 asked for it.
 */
function compare(
  state: ReplayState,
  line: number,
  place: VmrunPlace,
  asked: boolean,
  made: VmrunRecord,
): void {
  const { nestedTransition, staleEntries } = state.model.kvm.behaviour;
  const flushesAlways = nestedTransition === 'flush-and-sync';
  const should = staleEntries === 'until-flushed' && (flushesAlways || asked);
  const does = isRuleFlush(made);
  if (should === does) state.agree += 1;
  else if (state.firstDisagreement === null) {
    const where = place === 'nestedEntry' ? "L2's VMRUN" : "L1's VMRUN after the nested #VMEXIT";
    state.firstDisagreement =
      `line ${line}: at ${where} a flush is ${should ? 'due' : 'not due'}, ` +
      `and the model ${does ? 'makes one' : 'makes none'}`;
  }
}

function nestedRoundTrip(state: ReplayState, record: Vmrun12Record): void {
  const { kvm } = state.model;
  const vcpu = load(state, record.by, record.pcpu);
  const asked: Asked = {
    entry: record.tlbControl !== 0 || record.asid !== state.lastAsid12.get(record.by),
    exit: record.tlbControl === 1,
  };
  state.lastAsid12.set(record.by, record.asid);
  requireLegalAsid(state.path, record.line, record.asid);
  nestedSvmVmrun(kvm, vcpu, vmcb12From(record));
  compare(state, record.line, 'nestedEntry', asked.entry, run(state, vcpu, 'nestedEntry'));
  nestedSvmVmexit(kvm, vcpu);
  compare(state, record.line, 'nestedExit', asked.exit, run(state, vcpu, 'nestedExit'));
}

/** Runs L1's requests, nested VMRUN by nested VMRUN, through the model and counts its flushes. */
export function replayVmcb12(log: Vmcb12Log, strategy: Strategy): ReplayResult {
  const pcpus = 1 + log.records.reduce((highest, record) => Math.max(highest, record.pcpu), 0);
  const model = replayModel(strategy, {
    pcpus,
    flushByAsid: true,
    asidCount: CAPTURED_ASID_COUNT,
    nptEnabled: true,
  });
  const state: ReplayState = {
    path: log.path,
    model,
    vm: kvmCreateVm(model.kvm),
    vcpus: new Map(),
    lastAsid12: new Map(),
    flushes: noFlushes(),
    loaded: null,
    fromLog: 0,
    agree: 0,
    firstDisagreement: null,
  };
  const executors = l1Executors(log);
  let roundTrips = 0;
  for (const record of log.records) {
    if (record.kind === 'vmrun12' && executors.has(record.by)) {
      nestedRoundTrip(state, record);
      roundTrips += 1;
    } else if (record.kind === 'invlpga' && executors.has(record.by)) {
      invlpgaInterception(model.kvm, load(state, record.by, record.pcpu), record.ecx, 0);
    }
  }
  return {
    file: log.path,
    strategy: strategy.id,
    vmruns: roundTrips * 2,
    agree: state.agree,
    fromLog: state.fromLog,
    flushes: state.flushes,
    firstDisagreement: state.firstDisagreement,
  };
}
