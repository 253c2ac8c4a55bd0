/** One window of the emulator's log, in the two files that a capture keeps of it. */
export interface Window {
  /** The CPU log. */
  readonly log: string;
  /** First touches of pages as CSV; null where none were logged. */
  readonly pages: string | null;
  readonly iterations: number;
  /** Whether the log ends before the window did. */
  readonly isTruncated: boolean;
}

/** What of a window is kept. */
export interface WindowLimits {
  readonly events: number;
  /** Segments between mode switches whose page touches are kept. */
  readonly segments: number;
}

const TOUCH = /^\d+ P ([0-9a-f]+) ([rwx]) (\d+) (\d+)$/;
const MODE_SWITCH = /^\d+ (?:\d+ )?(VMRUN|VMEXIT) vmcb=([0-9a-f]+)/;
const VMRUN_EXIT = /^\d+ (?:\d+ )?VMEXIT vmcb=([0-9a-f]+) code=80 /;
const ITERATION = /^\d+ (?:\d+ )?MARK 3\b/;
const PAGE_SHIFT_DIGITS = 3;
export const PAGES_HEADER = 'segment,level,order,page4k,access,guestPageShift,nestedPageShift';

/**
 * Splits the text that the emulator wrote for a window. A window whose emulator was ended inside it
 * has no mark 2 at its end and counts as truncated.
 */
export function splitWindow(text: string, limits: WindowLimits): Window {
  const lines = text.split('\n');
  // What follows the last line break was not written whole.
  lines.pop();
  const events = lines.filter((line) => !TOUCH.test(line));
  const isWhole = / MARK 2\b/.test(events.at(-1) ?? '');
  const kept = events.slice(0, limits.events);
  const isTruncated = !isWhole || kept.length < events.length;
  const note = isTruncated ? [`# truncated, ${events.length} lines in full log`] : [];
  const pages = pageRows(lines, limits.segments);
  return {
    log: `${[...kept, ...note].join('\n')}\n`,
    pages: pages.length === 0 ? null : `${[PAGES_HEADER, ...pages].join('\n')}\n`,
    iterations: kept.filter((line) => ITERATION.test(line)).length,
    isTruncated,
  };
}

interface OpenSegment {
  readonly seg: number;
  readonly level: string;
  /** Page to what was done with it and its sizes, in the order of first touch. */
  readonly touches: Map<string, { access: Set<string>; readonly shifts: string }>;
}

/** Touches before the first mode switch belong to no segment. */
function pageRows(lines: readonly string[], most: number): readonly string[] {
  const hypervisors = new Set<string>();
  for (const line of lines) {
    const exit = VMRUN_EXIT.exec(line);
    if (exit !== null) hypervisors.add(exit[1]!);
  }
  const rows: string[] = [];
  let open: OpenSegment | null = null;
  for (const line of lines) {
    const touch = TOUCH.exec(line);
    if (touch !== null) {
      if (open !== null) addTouch(open, touch);
      continue;
    }
    const found = MODE_SWITCH.exec(line);
    if (found === null) continue;
    if (open !== null) rows.push(...rowsOf(open));
    const seg: number = open === null ? 0 : open.seg + 1;
    if (seg >= most) return rows;
    const guest = hypervisors.size === 0 || hypervisors.has(found[2]!) ? 'L1' : 'L2';
    open = { seg, level: found[1] === 'VMRUN' ? guest : 'L0', touches: new Map() };
  }
  return rows;
}

/** A page comes again within a segment where TCG's direct-mapped TLB has lost it. */
function addTouch(open: OpenSegment, [, address, access, own, nested]: RegExpExecArray): void {
  const page = address!.slice(0, -PAGE_SHIFT_DIGITS) || '0';
  const seen = open.touches.get(page);
  if (seen !== undefined) seen.access.add(access!);
  else open.touches.set(page, { access: new Set(access), shifts: `${own},${nested}` });
}

function rowsOf({ seg, level, touches }: OpenSegment): readonly string[] {
  return [...touches].map(([page, { access, shifts }], order) => {
    const done = ['r', 'w', 'x'].filter((each) => access.has(each)).join('');
    return `${seg},${level},${order},${page},${done},${shifts}`;
  });
}
