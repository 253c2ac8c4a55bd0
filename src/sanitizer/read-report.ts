import { UserError } from '../util/user-error.ts';
import type {
  Filled,
  Frame,
  Gap,
  SanitizerEvent,
  SanitizerReport,
  SanitizerTotals,
  SeenVmcb,
  SortCount,
  StaleUse,
} from './report.ts';
import { CLASSES, isWord, KINDS, SPACES, VERDICTS } from './words.ts';

const EVENTS = ['VMRUN', 'VMEXIT', 'ASKS', 'INVLPG', 'INVLPGA', 'MOVCR'] as const;
const ACCESSES = ['r', 'w', 'x'] as const;
const STARTS = ['VMCB', 'STALE', 'EVENT', 'NOTE', 'STAT', 'COUNT', 'END'];

/**
 * Reads what the sanitizer wrote. A file without its END line is read as far as it goes, a torn last
 * line included; anything else that is not of the format is a `UserError` with file and line.
 */
export function readReport(text: string, path: string): SanitizerReport {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const isTorn = last !== '';
  const reader = new ReportReader(path);
  for (const [index, line] of lines.entries()) reader.line(line, index + 1);
  const report = reader.report();
  return isTorn ? { ...report, isWhole: false } : report;
}

class ReportReader {
  private readonly path: string;
  private readonly vmcbs: SeenVmcb[] = [];
  private readonly uses: (StaleUse & { events: (SanitizerEvent | Gap)[] })[] = [];
  private readonly counts: SortCount[] = [];
  private readonly notes: string[] = [];
  private totals: SanitizerTotals = {};
  private isWhole = false;

  constructor(path: string) {
    this.path = path;
  }

  line(line: string, number: number): void {
    if (line === '') return;
    const space = line.indexOf(' ');
    const word = space < 0 ? line : line.slice(0, space);
    const rest = space < 0 ? '' : line.slice(space + 1);
    const place = `${this.path}:${number}`;
    if (!STARTS.includes(word)) throw damaged(place, `"${word}" begins no line of a report`);
    if (word === 'NOTE') {
      this.notes.push(rest);
      return;
    }
    const fields = new Fields(rest, place);
    if (word === 'VMCB') this.vmcbs.push(vmcbOf(fields));
    else if (word === 'STALE') this.uses.push({ ...useOf(fields), events: [] });
    else if (word === 'COUNT') this.counts.push({ ...sortOf(fields), count: fields.whole('n') });
    else if (word === 'STAT') this.totals = fields.numbers();
    else if (word === 'END') this.isWhole = true;
    else {
      const use = this.uses.at(-1);
      if (use === undefined) throw damaged(place, 'an event stands before the first report');
      use.events.push(fields.has('skipped') ? gapOf(fields) : eventOf(fields));
    }
  }

  report(): SanitizerReport {
    const { vmcbs, uses, counts, totals, notes, isWhole } = this;
    return { vmcbs, uses, counts, totals, notes, isWhole };
  }
}

/** The `key=value` pairs of one line. */
class Fields {
  private readonly values = new Map<string, string>();
  private readonly place: string;

  constructor(text: string, place: string) {
    this.place = place;
    for (const pair of text.split(' ')) {
      const equals = pair.indexOf('=');
      if (equals > 0) this.values.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  word(key: string): string {
    const value = this.values.get(key);
    if (value === undefined) throw damaged(this.place, `"${key}" is missing`);
    return value;
  }

  whole(key: string): number {
    const text = this.word(key);
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    throw damaged(this.place, `"${key}=${text}" is no whole number`);
  }

  wholeOr(key: string, otherwise: number): number {
    return this.has(key) ? this.whole(key) : otherwise;
  }

  hex(key: string): bigint {
    const text = this.word(key);
    if (/^[\da-f]{1,16}$/.test(text)) return BigInt(`0x${text}`);
    throw damaged(this.place, `"${key}=${text}" is no hexadecimal number`);
  }

  hexOr(key: string, otherwise: bigint): bigint {
    return this.has(key) ? this.hex(key) : otherwise;
  }

  frame(key: string): Frame {
    const text = this.word(key);
    if (text === '-') return null;
    return text === '?' ? undefined : this.hex(key);
  }

  of<T extends object>(table: T, key: string): keyof T & string {
    const word = this.word(key);
    if (isWord(table, word)) return word;
    throw damaged(this.place, `"${key}=${word}" is not known`);
  }

  oneOf<T extends string>(words: readonly T[], key: string): T {
    const word = this.word(key);
    const found = words.find((each) => each === word);
    if (found === undefined) throw damaged(this.place, `"${key}=${word}" is not known`);
    return found;
  }

  numbers(): SanitizerTotals {
    return Object.fromEntries([...this.values.keys()].map((key) => [key, this.whole(key)]));
  }
}

function damaged(place: string, cause: string): UserError {
  return new UserError('input', place, cause, 'Give a report as the sanitizer wrote it');
}

function vmcbOf(fields: Fields): SeenVmcb {
  return {
    vmcb: fields.hex('vmcb'),
    vm: fields.whole('vm'),
    vcpu: fields.whole('vcpu'),
    level: fields.whole('level'),
    asid: fields.whole('asid'),
  };
}

function sortOf(fields: Fields): Pick<StaleUse, 'class' | 'verdict' | 'kind'> {
  return {
    class: fields.of(CLASSES, 'class'),
    verdict: fields.of(VERDICTS, 'verdict'),
    kind: fields.of(KINDS, 'kind'),
  };
}

function useOf(fields: Fields): Omit<StaleUse, 'events'> {
  return {
    ...sortOf(fields),
    space: fields.of(SPACES, 'space'),
    instruction: fields.whole('i'),
    vmrun: fields.whole('vmrun'),
    pcpu: fields.whole('pcpu'),
    asid: fields.whole('asid'),
    vm: fields.whole('vm'),
    vcpu: fields.whole('vcpu'),
    level: fields.whole('level'),
    asid12: fields.whole('asid12'),
    address: fields.hex('address'),
    access: fields.oneOf(ACCESSES, 'access'),
    rip: fields.hex('rip'),
    oldFrame: fields.frame('oldFrame'),
    newFrame: fields.frame('newFrame'),
    oldRights: fields.word('oldRights'),
    newRights: fields.word('newRights'),
    filled: filledOf(fields),
  };
}

function filledOf(fields: Fields): Filled {
  return {
    instruction: fields.whole('fillI'),
    vmrun: fields.whole('fillVmrun'),
    vm: fields.whole('fillVm'),
    vcpu: fields.whole('fillVcpu'),
    level: fields.whole('fillLevel'),
    asid12: fields.whole('fillAsid12'),
    rip: fields.hex('fillRip'),
  };
}

function gapOf(fields: Fields): Gap {
  return { skipped: fields.whole('skipped'), lost: fields.whole('lost') === 1 };
}

function eventOf(fields: Fields): SanitizerEvent {
  const what = fields.oneOf(EVENTS, 'what');
  const operand =
    what === 'VMEXIT'
      ? Number(fields.hex('code'))
      : what === 'ASKS'
        ? fields.whole('asks')
        : fields.wholeOr('cr', 0);
  return {
    instruction: fields.whole('i'),
    pcpu: fields.whole('pcpu'),
    what,
    vm: fields.whole('vm'),
    vcpu: fields.whole('vcpu'),
    level: fields.whole('level'),
    asid12: fields.whole('asid12'),
    asid: fields.whole('asid'),
    rip: fields.hex('rip'),
    tlb: fields.wholeOr('tlb', 0),
    operand,
    info1: fields.hexOr('info1', 0n),
    address: fields.hexOr('address', 0n),
  };
}
