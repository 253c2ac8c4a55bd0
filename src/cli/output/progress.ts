import { PROGRAM_NAME } from './invocation.ts';
import { progressStream } from './io.ts';

/** Where progress is written, and the clock in milliseconds; both are given so that tests can. */
export interface ProgressOutput {
  readonly write: (text: string) => void;
  /** Width of the terminal; null where it is none. */
  readonly columns: number | null;
  readonly nowMilliseconds: () => number;
}

/** One line about what is going on: rewritten on a terminal, said now and then elsewhere. */
export interface StatusLine {
  /** Says how things stand, if it is time; `isLast` always does on a terminal. */
  readonly show: (line: (elapsedMilliseconds: number) => string, isLast?: boolean) => void;
  /** Writes a line above it on a terminal; false elsewhere, where nothing is rewritten. */
  readonly above: (line: string) => boolean;
  /** Says it again where nothing was said for long. */
  readonly tick: () => void;
  /** Ends the line that is being rewritten. */
  readonly finish: () => void;
}

export interface Progress {
  /** Call after each finished piece of the work. */
  readonly advance: (done: number, total: number) => void;
  /** Writes a line above the progress on a terminal; false elsewhere. */
  readonly above: (line: string) => boolean;
  readonly tick: () => void;
  readonly finish: () => void;
}

/** The line is rewritten at most this often. */
const REDRAW_MILLISECONDS = 100;
/** Into a file or a pipe: a line so often, and none for what is over before. */
const SAY_MILLISECONDS = 10_000;
/** Of a terminal that does not tell its width. */
const USUAL_COLUMNS = 80;

export function startStatus(
  { write, columns, nowMilliseconds }: ProgressOutput,
  redrawMilliseconds: number = REDRAW_MILLISECONDS,
): StatusLine {
  const started = nowMilliseconds();
  const isTerminal = columns !== null;
  const pause = isTerminal ? redrawMilliseconds : SAY_MILLISECONDS;
  let shown = isTerminal ? started - pause : started;
  let width = 0;
  let latest: ((elapsedMilliseconds: number) => string) | null = null;
  const say = (now: number): void => {
    if (latest === null) return;
    shown = now;
    const text = latest(now - started);
    if (!isTerminal) {
      write(`${PROGRAM_NAME}: ${text}\n`);
      return;
    }
    // A line that reaches the last column would wrap, and could not be rewritten.
    const line = text.slice(0, columns - 1);
    write(`\r${line.padEnd(width)}`);
    width = line.length;
  };
  const sayIfDue = (isDue: boolean): void => {
    const now = nowMilliseconds();
    if (isDue || now - shown >= pause) say(now);
  };
  return {
    show: (line, isLast = false) => {
      latest = line;
      sayIfDue(isLast && isTerminal);
    },
    above: (line) => {
      if (!isTerminal) return false;
      write(`\r${''.padEnd(width)}\r${line}\n`);
      width = 0;
      say(nowMilliseconds());
      return true;
    },
    tick: () => {
      if (!isTerminal) sayIfDue(false);
    },
    finish: () => {
      if (width > 0) write('\n');
      width = 0;
      latest = null;
    },
  };
}

/**
 * Says how many `units` are finished, the rate and the time left, in host time. `before` of them were
 * finished when the work began and count for no rate. Nothing that it measures reaches a result.
 */
export function startProgress(output: ProgressOutput, before = 0, units = 'cells'): Progress {
  const status = startStatus(output);
  return {
    advance: (done, total) => {
      status.show((elapsed) => progressLine(done, total, before, elapsed, units), done >= total);
    },
    above: status.above,
    tick: status.tick,
    finish: status.finish,
  };
}

/** The same on standard error with the host's clock. */
export function startTerminalProgress(before = 0, units = 'cells'): Progress {
  return ticking(startProgress(standardError(), before, units));
}

/** A status line on standard error with the host's clock. */
export function startTerminalStatus(redrawMilliseconds?: number): StatusLine {
  return ticking(startStatus(standardError(), redrawMilliseconds));
}

/** While this thread has nothing to do, the line is said even where nothing has been finished for long. */
function ticking<Line extends { readonly tick: () => void; readonly finish: () => void }>(
  line: Line,
): Line {
  const timer = setInterval(line.tick, SAY_MILLISECONDS / 10).unref();
  return {
    ...line,
    finish: () => {
      clearInterval(timer);
      line.finish();
    },
  };
}

function standardError(): ProgressOutput {
  const stream = progressStream();
  return {
    write: (text) => void stream?.write(text),
    columns: stream?.isTTY === true ? stream.columns || USUAL_COLUMNS : null,
    nowMilliseconds: () => performance.now(),
  };
}

/** `12 of 40 cells (30 %), 3.1 per second, 9 s left` */
export function progressLine(
  done: number,
  total: number,
  before: number,
  elapsedMilliseconds: number,
  units = 'cells',
): string {
  const share = total > 0 ? ` (${Math.floor((100 * done) / total)} %)` : '';
  const cells = `${done} of ${total} ${units}${share}`;
  if (elapsedMilliseconds <= 0 || done <= before) return cells;
  const perSecond = ((done - before) * 1000) / elapsedMilliseconds;
  const rate = `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2)} per second`;
  if (done >= total) return `${cells}, ${rate}`;
  return `${cells}, ${rate}, ${duration((total - done) / perSecond)} left`;
}

/** `40 s`, `7 min`, `2 h` */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3600)} h`;
}
