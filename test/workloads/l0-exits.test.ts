import { expect, test } from 'vitest';
import { machineConfig } from '../../src/hardware/machine-config.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import type { ExitHandledByL0, Suite } from '../../src/suite/suite.ts';

const [REDIS] = loadSuites('suites/headline/kv-redis-l2.yaml');

function rate(perRoundTrip: number, exit: string, capture: string, from: 'L1' | 'L2' = 'L1') {
  const parameter = { nominal: perRoundTrip, low: perRoundTrip, high: perRoundTrip };
  const rest = { unit: 'count' as const, source: 'made for a test' };
  return { from, exit, capture, perRoundTrip: { ...parameter, ...rest } };
}

/** VMRUNs and flushing VMRUNs per round trip. */
function perTrip(handledByL0: ExitHandledByL0[] | undefined): [number, number] {
  if (REDIS?.workload.kind !== 'program') throw new Error('no program');
  const { handledByL0: _none, ...workload } = REDIS.workload;
  const suite: Suite = {
    ...REDIS,
    workload: handledByL0 === undefined ? workload : { ...workload, handledByL0 },
    trips: { warmUp: 5, measured: 200 },
    strategies: ['kvm-6.14'],
  };
  const request = { machines: ['zen3-milan'], strategies: null, seeds: 2, jobs: 1, command: '' };
  const [cell] = planCells({ suites: [suite], ...request });
  const result = runCell(cell!);
  const price = machineConfig(runMachine('zen3-milan')).prices.simple.worldSwitch;
  const switches = result.cyclesPerTrip.worldSwitch / price;
  return [Math.round(switches * 100) / 100, result.hardwareFlushesPerTrip];
}

test('without the key, a captured handler keeps its own RDMSR exit', () => {
  expect(perTrip(undefined)).toEqual([3, 2]);
});

test('an empty list leaves the reflected exit and the VMRUN', () => {
  expect(perTrip([])).toEqual([2, 2]);
});

test('a rate of one is one exit in each trip; a broken rate is met on average', () => {
  expect(perTrip([rate(1, 'MSR', 'plug-c.cpuid')])).toEqual([3, 2]);
  const [vmruns, flushes] = perTrip([rate(2.5, 'VMLOAD', 'novls.cpuid')]);
  expect(vmruns).toBeGreaterThan(4.35);
  expect(vmruns).toBeLessThan(4.65);
  expect(flushes).toBe(2);
});

test('an exit of L2 that L0 handles flushes nothing either', () => {
  expect(perTrip([rate(1, 'NPF', 'plug-c.npf32', 'L2')])).toEqual([3, 2]);
});

test('a capture without such an exit is named', () => {
  expect(() => perTrip([rate(1, 'STGI', 'plug-c.cpuid')])).toThrow(
    /plug-c\.cpuid\.seq\.br: there is no STGI of L1 that L0 handles by itself/,
  );
});
