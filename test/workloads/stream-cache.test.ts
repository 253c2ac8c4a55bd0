import { describe, expect, test } from 'vitest';
import { machineConfig } from '../../src/hardware/machine-config.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import { provideAnalysis, rowsInOrder, takeAnalysis } from '../../src/workloads/stream-cache.ts';
import type { WorldOptions } from '../../src/workloads/world.ts';
import { makeWorld, strategyOf } from './make-world.ts';

/** Three pages of kernel text in one 2 MiB page, and one of a program. */
const PAGES = Float64Array.of(0xffff_ffff_8100_0, 0xffff_ffff_8100_1, 0xffff_ffff_8110_2, 0x400);
const TOUCHES = Int32Array.of(7, 0, 2, 0, 7, 0, 2, 7);
const OTHER_TOUCHES = Int32Array.of(4, 6, 4);

const pageSizes = { l0: '4k', l1: '4k', l2: '4k', nptForL1: '2m', nptForL2: '2m' } as const;

function placeOn(machine: string, changed: Partial<WorldOptions> = {}) {
  const world = makeWorld(strategyOf('kvm-6.14'), {
    config: machineConfig(runMachine(machine)),
    pageSizes,
    ...changed,
  });
  return world.places[0]!;
}

const streamOn = (...args: Parameters<typeof placeOn>) =>
  placeOn(...args).stream(2, PAGES, TOUCHES);

describe('the plan of touches', () => {
  test('is made once for worlds in which the pages compete alike, whatever else differs', () => {
    const first = streamOn('zen3-milan');
    expect(first.plan).not.toBeNull();
    expect(streamOn('zen3-milan', { seed: 2 }).plan).toBe(first.plan);
    const { behaviour } = strategyOf('rfc-2025-03');
    expect(streamOn('zen3-milan', { behaviour }).plan).toBe(first.plan);
  });

  test('is another one where pages are larger or arrays have other shapes', () => {
    const first = streamOn('zen3-milan');
    const large = streamOn('zen3-milan', { pageSizes: { ...pageSizes, l2: 'kernel-2m' } });
    expect(large.plan).not.toBe(first.plan);
    expect([first.plan?.use.sharesEntries, large.plan?.use.sharesEntries]).toEqual([false, true]);
    // Other sets and ways; and pseudo-LRU, for which there is no plan.
    const others = ['k10-barcelona', 'skx'].map((machine) => streamOn(machine).plan);
    expect(others).toEqual([expect.anything(), null]);
    expect(others[0]).not.toBe(first.plan);
    expect(streamOn('zen3-milan').plan).toBe(first.plan);
  });

  test('does not depend on what else was mapped before', () => {
    const touches = TOUCHES.slice();
    const place = placeOn('zen3-milan', { pageSizes: { ...pageSizes, l2: 'kernel-2m' } });
    place.stream(2, PAGES, OTHER_TOUCHES);
    const after = place.stream(2, PAGES, touches).plan;
    expect(after).not.toBeNull();
    expect(after?.use.entry[4]).toBe(-1);
  });
});

test('a plan that another thread has made is used, and none that is known already', () => {
  const made = streamOn('zen3-milan').plan;
  const known = takeAnalysis(TOUCHES)!;
  expect(takeAnalysis(TOUCHES)).toBeUndefined();
  const elsewhere = TOUCHES.slice();
  provideAnalysis(elsewhere, known);
  const place = placeOn('zen3-milan');
  expect(place.stream(2, PAGES, elsewhere).plan).toBe(made);
  provideAnalysis(elsewhere, structuredClone(known));
  expect(place.stream(2, PAGES, elsewhere).plan).toBe(made);
  expect(takeAnalysis(elsewhere)?.plans).toEqual(known.plans);
});

test('rows of a stream come in the order of first touches, each once', () => {
  const stream = streamOn('zen3-milan');
  const byPage = [3, 0, 1].map((page) => stream.rows[page * 2]!);
  expect([...rowsInOrder(stream)]).toEqual(byPage);
  expect(byPage).toEqual([...byPage].sort((a, b) => a - b));
});
