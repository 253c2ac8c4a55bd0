import { describe, expect, test } from 'vitest';
import { CAUSE_IDS } from '../../src/cost/causes.ts';
import { renderSvgs } from '../../src/report/blocks/render-svg.ts';
import { ALL_COLOURS, CAUSE_LAYERS, strategyStyles } from '../../src/report/blocks/theme.ts';
import { cyclesByCause } from '../../src/report/run/cycles-by-cause.ts';
import { reportModel, scenarioLabel } from '../../src/report/run/model.ts';
import { rankingFigure } from '../../src/report/run/ranking-figure.ts';
import { savingByScenario } from '../../src/report/run/saving-by-scenario.ts';
import { tripLatency } from '../../src/report/run/trip-latency.ts';
import { waterfall } from '../../src/report/run/waterfall.ts';
import { makeModel, makeSummary, withComparisons } from './make-summary.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

describe('chart specifications', () => {
  const charts = {
    'saving-by-scenario': savingByScenario,
    'cycles-by-cause': cyclesByCause,
    ranking: rankingFigure,
    'trip-latency': tripLatency,
    waterfall,
  };
  test.each(Object.entries(charts))('%s matches its golden data', async (name, chart) => {
    await expect(json(chart(makeModel()))).toMatchFileSnapshot(`../golden/${name}.vl.json`);
  });

  test('draw the same SVG each time', async () => {
    const specs = Object.values(charts).map((chart) => chart(makeModel()));
    const [first, second] = [await renderSvgs(specs), await renderSvgs(specs)];
    expect(second).toEqual(first);
    expect(first.every((svg) => svg.startsWith('<svg ') && svg.endsWith('</svg>'))).toBe(true);
  });
});

test('the waterfall leads from the time before to the time after without a gap', () => {
  const spec = waterfall(makeModel());
  const steps = JSON.parse(json(spec)).data.values as { fromNs: number; toNs: number }[];
  const { before, after } = makeModel().headline.comparison;
  expect(steps[0]!.toNs).toBeCloseTo(before.point, 0);
  for (const [at, step] of steps.slice(1, -1).entries()) {
    expect(step.fromNs).toBe(steps[at]!.toNs);
  }
  expect(steps.at(-2)!.toNs).toBeCloseTo(after.point, 0);
});

describe('scenarios in charts', () => {
  test('are sorted by the saving of the strategy that the report is about', () => {
    expect(makeModel().ranked.map((each) => each.id)).toEqual([
      'cpuid-npt-shadow',
      'npf-npt-npt',
      'kv-redis-l2',
      'pio-npt-npt',
      'cpuid-pge-differs',
      // The model was fitted to it.
      'cpuid-npt-npt',
    ]);
  });

  test('are called by their machine too when a run has several', () => {
    const summary = makeSummary();
    const other = { ...summary.scenarios[0]!, machine: 'zen4-genoa' };
    const both = { ...summary, scenarios: [...summary.scenarios, other] };
    expect(scenarioLabel(summary, other)).toBe('cpuid-npt-npt');
    expect(scenarioLabel(both, other)).toBe('cpuid-npt-npt · zen4-genoa');
  });

  test('speak through the one in the middle, and never through what was fitted', () => {
    const summary = makeSummary();
    expect(makeModel().headline.scenario.id).toBe('kv-redis-l2');
    const two = { ...summary, scenarios: summary.scenarios.slice(0, 2) };
    expect(reportModel(two).headline.scenario.id).toBe('pio-npt-npt');
    const fitted = { ...summary, scenarios: summary.scenarios.slice(0, 1) };
    expect(reportModel(fitted).headline.scenario.id).toBe('cpuid-npt-npt');
  });
});

describe('the theme', () => {
  test('gives each light colour one meaning and each variable one name', () => {
    expect(new Set(ALL_COLOURS.map((each) => each.light)).size).toBe(ALL_COLOURS.length);
    expect(new Set(ALL_COLOURS.map((each) => each.name)).size).toBe(ALL_COLOURS.length);
  });

  test('shows every cause in exactly one layer', () => {
    const shown = CAUSE_LAYERS.flatMap((layer) => layer.causes);
    expect([...shown].sort()).toEqual([...CAUSE_IDS].sort());
  });

  test('keeps the colour of a known strategy whatever stands beside it', () => {
    const [alone] = strategyStyles(['ideal']);
    const [, , among] = strategyStyles(['kvm-6.14', 'mine', 'ideal']);
    expect(among).toEqual(alone);
  });

  test('gives strategies that a user adds colours of their own', () => {
    const styles = strategyStyles(['mine', 'yours', 'kvm-6.14']);
    expect(new Set(styles.map((each) => each.colour.light)).size).toBe(3);
  });

  test('draws the usual baseline too where a scenario is compared with another', () => {
    const { manifest, scenarios } = makeSummary();
    const swapped = scenarios.map((scenario) => ({
      ...scenario,
      comparisons: scenario.comparisons
        .slice(0, 1)
        .map((each) => ({ ...each, baseline: 'rfc-2025-02', strategy: 'kvm-6.14' })),
    }));
    const spec = json(savingByScenario(reportModel({ manifest, scenarios: swapped })));
    expect(spec).toContain('"domain": [\n              "kvm-6.14"\n            ]');
    expect(json(tripLatency(reportModel({ manifest, scenarios: swapped })))).toContain(
      '"rfc-2025-02"',
    );
  });

  test('draws a strategy that only a user knows', () => {
    const summary = withComparisons(makeSummary(), 'ideal', (each) => ({
      ...each,
      strategy: 'rfc-2025-03+invlpga=as-invlpg',
    }));
    expect(json(savingByScenario(reportModel(summary)))).toContain('rfc-2025-03+invlpga=as-invlpg');
  });
});
