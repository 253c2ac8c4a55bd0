/** An answer from your own host: the counters of KVM before and after a while of running. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { combine, importFile, runSuites, scenarioOf, summarize } from 'asidbench';

// Each file is what `grep . /sys/kernel/debug/kvm/*` printed on L0 at one moment.
const captured = 'data/nested-kvm/stats/l2linux-trace.l2linux-pipe';
const files =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['before', 'after'].map((end) => `${captured}.${end}`);

async function* content(path: string) {
  yield readFileSync(path);
}
const snapshots = await Promise.all(
  files.map((path) => {
    const context = { name: path, pageSwitches: { record: () => {} }, tscGhz: null };
    return importFile(content(path), context, () => null);
  }),
);
const { profile } = combine(snapshots, null);
if (profile === null) throw new Error('these files tell of no exits');
const scenario = scenarioOf(profile, { id: 'my-host', machine: 'zen3-milan', l2Trace: null });
for (const { text } of scenario.report.assumed) console.log(`assumed: ${text}`);

const suite = { ...scenario.document, file: basename(files[0]!), sha256: '0' };
const request = { suites: [suite], machines: null, strategies: null, seeds: 2, jobs: 1 };
const command = 'node examples/06-own-counters.ts';
const { manifest, cells } = await runSuites({ ...request, command });
for (const { strategy, savingRatio } of summarize(manifest, cells).scenarios[0]!.comparisons) {
  const [low, high] = [savingRatio.low, savingRatio.high].map((each) => (each * 100).toFixed(1));
  console.log(`${strategy} would save ${low} to ${high} % of a round trip`);
}
