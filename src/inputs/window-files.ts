import type { CaptureWindow } from './capture-manifest.ts';

/** The files of a window: log, first touches, sequences, as far as they are there. */
export function filesOfWindow({ log, pages, sequence }: CaptureWindow): readonly string[] {
  return [log, pages, sequence].filter((file) => file !== null);
}
