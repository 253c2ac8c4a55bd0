import type { PmuRates } from '../importers/pmu-findings.ts';
import { ASCII, formatNumber } from './blocks/numbers.ts';

/** What the model predicts of one kernel, at the nominals. */
export interface PredictedRates {
  readonly kernel: string;
  readonly flushesPerTransition: number;
  readonly walksPerRoundTrip: number;
}

/** One measured number between the predictions of two kernels. */
export interface ReadBack {
  readonly what: string;
  readonly measured: number;
  readonly before: number;
  readonly after: number;
  /** The kernel that this looks like; null: like neither, or like both. */
  readonly looksLike: string | null;
  /** Why it looks like neither or both; empty where it looks like one. */
  readonly because: string;
}

/** Predictions closer than this ratio can't be told apart by one run: assumed, twice what `field-checks` calls careless. */
const TOO_CLOSE = 1.06;
/** A number that is so many times the larger prediction, or such a part of the smaller, is of something else: assumed. */
const TOO_FAR = 2;
/** Flushes per transition that a host makes on its own account without being noticed: assumed. */
const OWN_FLUSHES = 0.1;

/** Which kernel each measured number looks like: the one whose prediction is nearer. */
export function readBack(
  measured: PmuRates,
  before: PredictedRates,
  after: PredictedRates,
): readonly ReadBack[] {
  const { flushesPerTransition: flushes, walksPerRoundTrip: walks } = measured;
  const kernels = { before: before.kernel, after: after.kernel };
  return [
    ...(flushes === null
      ? []
      : [
          judged('flushes per transition', flushes, kernels, {
            before: before.flushesPerTransition,
            after: after.flushesPerTransition,
            unnoticed: OWN_FLUSHES,
          }),
        ]),
    ...(walks === null
      ? []
      : [
          judged('page walks per round trip', walks, kernels, {
            before: before.walksPerRoundTrip,
            after: after.walksPerRoundTrip,
            unnoticed: 0,
          }),
        ]),
  ];
}

interface Predictions {
  readonly before: number;
  readonly after: number;
  /** As much more or less than predicted means nothing. */
  readonly unnoticed: number;
}

function judged(
  what: string,
  measured: number,
  kernels: { readonly before: string; readonly after: string },
  { before, after, unnoticed }: Predictions,
): ReadBack {
  const low = Math.min(before, after);
  const high = Math.max(before, after);
  const undecided = (because: string): ReadBack => ({
    ...{ what, measured, before, after, looksLike: null, because },
  });
  if (high <= low * TOO_CLOSE + unnoticed) {
    return undecided('the two predictions are too close to tell');
  }
  if (measured > high * TOO_FAR) return undecided('far more than either: something else ran, too');
  if (measured < low / TOO_FAR - unnoticed) {
    return undecided('far fewer than either: the host is another than was assumed');
  }
  const isBefore = Math.abs(measured - before) < Math.abs(measured - after);
  const looksLike = isBefore ? kernels.before : kernels.after;
  return { what, measured, before, after, looksLike, because: '' };
}

/** One sentence for each number, and one for what they say together. */
export function readBackSentences(all: readonly ReadBack[]): readonly string[] {
  return [...all.map(sentence), ...together(all)];
}

function sentence({ what, measured, before, after, looksLike, because }: ReadBack): string {
  const number = (value: number): string => formatNumber(Number(value.toPrecision(3)), ASCII);
  const verdict = looksLike === null ? because : `as under ${looksLike}`;
  return `${number(measured)} ${what} were counted, ${number(before)} predicted before and ${number(after)} after: ${verdict}`;
}

/** Flushes are caused by nothing but the kernels; walks by everything that runs. */
function together(all: readonly ReadBack[]): readonly string[] {
  const named = all.flatMap(({ looksLike }) => looksLike ?? []);
  const [first] = named;
  if (first === undefined) return ['which kernel this host runs can not be told from that'];
  const disagree = named.some((each) => each !== first);
  return [
    disagree
      ? `this host looks like ${first} by its flushes, and not by its walks, which also depend on what was assumed of L2`
      : `this host looks like one that runs ${first}`,
  ];
}
