import type { MachinePreset } from '../hardware/machine-preset.ts';
import { withValues } from '../hardware/presets/with-values.ts';
import type { Suite } from '../suite/suite.ts';
import type { Range } from '../uncertainty/range.ts';
import { type Unknown, unknownsOfMachine } from '../uncertainty/unknowns.ts';
import { exitsPerSecondFor, instructionsBetweenExits } from '../workloads/program.ts';

/** What is run: a suite on a machine. */
export interface Setup {
  readonly suite: Suite;
  readonly machine: MachinePreset;
}

/** A number that changes which events there are, and how to run with another one. */
export interface Axis {
  readonly unknown: Unknown;
  readonly knots: readonly number[];
  readonly apply: (setup: Setup, value: number) => Setup;
}

/** From low over the nominal to high, in `steps` equal factors on each side; each number once. */
function knotsOf({ low, value, high }: Range, steps: number): number[] {
  const knots = [low];
  for (const [from, to] of [
    [low, value],
    [value, high],
  ] as const) {
    for (let step = 1; step < steps; step++) {
      const share = step / steps;
      knots.push(
        from > 0 ? from * Math.exp(share * Math.log(to / from)) : from + share * (to - from),
      );
    }
    knots.push(to);
  }
  return [...new Set(knots)];
}

/** A captured trip is soon run, so its sizes are looked at more closely. */
const STEPS = { program: 2, capturedTrips: 4 } as const;

/** Sizes of a machine's arrays. */
export function sizeAxes(machine: MachinePreset, kind: keyof typeof STEPS): Axis[] {
  return unknownsOfMachine(machine)
    .filter(({ kind }) => kind === 'size')
    .map((unknown) => ({
      unknown,
      // The geometry of a TLB has few values: nothing between its ends need exist.
      knots: unknown.path.startsWith('tlb.')
        ? [...new Set([unknown.low, unknown.value, unknown.high])]
        : [...new Set(knotsOf(unknown, STEPS[kind]).map(Math.round))],
      apply: (setup, value) => {
        const whole = Math.max(1, Math.round(value));
        return { ...setup, machine: withValues(setup.machine, new Map([[unknown.path, whole]])) };
      },
    }));
}

interface StatedNumber {
  readonly nominal: number;
  readonly low: number;
  readonly high: number;
  readonly unit: Unknown['unit'];
  readonly assumed?: true | undefined;
}

function workloadAxis(
  path: string,
  stated: StatedNumber,
  change: (suite: Suite, nominal: number) => Suite,
): Axis[] {
  const { nominal: value, low, high, unit, assumed } = stated;
  if (low === high) return [];
  const confidence = assumed === true ? 'assumed' : 'secondary';
  const unknown: Unknown = { path, kind: 'workload', low, value, high, unit, confidence };
  return [
    {
      unknown,
      knots: knotsOf(unknown, STEPS.program),
      apply: (setup, nominal) => ({ ...setup, suite: change(setup.suite, nominal) }),
    },
  ];
}

/** The working set of a generated program. */
function hotPagesAxis({ workload }: Suite): Axis[] {
  if (workload.kind !== 'program' || typeof workload.trace === 'string') return [];
  const { trace } = workload;
  if (!('generated' in trace)) return [];
  const { hotPages } = trace.generated;
  return workloadAxis('workload.hotPages', hotPages, (suite, nominal) => {
    const generated = { ...trace.generated, hotPages: { ...hotPages, nominal } };
    return { ...suite, workload: { ...workload, trace: { generated } } };
  });
}

/** Rates of what happens beside round trips. */
function eventAxes({ events }: Suite): Axis[] {
  return Object.entries(events ?? {}).flatMap(([kind, stated]) =>
    stated === undefined
      ? []
      : workloadAxis(`events.${kind}`, stated, (suite, nominal) => ({
          ...suite,
          events: { ...suite.events, [kind]: { ...stated, nominal } },
        })),
  );
}

/** Exits that L0 handles alone, per round trip. */
function l0ExitAxes({ workload }: Suite): Axis[] {
  if (workload.kind !== 'program') return [];
  const all = workload.handledByL0 ?? [];
  return all.flatMap((own, index) =>
    workloadAxis(`workload.handledByL0.${index}`, own.perRoundTrip, (suite, nominal) => {
      const handledByL0 = all.map((each, at) =>
        at === index ? { ...each, perRoundTrip: { ...each.perRoundTrip, nominal } } : each,
      );
      return { ...suite, workload: { ...workload, handledByL0 } };
    }),
  );
}

/** Everything of a suite but the length of a program's turn, which has an axis of its own. */
export function axesOf({ suite, machine }: Setup): Axis[] {
  const kind = suite.workload.kind === 'program' ? 'program' : 'capturedTrips';
  return [
    ...sizeAxes(machine, kind),
    ...hotPagesAxis(suite),
    ...eventAxes(suite),
    ...l0ExitAxes(suite),
  ];
}

/** Instructions of L2 between two exits: the nominal, and the extremes of everything that decides it. */
export function turnLengths({ suite, machine }: Setup, programPrice: Range): Range | null {
  const { workload } = suite;
  if (workload.kind !== 'program') return null;
  const { low, nominal, high } = workload.exitsPerSecond;
  const clock = machine.frequencyGhz;
  return {
    low: instructionsBetweenExits(high, clock.low, programPrice.high),
    value: instructionsBetweenExits(nominal, clock.value, programPrice.value),
    high: instructionsBetweenExits(low, clock.high, programPrice.low),
  };
}

/** The same setup with turns of that many instructions. Trips are scaled, so that it takes as long. */
export function withTurnLength(setup: Setup, instructions: number, nominal: number): Setup {
  const { suite, machine } = setup;
  const { workload, trips } = suite;
  if (workload.kind !== 'program') return setup;
  const rate = exitsPerSecondFor(instructions, machine.frequencyGhz.value);
  const exitsPerSecond = { ...workload.exitsPerSecond, nominal: rate };
  const factor = nominal / instructions;
  const scaled = (count: number, least: number, most: number) =>
    Math.round(Math.min(most, Math.max(least, count * factor)));
  return {
    machine,
    suite: {
      ...suite,
      workload: { ...workload, exitsPerSecond },
      trips: {
        warmUp: scaled(trips.warmUp, 3, 4 * trips.warmUp),
        measured: scaled(trips.measured, 8, 4 * trips.measured),
      },
    },
  };
}
