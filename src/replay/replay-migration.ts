import { svmVcpuLoad } from '../hypervisor/asid.ts';
import { kvmCreateVm, svmVcpuCreate, vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import {
  nestedSvmVmexit,
  nestedSvmVmrun,
  svmAllocateNested,
} from '../hypervisor/nested-transitions.ts';
import type { Kvm, Vcpu, Vmcb12, VmrunRecord } from '../hypervisor/state.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { Migration, MigrationReport } from '../inputs/migration-report.ts';
import { countFlush, noFlushes } from './flush-counts.ts';
import { CAPTURED_ASID_COUNT, replayModel } from './model.ts';
import type { ReplayResult } from './replay-result.ts';

const HOST = { pcpus: 2, flushByAsid: true, asidCount: CAPTURED_ASID_COUNT, nptEnabled: true };
const L2: Vmcb12 = { gpa: 0, asid: 1, tlbControl: 0, nestedPaging: true, root: 1, cr4Pge: true };

/** Takes the vCPU to the level that the next VMRUN runs. */
function switchTo(kvm: Kvm, vcpu: Vcpu, vmcb: '01' | '02'): void {
  vmexit(kvm, vcpu);
  if (vmcb === '02' && !vcpu.guestMode) nestedSvmVmrun(kvm, vcpu, L2);
  else if (vmcb === '01' && vcpu.guestMode) nestedSvmVmexit(kvm, vcpu);
}

/**
 * Replays the moves of a vCPU between pCPUs: the number that each VMRUN after a move runs under.
 * The report lists some of the moves of a run. A pCPU's counter is read from the first VMRUN there
 * when unlisted moves may have advanced it since the last listed one, and is predicted otherwise.
 */
export function replayMigrations(
  report: MigrationReport,
  path: string,
  strategy: Strategy,
): ReplayResult {
  const flushes = noFlushes();
  let vmruns = 0;
  let agree = 0;
  let fromLog = 0;
  let firstDisagreement: string | null = null;
  /** Numbers taken so far on each pCPU, as far as the listed moves tell. */
  const lastNumber = new Map<number, number>();
  let previous: { move: Migration; asid: number } | null = null;

  for (const move of report.migrations) {
    const first = move.vmrunsAfter[0]!;
    const isContinuous =
      previous !== null &&
      previous.move.toPcpu === move.fromPcpu &&
      previous.asid === move.beforeAsid &&
      lastNumber.has(move.toPcpu);
    if (!isContinuous) lastNumber.clear();
    const { kvm, records } = replayModel(strategy, HOST);
    const vcpu = settledVcpu(kvm, move, records);
    const known = lastNumber.get(move.toPcpu);
    const next = known === undefined ? move.beforeAsid + first.asidOffset : known + 1;
    if (known === undefined) fromLog += 1;
    kvm.pcpus[move.toPcpu]!.nextAsid =
      known === undefined && first.tlbControl === 1 ? CAPTURED_ASID_COUNT : next;
    svmVcpuLoad(kvm, vcpu, move.toPcpu);
    for (const expected of move.vmrunsAfter) {
      const captured = { ...expected, asid: move.beforeAsid + expected.asidOffset };
      if (isNextMove(report, move, captured.asid, vcpu)) break;
      switchTo(kvm, vcpu, expected.vmcb);
      vcpuEnterGuest(kvm, vcpu);
      const made = records.pop()!;
      countFlush(flushes, made, 'elsewhere');
      vmruns += 1;
      const text = describe(made.vmcb.slice(-2), made.asid, made.tlbControl);
      const wanted = describe(captured.vmcb, captured.asid, captured.tlbControl);
      if (text === wanted) agree += 1;
      else firstDisagreement ??= `line ${move.line}: captured ${wanted}, model ${text}`;
    }
    lastNumber.set(move.fromPcpu, move.beforeAsid);
    lastNumber.set(move.toPcpu, vcpu.asid);
    previous = { move, asid: vcpu.asid };
  }
  return { file: path, strategy: strategy.id, vmruns, agree, fromLog, flushes, firstDisagreement };
}

function describe(vmcb: string, asid: number, tlbControl: number): string {
  return `VMRUN vmcb${vmcb} ASID ${asid} TLB_CONTROL ${tlbControl}`;
}

/** A vCPU that has run on the move's pCPU for long: both VMCBs hold its current number. */
function settledVcpu(kvm: Kvm, move: Migration, records: VmrunRecord[]): Vcpu {
  const vcpu = svmVcpuCreate(kvm, kvmCreateVm(kvm));
  svmAllocateNested(kvm, vcpu);
  svmVcpuLoad(kvm, vcpu, move.fromPcpu);
  const pcpu = kvm.pcpus[move.fromPcpu]!;
  pcpu.nextAsid = move.beforeAsid + 1;
  vcpu.asid = move.beforeAsid;
  for (const vmcb of [vcpu.vmcb01, vcpu.nestedVmcb]) {
    vmcb.cpu = pcpu.id;
    vmcb.asidGeneration = pcpu.asidGeneration;
  }
  vcpuEnterGuest(kvm, vcpu);
  switchTo(kvm, vcpu, move.beforeVmcb);
  records.length = 0;
  return vcpu;
}

/**
 * The eight VMRUNs that the report prints may reach past the next move: the number changes while the
 * vCPU stays in the same VMCB, back on the pCPU that it came from.
 */
function isNextMove(
  report: MigrationReport,
  move: Migration,
  capturedAsid: number,
  vcpu: Vcpu,
): boolean {
  if (vcpu.pcpu !== move.toPcpu || vcpu.asid === 0 || capturedAsid === vcpu.asid) return false;
  const following = report.migrations[report.migrations.indexOf(move) + 1];
  return (
    following !== undefined &&
    following.fromPcpu === move.toPcpu &&
    following.beforeAsid === vcpu.asid &&
    vcpu.current.cpu === move.toPcpu
  );
}
