/** A flush rule that is wrong: how fast it is, and the shortest sequence of events that shows why not. */
import {
  cellOf,
  findNew,
  findSuites,
  OBLIGATIONS,
  QUICK_BOUNDS,
  runCell,
  runMachine,
  shippedSuites,
  strategyById,
  withBehaviour,
  worldsFor,
} from 'asidbench';

const [suite] = findSuites(shippedSuites(), ['npf-npt-npt']);
const series = strategyById('rfc-2025-03');
if (suite === undefined || series === undefined) throw new Error('not shipped');

// L1 asks for a flush in vmcb12 after it has changed its nested page tables. This one does not listen.
const deaf = withBehaviour(series, 'vmcb12TlbControl', 'ignored');
if (deaf === undefined) throw new Error('vmcb12TlbControl has no such value');

for (const strategy of [series, deaf]) {
  const { meanNs, staleHits } = runCell(cellOf(suite, runMachine('zen3-milan'), strategy, 1));
  console.log(`${meanNs.toFixed(0)} ns, ${staleHits.guest} stale hits: ${strategy.id}`);
}

const { behaviour } = deaf;
const worlds = worldsFor(behaviour).slice(0, 1);
const request = { behaviour, base: series.behaviour, worlds, bounds: QUICK_BOUNDS, jobs: 1 };
for (const { obligation, transcript } of findNew(request).violations) {
  console.log(`breaks ${obligation}: ${OBLIGATIONS[obligation].must}`);
  for (const line of transcript) console.log(`  ${line}`);
}
