import type { LogSegment } from './log-segments.ts';
import { type PageSegment, TOUCH_KINDS } from './page-sequences.ts';
import type { TouchedSegment } from './page-touches.ts';
import { fileError } from './text-lines.ts';

/** Pages of a window by index; a page that two levels touch has an index for each. */
export interface SizedPages {
  /** Virtual 4 KiB page numbers. */
  readonly pages: Float64Array;
  /** Level that touches each page. */
  readonly levels: Uint8Array;
  /** log2 of the bytes of each page's mapping in its own tables. */
  readonly ownShifts: Uint8Array;
  /** The same in nested tables; 0 where there are none. */
  readonly nestedShifts: Uint8Array;
}

/** A segment of a log with its first touches; `pages` is that of the window's `SizedPages`. */
export type TouchedLogSegment = LogSegment & PageSegment;

/** The sizes of a window without what was done in it. */
export function sizesAlone({ pages, levels, ownShifts, nestedShifts }: SizedPages): SizedPages {
  return { pages, levels, ownShifts, nestedShifts };
}

/** A captured window: the segments whose touches are known, and their pages. */
export interface TouchedWindow extends SizedPages {
  readonly segments: readonly TouchedLogSegment[];
}

/** Hands out an index for each page of each level, and keeps the smallest mapping seen. */
class PageIndices {
  readonly pages: number[] = [];
  readonly levels: number[] = [];
  readonly ownShifts: number[] = [];
  readonly nestedShifts: number[] = [];
  private readonly byLevel = [0, 1, 2].map(() => new Map<number, number>());

  indexOf(level: number, page: number, ownShift: number, nestedShift: number): number {
    const known = this.byLevel[level]!.get(page);
    if (known !== undefined) {
      this.ownShifts[known] = Math.min(this.ownShifts[known]!, ownShift);
      this.nestedShifts[known] = Math.min(this.nestedShifts[known]!, nestedShift);
      return known;
    }
    this.byLevel[level]!.set(page, this.pages.length);
    this.levels.push(level);
    this.ownShifts.push(ownShift);
    this.nestedShifts.push(nestedShift);
    return this.pages.push(page) - 1;
  }
}

function touchesOf({ level, touches }: TouchedSegment, indices: PageIndices) {
  const stream: number[] = [];
  const kinds: number[] = [];
  for (const { page, executed, read, written, ownShift, nestedShift } of touches) {
    const index = indices.indexOf(level, page, ownShift, nestedShift);
    if (executed) {
      stream.push(index * 2);
      kinds.push(TOUCH_KINDS.execute);
    }
    if (read || written) {
      stream.push(index * 2 + 1);
      kinds.push(written ? TOUCH_KINDS.write : TOUCH_KINDS.read);
    }
  }
  return { touches: Int32Array.from(stream), kinds: Uint8Array.from(kinds) };
}

/**
 * Joins the segments of a log with the touches of their pages, from the first to the last segment that
 * has touches. A page that was both executed and accessed is touched as code, then as data. Where a
 * mapping changed its size inside the window the smaller one counts. `path` is that of the touches.
 * Throws `UserError` where the two files are not of one window.
 */
export function joinTouches(
  segments: readonly LogSegment[],
  touched: readonly TouchedSegment[],
  path: string,
): TouchedWindow {
  const indices = new PageIndices();
  const bySegment = new Map<number, { touches: Int32Array; kinds: Uint8Array }>();
  for (const each of touched) {
    const segment = segments[each.seg];
    if (segment === undefined || segment.level !== each.level) {
      const found = segment === undefined ? 'no segment' : `one of L${segment.level}`;
      const cause = `segment ${each.seg} is of L${each.level}, and the log has ${found} there`;
      throw fileError(path, cause, 'Use the log and the pages of the same window');
    }
    bySegment.set(each.seg, touchesOf(each, indices));
  }
  const pages = Float64Array.from(indices.pages);
  const none = { touches: new Int32Array(0), kinds: new Uint8Array(0) };
  const last = touched.at(-1)?.seg ?? -1;
  return {
    pages,
    levels: Uint8Array.from(indices.levels),
    ownShifts: Uint8Array.from(indices.ownShifts),
    nestedShifts: Uint8Array.from(indices.nestedShifts),
    segments: segments
      .slice(0, last + 1)
      .map((segment) => ({ ...segment, pages, ...(bySegment.get(segment.seg) ?? none) })),
  };
}

/**
 * The same window with page sequences instead of first touches, as far as the sequences go; sizes stay those of the
 * first touches. `path` is that of the sequences. Throws `UserError` where the two files are not of one window.
 */
export function joinSequences(
  window: TouchedWindow,
  sequences: readonly PageSegment[],
  path: string,
): TouchedWindow {
  const { pages, levels, segments } = window;
  const byLevel = [0, 1, 2].map(() => new Map<number, number>());
  pages.forEach((page, index) => {
    byLevel[levels[index]!]!.set(page, index);
  });
  const bySegment = new Map(sequences.map((each) => [each.seg, each]));
  const last = sequences.at(-1)?.seg ?? -1;
  if (last >= segments.length) throw otherWindow(path, `segment ${last} has no first touches`);
  return {
    ...window,
    segments: segments.slice(0, last + 1).map((segment) => {
      const sequence = bySegment.get(segment.seg);
      if (sequence === undefined) return segment;
      if (sequence.level !== segment.level || sequence.instructions !== segment.instructions) {
        throw otherWindow(path, `segment ${segment.seg} is another one in the log`);
      }
      const known = byLevel[segment.level]!;
      const touches = sequence.touches.map((touch) => {
        const page = sequence.pages[Math.floor(touch / 2)]!;
        const index = known.get(page);
        if (index !== undefined) return index * 2 + (touch % 2);
        const where = `page ${page.toString(16)} of segment ${segment.seg}`;
        throw otherWindow(path, `${where} has no first touch`);
      });
      return { ...segment, touches, kinds: sequence.kinds };
    }),
  };
}

function otherWindow(path: string, cause: string): Error {
  return fileError(path, cause, 'Use the log, the pages and the sequence of the same window');
}
