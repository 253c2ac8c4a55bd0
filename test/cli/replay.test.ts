import { describe, expect, test } from 'vitest';
import { replayText } from '../../src/cli/commands/replay/perform.ts';
import type { ReplayResult } from '../../src/replay/replay-result.ts';
import { program } from './command-line.ts';

const capture = 'data/nested-kvm/hw/trace-a.cpuid.hw.br';

describe('replay of a captured CPU log', () => {
  test('agrees with kvm-6.12.117 on every VMRUN, and says so as one JSON object', async () => {
    const { code, stdout, stderr } = await program('replay', capture, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { files } = JSON.parse(stdout) as { files: ReplayResult[] };
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ file: capture, strategy: 'kvm-6.12.117' });
    expect(files[0]?.vmruns).toBeGreaterThan(0);
    expect(files[0]?.agree).toBe(files[0]?.vmruns);
    expect(files[0]?.firstDisagreement).toBeNull();
  });

  test('disagrees with a strategy that was not running, with exit code 1', async () => {
    const { code, stdout } = await program('replay', capture, '--strategy', 'rfc-2025-03');
    expect(code).toBe(1);
    expect(stdout).toContain('DISAGREES');
    expect(stdout).toContain('first disagreement');
  });

  test('takes several files', async () => {
    const other = 'data/nested-kvm/hw/trace-a.pio.hw.br';
    const { code, stdout } = await program('replay', capture, other);
    expect(code).toBe(0);
    expect(stdout).toContain('agrees with 2 of 2 files');
  });
});

describe('the text of a replay', () => {
  const result: ReplayResult = {
    file: 'a.hw.gz',
    strategy: 'kvm-6.12.117',
    vmruns: 10,
    agree: 9,
    fromLog: 2,
    flushes: {
      captured: 5,
      model: 4,
      fromLog: 0,
      nestedEntry: 2,
      nestedExit: 1,
      elsewhere: 1,
      onlyForCr4Pge: 0,
    },
    firstDisagreement: 'line 7: captured 3\nline 7: model 0\n',
  };

  test('shows the disagreement with its flushes', () => {
    expect(replayText(result)).toBe(
      [
        'a.hw.gz',
        '  DISAGREES 9 of 10 VMRUNs as captured, 2 events taken from the log',
        '  flushes   4 by the model, 5 captured',
        '            nested entry 2, nested exit 1, elsewhere 1; for CR4.PGE alone 0',
        '  first disagreement:',
        '    line 7: captured 3',
        '    line 7: model 0',
        '',
      ].join('\n'),
    );
  });

  test('leaves captured flushes out where the log has none', () => {
    const text = replayText({ ...result, flushes: { ...result.flushes, captured: null } });
    expect(text).toContain('9 of 10 VMRUNs flush exactly when due');
    expect(text).toContain('4 by the model\n');
  });
});
