/** A strategy that is fast because it is wrong: the oracle counts the translations it had no right to. */
import {
  cellOf,
  findSuites,
  runCell,
  runMachine,
  shippedSuites,
  strategyById,
  withBehaviour,
} from 'asidbench';

const [suite] = findSuites(shippedSuites(), ['npf-npt-npt']);
const series = strategyById('rfc-2025-03');
if (suite === undefined || series === undefined) throw new Error('not shipped');

// L1 asks for a flush in vmcb12 after it has changed its nested page tables. This one does not listen.
const deaf = withBehaviour(series, 'vmcb12TlbControl', 'ignored');
if (deaf === undefined) throw new Error('vmcb12TlbControl has no such value');

for (const strategy of [series, deaf]) {
  const { meanNs, staleHits } = runCell(cellOf(suite, runMachine('zen3-milan'), strategy, 1));
  const hits = staleHits.host + staleHits.crossVm + staleHits.guest;
  const verdict = hits === 0 ? 'no stale hit' : `UNSAFE, ${hits} stale hits`;
  console.log(`${meanNs.toFixed(0)} ns, ${verdict}: ${strategy.id}`);
}
