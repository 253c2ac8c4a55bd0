import type { BreakEvenMap, BreakEvenPoint } from '../../sensitivity/sensitivity-result.ts';
import { cell, left, right, type Section, type Table } from '../blocks/document.ts';
import { drawn } from '../blocks/figure-layout.ts';
import { formatNumber, formatRatio, formatWholePercent } from '../blocks/numbers.ts';
import { HEAT_COLOURS } from '../blocks/theme.ts';
import { breakEvenMap, HEAT_LABELS } from './break-even-map.ts';
import { roundRate } from './uncertainty-words.ts';

/** The share that the heading of the map speaks of. */
const TELLING_SHARE = 0.05;

/** From which exit rate and working set of L2 on a separate ASID saves how much. */
export function breakEvenSection(map: BreakEvenMap): Section {
  return {
    id: 'break-even',
    short: 'Break-even',
    heading: breakEvenFinding(map),
    tone: 'plain',
    blocks: [
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
      { kind: 'table', table: breakEvenTable(map), folded: true },
    ],
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

/** From which rate on a share is saved: where latest, and where soonest. */
function breakEvenFinding({ rows }: BreakEvenMap): string {
  const places = rows.flatMap(({ workingSetPages, points }) =>
    points
      .filter(({ savingRatio }) => savingRatio === TELLING_SHARE)
      .map((point) => ({ pages: formatNumber(workingSetPages), point })),
  );
  const rate = ({ point }: (typeof places)[number]) =>
    point.exitsPerSecond ?? Number.POSITIVE_INFINITY;
  const [soonest, ...others] = [...places].sort((a, b) => (rate(a) < rate(b) ? -1 : 1));
  const latest = others.at(-1);
  const share = formatWholePercent(TELLING_SHARE);
  if (soonest === undefined || soonest.point.exitsPerSecond === null) {
    return `A saving of ${share} is nowhere on the map`;
  }
  const takes = ({ point, pages }: (typeof places)[number]) =>
    `${rateWords(point)} exits from L2 per second with ${pages} pages in use`;
  if (latest === undefined) return `A saving of ${share} takes ${takes(soonest)}`;
  return latest.point.exitsPerSecond === null
    ? `A saving of ${share} takes ${takes(soonest)}, and is out of reach with ${latest.pages}`
    : `A saving of ${share} takes ${takes(latest)}, ${rateWords(soonest.point)} with ${soonest.pages}`;
}

/** `at most` where the map begins with it. */
function rateWords({ reached, exitsPerSecond }: BreakEvenPoint): string {
  if (exitsPerSecond === null) return 'never';
  return `${reached === 'below' ? 'at most ' : ''}${formatNumber(roundRate(exitsPerSecond))}`;
}

function breakEvenTable({ rows }: BreakEvenMap): Table {
  const shares = rows[0]?.points.map(({ savingRatio }) => savingRatio) ?? [];
  return {
    caption: 'Exits per second from which on a share of the round trip is saved',
    columns: [left('Pages in use'), ...shares.map((share) => right(formatWholePercent(share)))],
    rows: rows.map(({ workingSetPages, points }) => [
      cell(formatNumber(workingSetPages)),
      ...points.map((point) =>
        cell(rateWords(point), point.exitsPerSecond === null ? 'quiet' : 'plain'),
      ),
    ]),
  };
}
