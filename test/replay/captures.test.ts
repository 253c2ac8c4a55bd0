import { describe, expect, test } from 'vitest';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { openCapture } from '../../src/inputs/capture.ts';
import { dataPath, readDataFile } from '../../src/inputs/load-data.ts';
import { replayFile } from '../../src/replay/replay.ts';
import type { ReplayResult } from '../../src/replay/replay-result.ts';

/**
 * Each capture, and the strategy that does what its kernel did. The patched kernel was built from
 * 6.12.117 and kept its `vmcb02.cpu = -1`, which the series' own base has not.
 */
const CAPTURES = [
  ['stock', 'kvm-6.12.117'],
  ['stock-exits', 'kvm-6.12.117'],
  ['stock-pge', 'kvm-6.12.117'],
  ['stock-linux', 'kvm-6.12.117'],
  ['stock-vcpus', 'kvm-6.12.117'],
  ['stock-nopku', 'kvm-6.12.117'],
  ['stock-moves', 'kvm-6.12.117'],
  ['stock-sequences', 'kvm-6.12.117'],
  ['nofix-moves', 'kvm-6.14'],
  ['rfc', 'rfc-2025-03'],
  ['rfc-sequences', 'rfc-2025-03+vmcb02Cpu=none'],
] as const;

function replayCapture(folder: string, strategy: string): readonly ReplayResult[] {
  const path = dataPath('captures', folder);
  return openCapture(path).manifest.windows.map(({ log }) => {
    const file = `${path}/${log}`;
    return replayFile(file, readDataFile(file), strategyById(strategy)!);
  });
}

describe('real kernels, stock and patched: VMCB, ASID and TLB_CONTROL of every VMRUN', () => {
  test.each(CAPTURES)('%s does as %s', (folder, strategy) => {
    for (const result of replayCapture(folder, strategy)) {
      expect(result.firstDisagreement, result.file).toBeNull();
      expect(result.agree, result.file).toBe(result.vmruns);
      expect(result.flushes.model, result.file).toBe(result.flushes.captured);
    }
  });

  test.each([
    ['stock-moves', 'kvm-6.14', /captured VMRUN vmcb01 ASID 3 .*model VMRUN vmcb01 ASID 2/],
    ['nofix-moves', 'kvm-6.12.117', /captured VMRUN vmcb01 ASID 2 .*model VMRUN vmcb01 ASID 3/],
    ['rfc-sequences', 'rfc-2025-03', /captured VMRUN vmcb02 ASID 3 TLB_CONTROL 3, model .* 0$/],
    ['rfc', 'rfc-2025-03+flushRequestScope=current-vmcb', /captured VMRUN vmcb01 ASID 2 TLB/],
  ] as const)('%s is told apart from %s', (folder, strategy, where) => {
    const results = replayCapture(folder, strategy);
    const disagree = results.find(({ firstDisagreement }) => firstDisagreement !== null);
    expect(disagree?.firstDisagreement).toMatch(where);
  });

  test("the patched kernel syncs L1's nested tables once for each madvise, and both VMCBs flush", () => {
    const faults = replayCapture('rfc', 'rfc-2025-03').find(({ file }) =>
      file.endsWith('npt-npt.npf32.long.hw.br'),
    );
    // Eight madvises in the window; of the remote flush one half is seen at L1's next VMRUN.
    expect(faults?.flushes).toMatchObject({ captured: 16, nestedEntry: 8, elsewhere: 8 });
  });
});
