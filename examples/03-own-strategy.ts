/** A strategy of one's own: the series, with one decision taken otherwise. */
import {
  BEHAVIOURS,
  cellOf,
  findSuites,
  runCell,
  runMachine,
  shippedSuites,
  strategyById,
  withBehaviour,
} from 'asidbench';

const [suite] = findSuites(shippedSuites(), ['cpuid-npt-npt']);
const series = strategyById('rfc-2025-03');
if (suite === undefined || series === undefined) throw new Error('not shipped');

// Every decision has a name; BEHAVIOURS says what each value means.
const own = withBehaviour(series, 'nestedTransition', 'flush-and-sync');
if (own === undefined) throw new Error('nestedTransition has no such value');
console.log(`${own.id}: ${BEHAVIOURS.nestedTransition.values['flush-and-sync']}`);

for (const strategy of [series, own]) {
  const cell = runCell(cellOf(suite, runMachine('zen3-milan'), strategy, 1));
  const { meanNs, hardwareFlushesPerTrip } = cell;
  console.log(`${meanNs.toFixed(0)} ns, ${hardwareFlushesPerTrip} flushes: ${strategy.id}`);
}
