import type { TopLevelSpec } from 'vega-lite';
import type { Cycles, HostNanoseconds } from '../../units/quantity.ts';
import {
  CHART_CONFIG,
  type FigureLayout,
  isNarrow,
  rounded,
  STANDALONE,
  VEGA_LITE_SCHEMA,
} from '../blocks/figure-layout.ts';
import { HOST_COLOURS } from '../blocks/theme.ts';

/** A value with its bounds at one number of pages. */
export interface Bounded<T extends number> {
  readonly pages: number;
  readonly point: T;
  readonly low: T;
  readonly high: T;
}

/** The only figure in which host time and modelled time meet: two axes, aligned at the host's clock. */
export interface HostCurves {
  readonly machine: string;
  /** Clock of the host: what makes one axis the other's multiple. */
  readonly clockGhz: number;
  readonly measured: readonly Bounded<HostNanoseconds>[];
  readonly modelled: readonly Bounded<Cycles>[];
}

const AXIS_PX = 62;
const HEIGHT_PX = 300;
/** The logarithmic axes start here; what is less is drawn on the floor. */
const FLOOR_CYCLES = 1;

/**
 * Time of translation for each load of a chase, by footprint: host nanoseconds as measured on the
 * left axis, cycles as modelled on the right one.
 */
export function hostCurve(curves: HostCurves, layout: FigureLayout = STANDALONE): TopLevelSpec {
  const { clockGhz } = curves;
  const top = Math.max(
    ...curves.measured.map((each) => each.high * clockGhz),
    ...curves.modelled.map((each) => each.high),
  );
  const floor = { measured: FLOOR_CYCLES / clockGhz, modelled: FLOOR_CYCLES };
  const narrow = isNarrow(layout);
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `Translation time by footprint: measured on the host, modelled for ${curves.machine}`,
    usermeta: { leftOfPlotPx: AXIS_PX, widthPx: layout.widthPx },
    width: layout.widthPx - 2 * AXIS_PX,
    height: HEIGHT_PX,
    resolve: { scale: { y: 'independent' } },
    layer: [
      {
        data: { name: 'modelled', values: rows(curves.modelled, floor.modelled) },
        layer: series(
          'modelled',
          narrow ? 'modelled cycles' : `modelled for ${curves.machine}, cycles`,
          [floor.modelled, top],
          'right',
        ),
      },
      {
        data: { name: 'measured', values: rows(curves.measured, floor.measured) },
        layer: series(
          'measured',
          narrow ? 'measured host ns' : 'measured on this host, ns of host time',
          [floor.measured, top / clockGhz],
          'left',
        ),
      },
    ],
    config: CHART_CONFIG,
  };
}

function rows(points: readonly Bounded<number>[], floor: number) {
  const clamped = (value: number) => rounded(Math.max(floor, value), 3);
  return points.map(({ pages, point, low, high }) => ({
    pages,
    point: clamped(point),
    low: clamped(low),
    high: clamped(high),
  }));
}

/** A band from low to high and a line; the measured one has a point for each size. */
function series(
  kind: keyof typeof HOST_COLOURS,
  title: string,
  domain: readonly [number, number],
  orient: 'left' | 'right',
) {
  const color = HOST_COLOURS[kind].light;
  const x = {
    field: 'pages',
    type: 'quantitative' as const,
    title: 'pages of 4 KiB, one load on each',
    scale: { type: 'log' as const, base: 2, nice: false },
    axis: { values: [16, 64, 256, 1024, 4096, 16_384, 65_536], labelOverlap: true, format: ',' },
  };
  const scale = { type: 'log' as const, domain: [...domain], nice: false };
  const axis = {
    orient,
    title,
    titleColor: color,
    labelColor: color,
    grid: orient === 'left',
    tickCount: 5,
    format: '~g',
  };
  const y = (field: string) => ({ field, type: 'quantitative' as const, scale, axis });
  const isMeasured = kind === 'measured';
  return [
    {
      mark: { type: 'area' as const, color, opacity: isMeasured ? 0.25 : 0.13 },
      encoding: { x, y: y('low'), y2: { field: 'high' } },
    },
    {
      mark: {
        type: 'line' as const,
        color,
        strokeWidth: 2,
        strokeDash: isMeasured ? [1, 0] : [6, 4],
        ...(isMeasured ? { point: { color, size: 22, filled: true } } : {}),
      },
      encoding: { x, y: y('point') },
    },
  ];
}
