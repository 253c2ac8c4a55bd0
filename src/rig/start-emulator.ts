import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Starts a command whose words are printed to us. The kernel kills it when this thread ends, whatever ended it: an
 * emulator that nobody listens to would keep a core busy for ever.
 */
export function startEmulator(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
