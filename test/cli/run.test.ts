import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunJson } from '../../src/cli/running/run-json.ts';
import { CAUSE_IDS } from '../../src/cost/causes.ts';
import { MAIN, program, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

/** A suite of two round trips: the shape of a run, not its numbers, is tested here. */
const tiny = join(folder.path, 'tiny.yaml');
writeFileSync(
  tiny,
  readFileSync('suites/headline/cpuid-npt-npt.yaml', 'utf8')
    .replace(/^id: .*$/m, 'id: tiny')
    .replace(/^trips: .*$/m, 'trips: {warmUp: 5, measured: 5}')
    .replace(/^expect:[\s\S]*$/m, 'expect: []\n'),
);

let runs = 0;
async function runTiny(...flags: readonly string[]) {
  runs += 1;
  const out = join(folder.path, `run-${runs}`);
  const ended = await program(tiny, '--seeds', '2', '--jobs', '1', '--out', out, ...flags);
  return { ...ended, out };
}

/** What a run printed; a run that printed nothing says why instead. */
function jsonOf(ended: { stdout: string; stderr: string }): RunJson {
  if (ended.stdout === '') throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as RunJson;
}

describe('a run', async () => {
  const run = await runTiny('--json');
  const printed = jsonOf(run);

  test('prints one JSON object and nothing on stderr', () => {
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    expect(Object.keys(printed)).toEqual(['scenarios', 'report']);
    expect(printed.scenarios.map((scenario) => scenario.id)).toEqual(['tiny']);
  });

  test('compares every strategy with the baseline in plain numbers', () => {
    const comparisons = printed.scenarios[0]?.comparisons ?? [];
    expect(comparisons.map((each) => each.strategy)).toContain('rfc-2025-03');
    for (const each of comparisons) {
      expect(each.baseline).toBe('kvm-6.14');
      expect(each.unit).toBe('ns per round trip');
      expect(each.before).toBeGreaterThan(0);
      expect(each.before).toBe(each.beforeInterval.point);
      expect(each.after).toBe(each.afterInterval.point);
      expect(each.savingNs.point).toBeCloseTo(each.before - each.after, 6);
      expect(Object.keys(each.savingRatio)).toEqual(['point', 'low', 'high']);
      expect(Object.keys(each.staleHits).sort()).toEqual(['crossVm', 'guest', 'host']);
      expect(Object.keys(each.ledgerBefore).sort()).toEqual([...CAUSE_IDS].sort());
      expect(Object.keys(each.ledgerAfter).sort()).toEqual([...CAUSE_IDS].sort());
    }
  });

  test('leaves results with checksums, manifest and two reports in its folder', () => {
    const names = ['checksums.txt', 'manifest.json', 'report.html', 'report.md', 'results.jsonl'];
    expect(readdirSync(run.out).sort()).toEqual(names);
    expect(printed.report).toBe(join(run.out, 'report.html'));
    const strategies = (printed.scenarios[0]?.comparisons.length ?? 0) + 1;
    const lines = readFileSync(join(run.out, 'results.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(strategies * 2);
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('cellId');
  });

  test('gives the same bytes in every file when it is repeated with two workers', async () => {
    const again = await runTiny('--json', '--jobs', '2');
    expect(again.code).toBe(0);
    for (const name of readdirSync(run.out)) {
      const [first, second] = [run.out, again.out].map((out) => readFileSync(join(out, name)));
      expect(second?.equals(first ?? new Uint8Array()), name).toBe(true);
    }
  });

  test('prints at most 80 columns, and no progress where no terminal is', async () => {
    const text = await runTiny();
    expect(text.code).toBe(0);
    expect(text.stderr).toBe('');
    const lines = text.stdout.split('\n').filter((line) => !line.startsWith('Report: '));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text.stdout).toContain(`Report: ${join(text.out, 'report.html')}\n`);
  });

  test('applies --set to every strategy but the baseline', async () => {
    const changed = await runTiny(
      '--json',
      '--strategy',
      'rfc-2025-03',
      '--set',
      'invlpga=as-invlpg',
    );
    const { scenarios } = jsonOf(changed);
    expect(scenarios[0]?.comparisons.map((each) => [each.baseline, each.strategy])).toEqual([
      ['kvm-6.14', 'rfc-2025-03+invlpga=as-invlpg'],
    ]);
  });

  test('runs on each --machine', async () => {
    const words = ['--machine', 'zen3-milan', '--machine', 'zen4-genoa'];
    const { scenarios } = jsonOf(await runTiny('--json', ...words));
    expect(scenarios.map((each) => each.machine)).toEqual(['zen3-milan', 'zen4-genoa']);
  });

  test('names the command that repeats it, whatever it was asked to print or where', () => {
    const manifest = JSON.parse(readFileSync(join(run.out, 'manifest.json'), 'utf8')) as {
      command: string;
    };
    expect(manifest.command).toBe(`npm run -s bench -- run ${tiny} --seeds 2`);
  });

  test('ends with exit code 1 when an expectation does not hold', async () => {
    const path = join(folder.path, 'expecting.yaml');
    const text = readFileSync(tiny, 'utf8').replace(
      'expect: []',
      'expect: [{strategy: flush-always, saves: true}]',
    );
    writeFileSync(path, text);
    const out = join(folder.path, 'expecting');
    expect((await program(path, '--seeds', '2', '--out', out, '--json')).code).toBe(1);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });
});

describe('a run without --out', () => {
  const project = process.cwd();
  afterAll(() => process.chdir(project));

  test('goes to a new folder under reports each time', async () => {
    process.chdir(folder.path);
    for (const name of ['tiny-zen3-milan', 'tiny-zen3-milan-2']) {
      const ended = await program(tiny, '--seeds', '2', '--strategy', 'ideal', '--json');
      expect(jsonOf(ended).report).toBe(join('reports', name, 'report.html'));
    }
  });
});

describe('an interrupted run', () => {
  test.each(['1', '2'])(
    'with %s jobs keeps its finished cells, says so and exits with 130',
    async (jobs) => {
      const out = join(folder.path, `interrupted-${jobs}`);
      const words = [MAIN, 'cpuid-npt-npt', '--seeds', '500', '--jobs', jobs, '--out', out];
      const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      const results = join(out, 'results.jsonl');
      while (!existsSync(results) || statSync(results).size === 0) await setTimeout(20);
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      const text = readFileSync(results, 'utf8');
      const cells = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(stderr).toContain(`${cells.length} finished cell`);
      expect(stderr).toContain(results);
      expect(stderr).toContain(`run --resume ${out}`);
      expect(existsSync(join(out, 'manifest.json'))).toBe(false);
    },
  );
});

describe('a reader that goes away', () => {
  test('is no error', () => {
    const pipe = `"${process.execPath}" "${MAIN}" list --json | head -c 10; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', pipe], { encoding: 'utf8' });
    expect(stdout.trimEnd().endsWith('0')).toBe(true);
    expect(stderr).toBe('');
  });
});
