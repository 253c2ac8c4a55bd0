import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedSuites } from '../../src/suite/load-suite.ts';
import { VERSION } from '../../src/suite/version.ts';
import { type Consumer, installTarball } from './packed.ts';

let consumer: Consumer;

beforeAll(() => {
  consumer = installTarball();
});
afterAll(() => consumer.remove());

describe('the tarball', () => {
  test('holds the program, its data and its documents, and nothing else', () => {
    const tops = new Set(consumer.files.map((path) => path.split('/')[0] ?? ''));
    const expected = [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'capture',
      'data',
      'dist',
      'package.json',
      'suites',
    ];
    expect([...tops]).toEqual(expect.arrayContaining(expected));
    const unwanted = consumer.files.filter((path) =>
      /^dist\/(?!src\/)|\.map$|\.tsbuildinfo$/.test(path),
    );
    expect(unwanted).toEqual([]);
    for (const top of tops)
      expect(top).toMatch(
        /^(capture|data|dist|docs|examples|suites|package\.json|LICENSE|[A-Z]+\.md)$/,
      );
  });

  test('is smaller than 3 MB', () => {
    expect(consumer.tarballBytes).toBeLessThan(3_000_000);
  });

  test('has nothing that publint complains about', async () => {
    const { messages } = await publint({ pkgDir: consumer.installed, pack: false });
    expect(messages).toEqual([]);
  });

  test('has a log of changes that begins with its version', () => {
    const [, first] = /^## (\S+)/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
    expect(first).toBe(VERSION);
  });
});

describe('in an empty folder', () => {
  test('"npx asidbench run" computes, and writes under the folder that it was called in', () => {
    const words = ['run', 'cpuid-npt-npt', '--seeds', '2', '--jobs', '2', '--json'];
    const { code, stdout, stderr } = consumer.run('npx', '--no-install', 'asidbench', ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { report } = JSON.parse(stdout) as { report: string };
    expect(readFileSync(join(consumer.folder, report), 'utf8')).toContain('worker-src blob:');
    const [run = ''] = readdirSync(join(consumer.folder, 'reports'));
    const path = join(consumer.folder, 'reports', run, 'manifest.json');
    const { command } = JSON.parse(readFileSync(path, 'utf8')) as { command: string };
    expect(command).toBe('npx asidbench run cpuid-npt-npt --seeds 2');
  });

  test('captured inputs are found, and are the same wherever the program is called', () => {
    const capture = join(consumer.installed, 'data/nested-kvm/hw/trace-a.cpuid.hw.br');
    const { code, stdout } = consumer.run('npx', '--no-install', 'asidbench', 'replay', capture);
    expect(code).toBe(0);
    expect(stdout).toContain('agrees with 1 of 1 files');
  });

  test('every suite finds the data that it reads', () => {
    const source = `import { cellOf, runCell, runMachine, shippedSuites, strategyById } from 'asidbench';
let cells = 0;
for (const suite of shippedSuites()) {
  const short = { ...suite, trips: { warmUp: 1, measured: 2 } };
  runCell(cellOf(short, runMachine(suite.machines[0]), strategyById('kvm-6.14'), 1));
  cells += 1;
}
console.log(cells);
`;
    writeFileSync(join(consumer.folder, 'all.mjs'), source);
    const { stdout, stderr } = consumer.run(process.execPath, 'all.mjs');
    expect([stderr, Number(stdout)]).toEqual(['', shippedSuites().length]);
  });

  test.each([
    [['validate', '--json'], 'series-npt-npt.cpuid-saving'],
    [['answer', '#try?scenario=cpuid-npt-npt'], 'rfc-2025-03 saves'],
    [['check', '--strategy', 'flush-always', '--quick'], 'flush-always'],
    [['explain', 'strategy', 'rfc-2025-03'], 'rfc-2025-03'],
    [['list'], 'cpuid-npt-npt'],
  ])('%j finds what it reads', (words, says) => {
    const ended = consumer.run('npx', '--no-install', 'asidbench', ...words);
    expect(ended.stderr).not.toContain('there is no such file');
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain(says);
  });

  test('a command that needs an optional package says which one is missing', () => {
    const words = ['worker', '--redis', 'redis://127.0.0.1:1'];
    const { code, stderr } = consumer.run('npx', '--no-install', 'asidbench', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain('bullmq and ioredis, which are optional, are not installed');
  });

  test('a program imports it, and its types hold under a strict compiler', () => {
    const source = `import { cellOf, runCell, runMachine, shippedSuites, strategyById } from 'asidbench';
import type { CellResult, Strategy } from 'asidbench';
const suite = shippedSuites().find((each) => each.id === 'cpuid-npt-npt');
const strategy: Strategy | undefined = strategyById('kvm-6.14');
if (suite === undefined || strategy === undefined) throw new Error('not shipped');
const result: CellResult = runCell(cellOf(suite, runMachine('zen3-milan'), strategy, 1));
if (!(result.meanNs > 3000 && result.meanNs < 5000)) throw new Error('no plausible time');
`;
    writeFileSync(join(consumer.folder, 'mine.mts'), source);
    // No types of Node: a program that uses this one must not need them.
    const options = { strict: true, module: 'nodenext', target: 'es2022' };
    const compilerOptions = { ...options, types: [], skipLibCheck: false };
    const project = { compilerOptions, files: ['mine.mts'] };
    writeFileSync(join(consumer.folder, 'tsconfig.json'), JSON.stringify(project));
    const tsc = join(process.cwd(), 'node_modules/typescript/bin/tsc');
    const compiled = consumer.run(process.execPath, tsc, '-p', 'tsconfig.json');
    expect(compiled.stdout).toBe('');
    const ended = consumer.run(process.execPath, 'mine.mjs');
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
