import { PMU_EVENTS, type PmuEvents } from '../../hardware/pmu-events.ts';
import { MACHINES, machineById } from '../../hardware/presets/index.ts';
import type { Comparison, ScenarioSummary } from '../../run/results.ts';
import { requiredRuns } from '../../statistics/required-runs.ts';
import { formatNumber, formatRatio, type NumberStyle, PAGE } from '../blocks/numbers.ts';
import { OLD_NAME_NOTE, ROUND_TRIP_EVENTS } from '../perf-events.ts';
import { type ReadBack, readBack } from '../which-kernel.ts';
import { comparisonOf, IMPORTED_GROUP, type ReportModel } from './model.ts';

/** The scenario that cpuid_rate runs in L2. */
const CPUID_SCENARIO = 'cpuid-npt-npt';

/** What a user can measure on the host to see whether the model is right about it. */
export interface FieldCheck {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly how: string;
}

/** Scatter of one run around the mean that a careful and a careless measurement have: assumed. */
const SCATTERS = [0.01, 0.03];

/** The checks of the first imported scenario; none where the run is about no host. */
export function fieldChecks(model: ReportModel, style: NumberStyle = PAGE): FieldCheck[] {
  const imported = importedScenario(model);
  if (imported === undefined) return [];
  const { strategy } = model.headline.comparison;
  const own = comparisonOf(imported, strategy);
  if (own === undefined) return [];
  const cpuid = model.scenarios.find(
    (each) => each.id === CPUID_SCENARIO && each.machine === imported.machine,
  );
  const cpuidComparison = cpuid === undefined ? undefined : comparisonOf(cpuid, strategy);
  const events = pmuEventsOf(model, imported.machine);
  return [
    ...(events === null || events.flushes === null ? [] : [flushCheck(own, events.flushes, style)]),
    ...(events === null ? [] : [walkCheck(own, events, style)]),
    ...(cpuidComparison === undefined ? [] : [cpuidCheck(cpuidComparison, style)]),
    workloadCheck(own, style),
  ];
}

/** What the files of the host counted of the same, against both predictions; empty where they counted none of it. */
export function measuredOnHost(model: ReportModel): readonly ReadBack[] {
  const { measured } = model.evidence;
  const imported = importedScenario(model);
  if (measured === undefined || imported === undefined) return [];
  const { baseline, strategy } = model.headline.comparison;
  const own = comparisonOf(imported, strategy);
  if (own === undefined) return [];
  return readBack(
    measured,
    {
      kernel: baseline,
      flushesPerTransition: own.flushesPerTripBefore / 2,
      walksPerRoundTrip: own.walksPerTripBefore,
    },
    {
      kernel: strategy,
      flushesPerTransition: own.flushesPerTripAfter / 2,
      walksPerRoundTrip: own.walksPerTripAfter,
    },
  );
}

/** A machine of the user's is named after the one that it is based on. */
function pmuEventsOf(model: ReportModel, id: string): PmuEvents | null {
  const name = model.manifest.machines.find((each) => each.id === id)?.name ?? '';
  const own = machineById(id) ?? MACHINES.find((machine) => name.startsWith(machine.name));
  return own === undefined ? PMU_EVENTS.zen4 : own.pmuEvents;
}

/** A command whose output import takes beside the file of the host. */
function perfCommand(events: readonly string[]): string {
  const all = [...events, ROUND_TRIP_EVENTS, 'duration_time'];
  return `perf stat -a -x, -e ${all.join(',')} -- sleep 10 in L0 (${OLD_NAME_NOTE})`;
}

/** The scenario that a personal answer is about. */
function importedScenario(model: ReportModel): ScenarioSummary | undefined {
  const groups = new Map(model.manifest.scenarios.map((each) => [each.id, each.group]));
  return model.scenarios.find((scenario) => groups.get(scenario.id) === IMPORTED_GROUP);
}

function flushCheck(own: Comparison, event: string, style: NumberStyle): FieldCheck {
  return {
    what: 'TLB flushes per nested transition',
    before: formatNumber(own.flushesPerTripBefore / 2, style),
    after: formatNumber(own.flushesPerTripAfter / 2, style),
    how:
      `${perfCommand([event])}; import takes the output and divides the first by twice the nested ` +
      "entries. It counts the host's own flushes too: the difference between the two kernels is the check.",
  };
}

function walkCheck(own: Comparison, { walks }: PmuEvents, style: NumberStyle): FieldCheck {
  return {
    what: 'page walks per nested exit, all levels together',
    before: formatNumber(own.walksPerTripBefore, style),
    after: formatNumber(own.walksPerTripAfter, style),
    how:
      `${perfCommand(walks)}; import takes the output and divides by the nested entries. ` +
      'Only walks for data are counted; those for code are in the prediction as well, so the ' +
      'measured numbers are lower and their ratio is the check.',
  };
}

function cpuidCheck(cpuid: Comparison, style: NumberStyle): FieldCheck {
  const perSecond = (ns: number): string => formatNumber(Math.round(1e9 / ns), style);
  return {
    what: 'CPUIDs per second in L2 (cpuid_rate), L0 and L1 with NPT, pinned',
    before: perSecond(cpuid.before.point),
    after: perSecond(cpuid.after.point),
    how: `Run cpuid_rate in L2 under both kernels. ${runsText(cpuid, style)}`,
  };
}

function workloadCheck(own: Comparison, style: NumberStyle): FieldCheck {
  const share = own.before.point / own.after.point - 1;
  return {
    what: 'the workload itself, as work per second',
    before: `100${style.gap}%`,
    after: `${share < 0 ? '' : '+'}${formatRatio(share, style)}`,
    how: `Measure it under both kernels in turns, not one after the other. ${runsText(own, style)}`,
  };
}

/** How many runs show a change of this size. */
function runsText(comparison: Comparison, style: NumberStyle): string {
  const change = Math.abs(comparison.before.point / comparison.after.point - 1);
  const size = formatRatio(change, style);
  if (change < 1e-4) return `The predicted change of ${size} is too small to be found.`;
  const needs = SCATTERS.map((scatter) => {
    const runs = formatNumber(requiredRuns(change / scatter), style);
    return `${runs} runs of each where single runs scatter by ${formatRatio(scatter, style)}`;
  });
  return `A change of ${size} takes ${needs.join(', ')} (power 80 %, level 5 %).`;
}
