import { describe, expect, test } from 'vitest';
import type { Fleet } from '../../src/workloads/world-memory.ts';
import { makeWorld, strategyOf } from './make-world.ts';

const FLEET: Fleet = { l1s: 2, vcpusPerL1: 2, l2sPerVcpu: 2, l2sShareMemory: false, pcpus: 2 };

/** Rows of one page of a level, by place: equal ones are the same memory. */
function rows(level: 0 | 1 | 2, changes: Partial<Fleet> = {}): number[] {
  const { places } = makeWorld(strategyOf('kvm-6.14'), { fleet: { ...FLEET, ...changes } });
  const found = places.map((place) => place.mapping(level, 0x400));
  const names = [...new Set(found)];
  return found.map((row) => names.indexOf(row));
}

describe('the memory of a world', () => {
  test('is of one host, and of each L1 for all its vCPUs', () => {
    expect(rows(0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(rows(1)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('is of each L2 alone, or of all L2s of an L1 where they are vCPUs of one', () => {
    expect(rows(2)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(rows(2, { l2sShareMemory: true })).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });
});

describe('the vCPUs of a world', () => {
  test('have their L2s one after the other, and are spread over the pCPUs', () => {
    const { places, pcpus } = makeWorld(strategyOf('kvm-6.14'), { fleet: FLEET });
    expect(places.map(({ l2 }) => l2)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    const vcpus = [...new Set(places.map(({ vcpu }) => vcpu))];
    expect(vcpus).toHaveLength(4);
    expect(places.every(({ pcpu }) => pcpus.includes(pcpu))).toBe(true);
  });

  test('are one with one L2 where nothing else is said', () => {
    const { places, pcpus } = makeWorld(strategyOf('kvm-6.14'));
    expect([places.length, pcpus.length]).toEqual([1, 1]);
  });
});
