import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Capture, openCapture, readTouchedWindow, readWindowLog } from '../inputs/capture.ts';
import type { CaptureWindow } from '../inputs/capture-manifest.ts';
import { readDataFile } from '../inputs/load-data.ts';
import { filesOfWindow } from '../inputs/window-files.ts';
import { type CapturedWindow, isWindowKnown, provideWindow } from './window-content.ts';

/** Names a window of an open capture. Throws `UserError` if a file of it can't be read. */
export function capturedWindow({ folder }: Capture, window: CaptureWindow): CapturedWindow {
  const hash = createHash('sha256');
  for (const file of filesOfWindow(window)) hash.update(readDataFile(join(folder, file)));
  return { folder, name: window.name, sha256: hash.digest('hex') };
}

/** Reads a window, once per process. Throws `UserError` where it has no pages or is damaged. */
export function loadWindow(window: CapturedWindow): void {
  if (isWindowKnown(window)) return;
  const capture = openCapture(window.folder);
  const entry = capture.manifest.windows.find((each) => each.name === window.name);
  if (entry === undefined) throw new RangeError(`${window.folder} lost ${window.name}`);
  provideWindow(window, readTouchedWindow(capture, entry), readWindowLog(capture, entry));
}
