import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRunFolder, resumeRunFolder } from '../../src/cli/run-folder/run-folder.ts';
import { fixedCourse } from '../../src/run/course.ts';
import type { CellResult } from '../../src/run/results.ts';
import { parsePlan, planText, type RunPlan } from '../../src/run/run-plan.ts';
import { prngFor } from '../../src/util/prng.ts';
import { makeCell, makeManifest } from '../run/make-cells.ts';
import { temporaryFolder } from './command-line.ts';

let folder = temporaryFolder();
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const idOf = (seed: number) => `00000000000000${seed.toString(16).padStart(2, '0')}`;
const cells = [1, 2, 3, 4].map((seed) =>
  makeCell('kvm-6.14', seed, 100 + seed, { cellId: idOf(seed) }),
);
const [cell] = cells as [CellResult];
const plan: RunPlan = {
  words: ['headline'],
  flags: {},
  shard: null,
  build: 'b',
  cellIds: cells.map((each) => each.cellId),
  manifest: makeManifest(),
};
const lines = cells.map((each) => `${JSON.stringify(each)}\n`);

describe('the folder of a run', () => {
  test('has a cell in it as soon as it is appended', () => {
    const run = openRunFolder(folder.path, 'run', null, plan);
    run.append(cell);
    expect(readFileSync(join(run.path, 'results.jsonl'), 'utf8')).toBe(lines[0]);
    run.abandon();
  });

  test('gets the next number where the name is taken', () => {
    const paths = [1, 2, 3].map(() => openRunFolder(folder.path, 'run', null, plan).path);
    expect(paths).toEqual(['run', 'run-2', 'run-3'].map((name) => join(folder.path, name)));
  });

  test('goes away again when no cell was written', () => {
    openRunFolder(folder.path, 'run', null, plan).abandon();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('stays when it was there before', () => {
    openRunFolder('unused', 'unused', folder.path, plan).abandon();
    expect(readdirSync(folder.path)).toEqual([]);
    expect(existsSync('unused')).toBe(false);
  });

  test('keeps plan and finished cells when the run is abandoned', () => {
    const run = openRunFolder(folder.path, 'run', null, plan);
    run.append(cell);
    run.abandon();
    expect(readdirSync(run.path)).toEqual(['checksums.txt', 'plan.json', 'results.jsonl']);
  });

  test('has reports and a manifest, and no plan, when the run is finished', () => {
    const run = openRunFolder(folder.path, 'run', null, plan);
    run.append(cell);
    run.finish({ manifest: plan.manifest, markdown: 'm', html: 'h' });
    const names = ['checksums.txt', 'manifest.json', 'report.html', 'report.md', 'results.jsonl'];
    expect(readdirSync(run.path).sort()).toEqual(names);
  });

  test('is refused where a run is already, finished or not', () => {
    const out = join(folder.path, 'out');
    const first = openRunFolder('unused', 'unused', out, plan);
    first.append(cell);
    first.abandon();
    const again = () => openRunFolder('unused', 'unused', out, plan);
    expect(again).toThrow(
      `is in use: it holds a run that goes on or was stopped. If it was stopped, go on with --resume ${out}`,
    );
    writeFileSync(join(out, 'manifest.json'), '{}');
    expect(again).toThrow('holds a finished run');
    expect(readFileSync(join(out, 'results.jsonl'), 'utf8')).toBe(lines[0]);
  });
});

describe('a plan', () => {
  test('is read as it was written', () => {
    const full: RunPlan = {
      ...plan,
      flags: { seeds: 3, set: ['a=b'] },
      shard: { index: 2, count: 3 },
    };
    expect(parsePlan(planText(full), 'p')).toEqual(full);
  });

  test.each([
    ['no JSON', '{"planVersion":', 'p: this is not JSON'],
    [
      'another version',
      JSON.stringify({ planVersion: 9 }),
      'p: planVersion is not as it should be',
    ],
    [
      'a number for names',
      planText(plan).replace('"flags": {}', '"flags": {"machine": 5}'),
      'flags.machine',
    ],
    ['an unknown flag', planText(plan).replace('"flags": {}', '"flags": {"exec": "x"}'), 'flags'],
    ['a shard beyond the last', planText({ ...plan, shard: { index: 4, count: 3 } }), 'shard'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => parsePlan(text, 'p')).toThrow(message);
  });
});

/** Resumes a run whose folder was left as said; gives what was stored, and what was said. */
function resume(texts: { plan?: string | null; results?: string | null }, now: RunPlan = plan) {
  const { plan: planOf = planText(plan), results = lines.slice(0, 2).join('') } = texts;
  if (planOf !== null) writeFileSync(join(folder.path, 'plan.json'), planOf);
  if (results !== null) writeFileSync(join(folder.path, 'results.jsonl'), results);
  const stored: CellResult[] = [];
  const notices: string[] = [];
  const run = resumeRunFolder(folder.path, now, {
    cells: [],
    course: fixedCourse(now),
    onStored: (each) => stored.push(each.cell),
    onNotice: (sentence) => notices.push(sentence),
  });
  return { run, stored, notices };
}

const resultsText = () => readFileSync(join(folder.path, 'results.jsonl'), 'utf8');

describe('a resumed run', () => {
  test('gives the stored cells and goes on behind them', () => {
    const { run, stored, notices } = resume({});
    expect(stored).toEqual(cells.slice(0, 2));
    expect(run.stored).toBe(2);
    for (const each of cells.slice(2)) run.append(each);
    run.finish({ manifest: plan.manifest, markdown: 'm', html: 'h' });
    expect(resultsText()).toBe(lines.join(''));
    expect(notices).toEqual([]);
  });

  test('starts where nothing was written yet', () => {
    expect(resume({ plan: null, results: null }).run.stored).toBe(0);
  });

  test('starts at the first cell where only the plan was written', () => {
    expect(resume({ results: null }).run.stored).toBe(0);
  });

  test.each([1, 100, (lines[1]?.length ?? 0) - 1])(
    'drops a last line of %i bytes that was cut off, and says so',
    (length) => {
      const { run, notices } = resume({ results: `${lines[0]}${lines[1]?.slice(0, length)}` });
      expect(run.stored).toBe(1);
      expect(notices).toEqual([
        `${join(folder.path, 'results.jsonl')}: the last line was cut off; its cell is computed again.`,
      ]);
      expect(resultsText()).toBe(lines[0]);
    },
  );

  const withManifest = (change: object): RunPlan => ({
    ...plan,
    manifest: { ...plan.manifest, ...change },
  });
  const [scenario] = plan.manifest.scenarios;

  test.each<[string, RunPlan, string]>([
    [
      'another version',
      withManifest({ version: '9.0.0' }),
      'was made by version 0.1.0 of the program, and this is version 9.0.0',
    ],
    ['another build', { ...plan, build: 'c' }, 'another build of the program (b, and this is c)'],
    [
      'another suite text',
      withManifest({ scenarios: [{ ...scenario, suiteSha256: 'f' }] }),
      'was made with another text of suites/headline/cpuid-npt-npt.yaml',
    ],
    [
      'other scenarios',
      withManifest({ scenarios: [{ ...scenario, id: 'x' }] }),
      'is of the scenarios cpuid-npt-npt instead of x',
    ],
    ['another command', withManifest({ command: 'other' }), 'is of the command'],
    [
      'other numbers',
      { ...plan, cellIds: [...plan.cellIds].reverse() },
      'other numbers of a machine',
    ],
    ['a shard', { ...plan, shard: { index: 1, count: 2 } }, 'is the run and not shard 1/2'],
  ])('with %s is refused, and nothing is changed', (_, now, message) => {
    const torn = `${lines[0]}{"torn`;
    expect(() => resume({ results: torn }, now)).toThrow(message);
    expect(() => resume({ results: torn }, now)).toThrow('Nothing was changed');
    expect(resultsText()).toBe(torn);
    expect(readFileSync(join(folder.path, 'plan.json'), 'utf8')).toBe(planText(plan));
  });

  test('gives up what was removed or replaced while it was writing, with its manifest unwritten', () => {
    for (const trouble of ['removed', 'replaced']) {
      const run = openRunFolder(folder.path, trouble, null, plan);
      run.append(cell);
      rmSync(join(run.path, 'results.jsonl'));
      if (trouble === 'replaced') writeFileSync(join(run.path, 'results.jsonl'), lines[0]!);
      const finish = () => run.finish({ manifest: plan.manifest, markdown: 'm', html: 'h' });
      expect(finish).toThrow('results.jsonl: the file was removed or replaced');
      expect(existsSync(join(run.path, 'manifest.json'))).toBe(false);
    }
  });

  test('that may not be written to is not sent to another folder, which it would refuse', () => {
    // A folder of this name can't be opened as a file, whoever asks.
    mkdirSync(join(folder.path, 'checksums.txt.partial'));
    expect(() => resume({})).toThrow(/can't be written: .*\. Allow writing there and resume again/);
    expect(() => resume({})).not.toThrow('--out');
  });

  test('finds every changed digit by its checksum', () => {
    const { run } = resume({});
    for (const each of cells.slice(2)) run.append(each);
    run.finishShard();
    const prng = prngFor(1, 'flipped digits');
    const whole = lines.join('');
    for (let flip = 0; flip < 200; flip += 1) {
      let at = prng.nextInt(whole.length);
      while (!/\d/.test(whole[at]!)) at = prng.nextInt(whole.length);
      const digit = (Number(whole[at]) + 1 + prng.nextInt(9)) % 10;
      const results = `${whole.slice(0, at)}${digit}${whole.slice(at + 1)}`;
      const line = whole.slice(0, at).split('\n').length;
      expect(() => resume({ results }), `${at}`).toThrow(
        `results.jsonl:${line}: the line is not the one that was written: its checksum differs. ` +
          `Nothing was changed. Cut the file before line ${line}`,
      );
    }
  });

  test('computes again what reached the disk without its checksum', () => {
    const { run } = resume({});
    run.append(cells[2]!);
    run.finishShard();
    const checksums = join(folder.path, 'checksums.txt');
    writeFileSync(checksums, readFileSync(checksums).subarray(0, 17 + 5));
    expect(resume({ results: lines.slice(0, 3).join('') }).run.stored).toBe(1);
    expect(resultsText()).toBe(lines[0]);
  });

  test.each([
    ['no plan', { plan: null }, 'has no plan.json'],
    ['half a plan', { plan: planText(plan).slice(0, 90) }, 'plan.json: this is not JSON'],
    [
      'a damaged line',
      { results: `${lines[0]}{"x\n${lines[1]}` },
      'results.jsonl:2: this is not JSON',
    ],
    [
      'a line that stands twice',
      { results: `${lines[0]}${lines[0]}` },
      ':2: cell 0000000000000001 (cpuid-npt-npt, kvm-6.14, seed 1) stands here where 0000000000000002 is due; its own line is 1',
    ],
    [
      'a key that this program does not write',
      { results: lines[0]!.replace('{', '{"later":1,') },
      ':1: the line is not as this program writes it',
    ],
    [
      'a strategy that the run has not',
      { results: lines[0]!.replace('"strategy":"kvm-6.14"', '"strategy":"kvm-6.15"') },
      ':1: the run has no strategy "kvm-6.15"',
    ],
    ['a missing line', { results: `${lines[1]}` }, ':1: cell 0000000000000002'],
    [
      'a line too many',
      { results: [...lines, lines[0]].join('') },
      ':5: cell 0000000000000001 (cpuid-npt-npt, kvm-6.14, seed 1) stands here and no cell is due any more',
    ],
    [
      'a line of another run',
      { results: lines[0]!.replace(idOf(1), idOf(77)) },
      'does not belong to the run',
    ],
  ])('with %s is refused, and nothing is changed', (_, left, message) => {
    const texts: { plan?: string | null; results?: string } = left;
    expect(() => resume(texts)).toThrow(message);
    expect(resultsText()).toBe(texts.results ?? lines.slice(0, 2).join(''));
  });
});
