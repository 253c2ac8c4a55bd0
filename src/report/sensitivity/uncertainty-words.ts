import type { ComparisonUncertainty } from '../../run/results.ts';
import type { BreakEvenMap, SensitivityResult } from '../../sensitivity/sensitivity-result.ts';
import { formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';

const VERDICTS: Readonly<Record<ComparisonUncertainty['verdict'], string>> = {
  saves: 'It saves, over 95 % of what the numbers could be',
  costs: 'It costs, over 95 % of what the numbers could be',
  'no difference': 'It makes no difference',
  'cannot tell': 'Cannot tell: the sign flips inside the plausible ranges',
};

const whole = (share: number) => `${(100 * share).toFixed(0)} %`;

/** `It saves, …: 7.70 % (2.77–15.9 %) of a round trip.` */
export function sensitivityAnswer({
  uncertainty,
  strategy,
  baseline,
  machine,
}: SensitivityResult): string {
  const { point, low, high } = uncertainty.savingRatio;
  return (
    `${VERDICTS[uncertainty.verdict]}: ${strategy} against ${baseline} on ${machine} saves ` +
    `${formatRatio(point)} of a round trip (95 % interval ` +
    `${formatRatioInterval(low, high)} with everything that is unknown).`
  );
}

/** How much is which. */
export function sensitivityParts(result: SensitivityResult): string {
  const { seedShare, draws, effectiveDraws } = result.uncertainty;
  const seeds = seedShare < 0.005 ? 'less than 1 %' : whole(seedShare);
  return (
    `Of the variance, seeds make ${seeds}, unknown numbers the rest. ${whole(result.plausibleShare)} ` +
    `of ${draws} draws can give the published rates; weighted, they count as ${effectiveDraws.toFixed(0)}.`
  );
}

/** From which rate on each share is saved, for each working set. */
export function breakEvenWords({ rows }: BreakEvenMap): string {
  const shares = rows[0]?.points.map(({ savingRatio }) => savingRatio) ?? [];
  const sentences = shares.map((share, index) => {
    const places = rows.map(({ workingSetPages, points }) => {
      const { reached, exitsPerSecond } = points[index]!;
      if (exitsPerSecond === null) return `${workingSetPages} pages never`;
      const rate = formatNumber(roundRate(exitsPerSecond));
      return `${workingSetPages} pages ${reached === 'below' ? 'below' : 'at'} ${rate}`;
    });
    return `${whole(share)}: ${places.join(', ')}.`;
  });
  return `Exits per second at which it saves ${sentences.join(' And ')}`;
}

const formatPoints = (ratio: number) => (100 * ratio).toFixed(1);

/** Two digits: the map is coarse. */
export function roundRate(rate: number): number {
  return Number(rate.toPrecision(2));
}

export function interpolationWords(result: SensitivityResult): string {
  const { interpolation, cells } = result;
  return (
    `${cells} cells were run; between them events are interpolated. At ${interpolation.points} ` +
    `points run in full that is off by at most ${formatPoints(interpolation.largestError)} ` +
    `percentage points.${reachedWords(result)}`
  );
}

/** Effects are added up, which can give more than anything that was run. */
function reachedWords({ reached }: SensitivityResult): string {
  if (reached === undefined) return '';
  const { heldShare } = reached;
  const share = heldShare === 0 ? 'none' : heldShare < 0.005 ? 'less than 1 %' : whole(heldShare);
  return ` No draw counts with more or less than what was run has at its prices: ${share} of them were held to that.`;
}

export function noEffectWords({ withoutEffect }: SensitivityResult): string {
  return `Without any effect here: ${withoutEffect.length === 0 ? 'none' : withoutEffect.join(', ')}.`;
}
