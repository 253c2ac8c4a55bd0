import { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';
import { offsetError } from '../text-blocks.ts';
import { impossiblePage, PageSwitches } from './page-switches.ts';
import { offsetInPage, pageOfAddress, uint32, WholeRecords } from './whole-records.ts';

/** `trace_entry_t` of 64-bit builds, packed: u16 type, u16 size, u64 address. */
const RECORD_BYTES = 12;
const ADDRESS = 4;
const CURE = 'Give the trace as drmemtrace wrote it, 64-bit and complete';

/** `trace_type_t` of clients/drcachesim/common/trace_entry.h. */
const TYPE = {
  read: 0,
  write: 1,
  firstPrefetch: 2,
  lastPrefetch: 9,
  firstInstruction: 10,
  lastInstruction: 16,
  instructionBundle: 17,
  firstFlush: 18,
  lastFlush: 21,
  thread: 22,
  threadExit: 23,
  process: 24,
  header: 25,
  footer: 26,
  hardwarePrefetch: 27,
  marker: 28,
  instructionNotFetched: 29,
  maybeFetched: 30,
  sysenter: 31,
  lastNewPrefetch: 46,
  encoding: 47,
  takenJump: 48,
  untakenJump: 49,
} as const;

/** A header names the version of its layout, a small number. */
const NEWEST_VERSION = 255;

/**
 * Decodes DynamoRIO's drmemtrace: records of 12 bytes, little endian, in the order of one thread or
 * of several. Instructions count where they were fetched; a repeated string instruction is fetched
 * once. Prefetches, cache flushes and markers are counted and left out.
 */
export class DrmemtraceDecoder {
  readonly switches: PageSwitches;
  readonly threads = new Set<number>();
  prefetches = 0;
  private readonly name: string;
  private readonly records: WholeRecords;
  private at = 0;
  private process = -1;
  private isComplete = false;

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
    if (this.isComplete) return;
    const cause = 'the trace ends without its footer, so it was cut';
    throw new UserError('input', this.name, cause, 'Copy it again, or convert it with raw2trace');
  }

  private take(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const { switches } = this;
    for (let at = from; at < to; at += RECORD_BYTES) {
      const type = bytes[at]! + bytes[at + 1]! * 256;
      this.at = offset + at - from;
      if (type <= TYPE.write) {
        const address = at + ADDRESS;
        const size = bytes[at + 2]! + bytes[at + 3]! * 256;
        switches.access(pageOfAddress(bytes, address), offsetInPage(bytes, address), size);
      } else if (isInstruction(type)) {
        const address = at + ADDRESS;
        const size = bytes[at + 2]! + bytes[at + 3]! * 256;
        switches.instruction(pageOfAddress(bytes, address), offsetInPage(bytes, address), size);
      } else if (type !== TYPE.encoding && type !== TYPE.marker) {
        this.takeOther(type, bytes, at + ADDRESS);
      }
    }
  }

  /** Records that are rare or of no use to a TLB. */
  private takeOther(type: number, bytes: Uint8Array, value: number): void {
    if (type === TYPE.footer) this.isComplete = true;
    else if (type === TYPE.header) this.checkVersion(bytes, value);
    else if (type === TYPE.thread) this.threads.add(uint32(bytes, value));
    else if (type === TYPE.process) this.checkProcess(uint32(bytes, value));
    else if (isPrefetch(type)) this.prefetches += 1;
    else if (type === TYPE.instructionBundle) {
      throw this.error('bundled instructions (an online trace) are not supported');
    } else if (!isSilent(type)) throw this.error(`${type} is no type of a drmemtrace record`);
  }

  private checkVersion(bytes: Uint8Array, value: number): void {
    const version = uint32(bytes, value);
    if (version >= 1 && version <= NEWEST_VERSION && uint32(bytes, value + 4) === 0) return;
    throw this.error('the header record holds no version of drmemtrace');
  }

  /** Equal addresses of two processes are different pages, which a page trace can't say. */
  private checkProcess(process: number): void {
    if (this.process >= 0 && this.process !== process) {
      throw this.error(`the trace mixes process ${this.process} and process ${process}`);
    }
    this.process = process;
  }

  private error(cause: string): UserError {
    return offsetError(this.name, this.at, cause, CURE);
  }
}

function isInstruction(type: number): boolean {
  return (
    (type >= TYPE.firstInstruction && type <= TYPE.lastInstruction) ||
    type === TYPE.sysenter ||
    type === TYPE.takenJump ||
    type === TYPE.untakenJump
  );
}

function isPrefetch(type: number): boolean {
  return (
    (type >= TYPE.firstPrefetch && type <= TYPE.lastPrefetch) ||
    type === TYPE.hardwarePrefetch ||
    (type > TYPE.sysenter && type <= TYPE.lastNewPrefetch)
  );
}

function isSilent(type: number): boolean {
  return (
    (type >= TYPE.firstFlush && type <= TYPE.lastFlush) ||
    type === TYPE.threadExit ||
    type === TYPE.instructionNotFetched ||
    type === TYPE.maybeFetched
  );
}

export type DrmemtraceLook = 'drmemtrace' | 'big-endian' | '32-bit' | 'zip' | null;

/** A local file header of zip, and its file name, which drmemtrace gives to pieces of a trace. */
const ZIP_MAGIC = 'PK\x03\x04';
const ZIP_NAME_AT = 30;
const CHUNK_NAME = 'chunk.';

/** What the beginning of a file looks like: a trace begins with a header record. */
export function drmemtraceLook(head: Uint8Array): DrmemtraceLook {
  if (head.length < RECORD_BYTES) return null;
  const beginning = Buffer.from(head.subarray(0, ZIP_NAME_AT + CHUNK_NAME.length));
  const text = beginning.toString('latin1');
  if (text.startsWith(ZIP_MAGIC)) return text.endsWith(CHUNK_NAME) ? 'zip' : null;
  if (head[0] === 0 && head[1] === TYPE.header && head[2] === 0 && head[3] === 0) {
    return head[ADDRESS + 7]! > 0 && uint32(head, ADDRESS) === 0 ? 'big-endian' : null;
  }
  const isHeader = head[0] === TYPE.header && head[1] === 0 && head[2] === 0 && head[3] === 0;
  const version = uint32(head, ADDRESS);
  if (!isHeader || version < 1 || version > NEWEST_VERSION) return null;
  if (uint32(head, ADDRESS + 4) === 0) return 'drmemtrace';
  // Eight-byte records: the next one, a marker or the thread, begins here.
  const next = head[8]! + head[9]! * 256;
  return next === TYPE.marker || next === TYPE.thread || next === TYPE.process ? '32-bit' : null;
}
