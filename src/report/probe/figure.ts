import type { Probe } from '../../probe/probe.ts';
import type { HostComparison } from '../../validation/host-comparison.ts';
import { STANDALONE } from '../blocks/figure-layout.ts';
import { renderSvgs } from '../blocks/render-svg.ts';
import { standaloneSvg } from '../blocks/standalone-svg.ts';
import { type HostCurves, hostCurve } from './curve.ts';

/** The two curves of a comparison as the chart wants them. */
function hostCurves(probe: Probe, comparison: HostComparison): HostCurves {
  const { clockGhz, curve } = probe.estimates;
  return {
    machine: comparison.machine,
    clockGhz: clockGhz.point,
    measured: curve.map(({ pages, translation }) => ({ pages, ...translation })),
    modelled: comparison.curve.map(({ pages, translationCycles }) => ({
      pages,
      ...translationCycles,
    })),
  };
}

/** Measured and modelled curve in one picture, as SVG. */
export async function hostFigure(probe: Probe, comparison: HostComparison): Promise<string> {
  const [svg = ''] = await renderSvgs([hostCurve(hostCurves(probe, comparison), STANDALONE)]);
  return standaloneSvg(
    svg,
    `Translation time by footprint: solid line, measured on this host in ns of host time (left axis); ` +
      `dashed line, modelled for ${comparison.machine} in cycles (right axis)`,
  );
}
