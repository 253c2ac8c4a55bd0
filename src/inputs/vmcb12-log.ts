import { exitCodeOf, exitName } from './exit-codes.ts';
import { parseAsid, parseTlbControl, takeFields } from './fields.ts';
import {
  fileError,
  lineError,
  parseClock,
  parseDecimal,
  parseDecimalIn,
  parseHexNumber,
  parseHexWord,
  quote,
  splitLines,
  type TextLine,
} from './text-lines.ts';

interface RecordBase {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Instructions executed so far by all pCPUs and levels together; only differences matter. */
  readonly instructionClock: number;
  readonly pcpu: number;
}

/** A VMRUN that L1 (or L2, for an L3) executed and L0 intercepted, with the VMCB it named. */
export interface Vmrun12Record extends RecordBase {
  readonly kind: 'vmrun12';
  /** System-physical address of the VMCB that was running; tells the executing vCPU and level. */
  readonly by: string;
  /** rAX: address of the named VMCB in the executor's memory. */
  readonly gpa: string;
  readonly asid: number;
  readonly tlbControl: number;
  /** Nested paging enabled. */
  readonly np: boolean;
  readonly ncr3: string;
  readonly cr3: string;
  readonly cr4: string;
  readonly clean: string;
  readonly rip: string;
  /** Name of the exit that the VMCB still holds from its previous run; RD_CR0 (0) if it is new. */
  readonly prevExit: string;
  /** #VMEXITs on this pCPU since the previous nested VMRUN. */
  readonly l0Exits: number;
  /**
   * What the executor did since the previous nested VMRUN, given only where a flush is asked for,
   * the ASID changed or the VMCB is new: `first`, flush functions by name, and other functions
   * with a leading `+`.
   */
  readonly why: readonly string[];
}

/** An INVLPGA that the VMCB `by` executed and L0 intercepted. */
export interface Invlpga12Record extends RecordBase {
  readonly kind: 'invlpga';
  readonly by: string;
  readonly va: string;
  /** The ASID operand. */
  readonly ecx: number;
}

/** A magic NOP: 6 and 7 a workload, 1 and 2 its inner loop, 4 and 5 a window that L1 set. */
export interface Vmcb12Mark extends RecordBase {
  readonly kind: 'mark';
  readonly number: number;
  /** The VMCB that was running. */
  readonly vmcb: string;
}

export type Vmcb12Record = Vmrun12Record | Invlpga12Record | Vmcb12Mark;

/** Everything that L1 asked of L0 in one run, from boot to end. */
export interface Vmcb12Log {
  readonly path: string;
  readonly records: readonly Vmcb12Record[];
}

const PCPU_LIMIT = 65_535;
const SAME = 'D';
const COLUMNS = 14;
const FIRST_VALUE = 2;
const VALUES = 10;
/** Two spellings of the log that differ from the table of exit codes. */
const EXIT_ALIASES = new Map([['PF', '#PF']]);

function parseExitName(text: string, line: TextLine): string {
  const name = EXIT_ALIASES.get(text) ?? text;
  if (exitCodeOf(name) !== undefined) return name;
  // The recorder knew no name for rare codes and wrote their hexadecimal digits.
  if (/^[0-9a-f]{2,3}$/.test(text)) return exitName(parseHexNumber(text, 'the exit', line));
  throw lineError(line, `${quote(text)} is no SVM exit`);
}

function parseReasons(text: string | undefined, line: TextLine): string[] {
  if (text === undefined) return [];
  const reasons = text.split(' ').filter((word) => word !== '');
  for (const reason of reasons) {
    if (!/^\+?[\w-]+$/.test(reason)) throw lineError(line, `${quote(reason)} is no reason`);
  }
  return reasons;
}

/** The ten values of the line, each `D` replaced by the value of the previous VMRUN line. */
function carryOver(
  words: readonly string[],
  previous: readonly string[] | undefined,
  line: TextLine,
): string[] {
  return words.slice(FIRST_VALUE, FIRST_VALUE + VALUES).map((word, index) => {
    if (word !== SAME) return word;
    const value = previous?.[index];
    if (value === undefined) {
      throw lineError(line, 'D (same as before) stands where nothing is before');
    }
    return value;
  });
}

function readVmrun12(
  base: RecordBase,
  words: readonly string[],
  values: readonly string[],
  reasons: string | undefined,
  line: TextLine,
): Vmrun12Record {
  const hex = (index: number, what: string) => parseHexWord(values[index]!, what, line);
  return {
    kind: 'vmrun12',
    ...base,
    by: hex(0, 'by'),
    gpa: hex(1, 'gpa'),
    asid: parseAsid(values[2]!, 'asid', line),
    tlbControl: parseTlbControl(values[3]!, 'tlb', line),
    np: parseDecimalIn(values[4]!, 'np', 0, 1, line) === 1,
    ncr3: hex(5, 'ncr3'),
    cr3: hex(6, 'cr3'),
    cr4: hex(7, 'cr4'),
    clean: hex(8, 'clean'),
    rip: hex(9, 'rip'),
    prevExit: parseExitName(words[COLUMNS - 2]!, line),
    l0Exits: parseDecimal(words[COLUMNS - 1]!, 'l0exits', line),
    why: parseReasons(reasons, line),
  };
}

function readOther(
  base: RecordBase,
  words: readonly string[],
  line: TextLine,
): Invlpga12Record | Vmcb12Mark | null {
  if (words[2] === 'INVLPGA') {
    const { hex } = takeFields(words.slice(3), ['by', 'va', 'ecx'], line);
    const ecx = parseHexNumber(hex('ecx'), 'ecx', line);
    return { kind: 'invlpga', ...base, by: hex('by'), va: hex('va'), ecx };
  }
  if (words[2] === 'MARK') {
    const number = parseHexNumber(words[3] ?? '', 'the number of the mark', line);
    const { hex } = takeFields(words.slice(4), ['in'], line);
    return { kind: 'mark', ...base, number, vmcb: hex('in') };
  }
  return null;
}

/**
 * Reads a log of nested VMRUNs. `D` is resolved: it repeats the value of the VMRUN line before,
 * whichever vCPU or pCPU that was; marks and INVLPGA lines in between do not count.
 * Throws `UserError` with the line for anything that does not fit.
 */
export function readVmcb12Log(text: string, path: string): Vmcb12Log {
  const records: Vmcb12Record[] = [];
  let previous: string[] | undefined;
  let clock = 0;
  for (const line of splitLines(text, path)) {
    if (line.number === 1 && line.text.startsWith('#')) continue;
    const semicolon = line.text.indexOf(';');
    const head = semicolon < 0 ? line.text : line.text.slice(0, semicolon);
    const words = head.trimEnd().split(' ');
    const instructionClock = parseClock(words[0] ?? '', clock, line);
    clock = instructionClock;
    const pcpu = parseDecimalIn(words[1] ?? '', 'the pCPU', 0, PCPU_LIMIT, line);
    const base = { line: line.number, instructionClock, pcpu };
    const other = readOther(base, words, line);
    if (other !== null) {
      records.push(other);
      continue;
    }
    if (words.length !== COLUMNS) {
      throw lineError(line, `${words.length} columns where ${COLUMNS} belong`);
    }
    previous = carryOver(words, previous, line);
    const reasons = semicolon < 0 ? undefined : line.text.slice(semicolon + 1);
    records.push(readVmrun12(base, words, previous, reasons, line));
  }
  if (records.length === 0) throw fileError(path, 'the log has no record');
  return { path, records };
}
