import { describe, expect, it } from 'vitest';
import type { MachinePreset, TlbArray } from '../../src/hardware/machine-preset.ts';
import { MACHINES, machineById } from '../../src/hardware/presets/index.ts';
import { listParameters } from '../../src/hardware/presets/list-parameters.ts';
import { CONFIDENCES, type Parameter, UNITS } from '../../src/units/parameter.ts';

function machine(id: string): MachinePreset {
  const found = machineById(id);
  if (found === undefined) throw new Error(`no preset ${id}`);
  return found;
}

function arraysOf(preset: MachinePreset): readonly TlbArray[] {
  const { firstLevelData, firstLevelInstruction, secondLevelData, secondLevelInstruction } =
    preset.tlb;
  return [
    ...firstLevelData,
    ...firstLevelInstruction,
    ...secondLevelData,
    ...secondLevelInstruction,
  ];
}

/** Entries x ways of each array, as `2048x8`. */
function geometries(arrays: readonly TlbArray[]): string[] {
  return arrays.map(
    (array) => `${array.entries.value}x${array.ways.value} ${array.sizes.join('+')}`,
  );
}

function bounds(parameter: Parameter): number[] {
  return [parameter.low, parameter.value, parameter.high];
}

/** Whether a number is 2^a or 3 x 2^a. */
function isIndexable(sets: number): boolean {
  let rest = sets % 3 === 0 ? sets / 3 : sets;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}

/** Every parameter anywhere in a preset, found by its shape rather than by a list of keys. */
function parametersByShape(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('low' in value && 'unit' in value) return [value];
  return Object.values(value).flatMap(parametersByShape);
}

describe('the machine presets', () => {
  it('are nine, found by their ids and by no other', () => {
    expect(MACHINES.map((preset) => preset.id)).toEqual([
      'zen1-naples',
      'zen2-rome',
      'zen3-milan',
      'zen4-genoa',
      'zen5-turin',
      'k10-barcelona',
      'skx',
      'icx',
      'spr',
    ]);
    expect(machineById('zen3-milan')?.name).toBe('Zen 3 (Milan)');
    expect(machineById('zen3')).toBeUndefined();
    expect(machineById('toString')).toBeUndefined();
  });
});

describe.each(MACHINES)('$id', (preset) => {
  const listed = listParameters(preset);

  it('lists each parameter once, under a path of its own', () => {
    const found = parametersByShape(preset);
    expect(new Set(listed.map(({ parameter }) => parameter))).toEqual(new Set(found));
    expect(listed).toHaveLength(found.length);
    expect(new Set(listed.map(({ path }) => path)).size).toBe(listed.length);
  });

  it('bounds each value by low and high, and none of them is negative', () => {
    const wrong = listed.filter(
      ({ parameter: { low, value, high } }) =>
        !(low >= 0 && low <= value && value <= high && Number.isFinite(high)),
    );
    expect(wrong).toEqual([]);
  });

  it('gives a source, a known unit and a known confidence for each value', () => {
    const wrong = listed.filter(
      ({ parameter: { source, note, unit, confidence } }) =>
        source.trim() === '' ||
        note?.trim() === '' ||
        !UNITS.includes(unit) ||
        !CONFIDENCES.includes(confidence),
    );
    expect(wrong).toEqual([]);
    expect(preset.tlb.replacement.source).not.toBe('');
  });

  it('quotes no archive, path or unfinished text as a source', () => {
    const texts = listed.map(({ parameter }) => `${parameter.source} ${parameter.note ?? ''}`);
    const debris = /archived|indexed|\(\s*\)|undefined|NaN|TODO|this note/;
    expect(texts.filter((text) => debris.test(text))).toEqual([]);
  });

  it('has flags of 0 or 1 only, without a range', () => {
    const flags = listed.filter(({ parameter }) => parameter.unit === 'flag');
    expect(flags.length).toBeGreaterThan(0);
    for (const { parameter } of flags) {
      expect([0, 1]).toContain(parameter.value);
      expect(bounds(parameter)).toEqual([parameter.value, parameter.value, parameter.value]);
    }
  });

  it('has TLB arrays whose sets can be indexed, at the nominal and at both ends', () => {
    for (const array of arraysOf(preset)) {
      const ways = array.ways.value;
      const entries = array.entries.value;
      const full = ways === entries;
      expect(isIndexable(entries / ways)).toBe(true);
      expect(array.sizes.length).toBeGreaterThan(0);
      if (full) continue;
      for (const end of bounds(array.entries)) expect(isIndexable(end / ways)).toBe(true);
      for (const end of bounds(array.ways)) expect(isIndexable(entries / end)).toBe(true);
    }
  });

  it('names units in keys that agree with the units of the parameters', () => {
    const wrong = listed.filter(({ path, parameter }) => {
      if (path.endsWith('Nanoseconds')) return parameter.unit !== 'nanoseconds';
      if (path.endsWith('Cycles')) return parameter.unit !== 'cycles';
      if (path.endsWith('ntries')) return parameter.unit !== 'entries';
      return path.endsWith('Ghz') && parameter.unit !== 'gigahertz';
    });
    expect(wrong).toEqual([]);
  });

  it('keeps PDEs either in the second-level TLB or in a cache of their own', () => {
    const { pdeEntries, pdeInSecondLevelTlb } = preset.walkCaches;
    expect(pdeEntries.value === 0).toBe(pdeInSecondLevelTlb.value === 1);
  });

  it('has caches that get slower from L1D to L3', () => {
    const { l1dCycles, l2Cycles, l3Cycles } = preset.caches;
    expect(l1dCycles.value).toBeLessThan(l2Cycles.value);
    expect(l2Cycles.value).toBeLessThan(l3Cycles.value);
  });
});

describe('second-level data TLBs', () => {
  it.each([
    ['zen1-naples', ['1536x6 4K+2M']],
    ['zen2-rome', ['2048x8 4K+2M']],
    ['zen3-milan', ['2048x8 4K+2M', '64x64 1G']],
    ['zen4-genoa', ['3072x8 4K+2M', '64x64 1G']],
    ['zen5-turin', ['4096x8 4K+2M+1G']],
    ['k10-barcelona', ['512x4 4K', '128x2 2M']],
    ['skx', ['1536x12 4K+2M', '16x4 1G']],
    ['icx', ['2048x16 4K+2M', '1024x8 1G']],
    ['spr', ['2048x16 4K+2M', '1024x8 1G']],
  ])('of %s are as CPUID reports them', (id, expected) => {
    expect(geometries(machine(id).tlb.secondLevelData)).toEqual(expected);
  });
});

describe('first-level data TLBs', () => {
  it.each([
    ['zen1-naples', 64],
    ['zen2-rome', 64],
    ['zen3-milan', 64],
    ['zen4-genoa', 72],
    ['zen5-turin', 96],
    ['k10-barcelona', 48],
  ])('of %s hold %i entries of any size, fully associative', (id, entries) => {
    expect(geometries(machine(id).tlb.firstLevelData)).toEqual([`${entries}x${entries} 4K+2M+1G`]);
  });

  it('of Intel are split by page size', () => {
    expect(geometries(machine('skx').tlb.firstLevelData)).toEqual(['64x4 4K', '32x4 2M', '4x4 1G']);
    expect(geometries(machine('spr').tlb.firstLevelData)).toEqual(['64x4 4K', '32x4 2M', '8x8 1G']);
  });
});

describe('instruction TLBs', () => {
  it('of Zen 1 and Zen 2 keep the conflict of 512 and 1024 entries as a range', () => {
    for (const id of ['zen1-naples', 'zen2-rome']) {
      const [array] = machine(id).tlb.secondLevelInstruction;
      expect(array && bounds(array.entries)).toEqual([512, 512, 1024]);
    }
  });

  it('of Intel have no second level of their own', () => {
    for (const preset of MACHINES) {
      const unified = preset.tlb.secondLevelInstruction.length === 0;
      expect(unified).toBe(preset.vendor === 'Intel');
    }
  });
});

describe('tags', () => {
  it.each([
    // id, ASIDs, FLUSHBYASID, PCID, INVLPGB, SEV ASIDs
    ['zen1-naples', 32768, 1, 0, 0, 15],
    ['zen2-rome', 32768, 1, 0, 0, 509],
    ['zen3-milan', 32768, 1, 1, 1, 509],
    ['zen4-genoa', 32768, 1, 1, 1, 1006],
    ['zen5-turin', 32768, 1, 1, 1, 1006],
    ['k10-barcelona', 64, 0, 0, 0, 0],
    ['skx', 65536, 1, 1, 0, 0],
    ['icx', 65536, 1, 1, 0, 0],
    ['spr', 65536, 1, 1, 0, 0],
  ])('of %s are as CPUID or the manual has them', (id, asids, flushByAsid, pcid, invlpgb, sev) => {
    const { tags } = machine(id);
    expect([
      tags.asidCount.value,
      tags.flushByAsid.value,
      tags.pcid.value,
      tags.invlpgb.value,
      tags.sevAsidsMax.value,
    ]).toEqual([asids, flushByAsid, pcid, invlpgb, sev]);
  });
});

describe('costs and latencies', () => {
  it('of Milan are those of the published measurements and estimates', () => {
    const { caches, costs, frequencyGhz, tlb } = machine('zen3-milan');
    expect(bounds(frequencyGhz)).toEqual([2.8, 3.5, 4]);
    expect(bounds(tlb.secondLevelHitCycles)).toEqual([5, 6, 8]);
    expect(bounds(caches.l2Cycles)).toEqual([12, 12, 13]);
    expect(bounds(caches.dramNanoseconds)).toEqual([95, 108, 130]);
    expect(bounds(costs.vmrunVmexitNanoseconds)).toEqual([170, 260, 400]);
    expect(bounds(costs.flushAsidCycles)).toEqual([30, 150, 500]);
    expect(bounds(costs.flushRequestCycles)).toEqual([60, 200, 500]);
    expect(bounds(costs.exposedWalkShare)).toEqual([0.3, 0.7, 1]);
  });

  it('derive the start of a walk from its latency, clamped at one cycle', () => {
    expect(bounds(machine('zen3-milan').costs.walkStartCycles)).toEqual([3, 17, 49]);
    expect(bounds(machine('skx').costs.walkStartCycles)).toEqual([1, 12, 37]);
  });

  it('explain the 735.2 ns of a CPUID exit on Milan from their nominals', () => {
    const { costs, frequencyGhz } = machine('zen3-milan');
    const code = (1419 * costs.cyclesPerInstruction.value) / frequencyGhz.value;
    const trip = costs.vmrunVmexitNanoseconds.value + costs.vmloadVmsaveNanoseconds.value + code;
    expect(Math.abs(trip - 735.2)).toBeLessThan(2);
    expect(bounds(costs.cyclesPerInstruction)).toEqual([0.25, 0.46, 1.25]);
  });

  it('take an eighth of the lines of a cache for page tables', () => {
    const { caches } = machine('zen3-milan');
    expect(bounds(caches.pageTableLinesInL1d)).toEqual([16, 64, 256]);
    expect(bounds(caches.pageTableLinesInL2)).toEqual([256, 1024, 4096]);
    expect(bounds(caches.pageTableLinesInL3)).toEqual([16384, 65536, 262144]);
  });

  it('call measured only what was measured on the vendor in question', () => {
    const confidences = (id: string) => machine(id).costs.movCr3FlushCycles.confidence;
    expect(confidences('skx')).toBe('measured');
    expect(confidences('zen3-milan')).toBe('assumed');
  });

  it('charge K10 a full flush wherever another part would flush one ASID', () => {
    const { flushAsidCycles, flushAllCycles } = machine('k10-barcelona').costs;
    expect(bounds(flushAsidCycles)).toEqual(bounds(flushAllCycles));
  });
});
