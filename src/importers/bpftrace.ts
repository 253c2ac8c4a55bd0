import { quote } from '../inputs/text-lines.ts';
import { exitNameByCode, vendorOfCodes } from './exit-names.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import { countsAsProfile, isTellingName } from './kvm-counts.ts';
import { exitEvent } from './nested-evidence.ts';
import type { ImportedProfile } from './profile.ts';
import { ReportBuilder } from './profile-builder.ts';
import { placeError } from './text-blocks.ts';
import { addBounded, eachDataLine, headLines, parseCount } from './text-import.ts';

/** `@kvm_exit[114]: 2000`, `@kvm_exit: 9`, `@[tracepoint:kvm:kvm_exit]: 9`, `@exits[0, 114]: 9` */
const ENTRY = /^@(\w{0,64})(?:\[([^\]]{1,256})\])?: (-?\d{1,19})$/;
const PROBE =
  /^(?:tracepoint:kvm:|rawtracepoint:|kprobe:|fentry:|kfunc:)(?:kvm(?:_amd|_intel)?:)?(\w{1,128})$/;
/** An exit's number: `kvm_exit` stores it as 32 bits, and -1 is VMEXIT_INVALID. */
const CODE = /^-?\d{1,10}$/;
const EXIT_MAP = /^(?:kvm_)?(?:vm)?exits?(?:_reasons?)?$|^reasons?$/;
const FLUSH_FUNCTION = /^(?:svm|vmx)_flush_tlb_(?:current|all)$/;

interface Entry {
  /** Of a tracepoint, or the map's own. */
  readonly name: string;
  /** The number of an exit; null: the entry is of no one exit. */
  readonly code: number | null;
  readonly count: string;
}

function parseEntry(text: string): Entry | null {
  const [, map, key, count] = ENTRY.exec(text.trim()) ?? [];
  if (map === undefined || count === undefined) return null;
  const parts = (key ?? '').split(',').map((part) => part.trim());
  const probe = parts.map((part) => PROBE.exec(part)?.[1]).find((each) => each !== undefined);
  const name = probe ?? (EXIT_MAP.test(map) || map === '' ? 'kvm_exit' : map);
  const last = parts.at(-1) ?? '';
  const isByCode = name === 'kvm_exit' && CODE.test(last);
  return { name, code: isByCode ? Number(last) : null, count };
}

class BpftraceReader {
  readonly counts = new Map<string, number>();
  readonly byCode = new Map<number, number>();
  private readonly name: string;
  private readonly seen = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    const place = { name: this.name, number };
    const entry = parseEntry(text);
    if (entry === null) {
      const cause = `${quote(text.trim())} is no count of a map of bpftrace`;
      const cure =
        'Count with count(), such as tracepoint:kvm:kvm_exit { @kvm_exit[args->exit_reason] = count(); }';
      throw placeError(this.name, number, 1, cause, cure);
    }
    this.once(text.slice(0, text.lastIndexOf(':')), number);
    const count = parseCount(entry.count, `@${entry.name}`, place);
    if (entry.code !== null) {
      this.byCode.set(entry.code, (this.byCode.get(entry.code) ?? 0) + count);
    }
    const name = FLUSH_FUNCTION.test(entry.name) ? 'tlb_flush' : entry.name;
    addBounded(this.counts, name, count, place);
    if (this.byCode.size > MAX_REASONS) {
      throw placeError(this.name, number, 1, `there are more than ${MAX_REASONS} exit reasons`);
    }
  }

  /** Maps are sums since the beginning: one that was printed twice would be counted twice. */
  private once(key: string, number: number): void {
    if (this.seen.size > MAX_ENTRIES) {
      throw placeError(this.name, number, 1, `there are more than ${MAX_ENTRIES} entries`);
    }
    if (!this.seen.has(key)) {
      this.seen.add(key);
      return;
    }
    const cause = `${quote(key)} stands a second time, so the map was printed twice`;
    throw placeError(this.name, number, 1, cause, 'Give what bpftrace prints at its end alone');
  }
}

const MAX_REASONS = 4096;
const MAX_ENTRIES = 100_000;

function detect(head: Uint8Array): Detection | null {
  const entries = headLines(head).slice(0, 50).map(parseEntry);
  const isMaps = entries.length > 0 && entries.every((entry) => entry !== null);
  const isKvms = entries.some((entry) => entry !== null && isTellingName(entry.name));
  return isMaps && isKvms ? { confidence: 'certain' } : null;
}

async function importMaps(source: ByteSource, context: ImportContext): Promise<ImportedProfile> {
  const { name } = context;
  const reader = new BpftraceReader(name);
  const outer = await eachDataLine(source, name, (text, number) => reader.line(text, number));
  const { counts, byCode } = reader;
  const all = outer.all(name);
  if (counts.size === 0) throw placeError(name, outer.lines, 1, 'no map has a count');
  const vendor = vendorOfCodes(byCode.keys());
  for (const [code, count] of byCode) {
    counts.set(exitEvent(exitNameByCode(code, vendor)), count);
  }
  const report = new ReportBuilder();
  report.understand(`${counts.size} counts of bpftrace`, all);
  if (byCode.size > 0) report.assume('keys of kvm_exit are exit_reason, a number of the CPU', all);
  outer.describe(report, name);
  const gauges = new Map<string, number>();
  return countsAsProfile('bpftrace', [name], counts, { report, all, seconds: null, gauges });
}

/** What bpftrace prints of maps that count KVM's tracepoints: by exit reason, by probe, or alone. */
export const bpftraceImporter: Importer = {
  id: 'bpftrace',
  reads: 'maps of bpftrace that count events of KVM',
  record: '`tracepoint:kvm:kvm_exit { @kvm_exit[args->exit_reason] = count(); }`, `--seconds`',
  tells: 'exits by reason, nested VMRUNs, flushes by kprobe',
  detect,
  import: importMaps,
};
