import { describe, expect, test } from 'vitest';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { contentsOfRun } from '../../src/run/run-contents.ts';
import {
  discardedBy,
  entriesIn,
  runWatched,
  type TlbContents,
  tripContents,
} from '../../src/run/tlb-contents.ts';
import { shippedSuites } from '../../src/suite/load-suite.ts';
import { cellOf } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';

const SUITES = shippedSuites();
const MACHINE = runMachine('zen3-milan');

function cell(strategy: string, suite = 'cpuid-npt-npt', seed = 1) {
  const found = SUITES.find(({ id }) => id === suite)!;
  return cellOf(found, MACHINE, strategyById(strategy)!, seed);
}

const words = ({ L0, L1, L2, others }: TlbContents) =>
  `L0 ${L0}, L1 ${L1}, L2 ${L2}${others === 0 ? '' : `, others ${others}`}`;

/** A line for each event: who runs then, and what was in the TLB before and after. */
function transcript(strategy: string, suite?: string): string[] {
  return tripContents(cell(strategy, suite)).events.map((event) => {
    const { kind, runs, asid, tlbControl, before } = event;
    const control = tlbControl === 0 ? '' : `, TLB_CONTROL ${tlbControl}`;
    const what = kind === 'VMRUN' ? `VMRUN of ${runs}, ASID ${asid}${control}` : kind;
    const lost = discardedBy(event);
    return `${what}: ${words(before)}${lost === 0 ? '' : `; throws away ${lost}`}`;
  });
}

describe('the TLB over one round trip', () => {
  test('under kvm-6.14, where L1 and L2 share an ASID, loses L2 on the way to L1 and L1 on the way back', () => {
    expect(transcript('kvm-6.14')).toEqual([
      'VMRUN of L1, ASID 511, TLB_CONTROL 3: L0 97, L1 0, L2 5; throws away 5',
      '#VMEXIT: L0 97, L1 58, L2 0',
      'VMRUN of L2, ASID 511, TLB_CONTROL 3: L0 97, L1 58, L2 0; throws away 58',
      '#VMEXIT: L0 97, L1 0, L2 5',
    ]);
  });

  test('under rfc-2026-06, where L2 has an ASID of its own, loses nothing', () => {
    expect(transcript('rfc-2026-06')).toEqual([
      'VMRUN of L1, ASID 511: L0 97, L1 58, L2 5',
      '#VMEXIT: L0 97, L1 58, L2 5',
      'VMRUN of L2, ASID 512: L0 97, L1 58, L2 5',
      '#VMEXIT: L0 97, L1 58, L2 5',
    ]);
  });

  test('shows what survives where a fault forgets the flush on the way to L1', () => {
    const faulty = transcript('kvm-6.14+nestedTransition=flush-and-sync-on-entry-only');
    expect(faulty[0]).toBe('VMRUN of L1, ASID 511: L0 97, L1 0, L2 5');
    expect(faulty[1]).toBe('#VMEXIT: L0 97, L1 58, L2 5');
    expect(faulty[2]).toContain('throws away 63');
  });

  test.each([
    ['kvm-6.14', 'cpuid-npt-npt'],
    ['rfc-2025-03', 'npf-npt-npt'],
    ['ideal', 'kv-redis-l2'],
  ])('is that of the trip that a run of %s in %s measures first', (strategy, suite) => {
    const { tripNs } = tripContents(cell(strategy, suite, 3));
    expect(Math.round(tripNs * 1000) / 1000).toBe(runCell(cell(strategy, suite, 3)).tripNs[0]);
  });

  test.each([
    ['kvm-6.14', 'cpuid-npt-npt'],
    ['ideal', 'kv-redis-l2'],
    ['flush-always', 'two-linux-l2s'],
  ])(
    'is seen while a cell of %s in %s runs, whose result is what nobody looks on',
    (strategy, suite) => {
      const { result, contents } = runWatched(cell(strategy, suite, 2));
      expect(result).toEqual(runCell(cell(strategy, suite, 2)));
      expect(contents).toEqual(tripContents(cell(strategy, suite, 2)));
    },
  );

  test('never holds more than the TLB, nor gains anything by an instruction of L0', () => {
    for (const suite of ['cpuid-npt-npt', 'two-linux-l2s', 'cpuid-nonnested']) {
      for (const strategy of ['kvm-6.14', 'rfc-2026-06', 'flush-always']) {
        const { atStart, events, atEnd, capacity } = tripContents(cell(strategy, suite));
        expect(events.length, suite).toBeGreaterThan(1);
        for (const contents of [atStart, ...events.map(({ before }) => before), atEnd]) {
          expect(entriesIn(contents)).toBeLessThanOrEqual(capacity);
        }
        for (const event of events) expect(discardedBy(event)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test('tells the vCPU that makes the trip from others on its processor', () => {
    const { atStart } = tripContents(cell('kvm-6.14', 'same-vm-vcpus-on-one-pcpu-2-0.1'));
    expect(atStart.others).toBeGreaterThan(0);
  });
});

describe('the contents of a run', () => {
  const request = {
    scenario: 'cpuid-npt-npt',
    machine: 'zen3-milan',
    strategies: ['kvm-6.14', 'rfc-2025-03', 'a-strategy-of-my-own'],
    seed: 1,
    suites: SUITES,
  };
  const idOf = (strategy: string) => cell(strategy).cellId;

  test('are of those strategies whose cells the run has', () => {
    const cellIds = new Set([idOf('kvm-6.14'), idOf('rfc-2025-03')]);
    const found = contentsOfRun({ ...request, cellIds });
    expect(found?.trips.map(({ strategy }) => strategy)).toEqual(['kvm-6.14', 'rfc-2025-03']);
    const alone = contentsOfRun({ ...request, cellIds: new Set([idOf('kvm-6.14')]) });
    expect(alone?.trips.map(({ strategy }) => strategy)).toEqual(['kvm-6.14']);
  });

  test('are left out for other versions, and for a suite or a machine of the user’s own', () => {
    const cellIds = new Set([idOf('kvm-6.14'), idOf('rfc-2025-03')]);
    expect(contentsOfRun({ ...request, cellIds: new Set(['0123456789abcdef']) })).toBeUndefined();
    expect(contentsOfRun({ ...request, cellIds, scenario: 'mine' })).toBeUndefined();
    expect(contentsOfRun({ ...request, cellIds, machine: 'my-machine' })).toBeUndefined();
    const withoutBaseline = new Set([idOf('rfc-2025-03')]);
    expect(contentsOfRun({ ...request, cellIds: withoutBaseline })).toBeUndefined();
  });
});
