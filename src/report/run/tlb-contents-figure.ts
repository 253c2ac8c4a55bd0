import type { TopLevelSpec } from 'vega-lite';
import type { EntryOwner, TlbContents, TripContents } from '../../run/tlb-contents.ts';
import {
  CHART_CONFIG,
  type FigureLayout,
  plotWidth,
  STANDALONE,
  VEGA_LITE_SCHEMA,
  viewHints,
} from '../blocks/figure-layout.ts';
import { FLUSH_COLOUR, INK, OWNER_COLOURS } from '../blocks/theme.ts';

/** Strategies under which the same happens in the TLB, event by event. */
export interface ContentsPanel {
  readonly strategies: readonly string[];
  readonly trip: TripContents;
}

const OWNERS = ['L0', 'L1', 'L2', 'others'] as const satisfies readonly EntryOwner[];
const PLOT_HEIGHT_PX = 150;
const AXIS_PX = 58;
const LABELS_PX = 34;
/** Above the data: who runs, and below that what flushes take. */
const RUNS_AT_PX = 8;
const LOST_AT_PX = 24;
const WORDS_PX = 34;
/** Narrower stretches of a trip get no word. */
const LEAST_WORD_PX = 17;
const LONG_WORD_PX = 76;

/** A boundary between two owners at one moment, for an area between `from` and `to`. */
interface Row {
  readonly panel: string;
  /** 0 is the beginning of the trip; the n-th event is at n. */
  readonly event: number;
  readonly instruction: string;
  readonly atNs: number;
  readonly moment: 'before' | 'after';
  readonly owner: EntryOwner;
  readonly entries: number;
  readonly from: number;
  readonly to: number;
}

export const panelName = ({ strategies }: ContentsPanel): string => strategies.join(', ');

/** Strategies in their order, those that do the same in one panel. */
export function contentsPanels(trips: readonly TripContents[]): readonly ContentsPanel[] {
  const panels = new Map<string, { strategies: string[]; trip: TripContents }>();
  for (const trip of trips) {
    const seen = trip.events.map(({ kind, runs, asid, before, after }) => [
      kind,
      runs,
      asid,
      before,
      after,
    ]);
    const key = JSON.stringify(seen);
    const panel = panels.get(key);
    if (panel === undefined) panels.set(key, { strategies: [trip.strategy], trip });
    else panel.strategies.push(trip.strategy);
  }
  return [...panels.values()];
}

/**
 * Whose the entries of the TLB are over one round trip: a panel per strategy, a stretch of equal
 * width between two events, and a line with a number where entries are thrown away.
 */
export function tlbContents(
  panels: readonly ContentsPanel[],
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const rows = panels.flatMap(rowsOf);
  const most = rows.reduce((top, { to }) => Math.max(top, to), 0);
  const owners = OWNERS.filter((owner) =>
    rows.some((row) => row.owner === owner && row.entries > 0),
  );
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Live TLB entries by owner over one round trip, and what flushes throw away',
    data: { name: 'contents', values: rows },
    usermeta: viewHints(AXIS_PX, layout),
    vconcat: panels.map((panel) => panelView(panel, owners, most, layout)),
    spacing: 16,
    config: CHART_CONFIG,
  };
}

function panelView(
  panel: ContentsPanel,
  owners: readonly EntryOwner[],
  most: number,
  layout: FigureLayout,
) {
  const width = plotWidth(AXIS_PX, layout);
  const stretches = stretchesOf(panel.trip);
  const x = {
    field: 'event',
    type: 'quantitative' as const,
    title: null,
    scale: { domain: [0, stretches.length], nice: false },
    axis: null,
  };
  const y = {
    field: 'to',
    type: 'quantitative' as const,
    title: 'live entries',
    axis: { minExtent: LABELS_PX, maxExtent: LABELS_PX, tickCount: 4, titlePadding: 6, grid: true },
    scale: { domain: [0, most], nice: true, range: [PLOT_HEIGHT_PX, WORDS_PX] },
  };
  const area = {
    transform: [{ filter: { field: 'panel', equal: panelName(panel) } }],
    mark: { type: 'area' as const, opacity: 1, interpolate: 'linear' as const },
    encoding: {
      x,
      y: { ...y, stack: null },
      y2: { field: 'from' },
      color: {
        field: 'owner',
        type: 'nominal' as const,
        scale: {
          domain: [...owners],
          range: owners.map((owner) => OWNER_COLOURS[owner].light),
        },
        legend: layout.legend ? {} : null,
      },
    },
  };
  return {
    title: {
      text: panelName(panel),
      anchor: 'start' as const,
      fontSize: 12,
      fontWeight: 600 as const,
      color: INK.text.light,
      offset: 4,
    },
    width,
    height: PLOT_HEIGHT_PX,
    layer: [area, ...eventLayers(panel.trip), ...runnerWords(stretches, width)],
  };
}

interface Place {
  readonly at: number;
  readonly text: string;
}

type MarkDef =
  | { readonly type: 'rule'; readonly color: string; readonly strokeWidth: number }
  | {
      readonly type: 'text';
      readonly color: string;
      readonly fontSize: number;
      readonly fontWeight?: 700;
    };

/** Marks beside the data, each layer with places of its own on the axis of events. */
function marksAt(values: readonly Place[], mark: MarkDef, y: object) {
  const x = { field: 'at', type: 'quantitative' as const, axis: null };
  return values.length === 0
    ? []
    : [{ data: { values: [...values] }, mark, encoding: { x, ...y } }];
}

/** A quiet line at each event; a strong one with a number where entries go. */
function eventLayers({ events }: TripContents) {
  const places = events.map(({ before, after }, index) => {
    const lost = OWNERS.reduce((sum, owner) => sum + before[owner] - after[owner], 0);
    return { at: index + 1, text: lost > 0 ? `−${lost}` : '' };
  });
  const flushes = places.filter(({ text }) => text !== '');
  const quiet = places.filter(({ text }) => text === '');
  const down = (top: number) => ({ y: { value: top }, y2: { value: PLOT_HEIGHT_PX } });
  const color = FLUSH_COLOUR.light;
  return [
    ...marksAt(quiet, { type: 'rule', color: INK.grid.light, strokeWidth: 1 }, down(WORDS_PX)),
    ...marksAt(flushes, { type: 'rule', color, strokeWidth: 2 }, down(WORDS_PX - 3)),
    ...marksAt(
      flushes,
      { type: 'text', color, fontSize: 12, fontWeight: 700 },
      { y: { value: LOST_AT_PX }, text: { field: 'text' } },
    ),
  ];
}

/** Who runs in a stretch, and under which ASID where there is room. */
function runnerWords(stretches: readonly Stretch[], widthPx: number) {
  const stepPx = widthPx / stretches.length;
  if (stepPx < LEAST_WORD_PX) return [];
  const places = stretches.map(({ runs, asid }, index) => ({
    at: index + 0.5,
    text: asid === null || stepPx < LONG_WORD_PX ? runs : `${runs}, ASID ${asid}`,
  }));
  const y = { y: { value: RUNS_AT_PX }, text: { field: 'text' } };
  return marksAt(places, { type: 'text', color: INK.text.light, fontSize: 11 }, y);
}

/** From one event to the next. */
interface Stretch {
  readonly runs: EntryOwner;
  readonly asid: number | null;
}

/** It begins when L0 has just got an exit. */
function stretchesOf({ events, tripNs }: TripContents): readonly Stretch[] {
  const last = events.at(-1);
  const first: Stretch = { runs: 'L0', asid: null };
  const all = [first, ...events.map(({ runs, asid }) => ({ runs, asid }))];
  return last !== undefined && last.atNs < tripNs ? all : all.slice(0, -1);
}

function rowsOf(panel: ContentsPanel): readonly Row[] {
  const { atStart, events, atEnd, tripNs } = panel.trip;
  const name = panelName(panel);
  const last = events.at(-1);
  return [
    ...momentRows(name, 0, 'begin', 0, 'after', atStart),
    ...events.flatMap(({ kind, atNs, before, after }, index) => [
      ...momentRows(name, index + 1, kind, atNs, 'before', before),
      ...momentRows(name, index + 1, kind, atNs, 'after', after),
    ]),
    ...(last !== undefined && last.atNs < tripNs
      ? momentRows(name, events.length + 1, 'end', tripNs, 'before', atEnd)
      : []),
  ];
}

function momentRows(
  panel: string,
  event: number,
  instruction: string,
  atNs: number,
  moment: Row['moment'],
  contents: TlbContents,
): readonly Row[] {
  let from = 0;
  return OWNERS.map((owner) => {
    const entries = contents[owner];
    const row = {
      panel,
      event,
      instruction,
      atNs: Math.round(atNs),
      moment,
      owner,
      entries,
      from,
      to: from + entries,
    };
    from += entries;
    return row;
  });
}
