import { join } from 'node:path';
import {
  CAPTURE_FORMAT,
  CAPTURE_MANIFEST_FILE,
  type CaptureManifest,
  type CaptureWindow,
  parseCaptureManifest,
} from './capture-manifest.ts';
import { type CpuLog, readCpuLog } from './cpu-log.ts';
import { readDataText } from './load-data.ts';
import { logSegments } from './log-segments.ts';
import { readPageSequences } from './page-sequences.ts';
import { readPageTouches } from './page-touches.ts';
import { fileError } from './text-lines.ts';
import { joinSequences, joinTouches, type TouchedWindow } from './touched-segments.ts';

/** A folder that `asidbench capture` wrote. */
export interface Capture {
  readonly folder: string;
  readonly manifest: CaptureManifest;
}

/** Opens a capture: reads its manifest alone. Throws `UserError`. */
export function openCapture(folder: string): Capture {
  const place = join(folder, CAPTURE_MANIFEST_FILE);
  return { folder, manifest: parseCaptureManifest(readDataText(place), place) };
}

/** The CPU log of a window. Throws `UserError`. */
export function readWindowLog({ folder }: Capture, { log }: CaptureWindow): CpuLog {
  const path = join(folder, log);
  return readCpuLog(readDataText(path), path);
}

/**
 * The segments of a window with the pages that they touched: in the order in which software came back to them
 * where that was recorded, else each once. Throws `UserError` where it has none.
 */
export function readTouchedWindow(capture: Capture, window: CaptureWindow): TouchedWindow {
  if (window.pages === null) {
    throw fileError(
      join(capture.folder, CAPTURE_MANIFEST_FILE),
      `the window "${window.name}" has no pages`,
      'Name a window with pages, or capture it again with them',
    );
  }
  const path = join(capture.folder, window.pages);
  const touched = readPageTouches(readDataText(path), path);
  const joined = joinTouches(logSegments(readWindowLog(capture, window)), touched, path);
  if (window.sequence === null) return joined;
  const sequencePath = join(capture.folder, window.sequence);
  const sequences = readPageSequences(readDataText(sequencePath), sequencePath);
  return joinSequences(joined, sequences, sequencePath);
}

/** Whether a folder holds a capture, damaged or not, and nothing else such as a run. */
export function isCaptureFolder(folder: string): boolean {
  try {
    return readDataText(join(folder, CAPTURE_MANIFEST_FILE)).includes(`"${CAPTURE_FORMAT}"`);
  } catch {
    return false;
  }
}
