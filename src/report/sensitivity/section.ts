import type { SensitivityResult, UnknownEffect } from '../../sensitivity/sensitivity-result.ts';
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
import { drawn } from '../blocks/figure-layout.ts';
import {
  formatNumber,
  formatRatio,
  formatRatioInterval,
  formatWholePercent,
} from '../blocks/numbers.ts';
import { strategyStyles } from '../blocks/theme.ts';
import { listed } from '../blocks/words.ts';
import { INDEX_COLOURS, INDEX_LABELS, sobolBars } from './sobol-bars.ts';
import { tornado } from './tornado.ts';
import { interpolationWords, sensitivityAnswer, sensitivityParts } from './uncertainty-words.ts';
import { unknownWords } from './unknown-words.ts';

/** An unknown that explains less is not named in a heading, and at most so many are. */
const LEAST_NAMED = 0.1;
const MOST_NAMED = 3;
const MEASUREMENTS = 'measurement.before and measurement.after';
/** Which unknowns the answer of one suite depends on. */
export function sensitivitySection(result: SensitivityResult, isFitted = false): Section {
  const fitted = paragraph(
    `The model was fitted to what was measured of ${result.suite}: so its answer can hardly depend on ` +
      `anything but the two published rates (${MEASUREMENTS}), each taken to be right to 1 %.`,
  );
  return {
    id: 'sensitivity',
    short: 'Sensitivity',
    heading: sensitivityFinding(result),
    tone: result.uncertainty.verdict === 'cannot tell' ? 'bad' : 'plain',
    blocks: [
      ...(isFitted ? [fitted] : []),
      paragraph(`${sensitivityAnswer(result)} ${sensitivityParts(result)}`),
      ...effectFigures(result),
      paragraph(interpolationWords(result)),
    ],
  };
}

/** Which unknowns explain most of what is open, as a sentence without its full stop. */
function sensitivityFinding({ suite, unknowns }: SensitivityResult): string {
  const named = unknowns
    .filter(({ total }) => total.point >= LEAST_NAMED)
    .slice(0, MOST_NAMED)
    .map(({ path, total }) => `${unknownWords(path)} (${formatWholePercent(total.point)})`);
  const subject = `How much ${suite} saves`;
  if (unknowns.every(({ total }) => total.point === 0)) return `${subject} depends on no unknown`;
  if (named.length === 0) return `${subject} depends on many unknowns, on none of them much`;
  return `${subject} depends most on ${listed(named)}`;
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
    rows: [
      ...result.unknowns.map(effectCells),
      ...result.withoutEffect.map((path) => [
        cell(path, 'code'),
        cell('no effect', 'quiet'),
        ...['', '', '', '', '', ''].map((text) => cell(text)),
      ]),
    ],
  };
}

function effectCells(each: UnknownEffect): readonly TableCell[] {
  return [
    cell(each.path, 'code'),
    cell(`${formatNumber(each.low)} to ${formatNumber(each.high)}`),
    cell(each.unit),
    cell(each.confidence, each.confidence === 'assumed' ? 'bad' : 'plain'),
    cell(formatRatioInterval(each.first.low, each.first.high)),
    cell(formatRatioInterval(each.total.low, each.total.high)),
    cell(formatRatio(each.ratioAtLow)),
    cell(formatRatio(each.ratioAtHigh)),
  ];
}

/** The figures of the unknowns; none where no unknown changes the answer. */
function effectFigures(result: SensitivityResult): readonly Block[] {
  if (result.unknowns.every(({ total }) => total.point === 0)) {
    return [paragraph('No unknown changes the answer.')];
  }
  return [sharesFigure(result), swingsFigure(result)].map((figure) => ({ kind: 'figure', figure }));
}

function sharesFigure(result: SensitivityResult): Figure {
  return {
    id: 'figure-sobol',
    ...drawn(sobolBars, result),
    caption:
      `${result.suite}: Sobol indices with 95 % intervals. “Alone” is what an unknown explains by itself, ` +
      '“in all” what would go if it were known, together with everything it acts with.',
    description: `Bars: share of the variance of the saving in ${result.suite} for each unknown`,
    legend: INDEX_LABELS.map((label, i) => ({ label, colour: INDEX_COLOURS[i]! })),
    data: effectsTable(result),
  };
}

function swingsFigure(result: SensitivityResult): Figure {
  const { suite, strategy } = result;
  return {
    id: 'figure-tornado',
    ...drawn(tornado, result),
    caption:
      `${suite}: the saving with one unknown at its 5 % and at its 95 % point, all others in the middle of ` +
      'their ranges, and the model fitted again each time. The line is the answer at the nominals.',
    description: `Bars from the saving in ${suite} at one end of each unknown to that at the other`,
    legend: [{ label: strategy, colour: strategyStyles([strategy])[0]!.colour }],
    data: effectsTable(result),
  };
}
