import { describe, expect, test } from 'vitest';
import { KIND_IDS } from '../../src/cost/ledger.ts';
import { ExecutedWindow } from '../../src/executed/executed-window.ts';
import { type CutWindow, cutWindow } from '../../src/executed/iterations.ts';
import { sizesByRegion } from '../../src/workloads/mapped-sizes.ts';
import { ROOMY, TELLING_PRICES } from '../hardware/small-machine.ts';
import { type CpuidTrips, cpuidTrips, smallWindow } from './small-capture.ts';

const PAGING = { l0: 'npt', l1: 'npt' } as const;
const OTHERWISE = sizesByRegion(PAGING, {
  l0: '4k',
  l1: '4k',
  l2: '4k',
  nptForL1: '4k',
  nptForL2: '4k',
});
const TRIPS: CpuidTrips = { count: 3, asids: [2, 3], tlbControls: [0, 0] };

function started(changes: Partial<CpuidTrips>): ExecutedWindow {
  return start(cpuidTrips({ ...TRIPS, ...changes }), 1);
}

function start(window: CutWindow, seed: number): ExecutedWindow {
  const executed = new ExecutedWindow(window, {
    config: ROOMY,
    paging: PAGING,
    otherwise: OTHERWISE,
    seed,
    chosenFrom: window.iterations.length,
  });
  // Everything that no flush takes away is there after it.
  for (let trip = 0; trip < 4; trip += 1) executed.next();
  return executed;
}

/** Events of one trip in a warm world, by kind; kinds without one are left out. */
function tripOf(executed: ExecutedWindow): Readonly<Record<string, number>> {
  const before = executed.ledger.counts.slice();
  executed.next();
  const named = KIND_IDS.map(
    (id, kind) => [id, executed.ledger.counts[kind]! - before[kind]!] as const,
  );
  return Object.fromEntries(named.filter(([, count]) => count > 0));
}

const QUIET = { l0Instruction: 200, l1Instruction: 100, l2Instruction: 100, worldSwitch: 2 };

describe('what a captured kernel made its CPU do', () => {
  test('a trip without flushes costs its instructions and world switches', () => {
    expect(tripOf(started({}))).toEqual(QUIET);
  });

  test('a flush of an ASID costs itself and a walk for what it took', () => {
    const trip = tripOf(started({ tlbControls: [0, 3] }));
    expect(trip).toMatchObject({ ...QUIET, flushAsid: 1, 'refillTlb.start': 1 });
  });

  test('one flush more costs what the price list says', () => {
    // L1 is entered twice in a trip, and what a flush of the second entry takes the first takes anyway.
    const cyclesWith = (tlbControl: number) => {
      const trip = [
        'exit L2 72',
        'L1 asid=2 tlb=3',
        'exit L1 7c',
        `L1 asid=2 tlb=${tlbControl}`,
        'exit L1 80',
        'L2 asid=3 tlb=0',
        'mark',
      ];
      const pages = ['L0 ff:x', 'L1 5:r', 'L0 ff:x', 'L1', 'L0 ff:x', 'L2 5:r'];
      const lines = ['mark', ...trip, ...trip, 'exit L2 72'];
      const executed = start(cutWindow(smallWindow(lines, [...pages, ...pages])), 1);
      const before = executed.ledger.cycles;
      executed.next();
      return executed.ledger.cycles - before;
    };
    expect(cyclesWith(3) - cyclesWith(0)).toBe(TELLING_PRICES.simple.flushAsid);
    expect(cyclesWith(1) - cyclesWith(0)).toBeGreaterThan(TELLING_PRICES.simple.flushAll);
  });

  test('TLB_CONTROL 1 takes the pages of the host too', () => {
    const trip = tripOf(started({ tlbControls: [1, 0] }));
    expect(trip).toMatchObject({ flushAll: 1, 'refillTlb.start': 5 });
  });

  test('INVLPG of a guest takes its own page and nobody else pays', () => {
    const trip = tripOf(started({ inL2: ['INVLPG g=1 va=5000 cr3=1000'] }));
    expect(trip).toMatchObject({ ...QUIET, invlpg: 1 });
    expect(Object.keys(trip).filter((kind) => kind.endsWith('.start')).length).toBe(1);
  });

  test('INVLPGA takes a page of the ASID that it names', () => {
    const trip = tripOf(started({ inL1: ['INVLPGA g=0 asid=3 va=5000'] }));
    expect(trip).toMatchObject({ ...QUIET, invlpga: 1 });
    const other = tripOf(started({ inL1: ['INVLPGA g=0 asid=9 va=5000'] }));
    expect(other).toEqual({ ...QUIET, invlpga: 1 });
  });

  test.each([
    ['CR3W g=1 old=1000 new=2000', 1],
    ['CR4W g=1 old=6f0 new=670', 1],
    ['CR4W g=1 old=6f0 new=6f1', 0],
    ['CR0W g=1 old=80000011 new=11', 1],
    ['CR0W g=1 old=80000011 new=80000019', 0],
  ])('%s flushes %i times', (line, flushes) => {
    const trip = tripOf(started({ inL2: [line] }));
    expect(trip).toMatchObject(QUIET);
    expect(trip.movCr3 ?? 0).toBe(flushes);
  });
});

describe('a kernel that shares one ASID', () => {
  const staleHits = (changes: Partial<CpuidTrips>) => {
    const executed = started(changes);
    for (let trip = 0; trip < 10; trip += 1) executed.next();
    return executed.oracle.staleHits;
  };

  test('uses no entry of another level while it flushes between them', () => {
    expect(staleHits({ asids: [3, 3], tlbControls: [3, 3] })).toEqual({
      host: 0,
      crossVm: 0,
      guest: 0,
    });
  });

  test('is seen to use them when it does not', () => {
    expect(staleHits({ asids: [3, 3], tlbControls: [3, 0] }).guest).toBeGreaterThan(0);
  });

  test('uses none under an ASID each', () => {
    expect(staleHits({})).toEqual({ host: 0, crossVm: 0, guest: 0 });
  });
});

describe('seeds', () => {
  test('choose the same iterations for every kernel', () => {
    const order = (seed: number) => {
      const executed = start(cpuidTrips({ ...TRIPS, count: 30 }), seed);
      return Array.from({ length: 5 }, () => {
        executed.next();
        return executed.ledger.ticks;
      });
    };
    expect(order(7)).toEqual(order(7));
  });

  test('can not choose among more than there are', () => {
    const window = cpuidTrips(TRIPS);
    const options = { config: ROOMY, paging: PAGING, otherwise: OTHERWISE, seed: 1, chosenFrom: 4 };
    expect(() => new ExecutedWindow(window, options)).toThrow(RangeError);
  });
});
