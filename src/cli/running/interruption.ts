/** npm passes on the signal that a terminal has sent to this process already: what comes so soon is the same Ctrl-C. */
const SAME_MILLISECONDS = 500;

/** What a Ctrl-C reaches, and the clock in milliseconds; both are given so that tests can. */
export interface InterruptSource {
  readonly on: (listener: () => void) => void;
  readonly off: (listener: () => void) => void;
  readonly nowMilliseconds: () => number;
}

/** The Ctrl-C of a run: the first one asks it to stop. */
export interface Interruption {
  /** Aborted at the first one. */
  readonly signal: AbortSignal;
  /** Resolves then; never where there is none. */
  readonly happened: Promise<void>;
  readonly release: () => void;
}

/** Listens for Ctrl-C. `endAtOnce` is called at the second one, and is to end the program. */
export function listenForInterrupts(
  endAtOnce: () => void,
  source: InterruptSource = PROCESS,
): Interruption {
  const controller = new AbortController();
  let first: number | null = null;
  const listener = (): void => {
    const now = source.nowMilliseconds();
    if (first === null) {
      first = now;
      controller.abort();
    } else if (now - first >= SAME_MILLISECONDS) endAtOnce();
  };
  source.on(listener);
  const { signal } = controller;
  return {
    signal,
    happened: new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve());
    }),
    release: () => source.off(listener),
  };
}

const PROCESS: InterruptSource = {
  on: (listener) => void process.on('SIGINT', listener),
  off: (listener) => void process.off('SIGINT', listener),
  nowMilliseconds: () => performance.now(),
};
