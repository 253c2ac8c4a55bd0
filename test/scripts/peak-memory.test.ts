import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MODULE = join(process.cwd(), 'dist/scripts/peak-memory.js');
/** A process that fills 300 MB before it starts itself again, and prints what the child says. */
const BIG_PARENT = `
const filled = Buffer.alloc(300e6, 1);
const child = "import('${MODULE}').then((it) => console.log(it.peakResidentBytes()))";
const ended = require('node:child_process').spawnSync(process.execPath, ['-e', child]);
process.stdout.write(filled[0] === 1 ? ended.stdout : '');
process.stderr.write(ended.stderr);`;

test('the memory of a program is its own, not that of the process that started it', () => {
  const ended = spawnSync(process.execPath, ['-e', BIG_PARENT], { encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  expect(Number(ended.stdout)).toBeGreaterThan(10e6);
  expect(Number(ended.stdout)).toBeLessThan(250e6);
});
