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
import { CAUSE_LAYERS, INK, stylesOf } from '../blocks/theme.ts';
import type { ReportModel } from './model.ts';

interface Step {
  readonly step: string;
  readonly fromNs: number;
  readonly toNs: number;
  /** Change of the time by this step; the whole time in the first and the last row. */
  readonly ns: number;
}

/** Changes below this would be invisible, and are no news. */
const LEAST_NS = 0.05;
/** Room for the figures at the right ends. */
const LABEL_PX = 48;

/** Layers whose cycles differ before and after in the headline's scenario. */
export function changedLayers(model: ReportModel) {
  const { scenario, comparison } = model.headline;
  const { ledgerBefore, ledgerAfter } = comparison;
  return CAUSE_LAYERS.map((layer) => ({
    layer,
    ns:
      layer.causes.reduce((sum, id) => sum + ledgerAfter[id] - ledgerBefore[id], 0) /
      scenario.frequencyGhz,
  })).filter(({ ns }) => Math.abs(ns) >= LEAST_NS);
}

/** From the headline's round trip before, cause by cause, to the one after, in modelled nanoseconds. */
export function waterfall(model: ReportModel, layout: FigureLayout = STANDALONE): TopLevelSpec {
  const values = steps(model);
  const names = values.map(({ step }) => step);
  const extent = labelExtent(names, layout);
  const ends = [names[0]!, names.at(-1)!];
  const styles = stylesOf(ends, model.strategies);
  const changed = changedLayers(model);
  const y = { field: 'step', type: 'nominal' as const, sort: names, axis: nameAxis(extent) };
  const title = isNarrow(layout) ? 'modelled ns' : 'modelled ns per round trip';
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'From the round trip before to the one after, cause by cause',
    data: { name: 'steps', values },
    usermeta: viewHints(extent, layout),
    width: plotWidth(extent, layout) - LABEL_PX,
    height: { step: 24 },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.7 } },
        encoding: {
          y,
          x: {
            field: 'fromNs',
            type: 'quantitative',
            title,
            axis: { tickCount: isNarrow(layout) ? 3 : 8, labelOverlap: true },
          },
          x2: { field: 'toNs' },
          color: {
            field: 'step',
            type: 'nominal',
            scale: {
              domain: names,
              range: [
                styles[0]!.colour.light,
                ...changed.map(({ layer }) => layer.colour.light),
                styles[1]!.colour.light,
              ],
            },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 5, fontSize: 11, color: INK.text.light },
        encoding: {
          y,
          x: { field: 'rightNs', type: 'quantitative' },
          text: { field: 'ns', type: 'quantitative', format: '.0f' },
        },
      },
    ],
    transform: [{ calculate: 'max(datum.fromNs, datum.toNs)', as: 'rightNs' }],
    config: CHART_CONFIG,
  };
}

function steps(model: ReportModel): Step[] {
  const { comparison } = model.headline;
  const { baseline, strategy, before, after } = comparison;
  const found: Step[] = [whole(baseline, before.point)];
  let level = before.point;
  for (const { layer, ns } of changedLayers(model)) {
    found.push(step(layer.label, level, level + ns, ns));
    level += ns;
  }
  return [...found, whole(strategy, after.point)];
}

const whole = (name: string, ns: number) => step(name, 0, ns, ns);

function step(name: string, from: number, to: number, ns: number): Step {
  return { step: name, fromNs: rounded(from, 1), toNs: rounded(to, 1), ns: rounded(ns, 1) };
}
