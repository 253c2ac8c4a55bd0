import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readMachineFile } from '../../src/suite/machine-file.ts';
import { program, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const machine = join(folder.path, 'host.json');

test('fit writes a machine file that run takes, and says what stays open', async () => {
  const { code, stdout } = await program(
    ...['fit', '--cpuid-before', '250000', '--cpuid-before', '252000', '--ghz', '3.2'],
    ...['data/nested-kvm/stats/trace-a.l2flat-cpuid.before'],
    ...['data/nested-kvm/stats/trace-a.l2flat-cpuid.after', '--out', machine],
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}- frequencyGhz = 3\.2 gigahertz/m);
  expect(stdout).toMatch(/^ {2}- costs\.cyclesPerInstruction = 0\.\d+ \(0\.\d+ to 0\.\d+\)/m);
  expect(stdout).toContain('1.01 flush requests per transition: a kernel without the series');
  expect(stdout.split('\n').filter((line) => line.length > 80 && !line.includes(machine))).toEqual(
    [],
  );
  const preset = readMachineFile(readFileSync(machine, 'utf8'), machine);
  expect(preset).toMatchObject({ id: 'fitted-zen3-milan', frequencyGhz: { value: 3.2 } });
});

test('fit of a kernel that makes one exit more finds faster code at the same rates', async () => {
  const speedOn = async (...more: readonly string[]) => {
    const words = ['fit', '--cpuid-before', '200000', '--json', ...more];
    const { stdout } = await program(...words, '--out', join(folder.path, `${more.length}.json`));
    const { determined } = JSON.parse(stdout) as { determined: { path: string; value: number }[] };
    return determined.find(({ path }) => path === 'costs.cyclesPerInstruction')!.value;
  };
  expect(await speedOn('--kernel', 'linux-6.12.117')).toBeLessThan(0.9 * (await speedOn()));
});

test.each([
  [['fit'], 2, 'there is no rate to fit to'],
  [['fit', '--cpuid-before', 'many'], 2, '"many" is no number above 0'],
  [['fit', '--cpuid-before', '1', '--suite', 'kv-redis-l2'], 2, 'it is no loop of one exit'],
  [['fit', '--cpuid-before', '1', '--machine', 'zen9'], 2, 'there is none of this name'],
  [['fit', '--cpuid-before', '1', '--kernel', 'linux-7'], 2, 'linux-6.12.117'],
  [
    ['fit', '--cpuid-before', '301113', '--cpuid-after', '256621', '--out', join(folder.path, 'x')],
    4,
    'Look whether --cpuid-before and --cpuid-after are swapped',
  ],
])('%j is a mistake in one sentence', async (words, expected, sentence) => {
  const { code, stderr } = await program(...words);
  expect(code).toBe(expected);
  expect(stderr).toContain(sentence);
});

test('fit compares what the PMU counted with the predictions of both kernels', async () => {
  const { code, stdout } = await program(
    ...['fit', '--cpuid-before', '250000', 'test/fixtures/formats/perf-stat-zen3.csv'],
    ...['--out', join(folder.path, 'pmu.json')],
  );
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, ' ')).toMatch(
    /1 flushes per transition were counted, .* predicted before and .* after: as under kvm-6\.14/,
  );
});
