import type { ComparedScenario, RunComparison } from '../../compare/compare-runs.ts';
import type { GateOutcome } from '../../compare/gate.ts';
import {
  cell,
  type Figure,
  left,
  paragraph,
  right,
  type Section,
  type Table,
  type Tone,
} from '../blocks/document.ts';
import { drawFigures } from '../blocks/drawings.ts';
import { escapeHtml } from '../blocks/escape.ts';
import { NARROW, WIDE } from '../blocks/figure-layout.ts';
import { figureHtml, sectionHtml } from '../blocks/html-blocks.ts';
import { htmlPage } from '../blocks/html-page.ts';
import { formatNumber, formatRatio } from '../blocks/numbers.ts';
import { strategyStyles } from '../blocks/theme.ts';
import { type Safety, safetyWords } from '../safety.ts';
import { comparisonForest } from './figure.ts';
import {
  comparisonAnswer,
  comparisonName,
  countsWords,
  limitWords,
  sideWords,
  verdictWords,
} from './words.ts';

/**
 * A comparison as one HTML file without scripts and without any request.
 * The same comparison gives the same bytes.
 */
export async function renderComparisonHtml(
  comparison: RunComparison,
  gate: GateOutcome | null,
  safety: readonly Safety[],
): Promise<string> {
  const figure = forestFigure(comparison);
  const drawings = await drawFigures([figure]);
  const sections = [verdictSection(comparison), remarkSection(comparison)];
  const title = titleOf(comparison);
  const isBad = gate !== null && !gate.passed;
  const before = escapeHtml(sideWords(comparison, 'before'));
  const after = escapeHtml(sideWords(comparison, 'after'));
  const answer = [comparisonAnswer(comparison), ...gateSentence(gate)].join(' ');
  return htmlPage({
    title,
    header: [
      '<p class="context">asidbench · modelled times · comparison</p>',
      `<h1>${escapeHtml(title)}</h1>`,
      `<p class="question">A is ${before}. B is ${after}.</p>`,
      `<p class="answer${isBad ? ' bad' : ''}">${escapeHtml(answer)}</p>`,
      `<p class="verdict">${escapeHtml(safetyWords(safety))}</p>`,
    ],
    main: [
      figureHtml(figure, drawings),
      ...sections.map((section) => sectionHtml(section, drawings)),
    ],
  });
}

function titleOf(comparison: RunComparison): string {
  const { scenarios } = comparison;
  const all = (...verdicts: readonly ComparedScenario['verdict'][]): boolean =>
    scenarios.every((each) => verdicts.includes(each.verdict));
  const of = scenarios.length === 1 ? '' : ` in all ${scenarios.length} comparisons`;
  if (all('same', 'equivalent')) return 'No difference';
  if (all('faster')) return `B is faster${of}`;
  if (all('slower')) return `B is slower${of}`;
  return `B against A: ${countsWords(comparison)}`;
}

function gateSentence(gate: GateOutcome | null): readonly string[] {
  if (gate === null) return [];
  const limit = limitWords(gate.maxSlowerRatio);
  return gate.passed
    ? [`The gate passes: nothing is surely slower by more than ${limit}.`]
    : [`The gate fails: ${gate.failed.length} unsafe or surely slower by more than ${limit}.`];
}

function forestFigure(comparison: RunComparison): Figure {
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

function verdictTable(comparison: RunComparison): Table {
  return {
    caption: 'Modelled time per round trip on both sides, and what B is',
    columns: [
      left('Scenario'),
      right('A, ns'),
      right('B, ns'),
      left('B is'),
      right('Pairs'),
      right('Stale hits of B'),
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

function verdictSection(comparison: RunComparison): Section {
  return {
    id: 'verdicts',
    short: 'Verdicts',
    heading: 'What B is, scenario by scenario',
    tone: 'plain',
    blocks: [{ kind: 'table', table: verdictTable(comparison), folded: false }],
  };
}

function remarkSection(comparison: RunComparison): Section {
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
