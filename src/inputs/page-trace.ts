import { decodeText, fileError, quote } from './text-lines.ts';

/**
 * What a real program touched: one record each time it moved to another 4 KiB page, code and data
 * followed separately. Repeated touches of the current page are not recorded; no TLB sees them.
 */
export interface PageTrace {
  readonly name: string;
  /** The tool that recorded it. */
  readonly source: string;
  /** Instructions of the whole trace. */
  readonly instructions: number;
  readonly records: number;
  /** 4 KiB page numbers (address divided by 4096), which exceed 32 bits. */
  readonly pageNumbers: Float64Array;
  /** Per record: index into `pageNumbers` times 2, plus 1 if data, 0 if code. */
  readonly touches: Int32Array;
  /** Per record: instructions since the previous record. */
  readonly instructionGaps: Int32Array;
}

interface Header {
  readonly name: string;
  readonly source: string;
  readonly pages: number;
  readonly records: number;
  readonly instructions: number;
  readonly sections: readonly [number, number, number];
}

/** Memory for so many bytes. */
export type MakeBuffer = (length: number) => ArrayBufferLike;

const CURE = 'Record or copy the trace again';
const LINE_FEED = 0x0a;
/** A header is one line of some 250 bytes; what has no line end by here is no PTR1 file. */
const HEADER_LIMIT_BYTES = 65_536;
const INT32_LIMIT = 2_147_483_647;
/** 64-bit addresses have 52-bit page numbers. */
const PAGE_NUMBER_LIMIT = 4_503_599_627_370_496;

function bad(path: string, cause: string): Error {
  return fileError(path, cause, CURE);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readHeader(bytes: Uint8Array, path: string): { header: Header; end: number } {
  const end = bytes.subarray(0, HEADER_LIMIT_BYTES).indexOf(LINE_FEED);
  if (end < 0) throw bad(path, 'line 1 is not the JSON header of a PTR1 page trace');
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeText(bytes.subarray(0, end), path));
  } catch {
    throw bad(path, 'line 1 is not the JSON header of a PTR1 page trace');
  }
  if (typeof parsed !== 'object' || parsed === null) {
    throw bad(path, 'line 1 is not the JSON header of a PTR1 page trace');
  }
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const format = fields.get('format');
  if (format !== 'PTR1') {
    const shown = typeof format === 'string' ? quote(format) : 'none';
    throw bad(path, `line 1 says format ${shown}, not PTR1`);
  }
  if (fields.get('pageSize') !== 4096) throw bad(path, 'line 1 says a pageSize other than 4096');
  const text = (key: string): string => {
    const value = fields.get(key);
    if (typeof value !== 'string') throw bad(path, `line 1 has no text "${key}"`);
    return value;
  };
  const count = (key: string): number => {
    const value = fields.get(key);
    if (!isCount(value)) throw bad(path, `line 1 has no count "${key}"`);
    return value;
  };
  const sections = fields.get('sections');
  if (!Array.isArray(sections) || sections.length !== 3 || !sections.every(isCount)) {
    throw bad(path, 'line 1 has no three section lengths');
  }
  const header = {
    name: text('name'),
    source: text('source'),
    pages: count('pages'),
    records: count('records'),
    instructions: count('instructions'),
    sections: [sections[0] ?? 0, sections[1] ?? 0, sections[2] ?? 0] as const,
  };
  return { header, end: end + 1 };
}

/**
 * Bytes of the whole trace, by the header in its first bytes; null if its line end is not among them
 * and may still come. Throws `UserError` for what is no header.
 */
export function announcedBytes(head: Uint8Array, path: string): number | null {
  if (head.length < HEADER_LIMIT_BYTES && !head.includes(LINE_FEED)) return null;
  const { header, end } = readHeader(head, path);
  return header.sections.reduce((sum, length) => sum + length, end);
}

/** What a section is called, where it lies, and what it means that a number in it is too large. */
interface SectionWords {
  readonly what: string;
  readonly path: string;
  readonly tooLarge: (index: number) => string;
}

/**
 * Reads the unsigned LEB128 varints of one section, none above `greatest`, into `numbers`. They must be
 * exactly as many as those, and fill the section.
 */
function readVarints(
  section: Uint8Array,
  numbers: Float64Array | Int32Array,
  greatest: number,
  { what, path, tooLarge }: SectionWords,
): void {
  const count = numbers.length;
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    let value = 0;
    let scale = 1;
    let byte = 0x80;
    while (byte >= 0x80) {
      if (offset >= section.length) throw bad(path, `the ${what} ends within number ${index + 1}`);
      byte = section[offset]!;
      offset += 1;
      value += (byte % 0x80) * scale;
      scale *= 0x80;
      if (value > Number.MAX_SAFE_INTEGER) {
        throw bad(path, `number ${index + 1} of the ${what} exceeds 53 bits`);
      }
      // Zero bytes with the continuation bit would otherwise go on for the whole section.
      if (byte >= 0x80 && scale > Number.MAX_SAFE_INTEGER) {
        throw bad(path, `number ${index + 1} of the ${what} exceeds 53 bits`);
      }
    }
    if (value > greatest) throw bad(path, tooLarge(index));
    numbers[index] = value;
  }
  if (offset !== section.length) {
    throw bad(path, `the ${what} goes on after its ${count} numbers`);
  }
}

function readPageTable(
  section: Uint8Array,
  pages: number,
  path: string,
  makeBuffer: MakeBuffer,
): Float64Array {
  const pageNumbers = new Float64Array(makeBuffer(pages * Float64Array.BYTES_PER_ELEMENT));
  const outside = (index: number) => `page ${index + 1} of the page table lies outside 52 bits`;
  const words = { what: 'page table', path, tooLarge: outside };
  readVarints(section, pageNumbers, Number.MAX_SAFE_INTEGER, words);
  const seen = new Set<number>();
  let page = 0;
  for (let index = 0; index < pages; index += 1) {
    const step = pageNumbers[index]!;
    page += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    if (page < 0 || page >= PAGE_NUMBER_LIMIT) throw bad(path, outside(index));
    if (seen.has(page)) throw bad(path, `page ${index + 1} of the page table is there twice`);
    seen.add(page);
    pageNumbers[index] = page;
  }
  return pageNumbers;
}

/**
 * Reads a PTR1 page trace, already decompressed: a line of JSON, then three sections of varints
 * (page table, index stream, clock stream). Every length, index and sum is checked.
 * With `makeBuffer` the arrays can lie in memory that threads share. Throws `UserError` if anything
 * does not fit.
 */
export function readPageTrace(
  bytes: Uint8Array,
  path: string,
  makeBuffer: MakeBuffer = (length) => new ArrayBuffer(length),
): PageTrace {
  const { header, end } = readHeader(bytes, path);
  const { name, source, instructions, records, pages } = header;
  const [tableBytes, indexBytes, clockBytes] = header.sections;
  if (end + tableBytes + indexBytes + clockBytes !== bytes.length) {
    const announced = tableBytes + indexBytes + clockBytes;
    throw bad(path, `line 1 announces ${announced} bytes, ${bytes.length - end} follow`);
  }
  // A varint takes at least a byte, so a false count fails here and not at an allocation.
  if (pages > tableBytes || records > indexBytes || records > clockBytes || records === 0) {
    throw bad(path, 'line 1 counts more pages or records than its sections can hold, or none');
  }
  const indexStart = end + tableBytes;
  const clockStart = indexStart + indexBytes;
  const pageNumbers = readPageTable(bytes.subarray(end, indexStart), pages, path, makeBuffer);
  const touches = new Int32Array(makeBuffer(records * Int32Array.BYTES_PER_ELEMENT));
  const indexSection = bytes.subarray(indexStart, clockStart);
  readVarints(indexSection, touches, Math.min(INT32_LIMIT, pages * 2 - 1), {
    what: 'index stream',
    path,
    tooLarge: (index) => `record ${index + 1} names a page beyond the ${pages} of the page table`,
  });
  const instructionGaps = new Int32Array(makeBuffer(records * Int32Array.BYTES_PER_ELEMENT));
  const late = (index: number) =>
    `record ${index + 1} lies after the last of ${instructions} instructions`;
  const words = { what: 'clock stream', path, tooLarge: late };
  readVarints(bytes.subarray(clockStart), instructionGaps, INT32_LIMIT, words);
  let clock = 0;
  for (let index = 0; index < records; index += 1) {
    clock += instructionGaps[index]!;
    if (clock > instructions) throw bad(path, late(index));
  }
  return { name, source, instructions, records, pageNumbers, touches, instructionGaps };
}
