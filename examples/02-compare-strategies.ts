/** Two strategies on the same guests: what one saves against the other, with its interval. */
import { findSuites, runSuites, shippedSuites, strategyById, summarize } from 'asidbench';

const strategies = ['rfc-2025-03', 'rfc-2026-06'].map((id) => strategyById(id)!);
const { manifest, cells } = await runSuites(
  {
    suites: findSuites(shippedSuites(), ['pio-npt-npt']),
    machines: ['zen3-milan', 'zen5-turin'],
    strategies, // the suite's baseline, kvm-6.14, always runs too
    seeds: 5,
    jobs: 1,
    command: 'node examples/02-compare-strategies.ts',
  },
  { onCell: (cell, done, total) => console.error(`${done} of ${total}: ${cell.strategy}`) },
);

for (const { machine, comparisons } of summarize(manifest, cells).scenarios) {
  for (const { baseline, strategy, savingNs, savingRatio } of comparisons) {
    const percent = (savingRatio.point * 100).toFixed(1);
    const interval = `[${savingNs.low.toFixed(0)}, ${savingNs.high.toFixed(0)}]`;
    const saved = `${savingNs.point.toFixed(0)} ns ${interval}, ${percent} %`;
    console.log(`${machine}: ${strategy} saves ${saved} against ${baseline}`);
  }
}
