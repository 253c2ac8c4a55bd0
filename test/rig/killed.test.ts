import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const STARTER = pathToFileURL(join(process.cwd(), 'dist/src/rig/start-emulator.js')).href;
/** What asidbench does: starts an emulator, here a shell that tells its number, and listens to it. */
const ASIDBENCH = `
  const { startEmulator } = await import(${JSON.stringify(STARTER)});
  const child = startEmulator(['sh', '-c', 'echo $$; exec sleep 600'], {});
  child.stdout.pipe(process.stdout);
`;
const LONGEST_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 20;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function isGone(pid: number): Promise<boolean> {
  const start = performance.now();
  while (isAlive(pid) && performance.now() - start < LONGEST_MILLISECONDS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  return !isAlive(pid);
}

test('an asidbench that is killed takes its emulator with it', async () => {
  const asidbench = spawn(process.execPath, ['--input-type=module', '-e', ASIDBENCH]);
  const [line] = (await once(asidbench.stdout, 'data')) as [Buffer];
  const emulator = Number(line.toString());
  expect(isAlive(emulator)).toBe(true);
  asidbench.kill('SIGKILL');
  expect(await isGone(emulator)).toBe(true);
});
