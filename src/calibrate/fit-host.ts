import type { MachinePreset } from '../hardware/machine-preset.ts';
import { type ListedParameter, listParameters } from '../hardware/presets/list-parameters.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { Suite } from '../suite/suite.ts';
import type { Parameter } from '../units/parameter.ts';
import { fitTimes, meanNs, withParameters } from './fit-calibration.ts';

/** A rate that was measured on a host, with the relative standard error of its mean. */
export interface MeasuredRate {
  readonly perSecond: number;
  readonly standardErrorRatio: number;
}

/** CPUIDs per second in L2, on the kernel before the series and, if there was one, after it. */
export interface HostRates {
  readonly before: MeasuredRate;
  readonly after: MeasuredRate | null;
}

/** The measured setup: what ran in L2, and KVM before and after. */
export interface HostCase {
  readonly suite: Suite;
  readonly before: Strategy;
  readonly after: Strategy;
}

/** One parameter that the measurements determine. */
export interface Determined {
  readonly path: string;
  readonly prior: Parameter;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** False: the value lies outside what the prior says that it could be. */
  readonly isInPrior: boolean;
  /** What determined it, as a clause. */
  readonly from: string;
}

export interface HostFit {
  readonly determined: readonly Determined[];
  /** Costs that nobody has published and that these measurements do not determine. */
  readonly open: readonly ListedParameter[];
}

const NS_PER_SECOND = 1e9;
/** Standard errors on each side of a fitted value: about 95 %. */
const STANDARD_ERRORS = 2;

/**
 * What a host's rates say about the model's parameters. Two rates determine two: the time after fixes
 * the speed of kernel code, the difference the share of a walk that is seen. One rate determines the
 * speed alone. Everything else stays open: rates fix a sum of costs, not its parts.
 */
export function fitHost(preset: MachinePreset, measured: HostCase, rates: HostRates): HostFit {
  const determined =
    rates.after === null
      ? [speedFrom(preset, measured, rates.before)]
      : bothFrom(preset, measured, rates.before, rates.after);
  return { determined, open: openCosts(preset, determined) };
}

const CLOCK_PATH = 'frequencyGhz';

/** A preset whose clock was measured, and that as something determined. */
export function withClock(
  preset: MachinePreset,
  ghz: number,
  from: string,
): { readonly preset: MachinePreset; readonly determined: Determined } {
  const prior = preset.frequencyGhz;
  const determined = made(CLOCK_PATH, prior, ghz, [ghz], from);
  return { preset: { ...preset, frequencyGhz: { ...prior, value: ghz } }, determined };
}

function bothFrom(
  preset: MachinePreset,
  measured: HostCase,
  before: MeasuredRate,
  after: MeasuredRate,
): Determined[] {
  const times = (errorsBefore: number, errorsAfter: number) => ({
    before: timeOf(before, errorsBefore),
    after: timeOf(after, errorsAfter),
  });
  const { values, valuesFor } = fitTimes(measured, preset, times(0, 0));
  const corners = [-STANDARD_ERRORS, STANDARD_ERRORS].flatMap((one) =>
    [-STANDARD_ERRORS, STANDARD_ERRORS].map((other) => valuesFor(times(one, other))),
  );
  return (['cyclesPerInstruction', 'exposedWalkShare'] as const).map((key) =>
    made(
      `costs.${key}`,
      preset.costs[key],
      values[key],
      corners.map((corner) => corner[key]),
      key === 'cyclesPerInstruction' ? 'the rate after' : 'the difference of the two rates',
    ),
  );
}

/** One equation: the share of a walk keeps its value. The time is linear in the speed. */
function speedFrom(preset: MachinePreset, { suite, before }: HostCase, rate: MeasuredRate) {
  const { cyclesPerInstruction: prior, exposedWalkShare } = preset.costs;
  const timeAt = (value: number): number => {
    const values = { cyclesPerInstruction: value, exposedWalkShare: exposedWalkShare.value };
    return meanNs(suite, withParameters(preset, values), before);
  };
  const step = 0.05;
  const here = timeAt(prior.value);
  const slope = (timeAt(prior.value + step) - here) / step;
  const valueFor = (errors: number): number => prior.value + (timeOf(rate, errors) - here) / slope;
  const ends = [-STANDARD_ERRORS, STANDARD_ERRORS].map(valueFor);
  const from = 'the one rate, with the share of a walk left as it was';
  return made('costs.cyclesPerInstruction', prior, valueFor(0), ends, from);
}

function timeOf({ perSecond, standardErrorRatio }: MeasuredRate, errors: number): number {
  return NS_PER_SECOND / (perSecond * (1 + errors * standardErrorRatio));
}

function made(
  path: string,
  prior: Parameter,
  value: number,
  ends: readonly number[],
  from: string,
): Determined {
  const isInPrior = value >= prior.low && value <= prior.high;
  // What the parameter can't be, such as a share above 1, no measurement makes possible.
  const [least, most] = isInPrior ? [prior.low, prior.high] : [0, Number.POSITIVE_INFINITY];
  return {
    path,
    prior,
    value: rounded(value),
    low: rounded(Math.max(least, Math.min(value, ...ends))),
    high: rounded(Math.min(most, Math.max(value, ...ends))),
    isInPrior,
    from,
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Prices, walks and caches whose numbers are assumed: what the rates could also have come from. */
function openCosts(preset: MachinePreset, determined: readonly Determined[]): ListedParameter[] {
  const known = new Set(determined.map((each) => each.path));
  return listParameters(preset).filter(
    ({ path, parameter }) =>
      /^(?:costs|caches|walkCaches)\./.test(path) &&
      parameter.confidence === 'assumed' &&
      !known.has(path),
  );
}
