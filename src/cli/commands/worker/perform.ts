import { hostname } from 'node:os';
import { shownAddress } from '../../../distributed/connection.ts';
import { startQueueWorker } from '../../../distributed/queue-worker.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { say } from '../../output/say.ts';
import { buildHash } from '../../running/build-hash.ts';
import { requiredRedisUrl } from '../../select/redis-url.ts';
import type { WorkerFlags } from './flags.ts';

/** `worker`: computes the cells that others have submitted to a queue. */
export async function perform(_: readonly string[], flags: WorkerFlags): Promise<number> {
  const url = requiredRedisUrl(flags.redis);
  const build = buildHash();
  let cells = 0;
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
