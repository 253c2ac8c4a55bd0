import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { coarseGrid } from '../../src/probe/grid.ts';
import { probeFileText } from '../../src/probe/probe-file.ts';
import { GENOA_VM, makeProbe, twoSteps } from '../probe/make-probe.ts';
import { program, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const SMALL_GRID = coarseGrid().filter((pages) => pages <= 8192);

function probeFileOf(name: string, host = GENOA_VM): string {
  const path = join(folder.path, name);
  writeFileSync(path, probeFileText(makeProbe(twoSteps, host, SMALL_GRID)));
  return path;
}

const file = probeFileOf('genoa.json');

describe('probe --from, for a host that was measured before', async () => {
  const out = join(folder.path, 'out');
  const ended = await program('probe', '--from', file, '--out', out);

  test('shows both curves in 80 columns, and says that the host is a VM', () => {
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('This is a VM');
    expect(ended.stdout).toMatch(/first-level reach, pages +64 \(64\.\.90\)/);
    expect(ended.stdout).toContain('260,000 (250,000..270,000) CPUIDs per second');
    const lines = ended.stdout.slice(0, ended.stdout.indexOf('Written:')).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('writes the probe, its picture and a machine', () => {
    expect(readdirSync(out).sort()).toEqual(['machine.json', 'probe.json', 'probe.svg']);
    expect(readFileSync(join(out, 'probe.json'), 'utf8')).toBe(readFileSync(file, 'utf8'));
  });

  test('writes a machine that run takes', async () => {
    const words = ['--machine', join(out, 'machine.json'), '--seeds', '2', '--jobs', '1', '--json'];
    const run = await program('cpuid-npt-npt', ...words, '--out', join(folder.path, 'run'));
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout).scenarios[0].machine).toBe('probed-zen4-genoa');
  });

  test('prints one JSON object with what was measured and what is modelled', async () => {
    const words = ['--from', file, '--machine', 'zen3-milan', '--json'];
    const json = await program('probe', ...words, '--out', join(folder.path, 'json'));
    const data = JSON.parse(json.stdout);
    expect(data).toMatchObject({ kind: 'asidbench-probe', machine: 'zen3-milan', roundCount: 12 });
    expect(data.comparison.map((each: { id: string }) => each.id)).toEqual([
      'first-reach',
      'first-cost',
      'second-reach',
      'miss-near',
      'miss-far',
    ]);
    expect(data.knees[0].reachPages.point).toBe(64);
  });
});

describe('the rate of a probe', () => {
  const machine = async (rate: string, name: string): Promise<string> => {
    const out = join(folder.path, name);
    const ended = await program('fit', '--cpuid-before', rate, '--json', '--out', out);
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    return readFileSync(out, 'utf8');
  };

  test('is what fit takes in place of a number', async () => {
    expect(await machine(file, 'from-probe.json')).toBe(
      await machine('260000', 'from-number.json'),
    );
  });

  test('is missed with one sentence in another file', async () => {
    const ended = await program('fit', '--cpuid-before', 'package.json');
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 4, stdout: '' });
    expect(ended.stderr).toMatch(/^asidbench: package\.json: there is no rate of CPUIDs in it/);
  });
});

describe('probe', () => {
  test('compares nothing where no preset is of the host’s kind, and says how to', async () => {
    const other = probeFileOf('other.json', { ...GENOA_VM, vendor: 'unknown' });
    const out = join(folder.path, 'none');
    const { code, stdout } = await program('probe', '--from', other, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('Name one with --machine');
    expect(readdirSync(out)).toEqual(['probe.json']);
  });

  test.each([
    [
      'a file that is not there',
      ['probe', '--from', 'nowhere.json'],
      4,
      /nowhere\.json: it can't be read: it does not exist/,
    ],
    ['a file of another kind', ['probe', '--from', 'package.json'], 4, /package\.json kind/],
    [
      'a machine that is not there',
      ['probe', '--from', file, '--machine', 'zen4-genova'],
      2,
      /Did you mean "zen4-genoa"/,
    ],
    [
      'a machine file that is none',
      ['run', 'cpuid-npt-npt', '--machine', 'package.json'],
      4,
      /package\.json/,
    ],
  ])('answers %s with one sentence', async (_, words, code, message) => {
    const ended = await program(...words);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr.split('\n')).toHaveLength(2);
  });
});
