import { parseAsid, parseTlbControl } from './fields.ts';
import {
  fileError,
  lineError,
  parseClock,
  parseDecimal,
  parseDecimalIn,
  quote,
  splitLines,
  type TextLine,
} from './text-lines.ts';

/** Which of the two VMCBs that L0 keeps for a vCPU: 01 runs L1, 02 runs L2. */
export type VmcbRole = '01' | '02';

/** A VMRUN after a move. */
export interface VmrunAfterMove {
  readonly vmcb: VmcbRole;
  /** ASID of this VMRUN minus the ASID before the move. */
  readonly asidOffset: number;
  readonly tlbControl: number;
}

/** One move of a vCPU to another pCPU, with the first VMRUNs there. */
export interface Migration {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly instructionClock: number;
  readonly fromPcpu: number;
  readonly toPcpu: number;
  /** VMCB and ASID of the last VMRUN on the old pCPU. */
  readonly beforeVmcb: VmcbRole;
  readonly beforeAsid: number;
  readonly vmrunsAfter: readonly VmrunAfterMove[];
}

/** VMRUNs of the whole run with this VMCB and TLB_CONTROL. */
export interface VmrunCount {
  readonly vmcb: VmcbRole;
  readonly tlbControl: number;
  readonly count: number;
}

/** First VMRUNs of a VMCB on another pCPU, by what they looked like. */
export interface FirstVmrunCount {
  readonly vmcb: VmcbRole;
  /** False if the ASID number is by chance the one that the VMCB had on the old pCPU. */
  readonly asidDiffers: boolean;
  readonly tlbControl: number;
  readonly count: number;
}

/** Moves that were followed by the same four VMRUNs. */
export interface MovePattern {
  readonly count: number;
  readonly vmrunsAfter: readonly { readonly vmcb: VmcbRole; readonly tlbControl: number }[];
}

export interface MigrationReport {
  readonly vmruns: readonly VmrunCount[];
  readonly firstVmruns: readonly FirstVmrunCount[];
  readonly moves: number;
  readonly patterns: readonly MovePattern[];
  /** The moves that the report lists one by one: some at the beginning and the end of the run. */
  readonly migrations: readonly Migration[];
}

const VMRUNS_HEAD = 'VMRUNs by tlb and vmcb ';
const VMRUNS_ENTRY = /^\((\d+), 'vmcb(0[12])'\): (\d+)$/;
const FIRST_HEAD = 'first VMRUN of a VMCB on another pCPU:';
const FIRST_ENTRY = /^ *(\d+) \('(0[12])', 'asid (new|SAME)', 'tlb=(\d+)'\)$/;
const MOVES_HEAD = /^L1 vCPU moves between pCPUs: (\d+)$/;
const PATTERN = /^ *(\d+)((?: 0[12]\/tlb\d+)+)$/;
const MIGRATION =
  /^ *(\d+) cpu(\d+)->cpu(\d+) before (0[12]) asid (\d+) then((?: 0[12]\/asid[+-]\d+\/tlb\d+)+)$/;
const AFTER = /(0[12])\/asid([+-]\d{1,9})\/tlb(\d+)/g;
const STEP = /(0[12])\/tlb(\d+)/g;
const PCPU_LIMIT = 65_535;

function roleOf(text: string | undefined): VmcbRole {
  return text === '02' ? '02' : '01';
}

function readVmruns(line: TextLine): VmrunCount[] {
  const body = line.text.slice(VMRUNS_HEAD.length);
  if (!line.text.startsWith(VMRUNS_HEAD) || !body.startsWith('{(') || !body.endsWith('}')) {
    throw lineError(line, `${quote(line.text)} is not the head of a migration report`);
  }
  const entries = body.slice(1, -1).split(/, (?=\()/);
  return entries.map((entry) => {
    const [, tlb = '', role, count = ''] = VMRUNS_ENTRY.exec(entry) ?? [];
    const tlbControl = parseTlbControl(tlb, 'tlb', line);
    return { vmcb: roleOf(role), tlbControl, count: parseDecimal(count, 'the count', line) };
  });
}

function readFirst(match: RegExpExecArray, line: TextLine): FirstVmrunCount {
  const [, count = '', role, asid, tlb = ''] = match;
  return {
    vmcb: roleOf(role),
    asidDiffers: asid === 'new',
    tlbControl: parseTlbControl(tlb, 'tlb', line),
    count: parseDecimal(count, 'the count', line),
  };
}

function readPattern(match: RegExpExecArray, line: TextLine): MovePattern {
  const [, count = '', steps = ''] = match;
  const vmrunsAfter = [...steps.matchAll(STEP)].map(([, role, tlb = '']) => ({
    vmcb: roleOf(role),
    tlbControl: parseTlbControl(tlb, 'tlb', line),
  }));
  return { count: parseDecimal(count, 'the count', line), vmrunsAfter };
}

function readMigration(match: RegExpExecArray, clock: number, line: TextLine): Migration {
  const [, instructions = '', from = '', to = '', role, asid = '', after = ''] = match;
  const vmrunsAfter = [...after.matchAll(AFTER)].map(([, vmcb, offset = '', tlb = '']) => ({
    vmcb: roleOf(vmcb),
    asidOffset: Number(offset),
    tlbControl: parseTlbControl(tlb, 'tlb', line),
  }));
  return {
    line: line.number,
    instructionClock: parseClock(instructions, clock, line),
    fromPcpu: parseDecimalIn(from, 'the pCPU', 0, PCPU_LIMIT, line),
    toPcpu: parseDecimalIn(to, 'the pCPU', 0, PCPU_LIMIT, line),
    beforeVmcb: roleOf(role),
    beforeAsid: parseAsid(asid, 'asid', line),
    vmrunsAfter,
  };
}

/**
 * Reads the report of a run in which a vCPU moved between pCPUs: three counts, then moves.
 * Throws `UserError` with the line for anything that does not fit, and if the sections of the
 * report are not all there.
 */
export function readMigrationReport(text: string, path: string): MigrationReport {
  const lines = splitLines(text, path);
  const firstVmruns: FirstVmrunCount[] = [];
  const patterns: MovePattern[] = [];
  const migrations: Migration[] = [];
  let moves: number | undefined;
  const vmruns = readVmruns(lines[0]!);
  if (lines[1]?.text !== FIRST_HEAD) {
    throw lineError(lines[1] ?? lines[0]!, `the section "${FIRST_HEAD}" is missing`);
  }
  for (const line of lines.slice(2)) {
    const first = moves === undefined ? FIRST_ENTRY.exec(line.text) : null;
    const head = moves === undefined ? MOVES_HEAD.exec(line.text) : null;
    const pattern = moves === undefined ? null : PATTERN.exec(line.text);
    const migration = moves === undefined ? null : MIGRATION.exec(line.text);
    if (first !== null) firstVmruns.push(readFirst(first, line));
    else if (head !== null) moves = parseDecimal(head[1] ?? '', 'the number of moves', line);
    else if (pattern !== null) patterns.push(readPattern(pattern, line));
    else if (migration !== null) {
      const clock = migrations.at(-1)?.instructionClock ?? 0;
      migrations.push(readMigration(migration, clock, line));
    } else throw lineError(line, `${quote(line.text)} is no line of a migration report`);
  }
  if (moves === undefined || migrations.length === 0) {
    throw fileError(path, 'the report ends before its list of moves');
  }
  return { vmruns, firstVmruns, moves, patterns, migrations };
}
