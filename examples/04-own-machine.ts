/** A machine of one's own: a Milan with a quarter of its second-level TLB. */
import {
  findSuites,
  type MachinePreset,
  runMachine,
  runSuites,
  shippedSuites,
  summarize,
} from 'asidbench';

const milan = runMachine('zen3-milan'); // with the fitted parameters
const quarter: MachinePreset = {
  ...milan,
  id: 'quarter',
  tlb: {
    ...milan.tlb,
    secondLevelData: milan.tlb.secondLevelData.map((array) => {
      if (!array.sizes.includes('4K')) return array;
      const value = array.entries.value / 4;
      const source = 'What if: a quarter of the entries of a Milan.';
      return { ...array, entries: { ...array.entries, value, low: value, high: value, source } };
    }),
  },
};

const suites = findSuites(shippedSuites(), ['cpuid-npt-npt', 'kv-redis-l2']);
const machines = [milan, quarter].map((machine) => machine.id);
const request = { suites, machines, ownMachines: [quarter], strategies: null, seeds: 2, jobs: 1 };
const command = 'node examples/04-own-machine.ts';
const { manifest, cells } = await runSuites({ ...request, command });

for (const { id, machine, comparisons } of summarize(manifest, cells).scenarios) {
  const percent = ((comparisons[0]?.savingRatio.point ?? 0) * 100).toFixed(1);
  console.log(`${id} on ${machine}: ${comparisons[0]?.strategy} saves ${percent} %`);
}
