import { breakEvenMap, HEAT_LABELS } from '../charts/break-even-map.ts';
import { type FigureLayout, NARROW, WIDE } from '../charts/figure-layout.ts';
import { comparisonOf, headline, scenarioLabel, scenariosBySaving } from '../charts/selection.ts';
import { INDEX_COLOURS, INDEX_LABELS, sobolBars } from '../charts/sobol-bars.ts';
import { HEAT_COLOURS, strategyStyles } from '../charts/theme.ts';
import { tornado } from '../charts/tornado.ts';
import { twoIntervals } from '../charts/two-intervals.ts';
import type { Comparison, ComparisonUncertainty, RunSummary } from '../experiment/results.ts';
import type { BreakEvenMap, SensitivityResult } from '../experiment/sensitivity-result.ts';
import {
  type Block,
  type Cell,
  cell,
  type Figure,
  left,
  paragraph,
  right,
  type Section,
  type Table,
} from './document.ts';
import { formatNs, formatNumber, formatRatio, formatRatioInterval } from './numbers.ts';
import {
  breakEvenWords,
  interpolationWords,
  sensitivityAnswer,
  sensitivityParts,
} from './uncertainty-words.ts';
import { counted } from './words.ts';

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
    rows: answers(summary).map(({ name, comparison }): readonly Cell[] => {
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
        `give the published Milan rates to 1 %; they count as ${formatNumber(Math.round(effectiveDraws))} ` +
        'equally likely ones. The events of the run were priced again for each. Sizes, exit rates and ' +
        'replacement are at their nominals here: for these, run the command sensitivity.',
    ),
    { kind: 'figure', figure: twoIntervalsFigure(summary, strategy) },
    { kind: 'table', table: uncertaintyTable(summary), folded: false },
  ];
  return {
    id: 'uncertainty',
    short: 'Uncertainty',
    heading: uncertaintyFinding(summary),
    tone: open ? 'bad' : 'plain',
    blocks,
  };
}

const drawn = <Data>(chart: (data: Data, layout: FigureLayout) => Figure['wide'], data: Data) => ({
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

function effectsTable(result: SensitivityResult): Table {
  return {
    caption:
      'Share of the variance of the saving that each unknown explains, and the saving at its ends',
    columns: [
      left('Unknown'),
      right('Range'),
      left('Unit'),
      left('Known from'),
      right('Alone'),
      right('In all'),
      right('Saving at 5 %'),
      right('Saving at 95 %'),
    ],
    rows: result.unknowns.map((each) => [
      cell(each.path, 'code'),
      cell(`${formatNumber(each.low)} to ${formatNumber(each.high)}`),
      cell(each.unit),
      cell(each.confidence, each.confidence === 'assumed' ? 'bad' : 'plain'),
      cell(formatRatioInterval(each.first.low, each.first.high)),
      cell(formatRatioInterval(each.total.low, each.total.high)),
      cell(formatRatio(each.ratioAtLow)),
      cell(formatRatio(each.ratioAtHigh)),
    ]),
  };
}

function mapTable(map: BreakEvenMap): Table {
  return {
    caption: 'Saving by working set of L2 and by exits per second',
    columns: [
      left('Pages in use'),
      ...map.exitsPerSecond.map((rate) => right(`${formatNumber(rate)}/s`)),
    ],
    rows: map.rows.map((row) => [
      cell(String(row.workingSetPages)),
      ...row.savingRatios.map((ratio) => cell(formatRatio(ratio))),
    ]),
  };
}

function breakEvenBlocks(map: BreakEvenMap): readonly Block[] {
  return [
    paragraph(breakEvenWords(map)),
    {
      kind: 'figure',
      figure: {
        id: 'figure-break-even',
        ...drawn(breakEvenMap, map),
        caption:
          'A generated program that moves to any of its pages, all alike, every 30 instructions, with ' +
          'this suite’s handlers of exits, at nominal prices. Numbers are per cent of saving.',
        description: 'Map of the saving by working set and by exits per second',
        legend: HEAT_LABELS.map((label, i) => ({ label, colour: HEAT_COLOURS[i]! })),
        data: mapTable(map),
      },
    },
  ];
}

/** Both figures of the unknowns; none where no unknown changes the answer. */
function effectFigures(result: SensitivityResult): readonly Block[] {
  if (result.unknowns.every(({ total }) => total.point === 0)) {
    return [paragraph('No unknown changes the answer.')];
  }
  const table = effectsTable(result);
  return [
    {
      kind: 'figure',
      figure: {
        id: 'figure-sobol',
        ...drawn(sobolBars, result),
        caption:
          'Sobol indices with 95 % intervals. “Alone” is what an unknown explains by itself, “in all” what ' +
          'would go if it were known, together with everything it acts with.',
        description: 'Bars: share of the variance of the saving for each unknown',
        legend: INDEX_LABELS.map((label, i) => ({ label, colour: INDEX_COLOURS[i]! })),
        data: table,
      },
    },
    {
      kind: 'figure',
      figure: {
        id: 'figure-tornado',
        ...drawn(tornado, result),
        caption:
          'The saving with one unknown at its 5 % and at its 95 % point, all others in the middle of their ' +
          'ranges, and the model fitted again each time. The line is the answer at the nominals.',
        description: 'Bars from the saving at one end of each unknown to that at the other',
        legend: [{ label: result.strategy, colour: strategyStyles([result.strategy])[0]!.colour }],
        data: table,
      },
    },
  ];
}

/** Everything that an analysis of one suite found, as a section of a page. */
export function sensitivitySection(result: SensitivityResult): Section {
  const { verdict } = result.uncertainty;
  const blocks: readonly Block[] = [
    paragraph(sensitivityAnswer(result)),
    paragraph(sensitivityParts(result)),
    ...effectFigures(result),
    ...(result.breakEven === null ? [] : breakEvenBlocks(result.breakEven)),
    paragraph(interpolationWords(result)),
  ];
  return {
    id: `sensitivity-${result.suite}`,
    short: 'Sensitivity',
    heading: `What the answer of ${result.suite} depends on`,
    tone: verdict === 'cannot tell' ? 'bad' : 'plain',
    blocks,
  };
}
