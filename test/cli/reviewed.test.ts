import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program } from './command-line.ts';

const SHORT = ['--seeds', '2', '--jobs', '2'];

function freshFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'asidbench-')), 'run');
}

/** A copy of a shipped suite with one text changed. */
function changedSuite(from: string, to: string): string {
  const text = readFileSync('suites/headline/cpuid-npt-npt.yaml', 'utf8');
  expect(text).toContain(from);
  const path = join(mkdtempSync(join(tmpdir(), 'asidbench-')), 'mine.yaml');
  writeFileSync(path, text.replace(from, to));
  return path;
}

describe('what a first user ran into', () => {
  test('a suite that names no capture is an input error, on worker threads too', async () => {
    const suite = changedSuite('capture: stock/npt-npt.cpuid', 'capture: plug-x.cpuid');
    const { code, stderr } = await program(...['run', suite, ...SHORT, '--out', freshFolder()]);
    expect(code).toBe(4);
    expect(stderr).toContain('plug-x.cpuid.seq.br: there is no such file');
    expect(stderr).not.toMatch(/internal error|\n {4}at /);
  });

  test('a variant of a safe strategy owes what the strategy owes', async () => {
    const { code, stdout } = await program(
      ...[
        'run',
        'npf-npt-npt',
        '--strategy',
        'rfc-2025-03',
        '--set',
        'vmcb12TlbControl=ignored',
        ...SHORT,
        '--out',
        freshFolder(),
      ],
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/stale translations? w(as|ere) used|stale/);
  });

  test('the baseline itself can be changed, and is compared with the plain one', async () => {
    const { code, stdout } = await program(
      ...[
        'run',
        'cpuid-npt-npt',
        '--strategy',
        'kvm-6.14',
        '--set',
        'forcedLeave=flush-and-sync',
        ...SHORT,
        '--json',
        '--out',
        freshFolder(),
      ],
    );
    expect(code).toBe(0);
    const { comparisons } = JSON.parse(stdout).scenarios[0];
    expect(comparisons[0]).toMatchObject({
      baseline: 'kvm-6.14',
      strategy: 'kvm-6.14+forcedLeave=flush-and-sync',
    });
  });

  test('one seed is refused: it has no interval', async () => {
    const { code, stderr } = await program(...['run', 'cpuid-npt-npt', '--seeds', '1']);
    expect(code).toBe(2);
    expect(stderr).toContain('"1" is no whole number from 2 to');
  });

  test('a folder under /proc is refused at once', async () => {
    const { code, stderr } = await program(...['run', 'cpuid-npt-npt', '--out', '/proc/nope']);
    expect(code).toBe(5);
    expect(stderr).toContain('/proc/nope');
  });

  test('replay takes a folder, and a strategy with a change', async () => {
    const whole = await program('replay', 'data/nested-vmcb12/vmcb12', '--strategy', 'rfc-2025-03');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toContain('agrees with 11 of 11 files, 267798 of 267798 VMRUNs');
    const log = 'data/nested-vmcb12/vmcb12/linux-nofba.vmcb12.gz';
    const changed = ['--strategy', 'rfc-2025-03', '--set', 'vmcb12AsidChange=ignored'];
    const broken = await program('replay', log, ...changed);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('a flush is due, and the model makes none');
  });
});
