import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  STRATEGIES,
  type Strategy,
  strategyById,
  withBehaviour,
} from '../../src/hypervisor/strategies.ts';
import { decompress } from '../../src/inputs/decompress.ts';
import { dataPath, readDataFile } from '../../src/inputs/load-data.ts';
import { replayFile } from '../../src/replay/replay.ts';

const kvm614 = strategyById('kvm-6.14')!;
const kernel = strategyById('kvm-6.12.117')!;
const rfc = strategyById('rfc-2025-03')!;

function replay(path: string, strategy: Strategy) {
  return replayFile(path, readDataFile(path), strategy);
}

function filesIn(...folder: string[]): string[] {
  const path = dataPath(...folder);
  return readdirSync(path).map((name) => `${path}/${name}`);
}

describe('the kvm-6.12.117 model against CPU logs of real nested KVM', () => {
  test.each(filesIn('nested-kvm', 'hw').map((path) => [basename(path), path]))(
    '%s: VMCB, ASID and TLB_CONTROL of every VMRUN',
    (_, path) => {
      const result = replay(path, kernel);
      expect(result.firstDisagreement).toBeNull();
      expect(result.agree).toBe(result.vmruns);
      expect(result.vmruns).toBeGreaterThan(0);
      expect(result.flushes.model).toBe(result.flushes.captured);
    },
  );

  const further = filesIn('nested-vmcb12', 'hw');
  test.each(further.map((path) => [basename(path), path]))('%s: likewise', (_, path) => {
    const result = replay(path, kernel);
    expect(result.firstDisagreement).toBeNull();
    expect(result.agree).toBe(result.vmruns);
  });

  test('without FLUSHBYASID each transition takes a new ASID, and each fifteenth flushes all', () => {
    const result = replay(dataPath('nested-kvm', 'hw', 'noflushasid.cpuid.hw.br'), kernel);
    expect(result.flushes).toMatchObject({ captured: 27, model: 27 });
    expect(result.flushes.nestedEntry + result.flushes.nestedExit).toBe(402);
  });

  test('host flushes that the log can not explain are counted apart', () => {
    const unmapped = replay(dataPath('nested-kvm', 'hw', 'l0flat.npf32.hw.br'), kernel);
    expect(unmapped.flushes.fromLog).toBe(10);
    const quiet = replay(dataPath('nested-kvm', 'hw', 'plug-c.cpuid.hw.br'), kernel);
    expect(quiet.flushes.fromLog).toBe(0);
  });

  test('where the log shows the functions of L0, a flush without its cause is a disagreement', () => {
    const path = dataPath('nested-vmcb12', 'hw', 'flat.two-cpuid-cpuid.hw.gz');
    const text = new TextDecoder().decode(decompress(readDataFile(path), path));
    const quiet = /^(\d+ \d+ VMRUN vmcb=\w+ asid=\d+) tlb=0/m;
    const forged = new TextEncoder().encode(text.replace(quiet, '$1 tlb=3'));
    const result = replayFile('forged.hw', forged, kernel);
    expect(result.agree).toBe(result.vmruns - 1);
    expect(result.firstDisagreement).toMatch(/captured VMRUN vmcb01 ASID \d+ TLB_CONTROL 3, model/);
  });

  test('a VMRUN with ASID 0 in a log is named, with its line', () => {
    const path = dataPath('nested-vmcb12', 'hw', 'flat.two-cpuid-cpuid.hw.gz');
    const text = new TextDecoder().decode(decompress(readDataFile(path), path));
    const broken = new TextEncoder().encode(text.replace(/( VMCB12 .* asid=)\d+/, '$10'));
    expect(() => replayFile('broken.hw', broken, kernel)).toThrow(
      /broken.hw:\d+: a VMRUN names ASID 0/,
    );
  });

  test('a strategy that no captured kernel runs disagrees, with a transcript', () => {
    const result = replay(dataPath('nested-kvm', 'hw', 'plug-c.cpuid.hw.br'), rfc);
    expect(result.agree).toBeLessThan(result.vmruns);
    expect(result.firstDisagreement).toMatch(
      /#VMEXIT \w+ from vmcb02[\s\S]*line \d+: captured VMRUN/,
    );
  });

  test.each([
    ['nestedTransition', 'as-needed'],
    ['everyVmrun', 'flush'],
    ['localFlushTarget', 'by-guest-mode'],
  ] as const)('the comparison can fail: kvm-6.12.117 with %s=%s', (key, value) => {
    const mutant = withBehaviour(kernel, key, value)!;
    const result = replay(dataPath('nested-kvm', 'hw', 'plug-c.cpuid.hw.br'), mutant);
    const isHarmless = key === 'localFlushTarget';
    expect(result.agree === result.vmruns).toBe(isHarmless);
  });
});

/** Nested VMRUNs; VMRUNs of L2 and of L1 that need a flush when L0 does what L1 asks. */
const ASKED = [
  ['linux', 8_019, 51, 1],
  ['linuxc', 8_450, 51, 1],
  ['linux-nofba', 8_203, 51, 8],
  ['linux2v', 14_858, 2_724, 1],
  ['l3', 8_098, 407, 1],
  ['flat', 46_904, 2_844, 5],
  ['flat-nofba', 13_372, 412, 6],
  ['l1smp', 12_953, 71, 4],
  ['mig', 4_676, 164, 1],
] as const;

describe('what L1 asks for, VMRUN by VMRUN', () => {
  test.each(ASKED)('%s: kvm-6.14 flushes on each of 2 × %d transitions', (run, vmruns) => {
    const result = replay(dataPath('nested-vmcb12', 'vmcb12', `${run}.vmcb12.gz`), kvm614);
    expect(result.flushes).toMatchObject({ nestedEntry: vmruns, nestedExit: vmruns });
    expect(result.agree).toBe(vmruns * 2);
  });

  test.each(ASKED)(
    '%s: of %d nested VMRUNs, rfc-2025-03 flushes on %d entries and %d exits',
    (run, vmruns, nestedEntry, nestedExit) => {
      const result = replay(dataPath('nested-vmcb12', 'vmcb12', `${run}.vmcb12.gz`), rfc);
      expect(result.flushes).toMatchObject({ nestedEntry, nestedExit });
      expect(result.agree).toBe(vmruns * 2);
      expect(result.firstDisagreement).toBeNull();
    },
  );

  test.each([
    ['vmcb12TlbControl', 'linux'],
    ['vmcb12AsidChange', 'linux-nofba'],
  ] as const)('ignoring %s misses flushes that %s asked for', (key, run) => {
    const path = dataPath('nested-vmcb12', 'vmcb12', `${run}.vmcb12.gz`);
    const result = replay(path, withBehaviour(rfc, key, 'ignored')!);
    expect(result.agree).toBeLessThan(result.vmruns);
    expect(result.firstDisagreement).toMatch(
      /line \d+: .*a flush is due, and the model makes none/,
    );
  });

  test('an L2 whose CR4.PGE differs from L1 is flushed on transitions by svm_set_cr4 alone', () => {
    const result = replay(dataPath('nested-vmcb12', 'vmcb12', 'linux.vmcb12.gz'), rfc);
    expect(result.flushes.onlyForCr4Pge).toBe(575);
  });
});

describe('moves of a vCPU between pCPUs', () => {
  const path = dataPath('nested-vmcb12', 'reports', 'migration-mig.txt');

  test('the ASID numbers after each listed move come out as captured', () => {
    const result = replay(path, kernel);
    expect(result.firstDisagreement).toBeNull();
    expect(result).toMatchObject({ vmruns: 66, agree: 66, fromLog: 2 });
  });

  test('a model that keeps its number on a move is told apart', () => {
    const result = replay(path, withBehaviour(kernel, 'onPcpuChange', 'nothing')!);
    expect(result.agree).toBeLessThan(result.vmruns);
    expect(result.firstDisagreement).toMatch(/^line \d+: captured VMRUN vmcb01 ASID/);
  });
});

test('every strategy replays every vmcb12 log without failing', () => {
  for (const strategy of STRATEGIES) {
    const result = replay(dataPath('nested-vmcb12', 'vmcb12', 'compact.vmcb12.gz'), strategy);
    expect(result.vmruns).toBe(8_964);
  }
});
