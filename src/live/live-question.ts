import type { MachinePreset } from '../hardware/machine-preset.ts';
import { listParameters } from '../hardware/presets/list-parameters.ts';
import { withValues } from '../hardware/presets/with-values.ts';
import { type Strategy, strategyById } from '../hypervisor/strategies.ts';
import type { Cell } from '../suite/cell.ts';
import { configFor, runMachine } from '../suite/run-machine.ts';
import type { ProgramWorkload, Suite, Workload } from '../suite/suite.ts';
import { type LiveState, NUMBER_CONTROLS, type NumberKey, stateOfScenario } from './live-state.ts';
import { LIVE_SCENARIOS } from './scenarios.ts';

/** What a state asks, in the words of a run: a suite, a machine and what to compare. */
export interface LiveQuestion {
  readonly state: LiveState;
  readonly suite: Suite;
  readonly machine: MachinePreset;
  readonly baseline: Strategy;
  readonly strategy: Strategy;
  /** True where nothing of the suite was changed, but perhaps the strategy. */
  readonly isUnchanged: boolean;
}

/** As few as give an interval that is worth printing: a reader waits for them. */
export const LIVE_SEEDS = { first: 1, count: 4 } as const;

/** Whether a page may start at the scenario of a run's cell, and asks for its result then. */
export function isAskedByPage(cell: { readonly scenario: string; readonly seed: number }): boolean {
  const { first, count } = LIVE_SEEDS;
  return cell.seed < first + count && LIVE_SCENARIOS.some(({ id }) => id === cell.scenario);
}

/** From this rate on a program runs as many round trips as its suite says; below, fewer. */
const FULL_TRIPS_RATE = 8000;
/** From so many pages on most moves to another page miss, and a round trip takes longer to model. */
const MANY_PAGES = 2048;
const FULL_TRIPS_RATE_MANY_PAGES = 20_000;
const FEWEST_TRIPS = { warmUp: 3, measured: 6 } as const;

/** A flush costs what hardware does at VMRUN and what the kernel does for the request. */
const FLUSH_COSTS = ['costs.flushAsidCycles', 'costs.flushAllCycles', 'costs.flushRequestCycles'];
const WALK_COSTS = [
  'caches.l1dCycles',
  'caches.l2Cycles',
  'caches.l3Cycles',
  'caches.dramNanoseconds',
  'costs.walkStartCycles',
];

/** Why a number of a state changes nothing there, in a few words; null where it does. */
export function whyNot(key: NumberKey, state: LiveState, suite: Suite): string | null {
  if (suite.workload.kind !== 'program') {
    if (key === 'rate') return 'captured round trips follow each other at once';
    if (key === 'pages') return 'captured round trips touch the pages that they touched';
  } else if (key === 'pages' && typeof suite.workload.trace === 'string') {
    return 'a recorded program touches what it touched';
  }
  return key === 'switches' && state.l2s === 1 ? 'there is one L2' : null;
}

/** Whether a state asks what the suite of its scenario asks, on its machine and with its numbers. */
function isUnchanged(state: LiveState, base: Suite): boolean {
  const own = stateOfScenario(state.scenario);
  return (
    state.machine === base.machines[0] &&
    NUMBER_CONTROLS.every(({ key }) => state[key] === own[key] || whyNot(key, state, base) !== null)
  );
}

/** Whether L2 is a recorded program, of whose pages a page has no record. */
export function isRecorded({ workload }: Suite): boolean {
  return workload.kind === 'program' && typeof workload.trace === 'string';
}

/** The question of a state. `base` is the suite of its scenario, or the first point of its sweep. */
export function questionOf(state: LiveState, base: Suite): LiveQuestion {
  const suite = suiteOf(state, base);
  return {
    state,
    suite,
    machine: machineOf(state),
    baseline: knownStrategy(suite.baseline),
    strategy: knownStrategy(state.strategy),
    isUnchanged: isUnchanged(state, base),
  };
}

function knownStrategy(id: string): Strategy {
  const strategy = strategyById(id);
  if (strategy === undefined) throw new RangeError(`${id} was not checked to be a strategy`);
  return strategy;
}

function suiteOf(state: LiveState, base: Suite): Suite {
  const { l2s, switches } = state;
  const { fleet: _, events: __, ...alone } = base;
  return {
    ...alone,
    id: state.scenario,
    workload: workloadOf(state, base.workload),
    trips: tripsOf(state, base),
    ...(l2s === 1
      ? {}
      : {
          fleet: {
            l1s: 1,
            vcpusPerL1: 1,
            l2sPerVcpu: l2s,
            l2sShareMemory: false,
            pcpus: 1,
            placement: 'spread',
          },
          events: {
            l2Switches: {
              nominal: switches,
              low: switches,
              high: switches,
              unit: 'ratio',
              source: 'chosen by the reader',
            },
          },
        }),
  };
}

function workloadOf(state: LiveState, workload: Workload): Workload {
  if (workload.kind !== 'program') return workload;
  const { trace } = workload;
  return {
    ...workload,
    exitsPerSecond: chosen(workload.exitsPerSecond, state.rate),
    trace:
      typeof trace === 'object' && 'generated' in trace
        ? {
            generated: {
              ...trace.generated,
              hotPages: chosen(trace.generated.hotPages, state.pages),
            },
          }
        : trace,
  };
}

function chosen(parameter: ProgramWorkload['exitsPerSecond'], nominal: number) {
  const low = Math.min(parameter.low, nominal);
  return { ...parameter, nominal, low, high: Math.max(parameter.high, nominal) };
}

/** At a low rate L2 runs so long between exits that a reader would wait: fewer round trips then. */
function tripsOf({ rate, pages }: LiveState, base: Suite): Suite['trips'] {
  const { trips, workload } = base;
  // The suite of a recorded program has as few as its own rate allows.
  if (isRecorded(base)) return trips;
  const full = pages < MANY_PAGES ? FULL_TRIPS_RATE : FULL_TRIPS_RATE_MANY_PAGES;
  if (workload.kind !== 'program' || rate >= full) return trips;
  const share = rate / full;
  return {
    warmUp: Math.max(FEWEST_TRIPS.warmUp, Math.round(trips.warmUp * share)),
    measured: Math.max(FEWEST_TRIPS.measured, Math.round(trips.measured * share)),
  };
}

function machineOf({ machine, tlb, walk, flush }: LiveState): MachinePreset {
  const preset = runMachine(machine);
  const values = new Map<string, number>();
  for (const { path, parameter } of listParameters(preset)) {
    if (WALK_COSTS.includes(path) && walk !== 1) values.set(path, parameter.value * walk);
    if (FLUSH_COSTS.includes(path) && flush !== 1) values.set(path, parameter.value * flush);
  }
  if (tlb !== 1) for (const [path, value] of secondLevel(preset, tlb)) values.set(path, value);
  return withValues(preset, values);
}

/** More or fewer sets of as many ways; of an array without sets, more or fewer entries. */
function secondLevel({ tlb }: MachinePreset, factor: number): [string, number][] {
  return (['secondLevelData', 'secondLevelInstruction'] as const).flatMap((group) =>
    tlb[group].flatMap(({ entries, ways }, index): [string, number][] => {
      const path = `tlb.${group}.${index}`;
      const sets = entries.value / ways.value;
      if (sets > 1) return [[`${path}.entries`, Math.max(1, sets * factor) * ways.value]];
      const many = Math.max(1, Math.round(entries.value * factor));
      return [
        [`${path}.entries`, many],
        [`${path}.ways`, many],
      ];
    }),
  );
}

/**
 * The cells of one seed, baseline first, as `planCells` plans them. Only their names are missing: no
 * result of theirs is stored.
 */
export function cellsOfSeed(question: LiveQuestion, seed: number): readonly [Cell, Cell] {
  const { suite, machine, baseline, strategy } = question;
  const cell = {
    cellId: '',
    suite,
    machineId: machine.id,
    config: configFor(suite, machine),
    seed,
  };
  return [
    { ...cell, strategy: baseline },
    { ...cell, strategy },
  ];
}
