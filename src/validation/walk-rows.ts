import { Ledger, walkReferencesIn } from '../cost/ledger.ts';
import { FREE_PRICES, machineConfig } from '../hardware/machine-config.ts';
import { PageTables } from '../hardware/page-tables.ts';
import { Pcpu } from '../hardware/pcpu.ts';
import { runMachine } from '../suite/run-machine.ts';
import { chaseCurve, type Dimensions } from './model-chase.ts';
import { comparedRow, notModelledRow, type ValidationRow } from './rows.ts';

const MACHINE = 'zen4-genoa';
const MANY_REFERENCES =
  'Bhargava et al., ASPLOS 2008: n·m + n + m references for n guest and m nested levels';
const FLATTENED =
  'Park et al., "Every Walk\'s a Hit: Making Page Walks Single-Access Cache Hits", ASPLOS 2022: ' +
  'simulated averages over its workloads';
/** Pages, and how thinly they lie: what a program with a large memory touches is between the ends. */
const DENSE = [16_384, 1] as const;
const SPARSER = [65_536, 16] as const;
const SPARSE = [65_536, 64] as const;

/** Number of references of walks: cold, and with walk caches. */
export function walkRows(): readonly ValidationRow[] {
  return [coldRow(), fiveLevelRow(), loadsRow('native', 1.5), loadsRow('nested-4k', 4.4)];
}

function coldRow(): ValidationRow {
  const references = coldReferences();
  return comparedRow({
    id: 'walk-references-4x4',
    topic: 'walks',
    kind: 'validation',
    quantity: 'references of a cold walk, four levels in both dimensions',
    unit: 'count',
    source: MANY_REFERENCES,
    setup: 'One touch after a flush of everything, 4 KiB pages in both dimensions.',
    measured: 24,
    measuredInterval: null,
    predicted: { point: references, low: references, high: references },
    ifOutside: 'the walker makes another number of references',
  });
}

/** Each page-table page lies in a nested page of its own, far from the others. */
function coldReferences(): number {
  const tables = new PageTables();
  const ledger = new Ledger(FREE_PRICES);
  const pcpu = new Pcpu({
    config: machineConfig(runMachine(MACHINE)),
    tables,
    ledger,
    stale: { staleHit: () => {} },
    hostOwner: 0,
    now: () => 0,
    skipsStale: false,
  });
  const space = tables.addSpace(tables.addNestedSpace('4K'));
  const farApart = 1e9;
  const row = tables.addMapping(
    space,
    { page: 12_345, size: '4K', global: false, frame: 7 * farApart },
    (level) => (level + 1) * farApart,
  );
  pcpu.reserve();
  pcpu.vmrun(1, 0, 1);
  pcpu.touch(row, 1);
  return walkReferencesIn(ledger.counts);
}

function fiveLevelRow(): ValidationRow {
  return notModelledRow({
    id: 'walk-references-5x5',
    topic: 'walks',
    kind: 'validation',
    quantity: 'references of a cold walk, five levels in both dimensions',
    unit: 'count',
    source: MANY_REFERENCES,
    setup: 'LA57 in guest and host.',
    measured: 35,
    measuredInterval: null,
    why: 'the page tables of the model have four levels',
  });
}

function loadsRow(dimensions: Dimensions, measured: number): ValidationRow {
  const config = machineConfig(runMachine(MACHINE));
  const loads = ([pages, oneIn]: readonly [number, number]): number => {
    const setup = { dimensions, frames: 'scattered', pageSize: '4K', oneIn } as const;
    const [point] = chaseCurve(config, [pages], setup);
    return Math.round(point!.referencesPerWalk * 1000) / 1000;
  };
  const [least, middle, most] = [loads(DENSE), loads(SPARSER), loads(SPARSE)];
  const isNative = dimensions === 'native';
  return comparedRow({
    id: isNative ? 'walk-loads-native' : 'walk-loads-nested',
    topic: 'walks',
    kind: 'validation',
    quantity: `loads of a ${isNative ? 'native' : 'virtualised'} walk with walk caches`,
    unit: 'count',
    source: FLATTENED,
    setup:
      'The footprints that its averages are over are not known here. Modelled: random touches on ' +
      `${MACHINE}, of 64 MiB densely (low), and of 65,536 pages spread over 4 GiB (point) and 16 GiB (high).`,
    measured,
    measuredInterval: null,
    predicted: { point: middle, low: least, high: most },
    ifOutside: 'the walk caches of the model hold more or less than those of the simulated machine',
  });
}
