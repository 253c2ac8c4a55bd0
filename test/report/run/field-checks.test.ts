import { expect, test } from 'vitest';
import { ASCII } from '../../../src/report/blocks/numbers.ts';
import { fieldChecks } from '../../../src/report/run/field-checks.ts';
import { renderMarkdown } from '../../../src/report/run/markdown.ts';
import { reportModel } from '../../../src/report/run/model.ts';
import { renderTerminal } from '../../../src/report/run/terminal.ts';
import type { RunSummary } from '../../../src/run/results.ts';
import { makeModel, makeSummary } from '../make-summary.ts';

/** A run in which the key-value store is the user's own. */
function importedSummary(): RunSummary {
  const summary = makeSummary();
  const scenarios = summary.manifest.scenarios.map((each) =>
    each.id === 'kv-redis-l2' ? { ...each, group: 'imported' } : each,
  );
  return { ...summary, manifest: { ...summary.manifest, scenarios } };
}

test('a run about no host of the user has no field checks', () => {
  expect(fieldChecks(makeModel())).toEqual([]);
  expect(renderTerminal(makeSummary())).not.toContain('Field checks');
});

test('flushes, walks, cpuid_rate and the workload itself, predicted for both kernels', () => {
  const checks = fieldChecks(reportModel(importedSummary()), ASCII);
  const own = importedSummary().scenarios.find((each) => each.id === 'kv-redis-l2');
  const comparison = own?.comparisons.find((each) => each.strategy === 'rfc-2025-03');
  expect(checks.map((each) => each.what.split(' ')[0])).toEqual(['TLB', 'page', 'CPUIDs', 'the']);
  expect(checks[0]?.before).toBe(String((comparison?.flushesPerTripBefore ?? 0) / 2));
  // Milan's own names: Zen 4 has others.
  expect(checks[0]?.how).toContain('all_tlbs_flushed,kvm:kvm_exit');
  expect(checks[1]?.how).toContain('l2_dtlb_misses,');
  // 3,510 ns and 2,931 ns of the made-up CPUID scenario.
  expect([checks[2]?.before, checks[2]?.after]).toEqual(['284,900', '341,232']);
  expect(checks[2]?.how).toMatch(/takes 2 runs of each where single runs scatter by 1\.00 %/);
});

test('the report opens with the host of the user, and lists the checks in both texts', () => {
  const terminal = renderTerminal(importedSummary());
  expect(terminal).toMatch(/of\seach\sround\strip\sof\skv-redis-l2/);
  expect(terminal).toContain('Field checks (predictions; measure them):');
  expect(terminal.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(renderMarkdown(importedSummary())).toContain(
    '## 4 measurements on the host can prove this wrong',
  );
});

test('what the files counted is read back in the texts, with the kernel that it looks like', () => {
  const summary = importedSummary();
  const own = summary.scenarios.find((each) => each.id === 'kv-redis-l2');
  const { flushesPerTripBefore, walksPerTripBefore } = own!.comparisons[0]!;
  const measured = {
    flushesPerTransition: flushesPerTripBefore / 2,
    walksPerRoundTrip: walksPerTripBefore,
  };
  for (const text of [
    renderTerminal(summary, { measured }),
    renderMarkdown(summary, { measured }),
  ]) {
    expect(text.replace(/\s+/g, ' ')).toMatch(/this host looks like one that runs kvm-6\.14/i);
  }
  expect(renderTerminal(summary)).not.toContain('Counted on the host');
  // Files of no host of the user's are compared with nothing.
  expect(renderTerminal(makeSummary(), { measured })).not.toContain('Counted on the host');
});
