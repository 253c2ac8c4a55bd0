import { describe, expect, test } from 'vitest';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { perform } from '../../src/checker/narrate.ts';
import { parseTranscript } from '../../src/checker/transcript.ts';
import { machineConfig } from '../../src/hardware/machine-config.ts';
import { ZEN3_MILAN } from '../../src/hardware/presets/zen3-milan.ts';
import { nestedSvmVmrun } from '../../src/hypervisor/nested-transitions.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { makeWorld, strategyOf } from '../workloads/make-world.ts';
import { type AcceptanceCase, CASES } from './cases.ts';

/** Performs a case; every event must be possible. True when something wrong was seen. */
function isViolated(strategy: string, each: AcceptanceCase): boolean {
  const { id, world, transcript } = each;
  const { behaviour } = strategyById(strategy)!;
  const { events } = parseTranscript(transcript, id);
  const told = perform(worldById(world), behaviour, events, true);
  expect(told.impossible, `${id}: index of an event that cannot happen`).toBeNull();
  if (each.lastTouch !== undefined) {
    const walked = told.lines.at(-1)?.includes('fills') === true;
    expect(walked ? 'walks' : 'hits', id).toBe(each.lastTouch);
  }
  return told.wrong !== null;
}

describe('scenarios that nobody here wrote', () => {
  test.each(CASES.map((each) => [each.id, each] as const))('%s', (_, each) => {
    expect(isViolated('kvm-6.14', each), `kvm-6.14: ${each.demand}`).toBe(false);
    expect(isViolated('rfc-2026-06', each), `rfc-2026-06: ${each.demand}`).toBe(false);
    if (each.fault === null) return;
    const faulty = `${each.faultIn}+${each.fault}`;
    expect(isViolated(faulty, each), `${faulty} must fail`).toBe(true);
  });

  test('each names where it comes from', () => {
    for (const { id, source } of CASES) expect(source.length, id).toBeGreaterThan(20);
  });
});

describe('kvm-unit-tests x86/svm_tests.c asid_zero: VMRUN with ASID 0 is VMEXIT_INVALID', () => {
  test('of L1', () => {
    const { kvm, places } = makeWorld(strategyOf('kvm-6.14'));
    const vmcb12 = { gpa: 1, asid: 0, tlbControl: 0, nestedPaging: true, root: 1, cr4Pge: true };
    expect(() => nestedSvmVmrun(kvm, places[0]!.vcpu, vmcb12)).toThrow('ASID 0 fails VMRUN');
  });

  test('of L0', () => {
    const world = makeWorld(strategyOf('kvm-6.14'), { config: machineConfig(ZEN3_MILAN) });
    expect(() => world.pcpus[0]!.vmrun(0, 0, 0)).toThrow('VMEXIT_INVALID');
  });
});
