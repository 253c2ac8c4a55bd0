import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program, stackLines, temporaryFolder } from './command-line.ts';

const STOCK = 'data/captures/stock';
const RFC = 'data/captures/rfc';
const QUICK = ['--machine', 'zen3-milan', '--seeds', '2', '--jobs', '1'];
const WINDOWS = ['--window', 'npt-npt.cpuid', '--window', 'npt-npt.npf32'];

const folder = temporaryFolder();
afterAll(() => folder.remove());
const out = (name: string) => join(folder.path, name);

describe('compare of two captures', () => {
  test('of one with itself shows no difference anywhere', async () => {
    const words = [STOCK, STOCK, ...QUICK, '--json', '--out', out('same')];
    const { code, stdout } = await program('compare', ...words);
    expect(code).toBe(0);
    const { scenarios } = JSON.parse(stdout);
    expect(scenarios.length).toBe(9);
    for (const { id, comparisons } of scenarios) {
      const [{ strategy, savingNs, uncertainty }] = comparisons;
      expect([id, strategy, savingNs, uncertainty.verdict]).toEqual([
        id,
        'stock-2',
        { point: 0, low: 0, high: 0 },
        'no difference',
      ]);
    }
  });

  test('says what the second kernel saves, and by how much the model differs', async () => {
    const words = [STOCK, RFC, ...WINDOWS, ...QUICK, '--model', 'rfc-2025-03', '--out', out('rfc')];
    const { code, stdout } = await program('compare', ...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/On zen3-milan rfc saves [\d,]+ ns/);
    expect(stdout).toMatch(/^npt-npt\.cpuid +\d+ ns +\d+\.\d % +\d+ ns +-?\d+\.?\d* %$/m);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /In npt-npt\.cpuid the model \(rfc-2025-03 against kvm-[\d.]+, on the trips of the first kernel\) predicts \d+\.?\d* % (more|less) than the kernel itself saves/,
    );
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('leaves the folder of a run, of which the mail can be printed', async () => {
    const manifest = JSON.parse(readFileSync(join(out('rfc'), 'manifest.json'), 'utf8'));
    expect(manifest.baseline).toBe('stock');
    expect(manifest.strategies.map(({ id }: { id: string }) => id).slice(0, 2)).toEqual([
      'stock',
      'rfc',
    ]);
    expect(readFileSync(join(out('rfc'), 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
    const mail = await program('report', out('rfc'));
    expect(mail.code).toBe(0);
    expect(mail.stdout.replace(/\s+/g, ' ')).toContain('before with stock, after with rfc');
  });

  test.each([
    [
      [STOCK, 'reports/example'],
      2,
      'reports/example: it is no capture and the other folder is one',
    ],
    [[STOCK, RFC, '--within', '1%'], 2, '--within: it is for runs'],
    [[STOCK, RFC, '--model', 'rfc-2025'], 2, 'Did you mean'],
    [[STOCK, RFC, '--window', 'npt-npt.cpid'], 2, 'it has no window "npt-npt.cpid"'],
    [
      [STOCK, RFC, '--window', 'npt-npt.cpuid.long'],
      4,
      'the window "npt-npt.cpuid.long" has no pages',
    ],
    [[STOCK, RFC, '--machine', 'k10-barcelona'], 2, 'it has no FLUSHBYASID'],
    [
      [STOCK, 'data/captures/stock-nopku', '--out', out('none')],
      4,
      'there is no window that can be compared',
    ],
    [['reports/example', 'reports/example', '--model', 'ideal'], 2, '--model: it is for captures'],
  ])('refuses %j in one sentence', async (words, exitCode, message) => {
    const { code, stderr } = await program('compare', ...words);
    expect(stderr).toContain(message);
    expect(code).toBe(exitCode);
    expect(stackLines(stderr)).toEqual([]);
  });
});

describe('run of a capture', () => {
  const ids = (name: string) =>
    readFileSync(join(out(name), 'results.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).strategy);

  test('runs its trips under the strategies', async () => {
    const words = ['npt-npt.cpuid', '--capture', STOCK, '--strategy', 'rfc-2025-03', ...QUICK];
    const { code, stdout } = await program('run', ...words, '--out', out('decided'));
    expect(code).toBe(0);
    expect(stdout).toContain('npt-npt.cpuid');
    expect(new Set(ids('decided')).size).toBe(2);
  });

  test('as executed, compares them with what the kernel did', async () => {
    const words = ['npt-npt.cpuid', '--capture', STOCK, '--as', 'executed', ...QUICK];
    const { code } = await program('run', ...words, '--out', out('executed'));
    expect(code).toBe(0);
    expect(ids('executed').slice(0, 2)).toEqual(['stock', 'stock']);
    expect(new Set(ids('executed')).size).toBe(3);
  });

  test('goes on after it was stopped only if the capture is named again', async () => {
    const { code, stderr } = await program(
      'run',
      '--resume',
      out('no-such-run'),
      '--as',
      'executed',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('only what was captured can be run as executed');
  });
});
