import { readSegmentHeader, type SegmentHeader } from '../../src/inputs/segment-header.ts';
import {
  fileError,
  lineError,
  parseDecimalIn,
  parseHexNumber,
  quote,
  splitLines,
  type TextLine,
} from '../../src/inputs/text-lines.ts';

/** What a segment did with one 4 KiB page. */
export interface PageUse {
  /** Virtual 4 KiB page number, up to 52 bits. */
  readonly page: number;
  readonly executed: boolean;
  readonly read: boolean;
  readonly written: boolean;
  /** Instructions fetched from it plus loads and stores, as the recorder counted them. */
  readonly touches: number;
}

/** One segment with its distinct pages in the order of first touch. */
export interface PageSet extends SegmentHeader {
  readonly pages: readonly PageUse[];
}

interface OpenSet {
  readonly header: SegmentHeader;
  readonly pages: PageUse[];
  readonly seen: Set<number>;
}

const TOUCHES_LIMIT = 999_999_999_999_999;
/** Executed, read, written: at least one, in this order. */
const FLAGS = /^(?=.)(X?)(R?)(W?)$/;

function readPageUse(line: TextLine): PageUse {
  const words = line.text.split(' ');
  const [mark = '', page = '', flagText = '', touches = ''] = words;
  if (mark !== 'P' || words.length !== 4) {
    throw lineError(line, `${quote(line.text)} is neither a segment (S) nor a page (P)`);
  }
  const flags = FLAGS.exec(flagText);
  if (flags === null) throw lineError(line, `the flags are ${quote(flagText)}, not of X, R and W`);
  return {
    page: parseHexNumber(page, 'the page', line),
    executed: flags[1] !== '',
    read: flags[2] !== '',
    written: flags[3] !== '',
    touches: parseDecimalIn(touches, 'the number of touches', 1, TOUCHES_LIMIT, line),
  };
}

/**
 * Reads a file of page sets: lines `S …` that begin a segment, then `P page flags touches`.
 * Throws `UserError` with the line for anything that does not fit, also for a page that a segment
 * lists twice.
 */
export function readPageSets(text: string, path: string): PageSet[] {
  const open: OpenSet[] = [];
  for (const line of splitLines(text, path)) {
    if (line.text.startsWith('S ')) {
      open.push({ header: readSegmentHeader(line), pages: [], seen: new Set() });
      continue;
    }
    if (line.number === 1 && line.text.startsWith('#')) continue;
    const use = readPageUse(line);
    const set = open.at(-1);
    if (set === undefined) throw lineError(line, 'a page is listed before any segment begins');
    if (set.seen.has(use.page)) throw lineError(line, 'the segment lists this page twice');
    set.seen.add(use.page);
    set.pages.push(use);
  }
  if (open.length === 0) throw fileError(path, 'the file has no segment');
  return open.map(({ header, pages }) => ({ ...header, pages }));
}
