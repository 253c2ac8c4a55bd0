import { describe, expect, test } from 'vitest';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { makeManifest } from '../../src/run/manifest.ts';
import { parseManifest } from '../../src/run/parse-run.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { unseenEvents } from '../../src/run/unseen-events.ts';
import type { Cell } from '../../src/suite/cell.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { cellOf } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import type { Suite } from '../../src/suite/suite.ts';
import { EventDraws, type EventKind } from '../../src/workloads/events.ts';

const MILAN = runMachine('zen3-milan');
const SWEEPS = loadSuites('suites/sweeps');

function sweepPoint(id: string): Suite {
  const suite = SWEEPS.find((each) => each.id === id);
  if (suite === undefined) throw new RangeError(`no suite ${id}`);
  return suite;
}

/** A sweep's point with an event of this rate per round trip. */
function cell(id: string, kind: EventKind, rate: number, seed = 1, strategy = 'rfc-2025-03'): Cell {
  const suite = sweepPoint(id);
  const parameter = { ...suite.events![kind]!, nominal: rate, low: 0, high: 100 };
  const events = { [kind]: { ...parameter, unit: 'ratio' as const } };
  return cellOf({ ...suite, events }, MILAN, strategyById(strategy)!, seed);
}

const KINDS = [
  ['migration-sweep-20', 'migrations'],
  ['overcommit-l0-sweep-10', 'hostUnmaps'],
] as const;

describe('an event that seeds may have missed', () => {
  test.each(KINDS)('of %s, %s, changes a run by no more than its bound', (id, kind) => {
    const RATE = 0.02;
    const [bound] = unseenEvents(cell(id, kind, RATE), 1);
    expect(bound).toMatchObject({ event: kind, machine: 'zen3-milan', strategy: 'rfc-2025-03' });
    expect(bound!.perRoundTrip).toBe(RATE);
    const { warmUp, measured } = sweepPoint(id).trips;
    let seen = 0;
    for (let seed = 2; seed <= 5; seed += 1) {
      const draws = new EventDraws({ [kind]: RATE }, seed);
      let count = 0;
      for (let trip = 0; trip < warmUp + measured; trip += 1) count += draws.count(kind);
      seen += count;
      const change =
        measured *
        Math.abs(
          runCell(cell(id, kind, RATE, seed)).meanNs - runCell(cell(id, kind, 0, seed)).meanNs,
        );
      // Means are rounded to a thousandth.
      expect(change).toBeLessThanOrEqual(count * bound!.mostNs + 0.001 * measured);
    }
    expect(seen).toBeGreaterThan(0);
  });

  test('is one that a run sees fewer than three times in more than 2.5 % of cases', () => {
    const { measured } = sweepPoint('overcommit-l0-sweep-10').trips;
    const rate = (expected: number, seeds: number) => expected / (seeds * measured);
    const found = (expected: number, seeds: number) =>
      unseenEvents(cell('overcommit-l0-sweep-10', 'hostUnmaps', rate(expected, seeds)), seeds);
    expect(found(7, 20)).toHaveLength(1);
    expect(found(7.5, 20)).toHaveLength(0);
  });

  test('may be one that is missing from a trip now and then', () => {
    const often = (rate: number) =>
      unseenEvents(cell('overcommit-l0-sweep-10', 'hostUnmaps', rate), 20);
    expect(often(0.999)[0]!.perRoundTrip).toBeCloseTo(0.001, 12);
    expect(often(1)).toEqual([]);
    // Beyond the first one a trip's unmaps change nothing more.
    expect(often(2.999)).toEqual([]);
  });

  test('is none where the event changes nothing: the baseline flushes at each transition', () => {
    const [kind, rate] = ['hostUnmaps', 0.001] as const;
    const baseline = cell('overcommit-l0-sweep-10', kind, rate, 1, 'kvm-6.14');
    expect(unseenEvents(baseline, 20)).toEqual([]);
    expect(unseenEvents(cell('overcommit-l0-sweep-10', kind, rate), 20)).toHaveLength(1);
  });

  test('stands in the manifest, for each strategy, and is read back', () => {
    const request = { machines: null, strategies: null, jobs: 1, command: 'test' };
    const [rare, often] = ['overcommit-l0-sweep-10', 'overcommit-l0-sweep-10000'].map(sweepPoint);
    const manifest = makeManifest({ ...request, suites: [rare!, often!], seeds: null });
    const [first, second] = manifest.scenarios;
    expect(first!.unseen!.map(({ strategy }) => strategy)).toEqual(
      rare!.strategies.filter((id) => id !== 'kvm-6.14'),
    );
    expect(second!.unseen).toBeUndefined();
    const text = JSON.stringify(manifest);
    expect(parseManifest(text, 'manifest.json').scenarios[0]!.unseen).toEqual(first!.unseen);
    const broken = text.replace(/"mostNs":\d+/, '"mostNs":"many"');
    expect(() => parseManifest(broken, 'manifest.json')).toThrow('scenarios.0.unseen.0.mostNs');
  });
});
