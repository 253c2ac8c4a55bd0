import type { TopLevelSpec } from 'vega-lite';
import {
  CHART_CONFIG,
  type FigureLayout,
  isNarrow,
  labelExtent,
  nameAxis,
  plotWidth,
  rounded,
  STANDALONE,
  VEGA_LITE_SCHEMA,
  viewHints,
} from '../blocks/figure-layout.ts';
import { INK, strategyStyles } from '../blocks/theme.ts';

const ROW_PX = 22;

/** A saving with its interval, as shares: 0.01 is 1 %. */
export interface ForestRow {
  readonly name: string;
  readonly saving: number;
  readonly low: number;
  readonly high: number;
}

/** Forest plot of a comparison: a saving with its interval in each row, in the order of the rows. */
export function comparisonForest(
  rows: readonly ForestRow[],
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const names = rows.map((row) => row.name);
  const extent = labelExtent(names, layout);
  const colour = strategyStyles(['rfc-2025-03'])[0]!.colour.light;
  const y = { field: 'name', type: 'nominal' as const, sort: names, axis: nameAxis(extent) };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Saving of the second side in modelled time per round trip, with its interval',
    data: { name: 'savings', values: rows.map(percentages) },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: ROW_PX },
    layer: [
      {
        mark: { type: 'rule', color: INK.zero.light, strokeWidth: 1 },
        encoding: { x: { datum: 0 } },
      },
      {
        mark: { type: 'rule', strokeWidth: 2, strokeCap: 'round', color: colour },
        encoding: {
          y,
          x: {
            field: 'lowPercent',
            type: 'quantitative',
            title: isNarrow(layout) ? 'saving, % of A' : 'saving of B, % of the modelled time of A',
            axis: { tickCount: isNarrow(layout) ? 4 : 8, labelOverlap: true, grid: true },
            scale: { nice: true, zero: true },
          },
          x2: { field: 'highPercent' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 56, opacity: 1, color: colour },
        encoding: { y, x: { field: 'savingPercent', type: 'quantitative' } },
      },
    ],
    config: CHART_CONFIG,
  };
}

function percentages({ name, saving, low, high }: ForestRow) {
  return {
    name,
    savingPercent: rounded(saving * 100, 3),
    lowPercent: rounded(low * 100, 3),
    highPercent: rounded(high * 100, 3),
  };
}
