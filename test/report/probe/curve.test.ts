import { expect, test } from 'vitest';
import { NARROW } from '../../../src/report/blocks/figure-layout.ts';
import { renderSvgs } from '../../../src/report/blocks/render-svg.ts';
import { standaloneSvg } from '../../../src/report/blocks/standalone-svg.ts';
import { type HostCurves, hostCurve } from '../../../src/report/probe/curve.ts';
import { cycles, hostNanoseconds } from '../../../src/units/quantity.ts';

const host = (pages: number, ns: number) => ({
  pages,
  point: hostNanoseconds(ns),
  low: hostNanoseconds(ns * 0.9),
  high: hostNanoseconds(ns * 1.2),
});
const model = (pages: number, count: number) => ({
  pages,
  point: cycles(count),
  low: cycles(count / 2),
  high: cycles(count * 2),
});

const CURVES: HostCurves = {
  machine: 'zen4-genoa',
  clockGhz: 4,
  measured: [host(16, 0), host(64, 0.01), host(128, 2), host(4096, 18)],
  modelled: [model(16, 0), model(64, 0), model(128, 6), model(4096, 73)],
};

test('the curve of a host matches its golden data', async () => {
  const spec = `${JSON.stringify(hostCurve(CURVES), null, 2)}\n`;
  await expect(spec).toMatchFileSnapshot('../../golden/host-curve.vl.json');
});

test('host time and modelled time have axes of their own, one the multiple of the other', () => {
  const text = JSON.stringify(hostCurve(CURVES));
  expect(text).toContain('"resolve":{"scale":{"y":"independent"}}');
  expect(text).toContain('"domain":[1,146]');
  expect(text).toContain('"domain":[0.25,36.5]');
  expect(text).toContain('ns of host time');
  expect(text).toContain('modelled for zen4-genoa, cycles');
});

test('it draws as a picture of its own, and narrow too', async () => {
  const [wide, narrow] = await renderSvgs([hostCurve(CURVES), hostCurve(CURVES, NARROW)]);
  expect(narrow).toContain('<svg');
  const picture = standaloneSvg(wide!, 'Measured & <modelled>');
  expect(picture).toContain('<title>Measured &amp; &lt;modelled></title>');
  expect(picture).toContain('role="img"');
  expect(picture).not.toContain('var(--');
});
