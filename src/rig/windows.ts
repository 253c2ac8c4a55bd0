import { readCpuLog } from '../inputs/cpu-log.ts';
import { type LogSegment, logSegments } from '../inputs/log-segments.ts';

/** One window of the emulator's log, in the files that a capture keeps of it. */
export interface Window {
  /** The CPU log. */
  readonly log: string;
  /** First touches of pages as CSV; null where none were logged. */
  readonly pages: string | null;
  /** Page sequences as `readPageSequences` reads them; null where none were logged. */
  readonly sequence: string | null;
  readonly iterations: number;
  /** Whether the log ends before the window did. */
  readonly isTruncated: boolean;
}

/** What of a window is kept. */
export interface WindowLimits {
  readonly events: number;
  /** Segments between mode switches whose page touches are kept. */
  readonly segments: number;
  /** Lines of page sequences, after which no further segment is begun. */
  readonly steps: number;
}

const TOUCH = /^\d+ P ([0-9a-f]+) ([rwx]) (\d+) (\d+)$/;
const STEP = /^Q (?:[XRW] [0-9a-f]+|end)$/;
/** What follows is not in the sequence. */
const LAST_STEP = 'end';
const MODE_SWITCH = /^\d+ (?:\d+ )?(?:VMRUN|VMEXIT) vmcb=/;
const ITERATION = /^\d+ (?:\d+ )?MARK 3\b/;
const PAGE_SHIFT_DIGITS = 3;
export const PAGES_HEADER = 'segment,level,order,page4k,access,guestPageShift,nestedPageShift';
export const SEQUENCE_HEADER =
  '# S: a segment; X|R|W page: code and data, each where its page or access changes';

/**
 * Splits the text that the emulator wrote for a window. A window whose emulator was ended inside it
 * has no mark 2 at its end and counts as truncated.
 */
export function splitWindow(text: string, limits: WindowLimits): Window {
  const lines = text.split('\n');
  // What follows the last line break was not written whole.
  lines.pop();
  const events = lines.filter((line) => !TOUCH.test(line) && !STEP.test(line));
  const isWhole = / MARK 2\b/.test(events.at(-1) ?? '');
  const kept = events.slice(0, limits.events);
  const isTruncated = !isWhole || kept.length < events.length;
  const note = isTruncated ? [`# truncated, ${events.length} lines in full log`] : [];
  const log = `${[...kept, ...note].join('\n')}\n`;
  const { pages, sequence } = touchesOf(lines, log, limits);
  return {
    log,
    pages: textOf(PAGES_HEADER, pages),
    sequence: textOf(SEQUENCE_HEADER, sequence),
    iterations: kept.filter((line) => ITERATION.test(line)).length,
    isTruncated,
  };
}

function textOf(header: string, lines: readonly string[]): string | null {
  return lines.length === 0 ? null : `${[header, ...lines].join('\n')}\n`;
}

/** What a segment touched, in the order of first touch: what was done with each page, and its sizes. */
type Touches = Map<string, { access: Set<string>; readonly shifts: string }>;

/** Lines of the two files of touches; those before the first mode switch belong to no segment. */
function touchesOf(
  lines: readonly string[],
  log: string,
  limits: WindowLimits,
): { readonly pages: readonly string[]; readonly sequence: readonly string[] } {
  const pages: string[] = [];
  const sequence: string[] = [];
  if (!lines.some((line) => TOUCH.test(line))) return { pages, sequence };
  const segments = logSegments(readCpuLog(log, 'the emulator')).slice(0, limits.segments);
  let seg = -1;
  let touches: Touches = new Map();
  let steps: string[] = [];
  for (const line of lines) {
    const touch = TOUCH.exec(line);
    if (touch !== null) addTouch(touches, touch);
    else if (STEP.test(line)) steps.push(line.slice(2));
    if (!MODE_SWITCH.test(line)) continue;
    const segment = segments[seg];
    if (segment !== undefined) {
      pages.push(...rowsOf(segment, touches));
      const isWhole = steps.length > 0 && steps.at(-1) !== LAST_STEP;
      if (isWhole && sequence.length < limits.steps) {
        sequence.push(segmentLine(segment), ...steps);
      }
    }
    seg++;
    if (seg >= segments.length) break;
    touches = new Map();
    steps = [];
  }
  return { pages, sequence };
}

/** As `readSegmentHeader` reads it. */
function segmentLine({ seg, level, kind, instructions, asid, tlbControl, exitCode }: LogSegment) {
  const word = kind.replaceAll(' ', '_');
  const exit = exitCode.toString(16);
  return `S ${seg} L${level} ${word} instr=${instructions} asid=${asid ?? 0} tlb=${tlbControl ?? '-'} exit=${exit}`;
}

/** A page comes again within a segment where TCG's direct-mapped TLB has lost it. */
function addTouch(touches: Touches, [, address, access, own, nested]: RegExpExecArray): void {
  const page = address!.slice(0, -PAGE_SHIFT_DIGITS) || '0';
  const seen = touches.get(page);
  if (seen !== undefined) seen.access.add(access!);
  else touches.set(page, { access: new Set(access), shifts: `${own},${nested}` });
}

function rowsOf({ seg, level }: LogSegment, touches: Touches): readonly string[] {
  return [...touches].map(([page, { access, shifts }], order) => {
    const done = ['r', 'w', 'x'].filter((each) => access.has(each)).join('');
    return `${seg},L${level},${order},${page},${done},${shifts}`;
  });
}
