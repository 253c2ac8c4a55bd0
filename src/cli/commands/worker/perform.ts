import { hostname } from 'node:os';
import { shownAddress } from '../../../distributed/connection.ts';
import { startQueueWorker } from '../../../distributed/queue-worker.ts';
import { escapeTerminal } from '../../../report/escape.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { printError } from '../../output/io.ts';
import { PROGRAM_NAME } from '../../output/messages.ts';
import { buildHash } from '../../running/build-hash.ts';
import { requiredRedisUrl } from '../../select/strategies.ts';
import type { WorkerFlags } from './flags.ts';

/** The whole of `worker`; returns the exit code. */
export async function performWork(flags: WorkerFlags): Promise<number> {
  const url = requiredRedisUrl(flags.redis);
  const build = buildHash();
  let cells = 0;
  const say = (sentence: string): void => {
    // Names in the queue are other people's.
    printError(`${PROGRAM_NAME}: ${escapeTerminal(sentence)}\n`);
  };
  const worker = await startQueueWorker({
    url,
    name: `${hostname()} (process ${process.pid})`,
    build,
    jobs: flags.jobs,
    lockSeconds: flags.lock,
    idleSeconds: flags.idle ?? null,
    onNotice: say,
    onCell: () => {
      cells += 1;
    },
  });
  say(
    `${flags.jobs} at a time from ${shownAddress(url)}, for build ${build}; Ctrl-C ends after the cells in work.`,
  );
  let signals = 0;
  const onSignal = (): void => {
    signals += 1;
    // npm passes on a signal that the terminal has sent already, so that two come as one.
    if (signals > 2) process.exit(EXIT_CODES.interrupted);
    worker.stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  await worker.ended;
  say(`${cells} cells computed.`);
  return EXIT_CODES.ok;
}
