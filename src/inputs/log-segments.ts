import type { CpuEvent, VmexitEvent, VmrunEvent } from './cpu-events.ts';
import type { CpuLog } from './cpu-log.ts';
import { exitName } from './exit-codes.ts';
import type { Level, SegmentHeader } from './segment-header.ts';
import { fileError } from './text-lines.ts';

/** A segment as a CPU log bounds it. */
export interface LogSegment extends SegmentHeader {
  /** The mode switch that it begins with. */
  readonly begin: VmrunEvent | VmexitEvent;
  /** What the CPU saw after that and before the next mode switch. */
  readonly within: readonly CpuEvent[];
}

const VMRUN_EXIT = 0x80;

/**
 * VMCBs that run L1. Where a vmcb02 takes over from another VMCB, that one has mostly just exited
 * with an intercepted VMRUN; a vmcb01 takes over after reflected exits, one of which may be a VMRUN of L2,
 * or when vCPUs change.
 */
export function findVmcb01s(log: CpuLog): Set<string> {
  /** For each VMCB: takeovers after a VMRUN exit, minus other takeovers. */
  const balance = new Map<string, number>();
  const lastExit = new Map<number, VmexitEvent>();
  for (const event of log.events) {
    if (!isModeSwitch(event)) continue;
    const before = balance.get(event.vmcb) ?? 0;
    balance.set(event.vmcb, before);
    if (event.kind === 'vmexit') {
      lastExit.set(event.pcpu, event);
      continue;
    }
    const exit = lastExit.get(event.pcpu);
    if (exit === undefined || exit.vmcb === event.vmcb) continue;
    balance.set(event.vmcb, before + (exit.code === VMRUN_EXIT ? 1 : -1));
  }
  return new Set([...balance].filter(([, sum]) => sum <= 0).map(([vmcb]) => vmcb));
}

/** The VMCBs that L0 runs a hypervisor with: those of L1 that exit for a VMRUN. */
function hypervisorVmcbs(log: CpuLog): Set<string> {
  const vmcb01s = findVmcb01s(log);
  const vmcbs = new Set<string>();
  for (const event of log.events) {
    if (event.kind !== 'vmexit' || event.code !== VMRUN_EXIT) continue;
    if (vmcb01s.has(event.vmcb)) vmcbs.add(event.vmcb);
  }
  return vmcbs;
}

function isModeSwitch(event: CpuEvent): event is VmrunEvent | VmexitEvent {
  return event.kind === 'vmrun' || event.kind === 'vmexit';
}

/**
 * The segments of a log of one pCPU, numbered from its first mode switch; the part after the last one
 * has no known end and is left out. A guest that never executes VMRUN in the log is taken for L2 if
 * another one does, else for L1. Throws `UserError` for a log with a pCPU column: its instruction
 * clock counts all pCPUs together, so the length of a segment is not known.
 */
export function logSegments(log: CpuLog): LogSegment[] {
  if (log.hasPcpuColumn) {
    throw fileError(
      log.path,
      'this log is of several pCPUs, whose instructions were counted together',
      'Use a window that was captured with one pCPU',
    );
  }
  const vmcb01s = hypervisorVmcbs(log);
  const levelOf = (vmcb: string): Level => (vmcb01s.size === 0 || vmcb01s.has(vmcb) ? 1 : 2);
  const segments: LogSegment[] = [];
  let begin: VmrunEvent | VmexitEvent | null = null;
  let within: CpuEvent[] = [];
  for (const event of log.events) {
    if (!isModeSwitch(event)) {
      within.push(event);
      continue;
    }
    if (begin !== null) {
      const seg = segments.length;
      segments.push({ ...headerOf(begin, event, levelOf), seg, begin, within });
    }
    begin = event;
    within = [];
  }
  return segments;
}

function headerOf(
  begin: VmrunEvent | VmexitEvent,
  end: VmrunEvent | VmexitEvent,
  levelOf: (vmcb: string) => Level,
): Omit<SegmentHeader, 'seg'> {
  const instructions = end.instructionClock - begin.instructionClock;
  if (begin.kind === 'vmexit') {
    const kind = `L${levelOf(begin.vmcb)}->L${levelOf(end.vmcb)} ${exitName(begin.code)}`;
    const exitCode = begin.code;
    return { level: 0, kind, instructions, asid: null, tlbControl: null, exitCode };
  }
  const level = levelOf(begin.vmcb);
  const exitCode = end.kind === 'vmexit' ? end.code : 0;
  const kind = `L${level} until ${exitName(exitCode)}`;
  const { asid, tlbControl } = begin;
  return { level, kind, instructions, asid, tlbControl, exitCode };
}
