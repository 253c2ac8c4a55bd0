import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { Estimate } from '../probe/estimate.ts';
import type { Probe } from '../probe/probe.ts';
import { MACHINE_FILE_KIND, type MachineFile } from '../suite/machine-file.ts';
import type { Unit } from '../units/parameter.ts';
import { compareHost, type HostComparison, type HostQuantity } from './host-comparison.ts';
import { chaseCurve } from './model-chase.ts';
import { chaseMachine } from './predicted-curve.ts';

type FileParameter = MachineFile['parameters'][number];

/** What the probe could say about one parameter of the preset. */
interface Finding {
  readonly path: string;
  readonly estimate: Estimate;
  readonly unit: Unit;
  readonly how: string;
}

/** Plain digits for a file: a thousandth is finer than the probe can tell. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/**
 * The probed host as a machine file: the preset with what the probe determines in place of it. A
 * reach whose interval holds the preset's own number confirms that number and replaces nothing.
 */
export function hostMachine(
  probe: Probe,
  preset: MachinePreset,
  comparison: HostComparison = compareHost(probe, preset),
): MachineFile {
  const of = (id: HostQuantity['id']) =>
    comparison.quantities.find((quantity) => quantity.id === id)?.measured ?? null;
  const findings: Finding[] = [
    {
      path: 'frequencyGhz',
      estimate: probe.estimates.clockGhz,
      unit: 'gigahertz',
      how: 'a chain of 32-bit multiplications, taken to need 3 cycles each',
    },
  ];
  const cost = of('first-cost');
  if (cost !== null) {
    const how = 'rise of the chase from its first plateau to its second';
    findings.push({ path: 'tlb.secondLevelHitCycles', estimate: cost, unit: 'cycles', how });
  }
  const walk = walkStart(probe, preset, comparison, cost?.point ?? null);
  if (walk !== null) findings.push(walk);
  return {
    kind: MACHINE_FILE_KIND,
    schemaVersion: 1,
    id: `probed-${preset.id}`,
    name: `${preset.name}, as probed`,
    referencePart: probe.host.modelName,
    base: preset.id,
    parameters: [
      ...findings.map(asParameter),
      ...reachParameters(of('first-reach'), preset, 'firstLevelData'),
      ...reachParameters(of('second-reach'), preset, 'secondLevelData'),
    ],
  };
}

function asParameter({ path, estimate, unit, how }: Finding): FileParameter {
  const point = round(estimate.point);
  return {
    path,
    value: point,
    low: Math.min(point, round(estimate.low)),
    high: Math.max(point, round(estimate.high)),
    unit,
    confidence: 'measured',
    source: `asidbench probe: ${how}`,
  };
}

/** Entries of the array that holds 4 KiB pages, where the probe contradicts the preset. */
function reachParameters(
  reach: Estimate | null,
  preset: MachinePreset,
  group: 'firstLevelData' | 'secondLevelData',
): FileParameter[] {
  const index = preset.tlb[group].findIndex((array) => array.sizes.includes('4K'));
  const array = preset.tlb[group][index];
  if (reach === null || array === undefined) return [];
  const own = array.entries.value;
  if (own >= reach.low && own <= reach.high) return [];
  const isFullyAssociative = array.ways.value === own;
  const entries = isFullyAssociative ? reach.point : fittingEntries(reach.point, array.ways.value);
  const source =
    `asidbench probe: the chase stays flat up to ${reach.point} pages; the base says ${own}. ` +
    'Rounded down to whole sets';
  const parameter = (name: string, unit: Unit): FileParameter => ({
    path: `tlb.${group}.${index}.${name}`,
    value: entries,
    low: Math.min(entries, own, reach.low),
    high: Math.max(entries, own, reach.high),
    unit,
    confidence: 'measured',
    source,
  });
  const made = [parameter('entries', 'entries')];
  return isFullyAssociative ? [...made, parameter('ways', 'ways')] : made;
}

/** The largest count of entries up to `most` in 2^n or 3 times 2^n sets. */
function fittingEntries(most: number, ways: number): number {
  let best = ways;
  for (const odd of [1, 3]) {
    for (let sets = odd; sets * ways <= most; sets *= 2) best = Math.max(best, sets * ways);
  }
  return best;
}

/**
 * The part of a walk that is no reference: what the measured translation takes more than the modelled
 * one with a walk start of 0, over the share of loads that walk. One equation, one unknown.
 */
function walkStart(
  probe: Probe,
  preset: MachinePreset,
  { quantities, curve }: HostComparison,
  hitCycles: number | null,
): Finding | null {
  const measured = quantities.find((quantity) => quantity.id === 'miss-near')?.measured ?? null;
  const reach = quantities.find((quantity) => quantity.id === 'second-reach')?.measured ?? null;
  if (measured === null || reach === null || hitCycles === null) return null;
  const at = curve.find((point) => point.pages >= 2 * reach.point);
  if (at === undefined) return null;
  const config = machineConfig(chaseMachine(preset, 'value'));
  const free = { ...config, prices: { ...config.prices, walkStartCycles: 0 } };
  const dimensions = probe.host.isVirtualMachine === true ? 'nested-2m' : 'native';
  const [modelled] = chaseCurve(free, [at.pages], {
    dimensions,
    frames: 'scattered',
    pageSize: '4K',
  });
  if (modelled === undefined || modelled.walksPerLoad === 0) return null;
  const start = (total: number) =>
    Math.max(1, (total - modelled.translationCycles) / modelled.walksPerLoad);
  return {
    path: 'costs.walkStartCycles',
    estimate: {
      point: start(measured.point),
      low: start(measured.low),
      high: start(measured.high),
    },
    unit: 'cycles',
    how: `translation at ${at.pages} pages, less the references of a ${dimensions} walk as modelled`,
  };
}
