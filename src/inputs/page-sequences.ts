import { readSegmentHeader, type SegmentHeader } from './segment-header.ts';
import { fileError, lineError, parseHexNumber, quote, splitLines } from './text-lines.ts';

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

const KIND_OF_LETTER = new Map<string, number>([
  ['X', TOUCH_KINDS.execute],
  ['R', TOUCH_KINDS.read],
  ['W', TOUCH_KINDS.write],
]);

/**
 * Reads a file of page sequences: lines `S …` that begin a segment, then `X|R|W page`.
 * Throws `UserError` with the line for anything that does not fit.
 */
export function readPageSequences(text: string, path: string): PageSegment[] {
  const indexOfPage = new Map<number, number>();
  const pageNumbers: number[] = [];
  const open: OpenSegment[] = [];
  for (const line of splitLines(text, path)) {
    if (line.text.startsWith('S ')) {
      open.push({ header: readSegmentHeader(line), touches: [], kinds: [] });
      continue;
    }
    if (line.number === 1 && line.text.startsWith('#')) continue;
    const kind = KIND_OF_LETTER.get(line.text.slice(0, 1));
    if (kind === undefined || line.text[1] !== ' ') {
      throw lineError(line, `${quote(line.text)} is neither a segment nor a touched page`);
    }
    const segment = open.at(-1);
    if (segment === undefined) throw lineError(line, 'a page is touched before any segment begins');
    const page = parseHexNumber(line.text.slice(2), 'the page', line);
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
