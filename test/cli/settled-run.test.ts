import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/run/parse-run.ts';
import { MAIN, program, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);
const at = (name: string) => join(folder.path, name);

/** Two short scenarios whose whole intervals are stored, listed worst known first. */
const SCENARIOS = ['cpuid-pge-differs', 'cpuid-npt-npt'];
const WORDS = ['run', ...SCENARIOS, '--strategy', 'rfc-2025-03'];

/** Runs in a process of its own; `onText` sees all of standard error each time that there is more. */
async function watched(
  words: readonly string[],
  onText: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    onText(stderr, (signal) => void child.kill(signal));
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr };
}

function sameFiles(one: string, other: string): void {
  expect(readdirSync(at(one)).sort()).toEqual(readdirSync(at(other)).sort());
  for (const name of readdirSync(at(one))) {
    const [a, b] = [one, other].map((run) => readFileSync(join(at(run), name)));
    expect(a?.equals(b!), name).toBe(true);
  }
}

describe('a run whose seeds settle', async () => {
  const whole = await program(...WORDS, '--jobs', '2', '--out', at('whole'));

  test('prints a row for each scenario as it is known, the best known one first, without control characters', () => {
    expect(whole.code).toBe(0);
    const rows = whole.stderr.split('\n').filter((line) => line.includes(' saves '));
    expect(rows.map((row) => /^asidbench: ([a-z-]+), /.exec(row)?.[1])).toEqual([
      'cpuid-npt-npt',
      'cpuid-pge-differs',
    ]);
    for (const row of rows) expect(row).toMatch(/saves [\d.]+ %, 95 % in all [\d.]+ %, 8 seeds$/);
    expect(whole.stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('says in its manifest how many seeds each took, and for what', () => {
    const path = join(at('whole'), 'manifest.json');
    const { scenarios } = parseManifest(readFileSync(path, 'utf8'), path);
    for (const { settled } of scenarios) {
      expect(settled).toMatchObject([{ strategy: 'rfc-2025-03', pilot: 8, most: 20, seeds: 8 }]);
    }
  });

  test('has the cells of a run with as many seeds', async () => {
    await program(...WORDS, '--seeds', '8', '--out', at('fixed'));
    const linesOf = (run: string) =>
      readFileSync(join(at(run), 'results.jsonl'), 'utf8')
        .split('\n')
        .sort();
    expect(linesOf('whole')).toEqual(linesOf('fixed'));
  });

  test('does not depend on the number of workers', async () => {
    await program(...WORDS, '--jobs', '1', '--out', at('alone'));
    sameFiles('alone', 'whole');
  });

  test('that is interrupted leaves a partial report, and goes on to the same bytes', async () => {
    const { code, stderr } = await watched([...WORDS, '--out', at('part')], (text, kill) => {
      if (text.includes(' saves ') && !text.includes('interrupted')) kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(stderr).toContain(`Go on with: npm run -s bench -- run --resume ${at('part')}`);
    expect(existsSync(join(at('part'), 'manifest.json'))).toBe(false);
    for (const name of ['report.html', 'report.md']) {
      const text = readFileSync(join(at('part'), name), 'utf8');
      expect(text).toMatch(/(<title>|^# )PARTIAL: /m);
      expect(text).toMatch(/this run was stopped, and what follows is of \d+ of \d+ cells/);
      expect(text.replaceAll('\\', '')).toContain(`run --resume ${at('part')}`);
    }
    const resumed = await program('run', '--resume', at('part'));
    expect(resumed.code).toBe(0);
    sameFiles('part', 'whole');
  });

  test('takes what suites say with --seeds suite, and in a shard, which knows no results of the others', async () => {
    const suite = ['run', 'cpuid-pge-differs', '--strategy', 'rfc-2025-03'];
    await program(...suite, '--seeds', 'suite', '--out', at('suite'));
    for (const shard of ['1/2', '2/2']) {
      await program(...suite, '--shard', shard, '--out', at(shard.replace('/', '-')));
    }
    const merged = await program('run', '--merge', at('1-2'), at('2-2'), '--out', at('merged'));
    expect(merged.code).toBe(0);
    sameFiles('merged', 'suite');
    const path = join(at('suite'), 'manifest.json');
    expect(parseManifest(readFileSync(path, 'utf8'), path).command).toContain(' --seeds suite');
  });
});
