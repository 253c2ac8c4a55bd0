import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program, stackLines, temporaryFolder } from './command-line.ts';
import { tinySuite, tinySweep } from './tiny-suite.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const at = (name: string) => join(folder.path, name);
const words = [tinySuite(folder.path), '--seeds', '3'];
const SHARDS = [1, 2, 3];

const whole = await program(...words, '--out', at('whole'));
for (const index of SHARDS) {
  await program(...words, '--shard', `${index}/3`, '--out', at(`part-${index}`));
}
const parts = SHARDS.map((index) => at(`part-${index}`));

/** A copy of a shard with a file of it changed. */
function changedPart(index: number, name: string, change: (text: string) => string): string {
  const copy = at(`copy-${readdirSync(folder.path).length}`);
  cpSync(at(`part-${index}`), copy, { recursive: true });
  writeFileSync(join(copy, name), change(readFileSync(join(copy, name), 'utf8')));
  // Whoever changes results on purpose does not leave checksums that tell.
  rmSync(join(copy, 'checksums.txt'), { force: true });
  return copy;
}

describe('merged shards', async () => {
  const merged = await program(
    'run',
    '--merge',
    parts[2]!,
    parts[0]!,
    parts[1]!,
    '--out',
    at('merged'),
  );

  test('are the bytes of the run that one machine writes, in every file', () => {
    expect({ code: merged.code, stderr: merged.stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(at('merged')).sort()).toEqual(readdirSync(at('whole')).sort());
    for (const name of readdirSync(at('whole'))) {
      const [one, other] = ['whole', 'merged'].map((run) => readFileSync(join(at(run), name)));
      expect(one?.equals(other!), name).toBe(true);
    }
  });

  test('print what the run prints', () => {
    const withoutPath = (text: string) => text.replace(/Report: .*/, '');
    expect(withoutPath(merged.stdout)).toBe(withoutPath(whole.stdout));
  });
});

test('shards of a sweep, whose parts cut through its points, merge to the bytes of the whole', async () => {
  const sweep = [tinySweep(folder.path), '--seeds', '2'];
  const run = async (...more: string[]) =>
    expect(await program(...more)).toMatchObject({ code: 0 });
  await run(...sweep, '--out', at('sweep'));
  for (const part of [1, 2])
    await run(...sweep, '--shard', `${part}/2`, '--out', at(`sweep-${part}`));
  await run('run', '--merge', at('sweep-1'), at('sweep-2'), '--out', at('sweep-merged'));
  const scenarios = (name: string) =>
    readFileSync(join(at(name), 'results.jsonl'), 'utf8').match(/"scenario":"[^"]*"/g);
  expect(new Set(scenarios('sweep')).size).toBe(3);
  expect(new Set(scenarios('sweep-1')).size).toBe(3);
  for (const name of readdirSync(at('sweep'))) {
    const [one, other] = ['sweep', 'sweep-merged'].map((each) =>
      readFileSync(join(at(each), name)),
    );
    expect(one?.equals(other!), name).toBe(true);
  }
});

describe('shards that do not make a whole', () => {
  const [one = '', two = '', three = ''] = parts;
  const results = 'results.jsonl';
  const plan = 'plan.json';
  const firstLine = (text: string) => text.slice(0, text.indexOf('\n') + 1);

  test.each<[string, () => readonly string[], string]>([
    ['one missing', () => [one, three], 'of 3 shards these are missing: 2/3'],
    ['one given twice', () => [one, two, three, two], 'both hold shard 2/3'],
    [
      'a cell that contradicts itself',
      () => [
        one,
        two,
        three,
        changedPart(2, results, (text) => text.replace(/"meanNs":\d/, '"meanNs":9')),
      ],
      'meanNs is not the mean of tripNs',
    ],
    [
      'one that was stopped',
      () => [one, changedPart(2, results, firstLine), three],
      'shard 2/3 is not finished: 1 of 4 cells are there. Go on with "npm run -s bench -- run --resume',
    ],
    [
      'one with a torn line',
      () => [one, changedPart(2, results, (text) => text.slice(0, -9)), three],
      'shard 2/3 is not finished: 3 of 4',
    ],
    [
      'a cell that stands twice',
      () => [one, changedPart(2, results, (text) => firstLine(text) + firstLine(text)), three],
      'its own line is 1',
    ],
    [
      'a cell of another shard',
      () => [one, changedPart(2, results, () => readFileSync(join(three, results), 'utf8')), three],
      'does not belong to shard 2/3',
    ],
    [
      'another text of the suite',
      () => [
        one,
        changedPart(2, plan, (text) => text.replace(/("suiteSha256": ")./, '$1z')),
        three,
      ],
      'was made with another text of ',
    ],
    [
      'another version',
      () => [
        one,
        changedPart(2, plan, (text) => text.replace(/("version": ")[^"]*/, '$10.0.9')),
        three,
      ],
      'was made by version 0.0.9 of the program, and this is version',
    ],
    [
      'another number of shards',
      () => [
        one,
        changedPart(2, plan, (text) => text.replace('"count": 3\n', '"count": 4\n')),
        three,
      ],
      'it is shard 2/4',
    ],
    [
      'a finished run',
      () => [one, two, at('whole')],
      'it holds a finished run and no shard of one',
    ],
    ['a folder without a run', () => [one, two, folder.path], "plan.json: it can't be read"],
  ])('%s: it is said in one sentence and nothing is written', async (_, dirs, sentence) => {
    const out = at('never');
    const ended = await program('run', '--merge', ...dirs(), '--out', out);
    expect(ended.stderr).toContain(sentence);
    expect(stackLines(ended.stderr)).toEqual([]);
    expect(ended.code).toBe(4);
    expect(existsSync(out)).toBe(false);
  });

  test('a target that is in use stays as it is', async () => {
    const before = readFileSync(join(at('whole'), results));
    const ended = await program('run', '--merge', ...parts, '--out', at('whole'));
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('a finished run')]);
    expect(readFileSync(join(at('whole'), results)).equals(before)).toBe(true);
  });
});

describe('a shard', () => {
  test('is one of the whole', async () => {
    for (const wrong of ['0/3', '4/3', '1', '1/0', 'a/b', '-1/3']) {
      const ended = await program(...words, '--shard', wrong, '--out', at('never'));
      expect([ended.code, ended.stderr]).toEqual([
        2,
        expect.stringContaining('is no part of a whole'),
      ]);
    }
  });

  test('that was stopped is resumed by its folder, and its results are the same', async () => {
    const stopped = changedPart(2, results(), (text) => text.slice(0, text.length / 2));
    expect((await program(...words, '--shard', '2/3', '--resume', stopped)).code).toBe(0);
    expect(readFileSync(join(stopped, results()))).toEqual(
      readFileSync(join(parts[1]!, results())),
    );
  });
});

describe('a resumed run', () => {
  test('of the suites that come with the program needs nothing but its folder', async () => {
    const out = at('by-folder');
    const asked = ['cpuid-npt-npt', '--seeds', '2', '--strategy', 'ideal', '--shard', '1/4'];
    await program(...asked, '--out', out);
    const expected = readFileSync(join(out, results()));
    writeFileSync(join(out, results()), expected.subarray(0, 10));
    const ended = await program('run', '--resume', out);
    expect(ended.stderr).toContain('the last line was cut off; its cell is computed again.');
    expect(ended.code).toBe(0);
    expect(readFileSync(join(out, results())).equals(expected)).toBe(true);
  });

  test("of a user's own file does not follow the path that its folder names", async () => {
    const ended = await program('run', '--resume', parts[0]!);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('is of a file of your own');
    expect(ended.stderr).toContain(
      `Name it again: npm run -s bench -- run ${words.join(' ')} --resume`,
    );
  });

  test('that is finished is shown again, and nothing is written', async () => {
    const before = readdirSync(at('whole'));
    const ended = await program(...words, '--resume', at('whole'));
    expect([ended.code, ended.stdout]).toEqual([0, whole.stdout]);
    expect(readdirSync(at('whole'))).toEqual(before);
  });

  test('where no run is wants to know what to run', async () => {
    const ended = await program('run', '--resume', at('nowhere'));
    expect([ended.code, ended.stderr]).toEqual([
      4,
      expect.stringContaining('Say what to run, too'),
    ]);
  });
});

function results(): string {
  return 'results.jsonl';
}
