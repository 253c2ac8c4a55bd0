import { quote } from '../../inputs/text-lines.ts';
import { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';
import { placeError } from '../text-blocks.ts';
import { HEX_DIGIT, MOST_HEX_DIGITS } from './digits.ts';
import { impossiblePage, PageSwitches } from './page-switches.ts';
import { TextAt } from './text-at.ts';
import { WholeLines } from './whole-lines.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DASH = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const LESS = 0x3c;
const AT = 0x40;
const LETTER_X = 0x78;

const CURE = 'Give what "drrun -t drmemtrace -tool view" prints, complete and unedited';
/** Text around the records: the head that names the columns, and the totals at the end. */
const HEAD = /^(?:Output format:|<--record#-> <--instr#->: {1,8}<[^<>]{1,40}> <record details>)$/;
const RESULTS = 'View tool results:';
const TOTAL = /^ *[0-9]+ : total /;

/** Words that begin what a record says, and what each means to a TLB. */
const FETCH = 'ifetch';
const NOT_FETCHED = 'non-fetched';
const ACCESSES: readonly string[] = ['read', 'write'];
/** Bytes of an instruction that did not fit beside it stand on a line of their own. */
const MORE_BYTES = /^ +(?:[0-9a-f]{2} ?){1,15}\s*$/;
const BYTE = /^[0-9a-f]{2}$/;
const OF_NO_USE = /^(?:pref|hw_pref|hardware_pref|data_flush|instr_flush)/;

/** A second address space would need a second trace. */
const WORKLOAD = /^W([0-9]+)\./;
const MOST_THREADS = 100_000;

/**
 * Decodes the text of DynamoRIO's view tool: `RECORD INSTR: TID ifetch N byte(s) @ 0xADDRESS …`,
 * `read` and `write` likewise, markers in angle brackets.
 */
export class DrmemtraceViewDecoder {
  readonly switches: PageSwitches;
  readonly threads = new Set<string>();
  prefetches = 0;
  private readonly name: string;
  private readonly lines: WholeLines;
  private lineNumber = 1;
  private isResults = false;
  private hasRecords = false;
  private isAfterFetch = false;
  private thread: Uint8Array = new Uint8Array(0);
  private workload = '';

  constructor(sink: PageSwitchSink, name: string) {
    this.name = name;
    this.switches = new PageSwitches(sink, (page) =>
      placeError(name, this.lineNumber, 1, impossiblePage(page), CURE),
    );
    this.lines = new WholeLines(
      name,
      (bytes, from, to) => this.take(bytes, from, to),
      () => this.lineNumber,
    );
  }

  push(chunk: Uint8Array): void {
    this.lines.push(chunk);
  }

  end(): void {
    this.lines.end();
    if (this.isResults) return;
    const cause = `the text ends at line ${this.lineNumber - 1} without "${RESULTS}", so it was cut`;
    throw new UserError('input', this.name, cause, CURE);
  }

  private take(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to) {
      const end = bytes.indexOf(LF, at);
      const first = bytes[at]!;
      const isRecord = !this.isResults && (first === SPACE || (first >= ZERO && first <= NINE));
      if (isRecord) this.record(bytes, at);
      else this.other(bytes, at, end);
      this.lineNumber += 1;
      at = end + 1;
    }
  }

  private record(bytes: Uint8Array, start: number): void {
    let at = skipNumber(bytes, start);
    at = skipNumber(bytes, at);
    if (bytes[at] !== COLON) {
      if (this.isAfterFetch && MORE_BYTES.test(this.textAt(bytes, start))) return;
      throw this.explain(bytes, start, at, 'two numbers and a colon');
    }
    at = skipSpaces(bytes, at + 1);
    const threadStart = at;
    at = skipWord(bytes, at);
    if (at === threadStart) throw this.explain(bytes, start, at, 'a thread');
    this.seeThread(bytes, start, threadStart, at);
    at = skipSpaces(bytes, at);
    this.hasRecords = true;
    if (bytes[at] === LESS) {
      this.isAfterFetch = false;
      return;
    }
    const wordStart = at;
    at = skipWord(bytes, at);
    this.touch(bytes, start, wordStart, at);
  }

  private touch(bytes: Uint8Array, start: number, wordStart: number, wordEnd: number): void {
    const isFetch = isWord(bytes, wordStart, wordEnd, FETCH);
    const isAccess = ACCESSES.some((word) => isWord(bytes, wordStart, wordEnd, word));
    const couldGoOn = this.isAfterFetch;
    this.isAfterFetch = isFetch;
    if (!isFetch && !isAccess) {
      if (isWord(bytes, wordStart, wordEnd, NOT_FETCHED)) {
        this.isAfterFetch = true;
        return;
      }
      if (couldGoOn && wordEnd - wordStart === 2) {
        const word = Buffer.from(bytes.subarray(wordStart, wordEnd)).toString('latin1');
        if (BYTE.test(word)) return;
      }
      this.ignore(bytes, start, wordStart, wordEnd);
      return;
    }
    let at = skipSpaces(bytes, wordEnd);
    let size = 0;
    for (let byte = bytes[at]!; byte >= ZERO && byte <= NINE && size < 65_536; byte = bytes[at]!) {
      size = size * 10 + byte - ZERO;
      at += 1;
    }
    if (size === 0) throw this.explain(bytes, start, at, 'a size in bytes');
    while (bytes[at] !== AT && bytes[at] !== LF) at += 1;
    at = skipSpaces(bytes, at + (bytes[at] === AT ? 1 : 0));
    if (bytes[at] !== ZERO || bytes[at + 1] !== LETTER_X) {
      throw this.explain(bytes, start, at, '@ and an address');
    }
    const from = at + 2;
    let page = 0;
    let offset = 0;
    at = from;
    for (let digit = HEX_DIGIT[bytes[at]!]!; digit < 16; digit = HEX_DIGIT[bytes[at]!]!) {
      const top = Math.floor(offset / 256);
      page = page * 16 + top;
      offset = (offset - top * 256) * 16 + digit;
      at += 1;
    }
    if (at === from || at - from > MOST_HEX_DIGITS || !isEnd(bytes[at]!)) {
      throw this.explain(bytes, start, at, 'an address of 1 to 16 hexadecimal digits');
    }
    if (isFetch) this.switches.instruction(page, offset, size);
    else this.switches.access(page, offset, size);
  }

  private ignore(bytes: Uint8Array, start: number, from: number, to: number): void {
    const word = Buffer.from(bytes.subarray(from, to)).toString('latin1');
    if (!OF_NO_USE.test(word))
      throw this.explain(bytes, start, from, 'ifetch, read, write or a marker');
    if (word.includes('pref')) this.prefetches += 1;
  }

  /** Threads change rarely: only then is a text made of one. */
  private seeThread(bytes: Uint8Array, start: number, from: number, to: number): void {
    if (to - from === this.thread.length) {
      let at = 0;
      while (at < this.thread.length && bytes[from + at] === this.thread[at]) at += 1;
      if (at === this.thread.length) return;
    }
    this.thread = bytes.slice(from, to);
    const text = Buffer.from(this.thread).toString('latin1');
    if (!/^(?:W[0-9]+\.)?T?[0-9]+$/.test(text)) throw this.explain(bytes, start, from, 'a thread');
    if (this.threads.size < MOST_THREADS) this.threads.add(text);
    const workload = WORKLOAD.exec(text)?.[1] ?? '0';
    if (this.workload !== '' && this.workload !== workload) {
      const cause = `the trace mixes workloads ${this.workload} and ${workload}, two address spaces`;
      throw placeError(this.name, this.lineNumber, from - start + 1, cause, 'View one of them');
    }
    this.workload = workload;
  }

  private other(bytes: Uint8Array, at: number, end: number): void {
    const to = bytes[end - 1] === CR && end > at ? end - 1 : end;
    const text = Buffer.from(bytes.subarray(at, Math.min(to, at + 200))).toString('latin1');
    const isRule = text !== '' && [...text].every((letter) => letter.charCodeAt(0) === DASH);
    if (this.isResults ? TOTAL.test(text) : isRule || (!this.hasRecords && HEAD.test(text))) return;
    if (!this.isResults && this.hasRecords && text === RESULTS) {
      this.isResults = true;
      return;
    }
    const line = new TextAt(bytes, at, this.name, this.lineNumber);
    throw line.error(0, `${quote(text)} is no line of the view tool`, CURE);
  }

  private textAt(bytes: Uint8Array, start: number): string {
    return new TextAt(bytes, start, this.name, this.lineNumber).text;
  }

  private explain(bytes: Uint8Array, start: number, at: number, expected: string): UserError {
    const line = new TextAt(bytes, start, this.name, this.lineNumber);
    return line.error(at - start, `${expected} belongs here`, CURE);
  }
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE) at += 1;
  return at;
}

/** Spaces and a decimal number. */
function skipNumber(bytes: Uint8Array, from: number): number {
  let at = skipSpaces(bytes, from);
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at += 1;
  return at;
}

function isEnd(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === CR;
}

function skipWord(bytes: Uint8Array, from: number): number {
  let at = from;
  while (!isEnd(bytes[at]!)) at += 1;
  return at;
}

function isWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false;
  for (let at = 0; at < word.length; at += 1) {
    if (bytes[from + at] !== word.charCodeAt(at)) return false;
  }
  return true;
}
