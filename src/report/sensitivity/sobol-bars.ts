import type { TopLevelSpec } from 'vega-lite';
import type { SensitivityResult } from '../../sensitivity/sensitivity-result.ts';
import {
  CHART_CONFIG,
  type FigureLayout,
  isNarrow,
  labelExtent,
  nameAxis,
  pathLabel,
  plotWidth,
  rounded,
  STANDALONE,
  VEGA_LITE_SCHEMA,
  viewHints,
} from '../blocks/figure-layout.ts';
import { HEAT_COLOURS, INK } from '../blocks/theme.ts';

const ROW_PX = 30;
const LEAST_TOTAL = 0.005;
const MOST_ROWS = 12;

/** The two indices of an unknown, as they are called on a page. */
export const INDEX_LABELS = ['alone', 'in all'] as const;
export const INDEX_COLOURS = [HEAT_COLOURS[3]!, HEAT_COLOURS[4]!] as const;

function shareAxis(layout: FigureLayout) {
  return {
    field: 'sharePercent',
    type: 'quantitative' as const,
    title: isNarrow(layout) ? '% of the variance' : 'share of the variance of the saving, %',
    axis: { tickCount: isNarrow(layout) ? 4 : 8, labelOverlap: true, grid: true },
    scale: { nice: true, zero: true },
  };
}

/** Sobol indices with their intervals: which share of the variance each unknown explains. */
export function sobolBars(
  result: SensitivityResult,
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const shown = result.unknowns
    .filter(({ total }) => total.point >= LEAST_TOTAL)
    .slice(0, MOST_ROWS);
  const rows = shown.flatMap(({ path, first, total }) =>
    [first, total].map((index, i) => ({
      path: pathLabel(path, layout),
      index: INDEX_LABELS[i],
      sharePercent: rounded(100 * Math.max(0, index.point), 2),
      lowPercent: rounded(100 * Math.max(0, index.low), 2),
      highPercent: rounded(100 * index.high, 2),
    })),
  );
  const names = shown.map(({ path }) => pathLabel(path, layout));
  const extent = labelExtent(names, layout);
  const y = {
    field: 'path',
    type: 'nominal' as const,
    sort: names,
    axis: nameAxis(extent),
    scale: { paddingInner: 0.3, paddingOuter: 0.15 },
  };
  const yOffset = { field: 'index', type: 'nominal' as const, sort: [...INDEX_LABELS] };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Share of the variance of the saving that each unknown explains, with intervals',
    data: { name: 'indices', values: rows },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: ROW_PX, for: 'position' },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: {
          y,
          yOffset,
          x: shareAxis(layout),
          color: {
            field: 'index',
            type: 'nominal',
            scale: {
              domain: [...INDEX_LABELS],
              range: INDEX_COLOURS.map((colour) => colour.light),
            },
            legend: layout.legend ? {} : null,
          },
        },
      },
      {
        mark: { type: 'rule', color: INK.text.light, strokeWidth: 1 },
        encoding: {
          y,
          yOffset,
          x: { field: 'lowPercent', type: 'quantitative' },
          x2: { field: 'highPercent' },
        },
      },
    ],
    config: CHART_CONFIG,
  };
}
