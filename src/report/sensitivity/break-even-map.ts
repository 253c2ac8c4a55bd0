import type { TopLevelSpec } from 'vega-lite';
import type { BreakEvenMap } from '../../sensitivity/sensitivity-result.ts';
import {
  CHART_CONFIG,
  type FigureLayout,
  labelExtent,
  plotWidth,
  rounded,
  STANDALONE,
  VEGA_LITE_SCHEMA,
  viewHints,
} from '../blocks/figure-layout.ts';
import { HEAT_COLOURS, HEAT_INK_STRONG, INK } from '../blocks/theme.ts';

const ROW_PX = 36;
const AXIS_TITLE_PX = 30;

/** Where a class of the map ends, in per cent of saving. */
const HEAT_LIMITS_PERCENT = [1, 5, 10, 20] as const;
export const HEAT_LABELS = ['below 1 %', '1 to 5 %', '5 to 10 %', '10 to 20 %', '20 % and more'];

const heatClass = (percent: number): string =>
  HEAT_LABELS[HEAT_LIMITS_PERCENT.filter((limit) => percent >= limit).length]!;

/** Saving by working set of L2 and rate of exits, in classes; each field says its number as well. */
export function breakEvenMap(map: BreakEvenMap, layout: FigureLayout = STANDALONE): TopLevelSpec {
  const rows = map.rows.flatMap(({ workingSetPages, savingRatios }) =>
    savingRatios.map((ratio, i) => {
      const savingPercent = rounded(100 * ratio, 2);
      return {
        workingSetPages,
        exitsPerSecond: map.exitsPerSecond[i]!,
        savingPercent,
        class: heatClass(savingPercent),
      };
    }),
  );
  const extent = labelExtent(['2048'], layout) + AXIS_TITLE_PX;
  const y = {
    field: 'workingSetPages',
    type: 'ordinal' as const,
    sort: 'descending' as const,
    title: 'pages in use by L2',
    axis: { minExtent: extent - AXIS_TITLE_PX, maxExtent: extent - AXIS_TITLE_PX },
  };
  const x = {
    field: 'exitsPerSecond',
    type: 'ordinal' as const,
    title: 'exits from L2 per second',
    axis: { labelAngle: 0, labelOverlap: true, format: ',' },
  };
  const last = HEAT_LABELS.at(-1)!;
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Saving by working set and by exits per second',
    data: { name: 'savings', values: rows },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout),
    height: { step: ROW_PX },
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          x,
          y,
          color: {
            field: 'class',
            type: 'nominal',
            scale: { domain: HEAT_LABELS, range: HEAT_COLOURS.map((colour) => colour.light) },
            legend: layout.legend ? {} : null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 12 },
        encoding: {
          x,
          y,
          text: { field: 'savingPercent', type: 'quantitative', format: '.1f' },
          color: {
            condition: { test: `datum.class === '${last}'`, value: HEAT_INK_STRONG.light },
            value: INK.text.light,
          },
        },
      },
    ],
    config: CHART_CONFIG,
  };
}
