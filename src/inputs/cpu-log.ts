import type { ControlRegisterWriteEvent, CpuEvent } from './cpu-events.ts';
import { takeFields } from './fields.ts';
import {
  fileError,
  lineError,
  parseClock,
  parseDecimal,
  parseDecimalIn,
  parseHexNumber,
  quote,
  splitLines,
  type TextLine,
} from './text-lines.ts';

export type * from './cpu-events.ts';

/** What a CPU saw, in order: a whole window or, if `truncated`, its beginning. */
export interface CpuLog {
  readonly path: string;
  /** False for the format of machines with one pCPU, whose VMRUN lines say more. */
  readonly hasPcpuColumn: boolean;
  readonly events: readonly CpuEvent[];
  /** True if the file says that it was cut on export. */
  readonly truncated: boolean;
  /** Lines of the uncut log, where the file states it. */
  readonly fullLineCount: number | null;
}

interface Prefix {
  readonly line: number;
  readonly instructionClock: number;
  readonly pcpu: number;
}

/** Reads the words that follow the kind of event. */
type EventReader = (
  prefix: Prefix,
  words: readonly string[],
  line: TextLine,
  hasPcpuColumn: boolean,
) => CpuEvent;

const PCPU_LIMIT = 65_535;
const VMRUN_KEYS = 'vmcb asid tlb clean ncr3 cr3 rip inj'.split(' ');
const VMRUN_KEYS_ONE_PCPU = 'vmcb asid tlb clean ncr3 cr3 rip intctl virt inj'.split(' ');
const VMEXIT_KEYS = 'vmcb code info1 info2 rip cr3 cpl ecx eax'.split(' ');
const VMCB12_KEYS = 'by gpa pa asid tlb np ncr3 cr3 cr4 cr0 efer clean rip inj prev'.split(' ');

const readVmrun: EventReader = (prefix, words, line, hasPcpuColumn) => {
  const { hex, asid, tlbControl } = takeFields(
    words,
    hasPcpuColumn ? VMRUN_KEYS : VMRUN_KEYS_ONE_PCPU,
    line,
  );
  return {
    kind: 'vmrun',
    ...prefix,
    vmcb: hex('vmcb'),
    asid: asid('asid'),
    tlbControl: tlbControl('tlb'),
    clean: hex('clean'),
    ncr3: hex('ncr3'),
    cr3: hex('cr3'),
    rip: hex('rip'),
    interruptControl: hasPcpuColumn ? null : hex('intctl'),
    virtualExtensions: hasPcpuColumn ? null : hex('virt'),
    eventInjection: hex('inj'),
  };
};

const readVmexit: EventReader = (prefix, words, line) => {
  const { hex, exitCode, privilegeLevel } = takeFields(words, VMEXIT_KEYS, line);
  return {
    kind: 'vmexit',
    ...prefix,
    vmcb: hex('vmcb'),
    code: exitCode('code'),
    info1: hex('info1'),
    info2: hex('info2'),
    rip: hex('rip'),
    cr3: hex('cr3'),
    cpl: privilegeLevel('cpl'),
    ecx: hex('ecx'),
    eax: hex('eax'),
  };
};

const readVmcb12: EventReader = (prefix, words, line) => {
  const { hex, flag, asid, tlbControl, exitCode } = takeFields(words, VMCB12_KEYS, line);
  return {
    kind: 'vmcb12',
    ...prefix,
    by: hex('by'),
    gpa: hex('gpa'),
    physicalAddress: hex('pa'),
    asid: asid('asid'),
    tlbControl: tlbControl('tlb'),
    np: flag('np'),
    ncr3: hex('ncr3'),
    cr3: hex('cr3'),
    cr4: hex('cr4'),
    cr0: hex('cr0'),
    efer: hex('efer'),
    clean: hex('clean'),
    rip: hex('rip'),
    eventInjection: hex('inj'),
    previousExitCode: exitCode('prev'),
  };
};

const readInvlpg: EventReader = (prefix, words, line) => {
  const { hex, flag } = takeFields(words, ['g', 'va', 'cr3'], line);
  return { kind: 'invlpg', ...prefix, guestMode: flag('g'), address: hex('va'), cr3: hex('cr3') };
};

const readInvlpga: EventReader = (prefix, words, line) => {
  const { hex, flag, asid } = takeFields(words, ['g', 'asid', 'va'], line);
  const address = hex('va');
  return { kind: 'invlpga', ...prefix, guestMode: flag('g'), asid: asid('asid'), address };
};

const readInvlpga12: EventReader = (prefix, words, line) => {
  const { hex } = takeFields(words, ['by', 'va', 'ecx'], line);
  const asid = parseHexNumber(hex('ecx'), 'ecx', line);
  return { kind: 'invlpga12', ...prefix, by: hex('by'), address: hex('va'), asid };
};

function controlRegisterReader(register: ControlRegisterWriteEvent['register']): EventReader {
  return (prefix, words, line) => {
    const { hex, flag } = takeFields(words, ['g', 'old', 'new'], line);
    const guestMode = flag('g');
    const [before, after] = [hex('old'), hex('new')];
    return { kind: 'controlRegisterWrite', ...prefix, register, guestMode, before, after };
  };
}

const readMark: EventReader = (prefix, words, line) => {
  const number = parseHexNumber(words[0] ?? '', 'the number of the mark', line);
  const mark = { kind: 'mark', ...prefix, number, guestMode: null, vmcb: null } as const;
  const rest = words.slice(1);
  if (rest.length === 0) return mark;
  if (rest[0]!.startsWith('vmcb=')) {
    return { ...mark, vmcb: takeFields(rest, ['vmcb'], line).hex('vmcb') };
  }
  return { ...mark, guestMode: takeFields(rest, ['g'], line).flag('g') };
};

const readFunctionEntry: EventReader = (prefix, words, line) => {
  const [name, vmcb] = words;
  if (name === undefined || vmcb === undefined || words.length > 2 || !/^\w+$/.test(name)) {
    throw lineError(line, 'a function entry is not F, a name and a VMCB');
  }
  const { hex } = takeFields([`vmcb=${vmcb}`], ['vmcb'], line);
  const guestVmcb = hex('vmcb');
  return { kind: 'functionEntry', ...prefix, name, vmcb: guestVmcb === '0' ? null : guestVmcb };
};

const READERS: ReadonlyMap<string, EventReader> = new Map([
  ['VMRUN', readVmrun],
  ['VMEXIT', readVmexit],
  ['VMCB12', readVmcb12],
  ['INVLPG', readInvlpg],
  ['INVLPGA', readInvlpga],
  ['INVLPGA12', readInvlpga12],
  ['CR0W', controlRegisterReader('cr0')],
  ['CR3W', controlRegisterReader('cr3')],
  ['CR4W', controlRegisterReader('cr4')],
  ['MARK', readMark],
  ['F', readFunctionEntry],
]);

const TRUNCATION = /^# truncated(?:, (\d{1,15}) lines in full log)?$/;
/** A clock, a pCPU, a word: the format with a pCPU column. */
const PCPU_COLUMN = /^\d+ \d+ [A-Z]/;

/**
 * Reads a CPU-level log of either format (with or without a pCPU column; the first event decides).
 * Throws `UserError` with the line for anything that does not fit, also for a clock that runs
 * backwards and for a file without a single event.
 */
export function readCpuLog(text: string, path: string): CpuLog {
  const events: CpuEvent[] = [];
  let hasPcpuColumn: boolean | undefined;
  let truncated = false;
  let fullLineCount: number | null = null;
  let clock = 0;
  for (const line of splitLines(text, path)) {
    if (truncated) throw lineError(line, 'lines follow the note that the log was cut');
    if (line.text.startsWith('#')) {
      const note = TRUNCATION.exec(line.text);
      if (note === null) throw lineError(line, `${quote(line.text)} is no note of a CPU log`);
      truncated = true;
      if (note[1] !== undefined) fullLineCount = parseDecimal(note[1], 'the line count', line);
      continue;
    }
    hasPcpuColumn ??= PCPU_COLUMN.test(line.text);
    const words = line.text.split(' ');
    const instructionClock = parseClock(words[0] ?? '', clock, line);
    clock = instructionClock;
    const pcpu = hasPcpuColumn
      ? parseDecimalIn(words[1] ?? '', 'the pCPU', 0, PCPU_LIMIT, line)
      : 0;
    const kindAt = hasPcpuColumn ? 2 : 1;
    const kind = words[kindAt] ?? '';
    const reader = READERS.get(kind);
    if (reader === undefined) throw lineError(line, `${quote(kind)} is no event of a CPU log`);
    const prefix = { line: line.number, instructionClock, pcpu };
    events.push(reader(prefix, words.slice(kindAt + 1), line, hasPcpuColumn));
  }
  if (events.length === 0) throw fileError(path, 'the log has no event');
  return { path, hasPcpuColumn: hasPcpuColumn === true, events, truncated, fullLineCount };
}
