import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { MAIN, program, temporaryFolder } from './command-line.ts';
import { tinySuite } from './tiny-suite.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const suite = tinySuite(folder.path);
const at = (name: string) => join(folder.path, name);

describe('a run with --precision', async () => {
  const precise = await program(
    suite,
    '--seeds',
    '3',
    '--precision',
    '0.05%',
    '--out',
    at('precise'),
  );
  const seeds = /takes (\d+) seeds after a pilot of 3/.exec(precise.stderr)?.[1] ?? 'no number';

  test('says how many seeds it takes, and for the sake of which comparison', () => {
    expect(precise.code).toBe(0);
    expect(Number(seeds)).toBeGreaterThan(3);
    const [begins, says] = precise.stderr.trim().split('\n');
    expect(begins).toBe('asidbench: a pilot of 12 cells tells how many seeds it takes.');
    expect(says).toMatch(
      /^asidbench: ± 0.05 % takes \d+ seeds after a pilot of 3: \S+ in tiny on zen3-milan\.$/,
    );
  });

  test('is the run with that many seeds, in every byte', async () => {
    await program(suite, '--seeds', seeds, '--out', at('plain'));
    for (const name of readdirSync(at('plain'))) {
      const [one, other] = ['plain', 'precise'].map((run) => readFileSync(join(at(run), name)));
      expect(one?.equals(other!), name).toBe(true);
    }
  });
});

test('a folder that holds a run is refused before the pilot', async () => {
  await program(suite, '--seeds', '2', '--out', at('taken'));
  const ended = await program(suite, '--precision', '0.05%', '--out', at('taken'));
  expect(ended.code).toBe(5);
  expect(ended.stderr.trim()).toMatch(/^asidbench: \S+: the folder holds a finished run\. .*$/);
});

test('an interrupted pilot says that nothing is kept, and exits with 130', async () => {
  const words = [
    MAIN,
    'cpuid-npt-npt',
    '--seeds',
    '500',
    '--precision',
    '1%',
    '--out',
    at('no-run'),
  ];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  while (!stderr.includes('a pilot of 2000 cells')) await setTimeout(20);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(stderr.trimEnd().split('\n').slice(1)).toEqual([
    'asidbench: interrupted in the pilot of --precision; nothing is kept.',
  ]);
  expect(existsSync(at('no-run'))).toBe(false);
});

test.each([
  [['--precision', '1'], '"1" is no share from 0% to 100%'],
  [['--precision', '0%'], 'no number of seeds makes an interval of ± 0 %'],
  [['--precision', '0.0001%', '--seeds', '2', '--json'], 'more than 10000: '],
  [['--precision', '1%', '--shard', '1/2'], 'it does not go together with --shard'],
  [['--precision', '1%', '--resume', at('precise')], 'it does not go together with --resume'],
])('%j is refused with a sentence', async (flags, cause) => {
  const ended = await program(suite, ...flags);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: '' });
  expect(ended.stderr).toContain(cause);
  expect(ended.stderr.trim().split('\n')).toHaveLength(1);
});
