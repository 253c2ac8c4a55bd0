import {
  type Scoreboard,
  type Tally,
  TOPIC_IDS,
  TOPICS,
  type ValidationRow,
} from '../../validation/rows.ts';
import {
  type Block,
  cell,
  detail,
  type Figure,
  left,
  paragraph,
  right,
  type Section,
  type Table,
  type TableCell,
} from '../blocks/document.ts';
import { NARROW, WIDE } from '../blocks/figure-layout.ts';
import { formatNumber, PAGE } from '../blocks/numbers.ts';
import { SCORE_COLOURS } from '../blocks/theme.ts';
import { type Score, validationScores } from './figure.ts';

/** Topics with more rows than this are folded when every row is inside. */
const MANY_ROWS = 6;

const VERDICTS: Readonly<Record<ValidationRow['status'], TableCell>> = {
  inside: cell('in', 'good'),
  outside: cell('OUT', 'bad'),
  notModelled: cell('not modelled', 'bad'),
  awaiting: cell('awaiting comparison', 'quiet'),
};

/** The scoreboard in a report: every miss in sight, all rows folded. */
export function validationSection(board: Scoreboard): Section {
  const whole = wholeValidationSection(board);
  const [how, fit, ...rows] = whole.blocks;
  const missed = board.rows.filter(
    ({ status }) => status === 'outside' || status === 'notModelled',
  );
  return {
    ...whole,
    blocks: [
      ...(how === undefined ? [] : [how]),
      ...(missed.length === 0
        ? []
        : [{ kind: 'table', table: missedTable(missed), folded: false } as const]),
      {
        kind: 'more',
        title: `All ${board.rows.length} rows by topic, with sources`,
        blocks: [...(fit === undefined ? [] : [fit]), ...rows],
      },
    ],
  };
}

/** The whole scoreboard: misses as plain as hits. */
export function wholeValidationSection(board: Scoreboard): Section {
  const { calibration, validation } = board.summary;
  const scores = scoresOf(board.rows);
  const figure: readonly Block[] =
    scores.length === 0 ? [] : [{ kind: 'figure', figure: scoreFigure(scores) }];
  return {
    id: 'validation',
    short: 'Validation',
    heading: validationFinding(validation),
    tone: validation.outside + validation.notModelled > 0 ? 'bad' : 'plain',
    blocks: [
      paragraph(
        'Every published or captured number that the model can be held against. A row is in when what ' +
          'the measurement leaves open and what the prediction leaves open have a value in common. ' +
          'Nothing was fitted to make a row pass. Wide bounds make a row easy: read them first.',
      ),
      paragraph(
        `Calibration rows are ${tallyText(calibration)}: a parameter comes from the very measurement, so ` +
          'they say that the fit holds and nothing else.',
      ),
      ...figure,
      ...TOPIC_IDS.flatMap((topic) => topicBlocks(TOPICS[topic], rowsOfTopic(board, topic))),
    ],
  };
}

export function rowsOfTopic(board: Scoreboard, topic: ValidationRow['topic']) {
  return board.rows.filter((row) => row.topic === topic);
}

export function validationFinding({ rows, inside, outside, notModelled, awaiting }: Tally): string {
  const waiting = awaiting === 0 ? '' : `, ${awaiting} await a comparison`;
  return `Of ${rows} validation rows ${inside} are in, ${outside} are out, ${notModelled} are not modelled${waiting}`;
}

function tallyText({ rows, inside, outside }: Tally): string {
  return `${rows}, of which ${inside} are in and ${outside} out`;
}

function topicBlocks(title: string, rows: readonly ValidationRow[]): readonly Block[] {
  if (rows.length === 0) return [];
  return [
    ...rowBlocks(title, rows),
    { kind: 'table', table: sourceTable(title, rows), folded: true },
  ];
}

/** The rows of a topic by their kind, and why those that are out are. */
export function rowBlocks(title: string, rows: readonly ValidationRow[]): readonly Block[] {
  const kinds = (['calibration', 'validation'] as const).flatMap((kind) => {
    const some = rows.filter((row) => row.kind === kind);
    if (some.length === 0) return [];
    const isDull = some.length > MANY_ROWS && some.every((row) => row.inside === true);
    const caption = `${title}: ${kind}${isDull ? `, all ${some.length} in` : ''}`;
    return [{ kind: 'table', table: rowTable(caption, some), folded: isDull } as const];
  });
  const notes = rows.filter((row) => row.why !== '');
  const why: readonly Block[] =
    notes.length === 0
      ? []
      : [{ kind: 'list', items: notes.map((row) => `${row.id}: ${row.why}.`) }];
  return [...kinds, ...why];
}

/** Rows that are out or can't be modelled; what each is stands with all the others. */
function missedTable(rows: readonly ValidationRow[]): Table {
  const { caption, columns, rows: cells } = rowTable('What is missed', rows);
  const shown = [0, 2, 3, 4, 5];
  return {
    caption,
    columns: shown.map((at) => columns[at]!),
    rows: cells.map((row) => shown.map((at) => row[at]!)),
  };
}

function rowTable(caption: string, rows: readonly ValidationRow[]): Table {
  return {
    caption,
    columns: [
      left('row'),
      detail(left('what')),
      right('measured'),
      right('predicted'),
      left('unit'),
      left('verdict'),
    ],
    rows: rows.map((row) => [
      cell(row.id, 'code'),
      cell(row.quantity),
      cell(measuredText(row)),
      cell(predictedText(row)),
      cell(row.unit, 'quiet'),
      VERDICTS[row.status],
    ]),
  };
}

/** Rows that share source and setup stand once. */
function sourceTable(title: string, rows: readonly ValidationRow[]): Table {
  const groups = new Map<string, ValidationRow[]>();
  for (const row of rows) {
    const key = `${row.source}\n${row.setup}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return {
    caption: `${title}: sources and setups`,
    columns: [left('rows'), left('source'), left('setup')],
    rows: [...groups.values()].map((group) => [
      cell(
        group.length > 4
          ? `${group[0]!.id} and ${group.length - 1} more`
          : group.map((row) => row.id).join(', '),
      ),
      cell(group[0]!.source),
      cell(group[0]!.setup),
    ]),
  };
}

const number = (value: number): string => formatNumber(Number(value.toPrecision(7)), PAGE);

function bracket(low: number, high: number): string {
  return low === high ? '' : ` (${number(low)} to ${number(high)})`;
}

function measuredText({ measured, measuredInterval }: ValidationRow): string {
  if (measured === null) return '';
  const interval =
    measuredInterval === null ? '' : bracket(measuredInterval.low, measuredInterval.high);
  return `${number(measured)}${interval}`;
}

function predictedText({ predicted }: ValidationRow): string {
  if (predicted === null) return '';
  return `${number(predicted.point)}${bracket(predicted.low, predicted.high)}`;
}

/** What a ratio can be made of; exact counts and signs have nothing to show. */
function scoresOf(rows: readonly ValidationRow[]): readonly Score[] {
  return rows.flatMap(({ id, kind, unit, measured, measuredInterval, predicted, inside }) => {
    if (measured === null || predicted === null || inside === null) return [];
    if (measured <= 0 || predicted.point <= 0 || unit === 'count' || unit === 'sign') return [];
    return [{ id, kind, measured, measuredInterval, predicted, inside }];
  });
}

function scoreFigure(scores: readonly Score[]): Figure {
  return {
    id: 'figure-validation',
    caption:
      'Measured over predicted. The grey bar is what the prediction leaves open; the point is the ' +
      'measurement, red where it is outside, and the line through it what the measurement leaves open. A ' +
      'square was calibrated to.',
    description: 'Points with bars: measured over predicted value of each comparison',
    wide: validationScores(scores, WIDE),
    narrow: validationScores(scores, NARROW),
    legend: [
      { label: 'bounds of the prediction', colour: SCORE_COLOURS.bounds },
      { label: 'measured, in', colour: SCORE_COLOURS.inside, shape: 'circle' },
      { label: 'measured, out', colour: SCORE_COLOURS.outside, shape: 'circle' },
      { label: 'calibrated to', colour: SCORE_COLOURS.inside, shape: 'square' },
    ],
    data: scoreTable(scores),
  };
}

function scoreTable(scores: readonly Score[]): Table {
  return {
    caption: 'Measured over predicted',
    columns: [left('row'), right('measured'), right('predicted'), right('ratio'), left('verdict')],
    rows: scores.map((score) => [
      cell(score.id, 'code'),
      cell(number(score.measured)),
      cell(`${number(score.predicted.point)}${bracket(score.predicted.low, score.predicted.high)}`),
      cell(formatNumber(score.measured / score.predicted.point)),
      VERDICTS[score.inside ? 'inside' : 'outside'],
    ]),
  };
}
