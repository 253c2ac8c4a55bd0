import { type Level, parseLevel } from './segment-header.ts';
import {
  fileError,
  lineError,
  parseDecimal,
  parseHexNumber,
  quote,
  splitLines,
  type TextLine,
} from './text-lines.ts';

/** A page that a segment touched, at its first touch there. */
export interface PageTouch {
  /** Virtual 4 KiB page number, up to 52 bits, also where the mapping is larger. */
  readonly page: number;
  /** What the segment did with it, this time and later. */
  readonly executed: boolean;
  readonly read: boolean;
  readonly written: boolean;
  /** log2 of the page's bytes in the tables that CR3 names: 12, 21 or 30. */
  readonly ownShift: number;
  /** The same in nested tables; 0 where there are none. */
  readonly nestedShift: number;
}

/** What one segment between two mode switches touched. */
export interface TouchedSegment {
  /** Number of the segment in its window's CPU log: from the n-th mode switch on, from 0. */
  readonly seg: number;
  readonly level: Level;
  /** In the order of first touch. */
  readonly touches: readonly PageTouch[];
}

const HEADER = 'segment,level,order,page4k,access,guestPageShift,nestedPageShift';
const COLUMNS = HEADER.split(',').length;
/** Read, write, execute: at least one, in this order. */
const ACCESS = /^(?=.)(r?)(w?)(x?)$/;
const OWN_SHIFTS = ['12', '21', '30'];
const NESTED_SHIFTS = ['0', ...OWN_SHIFTS];

interface Row extends PageTouch {
  readonly seg: number;
  readonly level: Level;
  readonly order: number;
}

function parseShift(text: string, allowed: readonly string[], what: string, line: TextLine) {
  if (allowed.includes(text)) return Number(text);
  throw lineError(line, `${what} is ${quote(text)}, not ${allowed.join(', ')}`);
}

function readRow(line: TextLine): Row {
  const cells = line.text.split(',');
  if (cells.length !== COLUMNS) {
    throw lineError(line, `${cells.length} columns where ${COLUMNS} belong`);
  }
  const [seg = '', level = '', order = '', page = '', access = '', own = '', nested = ''] = cells;
  const flags = ACCESS.exec(access);
  if (flags === null) {
    throw lineError(line, `the access is ${quote(access)}, not of r, w and x in this order`);
  }
  return {
    seg: parseDecimal(seg, 'the segment', line),
    level: parseLevel(level, line),
    order: parseDecimal(order, 'the order', line),
    page: parseHexNumber(page, 'the page', line),
    read: flags[1] !== '',
    written: flags[2] !== '',
    executed: flags[3] !== '',
    ownShift: parseShift(own, OWN_SHIFTS, 'the page shift', line),
    nestedShift: parseShift(nested, NESTED_SHIFTS, 'the nested page shift', line),
  };
}

interface OpenSegment {
  readonly seg: number;
  readonly level: Level;
  readonly touches: PageTouch[];
  readonly seen: Set<number>;
}

function checkPlace(row: Row, open: OpenSegment, line: TextLine): void {
  if (row.level !== open.level) throw lineError(line, 'the level changes inside a segment');
  if (row.order !== open.touches.length) {
    throw lineError(line, `the order is ${row.order} where ${open.touches.length} belongs`);
  }
  if (open.seen.has(row.page)) throw lineError(line, 'the segment lists this page twice');
}

/**
 * Reads the first touches of pages of a captured window, as CSV with its header. Segments come in
 * order; one that touched nothing is absent. Throws `UserError` with the line for anything that does
 * not fit, also for a page that a segment lists twice.
 */
export function readPageTouches(text: string, path: string): TouchedSegment[] {
  const segments: OpenSegment[] = [];
  for (const line of splitLines(text, path)) {
    if (line.number === 1) {
      if (line.text !== HEADER) throw lineError(line, `the header is not ${HEADER}`);
      continue;
    }
    const row = readRow(line);
    let open = segments.at(-1);
    if (open === undefined || row.seg !== open.seg) {
      if (open !== undefined && row.seg < open.seg) {
        throw lineError(line, `segment ${row.seg} follows segment ${open.seg}`);
      }
      open = { seg: row.seg, level: row.level, touches: [], seen: new Set() };
      segments.push(open);
    }
    checkPlace(row, open, line);
    const { page, executed, read, written, ownShift, nestedShift } = row;
    open.seen.add(page);
    open.touches.push({ page, executed, read, written, ownShift, nestedShift });
  }
  if (segments.length === 0) throw fileError(path, 'the file has no touched page');
  return segments.map(({ seg, level, touches }) => ({ seg, level, touches }));
}
