import { quote } from '../inputs/text-lines.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import { isTellingName } from './kvm-counts.ts';
import type { ImportedSnapshot } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { addBounded, eachDataLine, headLines, parseCount } from './text-import.ts';

/** `grep . *` and `grep -r . /sys/kernel/debug/kvm`: a path, a colon, a number. */
const PATH_VALUE = /^((?:[\w.-]*\/)*)([a-z][a-z0-9_-]*):(\S.*)$/;
/** `tail -n1 *`: a line with the path, and the number on the next. */
const TAIL = { start: '==> ', end: ' <==' };
const NAME = /^[a-z][a-z0-9_-]*$/;
/** Lines of /proc/interrupts: LOC, RES, TLB, CAL; one number for each CPU. */
const INTERRUPT = /^\s*([A-Z]{3}):((?:\s+\d+)+)\s+\D/;
/** `virsh domstats --vcpu` */
const DOMAIN = /^Domain: '(.*)'$/;
const DOMSTAT = /^\s+([\w.-]+)=(.*)$/;
const VCPU_STAT = /^vcpu\.\d+\.([a-z0-9_]+)\.sum$/;

/** The counter that a line of `tail` announces. */
function tailName(text: string): { readonly folder: string; readonly counter: string } | null {
  if (!text.startsWith(TAIL.start) || !text.endsWith(TAIL.end)) return null;
  const path = text.slice(TAIL.start.length, -TAIL.end.length);
  const slash = path.lastIndexOf('/') + 1;
  const counter = path.slice(slash);
  return NAME.test(counter) ? { folder: path.slice(0, slash), counter } : null;
}

/**
 * Entries beside the counters: those of a vCPU, those with a hyphen in the name (tsc-offset), tables
 * (mmu_rmaps_stat), negative numbers.
 */
function isNoCount(folder: string, counter: string, value: string): boolean {
  const isOther = counter === 'mmu_rmaps_stat' || counter.includes('-');
  return isOther || /(^|\/)vcpu\d+\/$/.test(folder) || /^-\d+$/.test(value);
}

const MAX_KEYS = 1_000_000;

class SnapshotReader {
  readonly counters = new Map<string, number>();
  readonly virtualMachines = new Set<string>();
  private readonly name: string;
  private readonly seen = new Set<string>();
  /** Counters of /sys/kernel/debug/kvm itself are sums over all virtual machines. */
  private readonly totals = new Set<string>();
  private pending: { readonly folder: string; readonly counter: string } | null = null;

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    // An empty file has no line of its own in what tail prints.
    const next = tailName(text);
    if (next !== null) {
      this.pending = next;
      return;
    }
    const place = { name: this.name, number };
    if (this.pending !== null) {
      const { folder, counter } = this.pending;
      this.pending = null;
      if (isNoCount(folder, counter, text.trim())) return;
      this.add(folder, counter, parseCount(text.trim(), counter, place), number);
      return;
    }
    if (this.interrupts(text) || this.domstat(text, number)) return;
    this.path(text, number);
  }

  private path(text: string, number: number): void {
    const found = PATH_VALUE.exec(text);
    if (found === null) {
      const cause = `${quote(text.trim())} is no counter of KVM`;
      throw placeError(this.name, number, 1, cause);
    }
    const [, folder = '', counter = '', value = ''] = found;
    if (isNoCount(folder, counter, value.trim())) return;
    const count = parseCount(value.trim(), counter, { name: this.name, number });
    this.add(folder, counter, count, number);
  }

  private interrupts(text: string): boolean {
    const found = INTERRUPT.exec(text);
    if (found === null) return false;
    const sum = found[2]!
      .trim()
      .split(/\s+/)
      .reduce((total, each) => total + Number(each), 0);
    this.counters.set(`interrupts.${found[1]}`, sum);
    return true;
  }

  private domstat(text: string, number: number): boolean {
    const domain = DOMAIN.exec(text);
    if (domain !== null) {
      this.once(`domain ${domain[1]}`, number);
      this.virtualMachines.add(domain[1]!);
      return true;
    }
    const stat = DOMSTAT.exec(text);
    if (stat === null) return false;
    const counter = VCPU_STAT.exec(stat[1]!)?.[1];
    if (counter === undefined) return true;
    const value = parseCount(stat[2]!, stat[1]!, { name: this.name, number });
    addBounded(this.counters, counter, value, { name: this.name, number });
    return true;
  }

  private add(folder: string, counter: string, value: number, number: number): void {
    this.once(`${folder}${counter}`, number);
    const machine = /(?:^|\/)(\d+-\d+)\/$/.exec(folder)?.[1];
    if (machine !== undefined) this.virtualMachines.add(machine);
    if (machine === undefined) {
      this.totals.add(counter);
      this.counters.set(counter, value);
      return;
    }
    if (this.totals.has(counter)) return;
    addBounded(this.counters, counter, value, { name: this.name, number });
  }

  private once(key: string, number: number): void {
    if (!this.seen.has(key)) {
      if (this.seen.size >= MAX_KEYS) {
        throw placeError(this.name, number, 1, `there are more than ${MAX_KEYS} counters`);
      }
      this.seen.add(key);
      return;
    }
    const cause = `${quote(key)} stands a second time, so a second snapshot begins here`;
    throw placeError(this.name, number, 1, cause, 'Give each snapshot in a file of its own');
  }
}

function detect(head: Uint8Array): Detection | null {
  const lines = headLines(head);
  if (lines.length === 0) return null;
  if (DOMAIN.test(lines[0]!)) return { confidence: 'certain' };
  const names = lines.flatMap((line) => {
    const name = PATH_VALUE.exec(line)?.[2] ?? tailName(line)?.counter;
    return name === undefined ? [] : [name];
  });
  if (names.length * 3 < lines.length) return null;
  const telling = names.filter((name) => isTellingName(name)).length;
  return telling === 0 ? null : { confidence: telling > 1 ? 'certain' : 'likely' };
}

async function importSnapshot(
  source: ByteSource,
  context: ImportContext,
): Promise<ImportedSnapshot> {
  const reader = new SnapshotReader(context.name);
  const outer = await eachDataLine(source, context.name, (text, number) =>
    reader.line(text, number),
  );
  if (reader.counters.size === 0) {
    const cause = 'the file has no counter of KVM';
    const cure = 'Use grep . /sys/kernel/debug/kvm/*, or virsh domstats --vcpu';
    throw placeError(context.name, outer.lines, 1, cause, cure);
  }
  const report = new ReportBuilder();
  const all = outer.all(context.name);
  const machines = reader.virtualMachines.size;
  const of = machines === 0 ? '' : ` of ${machines} virtual machine${machines === 1 ? '' : 's'}`;
  report.understand(`${reader.counters.size} cumulative counters${of}`, all);
  if (machines > 1) {
    report.cannotKnow('which virtual machine an event belongs to: counters are summed', all);
  }
  outer.describe(report, context.name);
  return {
    kind: 'snapshot',
    format: 'kvm-counters',
    file: context.name,
    report: report.build(),
    counters: reader.counters,
  };
}

/** Counters of KVM at one moment: debugfs as grep or tail prints it, or `virsh domstats --vcpu`. */
export const counterSnapshotImporter: Importer = {
  id: 'kvm-counters',
  reads: 'snapshots of KVM counters (debugfs, virsh domstats), two of them per host',
  record:
    '`grep . /sys/kernel/debug/kvm/*`, `grep -r`, `tail`, or `virsh domstats --vcpu`, twice, with `--seconds`',
  tells: 'exits, nested VMRUNs, flush requests, page sizes of L0',
  detect,
  import: importSnapshot,
};
