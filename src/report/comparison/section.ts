import type { ComparedScenario, RunComparison } from '../../compare/compare-runs.ts';
import {
  cell,
  detail,
  type Figure,
  left,
  paragraph,
  right,
  type Section,
  type Table,
  type Tone,
} from '../blocks/document.ts';
import { NARROW, WIDE } from '../blocks/figure-layout.ts';
import { formatNumber, formatRatio } from '../blocks/numbers.ts';
import { strategyStyles } from '../blocks/theme.ts';
import { comparisonForest } from './figure.ts';
import { comparisonName, verdictWords } from './words.ts';

export function forestFigure(comparison: RunComparison): Figure {
  const rows = comparison.scenarios.flatMap((each) =>
    each.savingRatio === null
      ? []
      : [
          {
            name: comparisonName(comparison, each),
            saving: each.savingRatio.point,
            low: each.savingRatio.low,
            high: each.savingRatio.high,
          },
        ],
  );
  const colour = strategyStyles(['rfc-2025-03'])[0]!.colour;
  return {
    id: 'figure-comparison',
    caption:
      'Right of the line B is faster, left of it slower. The bar through a point is its 95 % interval over seeds.',
    description: 'Points with intervals: saving of B against A in each scenario',
    wide: comparisonForest(rows, WIDE),
    narrow: comparisonForest(rows, NARROW),
    legend: [{ label: 'saving of B', colour }],
    data: intervalTable(comparison),
  };
}

const TONES: Readonly<Record<ComparedScenario['verdict'], Tone>> = {
  same: 'quiet',
  equivalent: 'quiet',
  faster: 'good',
  slower: 'bad',
  undecided: 'plain',
  unsafe: 'bad',
};

function intervalTable(comparison: RunComparison): Table {
  const percent = (ratio: number | undefined): string =>
    ratio === undefined ? '' : formatRatio(ratio);
  return {
    caption: 'Saving of B against A, with its 95 % interval',
    columns: [left('Scenario'), right('Saving'), right('Low'), right('High')],
    rows: comparison.scenarios.map((each) => [
      cell(comparisonName(comparison, each), 'code'),
      cell(percent(each.savingRatio?.point)),
      cell(percent(each.savingRatio?.low), 'quiet'),
      cell(percent(each.savingRatio?.high), 'quiet'),
    ]),
  };
}

export function verdictTable(comparison: RunComparison): Table {
  return {
    caption: 'Modelled time per round trip on both sides, and what B is',
    columns: [
      left('Scenario'),
      right('A, ns'),
      right('B, ns'),
      left('B is'),
      detail(right('Pairs')),
      detail(right('Stale hits of B')),
    ],
    rows: comparison.scenarios.map((each) => [
      cell(comparisonName(comparison, each), 'code'),
      cell(formatNumber(each.beforeNs)),
      cell(formatNumber(each.afterNs)),
      cell(verdictWords(each, comparison.withinRatio), TONES[each.verdict]),
      cell(formatNumber(each.seeds), 'quiet'),
      cell(formatNumber(each.staleHitsAfter), each.staleHitsAfter > 0 ? 'bad' : 'quiet'),
    ]),
  };
}

export function verdictSection(comparison: RunComparison): Section {
  return {
    id: 'verdicts',
    short: 'Verdicts',
    heading: 'What B is, scenario by scenario',
    tone: 'plain',
    blocks: [{ kind: 'table', table: verdictTable(comparison), folded: false }],
  };
}

export function remarkSection(comparison: RunComparison): Section {
  const { remarks } = comparison;
  const method = paragraph(
    'Cells are paired by seed: the same seed is the same guest. Each interval holds the truth in 95 % of ' +
      'cases for itself; of many comparisons some are wrong by chance. What is unknown about the ' +
      'hardware is in none of them.',
  );
  return {
    id: 'method',
    short: 'Method',
    heading: remarks.length === 0 ? 'Every scenario is on both sides' : 'What to know beside it',
    tone: 'plain',
    blocks: remarks.length === 0 ? [method] : [{ kind: 'list', items: remarks }, method],
  };
}
