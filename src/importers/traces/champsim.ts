import type { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';
import { offsetError } from '../text-blocks.ts';
import { impossiblePage, isCanonical, PageSwitches } from './page-switches.ts';
import { offsetInPage, pageOfAddress, WholeRecords } from './whole-records.ts';

/** ChampSim's `input_instr` (inc/trace_instruction.h). */
const RECORD_BYTES = 64;
const IS_BRANCH = 8;
const BRANCH_TAKEN = 9;
const STORES = 16;
const LOADS = 32;
const ADDRESS_BYTES = 8;
const CURE = 'Give a ChampSim trace of 64-byte records, as its tracer wrote it';

/**
 * Decodes ChampSim's instruction trace: a record of 64 bytes for each instruction, little endian:
 * 0 its address, 8 whether it is a branch, 9 whether that is taken, 10 registers, 16 two addresses
 * that it stores to, 32 four that it loads from; an address of 0 is none. No sizes are in it: an
 * access counts for the page of its first byte.
 */
export class ChampSimDecoder {
  readonly switches: PageSwitches;
  private readonly name: string;
  private readonly records: WholeRecords;
  private at = 0;

  constructor(sink: PageSwitchSink, name: string) {
    this.name = name;
    this.switches = new PageSwitches(sink, (page) => this.error(impossiblePage(page)));
    this.records = new WholeRecords(RECORD_BYTES, name, (bytes, from, to, offset) =>
      this.take(bytes, from, to, offset),
    );
  }

  push(chunk: Uint8Array): void {
    this.records.push(chunk);
  }

  end(): void {
    this.records.end();
  }

  private take(bytes: Uint8Array, from: number, to: number, offset: number): void {
    for (let at = from; at < to; at += RECORD_BYTES) {
      this.at = offset + at - from;
      const isBranch = bytes[at + IS_BRANCH]!;
      const isTaken = bytes[at + BRANCH_TAKEN]!;
      if (isBranch > 1 || isTaken > 1) {
        throw this.error('the two branch flags of a ChampSim record are not 0 or 1');
      }
      this.switches.instruction(pageOfAddress(bytes, at), offsetInPage(bytes, at), 1);
      // The instruction reads before it writes.
      for (let load = at + LOADS; load < at + RECORD_BYTES; load += ADDRESS_BYTES) {
        this.access(bytes, load);
      }
      for (let store = at + STORES; store < at + LOADS; store += ADDRESS_BYTES) {
        this.access(bytes, store);
      }
    }
  }

  private access(bytes: Uint8Array, at: number): void {
    const page = pageOfAddress(bytes, at);
    const offset = offsetInPage(bytes, at);
    if (page > 0 || offset > 0) this.switches.access(page, offset, 1);
  }

  private error(cause: string): UserError {
    return offsetError(this.name, this.at, cause, CURE);
  }
}

/** Records that detection looks at: one could be chance, which eight are not. */
const SAMPLES = 8;

/** How the first records look, if a record is this long. */
function looksLike(head: Uint8Array, recordBytes: number, isBigEndian: boolean): boolean {
  const whole = Math.floor(head.length / recordBytes);
  const count = Math.min(SAMPLES, whole);
  for (let record = 0; record < count; record += 1) {
    const bytes = head.subarray(record * recordBytes, (record + 1) * recordBytes);
    const address = isBigEndian ? Uint8Array.from(bytes.subarray(0, 8)).reverse() : bytes;
    const page = pageOfAddress(address, 0);
    if (page === 0 || !isCanonical(page) || bytes[IS_BRANCH]! > 1 || bytes[BRANCH_TAKEN]! > 1) {
      return false;
    }
    // An outcome without a branch is no record either.
    if (bytes[BRANCH_TAKEN]! > bytes[IS_BRANCH]!) return false;
  }
  return count > 0;
}

export type ChampSimLook = 'champsim' | 'big-endian' | 'cloudsuite' | null;

/** CloudSuite's records have four stores, and an address space at their end. */
const CLOUDSUITE_BYTES = 96;

/** What the beginning of a file looks like. ChampSim's traces have no magic number. */
export function champSimLook(head: Uint8Array): ChampSimLook {
  if (looksLike(head, RECORD_BYTES, false)) return 'champsim';
  if (looksLike(head, CLOUDSUITE_BYTES, false)) return 'cloudsuite';
  if (looksLike(head, RECORD_BYTES, true)) return 'big-endian';
  return null;
}
