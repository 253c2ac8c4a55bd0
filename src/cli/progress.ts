/** Where progress is written, and the clock in milliseconds; both are given so that tests can. */
export interface ProgressOutput {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly nowMilliseconds: () => number;
}

export interface Progress {
  /** Call after each finished cell. */
  readonly advance: (done: number, total: number) => void;
  /** Ends the line that is being rewritten. */
  readonly finish: () => void;
}

/** On a terminal a line is rewritten at most this often. */
const REDRAW_MILLISECONDS = 100;
/** Elsewhere (a CI log) a line is written at most this often. */
const LOG_MILLISECONDS = 10_000;

/**
 * Shows how many cells are finished, the rate and the time left, in host time.
 * Nothing that it measures reaches a result.
 */
export function startProgress(output: ProgressOutput): Progress {
  const started = output.nowMilliseconds();
  const interval = output.isTerminal ? REDRAW_MILLISECONDS : LOG_MILLISECONDS;
  let shown = started - interval;
  let width = 0;
  return {
    advance: (done, total) => {
      const now = output.nowMilliseconds();
      if (now - shown < interval && done < total) return;
      shown = now;
      const text = progressLine(done, total, now - started);
      if (output.isTerminal) {
        output.write(`\r${text.padEnd(width)}`);
        width = text.length;
      } else {
        output.write(`${text}\n`);
      }
    },
    finish: () => {
      if (width > 0) output.write('\n');
      width = 0;
    },
  };
}

/** Progress on stderr with the host's clock. */
export function startTerminalProgress(): Progress {
  return startProgress({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    nowMilliseconds: () => performance.now(),
  });
}

/** `12 of 40 cells, 3.1 per second, 9 s left` */
export function progressLine(done: number, total: number, elapsedMilliseconds: number): string {
  const cells = `${done} of ${total} cells`;
  if (elapsedMilliseconds <= 0 || done === 0) return cells;
  const perSecond = (done * 1000) / elapsedMilliseconds;
  const rate = `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)} per second`;
  if (done >= total) return `${cells}, ${rate}`;
  return `${cells}, ${rate}, ${duration((total - done) / perSecond)} left`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
