import { strategyById, withBehaviour } from '../hypervisor/strategies.ts';
import type { Suite } from '../suite/suite.ts';
import { comparedRow, notModelledRow, type ValidationRow } from './rows.ts';
import { cellsOf, spreadOf, suiteNamed } from './suite-cells.ts';

const SOURCE = 'Linux commit 5c614b3583e7, "KVM: nVMX: nested VPID emulation" (Wanpeng Li, 2015)';
const MACHINE = 'skx';
const SUITE = 'cpuid-linux-l2';
const SEEDS = 4;

/** lmbench lat_ctx in L2: processes, KiB each touches, µs without and with nested VPID; single runs. */
const PUBLISHED = [
  { processes: 2, kib: 0, without: 1.26, with: 1.22 },
  { processes: 2, kib: 16, without: 1.43, with: 1.37 },
  { processes: 2, kib: 64, without: 1.56, with: 1.45 },
  { processes: 8, kib: 16, without: 12.7, with: 4.78 },
  { processes: 8, kib: 64, without: 12.9, with: 2.33 },
  { processes: 16, kib: 16, without: 3.49, with: 5.6 },
  { processes: 16, kib: 64, without: 7.46, with: 2.88 },
] as const;

const SETUP =
  'Intel, CPU not stated; lmbench context switch in an L2 of Linux 3.5, single runs. Direction: -1 is ' +
  `faster with nested VPID. Modelled: ${SUITE} on ${MACHINE}, vmx-vpid against the same with a flush on ` +
  'each transition; bounds: least and most of four seeds.';

/** A separate tag for L2 on the other vendor's hardware: direction only. */
export function vpidRows(suites: readonly Suite[]): readonly ValidationRow[] {
  const direction = modelledDirection(suites);
  return [
    ...PUBLISHED.map(({ processes, kib, without, with: after }) => {
      const measured = Math.sign(after - without);
      return comparedRow({
        id: `vpid-${processes}p-${kib}k`,
        topic: 'vpid',
        kind: 'validation',
        quantity: `direction, ${processes} processes of ${kib} KiB (${without} to ${after} µs)`,
        unit: 'sign',
        source: SOURCE,
        setup: SETUP,
        measured,
        measuredInterval: null,
        predicted: direction,
        ifOutside:
          'the published column is reversed: one run each, and the columns beside it improve by 61 to 82 %',
      });
    }),
    notModelledRow({
      id: 'vpid-2p-size',
      topic: 'vpid',
      kind: 'validation',
      quantity: 'change of a context switch, 2 processes of 0, 16 and 64 KiB',
      unit: '%',
      source: SOURCE,
      setup: 'The columns that are stable: -3.2, -4.2 and -7.1 %. Measured: their middle.',
      measured: -4.2,
      measuredInterval: { low: -7.1, high: -3.2 },
      why:
        'how many exits a context switch of that L2 made was not published, and no capture has an Intel ' +
        'L1; the model has the cost of a transition but not how many there are',
    }),
  ];
}

function modelledDirection(suites: readonly Suite[]) {
  const vpid = strategyById('vmx-vpid');
  const flushing = vpid && withBehaviour(vpid, 'nestedTransition', 'flush-and-sync');
  if (vpid === undefined || flushing === undefined) throw new RangeError('there is no vmx-vpid');
  const suite = suiteNamed(suites, SUITE);
  const before = cellsOf(suite, MACHINE, flushing, SEEDS);
  const after = cellsOf(suite, MACHINE, vpid, SEEDS);
  return spreadOf(after.map((cell, index) => Math.sign(cell.meanNs - before[index]!.meanNs)));
}
