import { type CutWindow, cutWindow, withoutHostInterrupts } from '../executed/iterations.ts';
import type { CpuLog } from '../inputs/cpu-log.ts';
import { sizesAlone, type TouchedWindow } from '../inputs/touched-segments.ts';
import { CAPTURED_KERNEL } from '../workloads/kernel-exits.ts';
import { type CapturedTrips, cutTrips } from '../workloads/trips.ts';

/** A window of a capture: plain data, so that any thread can read it again. */
export interface CapturedWindow {
  /** Path of the capture's folder, for reading; never shown in results. */
  readonly folder: string;
  /** In the capture's manifest. */
  readonly name: string;
  /** SHA-256 of its log and its pages as stored, in hex: a part of what names a result. */
  readonly sha256: string;
}

interface Content {
  readonly cut: CutWindow;
  readonly log: CpuLog;
  /** By reflected exit. */
  readonly trips: Map<string, CapturedTrips>;
}

/** What was read of windows, by folder and name: reading is for those who have files. */
const contents = new Map<string, Content>();

const keyOf = ({ folder, name }: CapturedWindow): string => JSON.stringify([folder, name]);

function contentOf(window: CapturedWindow): Content {
  const content = contents.get(keyOf(window));
  if (content === undefined) throw new RangeError(`the window ${window.name} was not read`);
  return content;
}

export function isWindowKnown(window: CapturedWindow): boolean {
  return contents.has(keyOf(window));
}

/** Keeps what was read of a window. */
export function provideWindow(window: CapturedWindow, read: TouchedWindow, log: CpuLog): void {
  contents.set(keyOf(window), { cut: cutWindow(read), log, trips: new Map() });
}

/** A window cut into iterations. Throws RangeError if nobody provided it. */
export function cutWindowOf(window: CapturedWindow): CutWindow {
  return contentOf(window).cut;
}

/** Round trips of a window, for those who decide anew what L0 does. */
export function windowTrips(window: CapturedWindow, reflectedExit: string): CapturedTrips {
  const { cut, log, trips } = contentOf(window);
  let found = trips.get(reflectedExit);
  if (found === undefined) {
    const { name } = window;
    const segments = withoutHostInterrupts(cut.segments);
    const source = { name, path: name, segments, sizes: sizesAlone(cut) };
    found = cutTrips(source, reflectedExit, CAPTURED_KERNEL, log);
    trips.set(reflectedExit, found);
  }
  return found;
}
