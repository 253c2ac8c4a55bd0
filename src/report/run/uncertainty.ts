import type { Comparison, ComparisonUncertainty, RunSummary } from '../../run/results.ts';
import {
  type Block,
  cell,
  type Figure,
  left,
  paragraph,
  right,
  type Section,
  type Table,
  type TableCell,
} from '../blocks/document.ts';
import { type FigureLayout, NARROW, WIDE } from '../blocks/figure-layout.ts';
import { formatNs, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { strategyStyles } from '../blocks/theme.ts';
import { counted } from '../blocks/words.ts';
import { comparisonOf, headline, scenarioLabel, scenariosBySaving } from './subject.ts';
import { twoIntervals } from './two-intervals.ts';

type Known = Comparison & { readonly uncertainty: ComparisonUncertainty };

const isKnown = (each: Comparison | undefined): each is Known => each?.uncertainty !== undefined;

/** The headline's strategy in each scenario whose cells could be priced again, by its saving. */
function answers(summary: RunSummary): readonly { name: string; comparison: Known }[] {
  const { strategy } = headline(summary).comparison;
  return scenariosBySaving(summary).flatMap((scenario) => {
    const comparison = comparisonOf(scenario, strategy);
    return isKnown(comparison) ? [{ name: scenarioLabel(summary, scenario), comparison }] : [];
  });
}

const VERDICT_TONES = {
  saves: 'good',
  costs: 'bad',
  'no difference': 'quiet',
  'cannot tell': 'bad',
} as const;

const seedShareText = (share: number) => (share < 0.001 ? '< 0.1 %' : formatRatio(share));

function uncertaintyTable(summary: RunSummary): Table {
  return {
    caption: 'The saving over seeds, and with what the numbers of the model could be',
    columns: [
      left('Scenario'),
      right('Saving'),
      right('95 % over seeds'),
      right('95 % with numbers'),
      right('The same in ns'),
      right('Share of seeds'),
      left('Verdict'),
    ],
    rows: answers(summary).map(({ name, comparison }): readonly TableCell[] => {
      const { savingRatio, uncertainty } = comparison;
      const all = uncertainty.savingRatio;
      return [
        cell(name, 'code'),
        cell(formatRatio(savingRatio.point)),
        cell(formatRatioInterval(savingRatio.low, savingRatio.high)),
        cell(formatRatioInterval(all.low, all.high), 'strong'),
        cell(`${formatNumber(uncertainty.savingNs.low)} to ${formatNs(uncertainty.savingNs.high)}`),
        cell(seedShareText(uncertainty.seedShare)),
        cell(uncertainty.verdict, VERDICT_TONES[uncertainty.verdict]),
      ];
    }),
  };
}

/** How many signs hold, as a heading. */
function uncertaintyFinding(summary: RunSummary): string {
  const all = answers(summary);
  const open = all.filter(({ comparison }) => comparison.uncertainty.verdict === 'cannot tell');
  const scenarios = counted(all.length, 'scenario');
  if (open.length === 0) return `The sign holds in ${scenarios} over 95 % of the plausible prices`;
  const names = open.map(({ name }) => name).join(', ');
  return `The sign flips inside the plausible prices in ${open.length} of ${scenarios}: ${names}`;
}

/**
 * What the answers of a run could be if prices were others; null where no cell could be priced again,
 * as in runs of earlier versions.
 */
export function uncertaintySection(summary: RunSummary): Section | null {
  const all = answers(summary);
  const [first] = all;
  if (first === undefined) return null;
  const { draws, effectiveDraws } = first.comparison.uncertainty;
  const { strategy } = headline(summary).comparison;
  const open = all.some(({ comparison }) => comparison.uncertainty.verdict === 'cannot tell');
  const blocks: readonly Block[] = [
    paragraph(
      `Costs and latencies were drawn ${formatNumber(draws)} times from their ranges, those only that ` +
        `give the published Milan rates to 1 %; weighted, they count as ${formatNumber(Math.round(effectiveDraws))} ` +
        'equally likely ones. The events of the run were priced again for each. Sizes, exit rates and ' +
        'replacement are at their nominals here: for these, run the command sensitivity.',
    ),
    { kind: 'figure', figure: twoIntervalsFigure(summary, strategy) },
  ];
  return {
    id: 'uncertainty',
    short: 'Uncertainty',
    heading: uncertaintyFinding(summary),
    tone: open ? 'bad' : 'plain',
    blocks,
  };
}

/** Both drawings of a figure. */
export const drawn = <Data>(
  chart: (data: Data, layout: FigureLayout) => Figure['wide'],
  data: Data,
) => ({
  wide: chart(data, WIDE),
  narrow: chart(data, NARROW),
});

function twoIntervalsFigure(summary: RunSummary, strategy: string): Figure {
  return {
    id: 'figure-uncertainty',
    ...drawn(twoIntervals, summary),
    caption:
      `Saving of ${strategy}. The thick bar is what seeds leave open, the thin line what seeds and prices ` +
      'leave open together. A line that crosses 0 means: cannot tell.',
    description: 'Points with two intervals each: over seeds, and with the ranges of the prices',
    legend: [{ label: strategy, colour: strategyStyles([strategy])[0]!.colour }],
    data: uncertaintyTable(summary),
  };
}
