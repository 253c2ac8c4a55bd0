/** Where progress is written, and the clock in milliseconds; both are given so that tests can. */
export interface ProgressOutput {
  readonly write: (text: string) => void;
  /** Width of the terminal; null where it is none, and nothing is shown. */
  readonly columns: number | null;
  readonly nowMilliseconds: () => number;
}

export interface Progress {
  /** Call after each finished cell. */
  readonly advance: (done: number, total: number) => void;
  /** Ends the line that is being rewritten. */
  readonly finish: () => void;
}

/** The line is rewritten at most this often. */
const REDRAW_MILLISECONDS = 100;
/** Of a terminal that does not tell its width. */
const USUAL_COLUMNS = 80;

/**
 * Shows on a terminal how many cells are finished, the rate and the time left, in host time, on one
 * line. `before` cells were finished when the run began and count for no rate. Nothing that it
 * measures reaches a result.
 */
export function startProgress(output: ProgressOutput, before: number): Progress {
  const started = output.nowMilliseconds();
  let shown = started - REDRAW_MILLISECONDS;
  let width = 0;
  return {
    advance: (done, total) => {
      const now = output.nowMilliseconds();
      if (output.columns === null) return;
      if (now - shown < REDRAW_MILLISECONDS && done < total) return;
      shown = now;
      // A line that reaches the last column would wrap, and could not be rewritten.
      const text = progressLine(done, total, before, now - started).slice(0, output.columns - 1);
      output.write(`\r${text.padEnd(width)}`);
      width = text.length;
    },
    finish: () => {
      if (width > 0) output.write('\n');
      width = 0;
    },
  };
}

/** Progress on stderr with the host's clock. */
export function startTerminalProgress(before: number): Progress {
  const { stderr } = process;
  return startProgress(
    {
      write: (text) => stderr.write(text),
      columns: stderr.isTTY === true ? stderr.columns || USUAL_COLUMNS : null,
      nowMilliseconds: () => performance.now(),
    },
    before,
  );
}

/** `12 of 40 cells, 3.1 per second, 9 s left` */
export function progressLine(
  done: number,
  total: number,
  before: number,
  elapsedMilliseconds: number,
): string {
  const cells = `${done} of ${total} cells`;
  if (elapsedMilliseconds <= 0 || done <= before) return cells;
  const perSecond = ((done - before) * 1000) / elapsedMilliseconds;
  const rate = `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)} per second`;
  if (done >= total) return `${cells}, ${rate}`;
  return `${cells}, ${rate}, ${duration((total - done) / perSecond)} left`;
}

/** `40 s`, `7 min`, `2 h` */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3600)} h`;
}
