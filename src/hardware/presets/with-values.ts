import type { Parameter } from '../../units/parameter.ts';
import type { MachinePreset, TlbArray } from '../machine-preset.ts';
import { TLB_GROUPS } from './list-parameters.ts';

/**
 * A preset with other values for some parameters, named by the dotted paths of `listParameters`.
 * Ranges and sources stay what they were. Paths that the preset does not have change nothing.
 */
export function withValues(
  preset: MachinePreset,
  values: ReadonlyMap<string, number>,
): MachinePreset {
  const changed = (path: string, parameter: Parameter): Parameter => {
    const value = values.get(path);
    return value === undefined ? parameter : { ...parameter, value };
  };
  const changedGroup = <Group extends Readonly<Record<string, Parameter>>>(
    name: string,
    group: Group,
  ): Group => {
    // A copy, and not made of entries: it keeps the group's shape, which prices are read from fast.
    const copy: Record<string, Parameter> = { ...group };
    for (const key of Object.keys(copy)) copy[key] = changed(`${name}.${key}`, copy[key]!);
    return copy as Group;
  };
  const changedArrays = (name: string, arrays: readonly TlbArray[]): readonly TlbArray[] =>
    arrays.map((array, index) => ({
      ...array,
      entries: changed(`tlb.${name}.${index}.entries`, array.entries),
      ways: changed(`tlb.${name}.${index}.ways`, array.ways),
    }));
  const arrays = TLB_GROUPS.map((name) => [name, changedArrays(name, preset.tlb[name])] as const);
  const { secondLevelHitCycles } = preset.tlb;
  return {
    ...preset,
    frequencyGhz: changed('frequencyGhz', preset.frequencyGhz),
    tlb: {
      ...preset.tlb,
      ...Object.fromEntries(arrays),
      secondLevelHitCycles: changed('tlb.secondLevelHitCycles', secondLevelHitCycles),
    },
    walkCaches: changedGroup('walkCaches', preset.walkCaches),
    caches: changedGroup('caches', preset.caches),
    tags: changedGroup('tags', preset.tags),
    costs: changedGroup('costs', preset.costs),
  };
}
