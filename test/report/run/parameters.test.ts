import { describe, expect, test } from 'vitest';
import { couldShow, limitsSection } from '../../../src/report/run/limits.ts';
import { reportModel } from '../../../src/report/run/model.ts';
import { parameterSection } from '../../../src/report/run/parameters.ts';
import type { ManifestParameter, RunSummary } from '../../../src/run/results.ts';
import { makeModel, makeSummary } from '../make-summary.ts';

const assumed = (path: string, value = 3): ManifestParameter => ({
  path,
  value,
  low: 1,
  high: 9,
  unit: 'count',
  confidence: 'assumed',
  source: 'Nobody has counted them.',
});

/** The made-up summary with these parameters in its first scenarios, and none elsewhere. */
function withParameters(...parameters: readonly (readonly ManifestParameter[])[]): RunSummary {
  const summary = makeSummary();
  const scenarios = summary.manifest.scenarios.map((each, index) => ({
    ...each,
    parameters: parameters[index] ?? [],
  }));
  return { ...summary, manifest: { ...summary.manifest, machines: [], scenarios } };
}

const tablesOf = (summary: RunSummary) =>
  parameterSection(reportModel(summary)).blocks.flatMap((block) =>
    block.kind === 'table' ? [block] : [],
  );

describe('what is assumed', () => {
  test('is one row where several scenarios assume the same, which are counted when they are many', () => {
    const same = assumed('workload.exitsPerSecond');
    const other = assumed('workload.exitsPerSecond', 4);
    const [table] = tablesOf(withParameters([same], [same], [same], [other]));
    expect(table?.table.caption).toBe('Assumed about scenarios');
    const rows = table?.table.rows.map((row) => row.map(({ text }) => text).join(' | '));
    expect(rows).toEqual(
      [
        'workload.exitsPerSecond | 3 | 1–9 | 3 of them | Nobody has counted them.',
        'workload.exitsPerSecond | 4 | 1–9 | npf-npt-npt-shadow | Nobody has counted them.',
      ].map((row) => row.replace('npf-npt-npt-shadow', makeSummary().manifest.scenarios[3]!.id)),
    );
  });

  test('is folded away where it is long', () => {
    const many = Array.from({ length: 13 }, (_, index) => assumed(`events.${index}`));
    expect(tablesOf(withParameters(many))[0]?.folded).toBe(true);
    expect(tablesOf(withParameters(many.slice(1)))[0]?.folded).toBe(false);
  });

  test('is a table for each machine, and none for one that assumes nothing', () => {
    const summary = makeSummary();
    const [machine] = summary.manifest.machines;
    const machines = [
      { ...machine!, id: 'one', parameters: [assumed('costs.a')] },
      { ...machine!, id: 'two', parameters: [] },
    ];
    const captions = tablesOf({ ...summary, manifest: { ...summary.manifest, machines } }).map(
      ({ table }) => table.caption,
    );
    expect(captions).toContain('Assumed about the machine one');
    expect(captions).not.toContain('Assumed about the machine two');
  });
});

describe('what a run leaves open', () => {
  test('says which classes the run’s own counter could have shown', () => {
    const classes = (summary: RunSummary) => couldShow(summary);
    expect(classes(withParameters([]))).toBe(
      'This run has no move of a vCPU, no switch of vCPUs and no host unmap: its own counter can show stale ' +
        'translations of class guest only.',
    );
    const moving = withParameters(
      [assumed('events.migrations')],
      [assumed('events.hostUnmaps', 0)],
    );
    expect(classes(moving)).toContain('no switch of vCPUs and no host unmap: its own counter');
    expect(classes(moving)).toContain('of class crossVm and guest only.');
    const all = ['migrations', 'vcpuSwitches', 'hostUnmaps'].map((id) => assumed(`events.${id}`));
    expect(classes(withParameters(all))).toBe(
      'This run’s own counter can show stale translations of class host, crossVm and guest.',
    );
  });

  test('says of the intervals what they contain, with and without prices', () => {
    const text = (withPrices: boolean) => JSON.stringify(limitsSection(makeModel(), withPrices));
    expect(text(false)).toContain('do not contain what is unknown about the hardware');
    expect(text(true)).toContain('what costs and latencies could be');
  });
});
