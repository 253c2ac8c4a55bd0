import { readSegmentHeader, type SegmentHeader } from './segment-header.ts';
import {
  checkLines,
  fileError,
  lineError,
  parseHexNumber,
  quote,
  type TextLine,
} from './text-lines.ts';

/** Values of `PageSegment.kinds`. */
export const TOUCH_KINDS = { execute: 0, read: 1, write: 2 } as const;

/**
 * One segment with the order in which its software touched 4 KiB pages. Code and data are followed
 * separately; a touch is there only where the page, or for data read and write, differs from the
 * touch of the same sort before. L0 and L1 ran the same kernel at the same addresses, so a page
 * number alone does not tell whose page it is: key pages by level (or ASID) and number.
 */
export interface PageSegment extends SegmentHeader {
  /** Virtual 4 KiB page numbers, up to 52 bits; one array that all segments of a file share. */
  readonly pages: Float64Array;
  /** Index into `pages` times 2, plus 1 if data, 0 if code. */
  readonly touches: Int32Array;
  /** Parallel to `touches`: 0 execute, 1 read, 2 write. */
  readonly kinds: Uint8Array;
}

interface OpenSegment {
  readonly header: SegmentHeader;
  readonly touches: number[];
  readonly kinds: number[];
}

const KIND_OF_LETTER: Readonly<Record<string, number>> = {
  X: TOUCH_KINDS.execute,
  R: TOUCH_KINDS.read,
  W: TOUCH_KINDS.write,
};

const CARRIAGE_RETURN = 0x0d;
/** More digits exceed what a number holds exactly. */
const MOST_DIGITS = 13;

/** The hexadecimal number from `start` to `end`, or -1 if there is none of 1 to 13 lower-case digits. */
function hexAt(text: string, start: number, end: number): number {
  if (start >= end || end - start > MOST_DIGITS) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) value = value * 16 + code - 0x30;
    else if (code >= 0x61 && code <= 0x66) value = value * 16 + code - 0x57;
    else return -1;
  }
  return value;
}

/** The segment that a line begins; throws what is wrong with any other line. */
function openSegment(line: TextLine, before: OpenSegment | undefined): OpenSegment {
  if (line.text.startsWith('S ')) {
    return { header: readSegmentHeader(line), touches: [], kinds: [] };
  }
  if (!/^[XRW] /.test(line.text)) {
    throw lineError(line, `${quote(line.text)} is neither a segment nor a touched page`);
  }
  if (before === undefined) throw lineError(line, 'a page is touched before any segment begins');
  parseHexNumber(line.text.slice(2), 'the page', line);
  throw new Error(`${line.path}, line ${line.number}: a touch was taken for none`);
}

/**
 * Reads a file of page sequences: lines `S …` that begin a segment, then `X|R|W page`.
 * Throws `UserError` with the line for anything that does not fit.
 */
export function readPageSequences(text: string, path: string): PageSegment[] {
  const indexOfPage = new Map<number, number>();
  const pageNumbers: number[] = [];
  const open: OpenSegment[] = [];
  checkLines(text, path);
  let segment: OpenSegment | undefined;
  // Hundreds of thousands of lines, nearly all of them touches: only the others become strings.
  for (let start = 0, next = 0, number = 1; start < text.length; start = next, number += 1) {
    const lineFeed = text.indexOf('\n', start);
    next = lineFeed + 1;
    const end = text.charCodeAt(lineFeed - 1) === CARRIAGE_RETURN ? lineFeed - 1 : lineFeed;
    const kind = text[start + 1] === ' ' ? KIND_OF_LETTER[text[start]!] : undefined;
    const page = kind === undefined ? -1 : hexAt(text, start + 2, end);
    if (kind === undefined || page < 0 || segment === undefined) {
      const line = { path, number, text: text.slice(start, end) };
      if (number === 1 && line.text.startsWith('#')) continue;
      segment = openSegment(line, segment);
      open.push(segment);
      continue;
    }
    let index = indexOfPage.get(page);
    if (index === undefined) {
      index = pageNumbers.length;
      pageNumbers.push(page);
      indexOfPage.set(page, index);
    }
    segment.touches.push(index * 2 + (kind === TOUCH_KINDS.execute ? 0 : 1));
    segment.kinds.push(kind);
  }
  if (open.length === 0) throw fileError(path, 'the file has no segment');
  const pages = Float64Array.from(pageNumbers);
  return open.map(({ header, touches, kinds }) => ({
    ...header,
    pages,
    touches: Int32Array.from(touches),
    kinds: Uint8Array.from(kinds),
  }));
}
