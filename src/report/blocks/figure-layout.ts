import type { Config, TopLevelSpec } from 'vega-lite';
import { CHART_FONT, INK } from './theme.ts';

/** How wide a chart is drawn, in pixels, and whether it carries its own legend. */
export interface FigureLayout {
  readonly widthPx: number;
  readonly legend: boolean;
}

/** A chart on its own: for the Vega editor, a slide or a golden file. */
export const STANDALONE: FigureLayout = { widthPx: 720, legend: true };
/** In a page that draws the legend itself. */
export const WIDE: FigureLayout = { widthPx: 720, legend: false };
/** The same for a telephone, so that letters keep their size. */
export const NARROW: FigureLayout = { widthPx: 328, legend: false };

/** Both drawings of a figure. */
export const drawn = <Data>(
  chart: (data: Data, layout: FigureLayout) => TopLevelSpec,
  data: Data,
) => ({
  wide: chart(data, WIDE),
  narrow: chart(data, NARROW),
});

export function isNarrow(layout: FigureLayout): boolean {
  return layout.widthPx < 480;
}

const FONT_SIZE = 12;
/** Of a broad font; Vega's own estimate without a canvas is a third more and cuts labels short. */
const CHARACTER_PX = 7.2;
const LABEL_GAP_PX = 14;
const RIGHT_MARGIN_PX = 16;

/** Width of a column of labels, from the longest of them; never more than half of the chart. */
export function labelExtent(labels: readonly string[], layout: FigureLayout): number {
  const longest = labels.reduce((most, label) => Math.max(most, label.length), 0);
  const wanted = Math.ceil(longest * CHARACTER_PX) + LABEL_GAP_PX;
  return Math.min(wanted, Math.floor(layout.widthPx * 0.5));
}

/** An axis of names in a column of that width; what does not fit ends in an ellipsis. */
export function nameAxis(extent: number) {
  const most = Math.floor((extent - LABEL_GAP_PX) / CHARACTER_PX);
  return {
    title: null,
    minExtent: extent,
    maxExtent: extent,
    labelLimit: 0,
    labelExpr: `length(datum.label) > ${most} ? slice(datum.label, 0, ${most - 1}) + '…' : datum.label`,
  };
}

/**
 * Tells whoever draws the chart where its left edge is: without a canvas Vega takes every letter
 * for a third too broad and leaves an empty margin.
 */
export function viewHints(extent: number, layout: FigureLayout): Readonly<Record<string, number>> {
  return { leftOfPlotPx: extent, widthPx: layout.widthPx };
}

/** A long dotted path without its first part where a telephone would cut off its end. */
export function pathLabel(path: string, layout: FigureLayout): string {
  const isLong = (path.length + 1) * CHARACTER_PX + LABEL_GAP_PX > layout.widthPx * 0.5;
  return isNarrow(layout) && isLong ? path.slice(path.indexOf('.') + 1) : path;
}

/** Width that is left for the data. */
export function plotWidth(extent: number, layout: FigureLayout): number {
  return layout.widthPx - extent - RIGHT_MARGIN_PX;
}

/** Rounds data of a chart, so that specs stay short and equal on every machine. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

export const CHART_CONFIG: Config = {
  aria: false,
  background: 'transparent',
  font: CHART_FONT,
  padding: 4,
  view: { stroke: null },
  // Thousands as in the text of a report: a narrow no-break space.
  locale: {
    number: { decimal: '.', thousands: '\u202f', grouping: [3], currency: ['', ''] },
  },
  axis: {
    domain: false,
    ticks: false,
    gridColor: INK.grid.light,
    labelColor: INK.muted.light,
    labelFontSize: FONT_SIZE,
    labelPadding: 8,
    titleColor: INK.muted.light,
    titleFontSize: FONT_SIZE,
    titleFontWeight: 'normal',
    titlePadding: 12,
  },
  axisY: { grid: false, labelColor: INK.text.light },
  header: { labelColor: INK.text.light, labelFontSize: FONT_SIZE, labelFontWeight: 600 },
  legend: {
    labelColor: INK.text.light,
    labelFontSize: FONT_SIZE,
    orient: 'top',
    symbolType: 'square',
    title: null,
    columns: 3,
  },
};

export const VEGA_LITE_SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';
