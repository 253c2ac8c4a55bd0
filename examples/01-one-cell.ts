/** One scenario on one machine under one strategy with one seed: where its time goes. */
import {
  CAUSES,
  cellOf,
  findSuites,
  runCell,
  runMachine,
  shippedSuites,
  strategyById,
} from 'asidbench';

const [suite] = findSuites(shippedSuites(), ['cpuid-npt-npt']);
const strategy = strategyById('kvm-6.14');
if (suite === undefined || strategy === undefined) throw new Error('not shipped');

const machine = runMachine('zen3-milan');
const cell = runCell(cellOf(suite, machine, strategy, 1));

console.log(`${cell.meanNs.toFixed(0)} modelled ns for each CPUID exit from L2:`);
for (const { id, label } of CAUSES) {
  const ns = cell.cyclesPerTrip[id] / machine.frequencyGhz.value;
  if (ns > 0) console.log(`${ns.toFixed(0).padStart(6)}  ${label}`);
}
