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
import { INK, strategyStyles } from '../blocks/theme.ts';

const ROW_PX = 22;
/** A swing that is shorter than this in saving ratio is not seen. */
const LEAST_SWING = 0.0002;
const MOST_ROWS = 12;

/**
 * Tornado: from where to where the saving goes when one unknown goes from its 5 % to its 95 % point,
 * the longest swing on top; the line is the answer.
 */
export function tornado(
  result: SensitivityResult,
  layout: FigureLayout = STANDALONE,
): TopLevelSpec {
  const rows = result.unknowns
    .map((each) => ({
      path: pathLabel(each.path, layout),
      lowPercent: rounded(100 * Math.min(each.ratioAtLow, each.ratioAtHigh), 3),
      highPercent: rounded(100 * Math.max(each.ratioAtLow, each.ratioAtHigh), 3),
      swing: Math.abs(each.ratioAtHigh - each.ratioAtLow),
    }))
    .filter(({ swing }) => swing >= LEAST_SWING)
    .sort((a, b) => b.swing - a.swing)
    .slice(0, MOST_ROWS);
  const names = rows.map(({ path }) => path);
  const extent = labelExtent(names, layout);
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Saving when one unknown goes from its 5 % point to its 95 % point',
    data: { name: 'swings', values: rows.map(({ swing: _, ...row }) => row) },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: ROW_PX },
    layer: [
      {
        mark: {
          type: 'bar',
          color: strategyStyles([result.strategy])[0]!.colour.light,
          height: 10,
        },
        encoding: {
          y: { field: 'path', type: 'nominal', sort: names, axis: nameAxis(extent) },
          x: {
            field: 'lowPercent',
            type: 'quantitative',
            title: isNarrow(layout) ? 'saving, %' : 'saving per round trip, % of the time before',
            axis: { tickCount: isNarrow(layout) ? 4 : 8, labelOverlap: true, grid: true },
            scale: { nice: true, zero: false },
          },
          x2: { field: 'highPercent' },
        },
      },
      {
        mark: { type: 'rule', color: INK.zero.light, strokeWidth: 1 },
        encoding: { x: { datum: rounded(100 * result.uncertainty.savingRatio.point, 3) } },
      },
    ],
    config: CHART_CONFIG,
  };
}
