import {
  cell,
  type Fact,
  type Figure,
  left,
  right,
  type Table,
  type TableCell,
} from '../blocks/document.ts';
import { drawn } from '../blocks/figure-layout.ts';
import { formatNs, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { strategyStyles } from '../blocks/theme.ts';
import { counted } from '../blocks/words.ts';
import { scenarioName } from '../names.ts';
import { staleWorlds } from '../safety.ts';
import { direction } from './answer.ts';
import { type ReportModel, safetyIn, wholeSaving } from './model.ts';
import { ranking } from './ranking.ts';
import { rankingFigure } from './ranking-figure.ts';
import { staleHitsOf, staleTotal } from './stale.ts';

const VERDICT_TONES = {
  saves: 'good',
  costs: 'bad',
  'no difference': 'quiet',
  'cannot tell': 'bad',
} as const;

function rankingTable(model: ReportModel): Table {
  return {
    caption: 'The saving over all that is known to be unknown, and over seeds alone',
    columns: [
      left('Workload'),
      right('Saving'),
      right('95 % interval'),
      left('Verdict'),
      right('The same in ns'),
      left('Over'),
      right('95 % over seeds alone'),
      left('Scenario'),
    ],
    rows: ranking(model).map(({ name, label, comparison, saving }): readonly TableCell[] => {
      const { ratio, ns, over, verdict } = saving;
      const { savingRatio: seeds } = comparison;
      return [
        cell(name),
        cell(formatRatio(ratio.point)),
        cell(formatRatioInterval(ratio.low, ratio.high), 'strong'),
        cell(verdict, VERDICT_TONES[verdict]),
        cell(`${formatNumber(ns.low)} to ${formatNs(ns.high)}`),
        cell(over, 'quiet'),
        cell(formatRatioInterval(seeds.low, seeds.high), 'quiet'),
        cell(label, 'code'),
      ];
    }),
  };
}

/** The figure that a report opens with. */
export function leadFigure(model: ReportModel): Figure {
  const { strategy, baseline } = model.headline.comparison;
  const open = ranking(model).filter(({ saving }) => saving.verdict === 'cannot tell');
  const crossed =
    open.length === 0
      ? ''
      : ` In ${counted(open.length, 'row')} it crosses 0: whether it saves cannot be told.`;
  return {
    id: 'figure-ranking',
    ...drawn(rankingFigure, model),
    caption:
      `Saving of ${strategy} against ${baseline}, of the modelled time of a round trip. The thin line is the ` +
      `95 % interval over everything that is known to be unknown, the thick bar what seeds alone leave open.${crossed}` +
      (ranking(model).some((each) => each.isFitted)
        ? ' The model was fitted to the last row: it is no prediction.'
        : ''),
    description: 'Points with two intervals each: over all that is unknown, and over seeds',
    legend: [{ label: strategy, colour: strategyStyles([strategy])[0]!.colour }],
    data: rankingTable(model),
  };
}

/** What a reader should remember: the whole saving, what it is in time and in flushes, and the verdict. */
export function facts(model: ReportModel): readonly Fact[] {
  const { scenario, comparison } = model.headline;
  const { ratio, ns } = wholeSaving(model, scenario, comparison);
  const loses = direction(ratio) === 'costs';
  const sign = loses ? -1 : 1;
  const [low, high] = loses ? [-ratio.high, -ratio.low] : [ratio.low, ratio.high];
  const flushes = [comparison.flushesPerTripBefore, comparison.flushesPerTripAfter];
  const safety = safetyIn(model, comparison.strategy);
  const stale = staleTotal(staleHitsOf(model, comparison.strategy));
  return [
    {
      value: formatRatioInterval(low, high),
      label: `${loses ? 'more' : 'less'} time: ${scenarioName(scenario)}, 95 %`,
      tone: loses || stale > 0 ? 'bad' : 'plain',
    },
    {
      value: formatNs(sign * ns.point),
      label: `of ${formatNs(comparison.before.point)} at the nominal numbers`,
      tone: 'plain',
    },
    {
      value: flushes.map((each) => formatNumber(each)).join(' to '),
      label: 'hardware flushes per round trip',
      tone: 'plain',
    },
    safety.verdict === null
      ? { value: 'unchecked', label: 'safety: no verdict of the checker', tone: 'bad' }
      : {
          value: `${staleWorlds(safety.verdict)} of ${safety.verdict.worlds}`,
          label: 'checked worlds with a stale translation',
          tone: safety.verdict.wrong.length > 0 ? 'bad' : 'plain',
        },
    ...(stale === 0
      ? []
      : [{ value: formatNumber(stale), label: 'stale translations used', tone: 'bad' as const }]),
  ];
}
