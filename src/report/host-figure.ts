import { STANDALONE } from '../charts/figure-layout.ts';
import { type HostCurves, hostCurve } from '../charts/host-curve.ts';
import { renderSvgs } from '../charts/render-svg.ts';
import { standaloneSvg } from '../charts/standalone-svg.ts';
import type { Probe } from '../probe/probe.ts';
import type { HostComparison } from '../validation/host-comparison.ts';

/** The two curves of a comparison as the chart wants them. */
export function hostCurves(probe: Probe, comparison: HostComparison): HostCurves {
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
