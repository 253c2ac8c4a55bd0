import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * `npm run dev`: builds whatever is saved, and runs the tests that it touches; first those of what is not
 * committed. Both go on until Ctrl-C.
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LOOPS = [
  ['typescript/bin/tsc', '-b', '--watch', '--preserveWatchOutput'],
  ['vitest/vitest.mjs', 'watch', '--changed', '--mode', 'sources'],
];

const loops = LOOPS.map(([program = '', ...words]) =>
  spawn(process.execPath, [join(ROOT, 'node_modules', program), ...words], {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit'],
  }),
);
for (const loop of loops) {
  loop.on('exit', () => {
    for (const other of loops) other.kill();
  });
}
