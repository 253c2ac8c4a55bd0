import { liveComputer } from '../compute.ts';
import type { FromWorker, ToWorker } from '../messages.ts';

/** The page's script as a worker: computes the state that was asked for last. */
export function serve(): void {
  let compute: ReturnType<typeof liveComputer> | undefined;
  let last = 0;
  const answer = async (number: number, state: Parameters<ReturnType<typeof liveComputer>>[0]) => {
    last = number;
    const tell = (result: FromWorker['result']) => postMessage({ number, result });
    try {
      await compute?.(state, {
        onAnswer: (found, isLast) => tell({ kind: 'answer', answer: found, isLast }),
        onElsewhere: () => tell({ kind: 'elsewhere' }),
        isOver: () => number !== last,
        pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
      });
    } catch (error) {
      tell({ kind: 'failure', message: String(error) });
    }
  };
  addEventListener('message', ({ data: message }: MessageEvent<ToWorker>) => {
    if (message.kind === 'data') compute = liveComputer(message.data);
    else void answer(message.number, message.state);
  });
}
