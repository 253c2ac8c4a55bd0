import type { ProgressOutput } from '../../output/progress.ts';

/** How far a recording is. */
export interface RecordingState {
  readonly accesses: number;
  readonly pages: number;
}

/** The program prints to the same terminal: leave it some peace. */
const REDRAW_MILLISECONDS = 1000;

/** Shows on a terminal how much is recorded and how fast, in host time; `finish` ends the line. */
export function startRecordProgress(output: ProgressOutput): {
  readonly advance: (state: RecordingState) => void;
  readonly finish: () => void;
} {
  const started = output.nowMilliseconds();
  let shown = started;
  let width = 0;
  return {
    advance: (state) => {
      const now = output.nowMilliseconds();
      if (output.columns === null || now - shown < REDRAW_MILLISECONDS) return;
      shown = now;
      // A line that reaches the last column would wrap, and could not be rewritten.
      const text = recordLine(state, now - started).slice(0, output.columns - 1);
      output.write(`\r${text.padEnd(width)}`);
      width = text.length;
    },
    finish: () => {
      if (width > 0) output.write('\n');
      width = 0;
    },
  };
}

/** `12.3 million accesses of 219 pages, 0.81 million per second` */
export function recordLine(state: RecordingState, elapsedMilliseconds: number): string {
  const millions = (count: number): string => (count / 1e6).toFixed(count >= 1e8 ? 0 : 1);
  const perSecond = (state.accesses * 1000) / elapsedMilliseconds;
  const rate = (perSecond / 1e6).toFixed(2);
  return (
    `${millions(state.accesses)} million accesses of ${state.pages} pages, ` +
    `${rate} million per second`
  );
}
