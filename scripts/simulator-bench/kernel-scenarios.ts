import { type MachineConfig, machineConfig } from '../../src/hardware/machine-config.ts';
import { PageTables } from '../../src/hardware/page-tables.ts';
import { machineById } from '../../src/hardware/presets/index.ts';
import { prngFor } from '../../src/util/prng.ts';
import { pageTrace, shippedTracePath } from '../../src/workloads/captures.ts';

/** VMRUN with an ASID and a TLB_CONTROL for an owner, then a stretch of the touches, then #VMEXIT. */
export interface KernelStep {
  readonly asid: number;
  readonly tlbControl: 0 | 1 | 3;
  readonly owner: number;
  readonly from: number;
  readonly to: number;
}

export interface KernelScenario {
  readonly name: string;
  readonly config: MachineConfig;
  readonly tables: PageTables;
  /** See TouchStream. */
  readonly touches: Int32Array;
  readonly rows: Int32Array;
  readonly steps: readonly KernelStep[];
  /** Passes that make a run long enough to be timed. */
  readonly passes: number;
}

export const HOST_OWNER = 0;
const SWITCH_EVERY = 2000;
const TIMED_TOUCHES = 40_000_000;
const FULL_FLUSH_DIVISOR = 4;
const SEED = 7;

/** How the touches are cut: under one ASID, two in turn, or two in turn with each VMRUN flushing. */
type Switching = 'one' | 'separate' | 'flush';

interface Touches {
  readonly pages: Float64Array;
  readonly touches: Int32Array;
}

/** The geometry of the conformance counts: 64 entries in 4 ways, 2048 in 8, true LRU, walk caches. */
function benchMachine(): MachineConfig {
  const preset = machineById('zen3-milan');
  if (preset === undefined) throw new RangeError('there is no zen3-milan');
  const array = (name: string, entries: number, ways: number) => ({
    name,
    entries,
    ways,
    sizes: [0, 1, 2],
  });
  return {
    ...machineConfig(preset),
    firstLevelData: [array('l1d', 64, 4)],
    firstLevelInstruction: [array('l1i', 64, 4)],
    secondLevelData: [array('l2', 2048, 8)],
    secondLevelInstruction: [],
    replacement: 'lru',
    upperEntries: 24,
    pdeEntries: 32,
    pdeInSecondLevelTlb: false,
    nestedTlbEntries: 64,
    nestedUpperEntries: 24,
  };
}

function traceTouches(name: string): Touches {
  const { pageNumbers, touches } = pageTrace(shippedTracePath(name));
  return { pages: pageNumbers, touches };
}

/** Touches drawn uniformly from some pages: few fit every array, many miss every one. */
function uniformTouches(pageCount: number, records: number): Touches {
  const draw = prngFor(SEED, 'pages of a synthetic trace');
  const pages = Float64Array.from({ length: pageCount }, (_, page) => 65_536 + page);
  const touches = Int32Array.from(
    { length: records },
    (_, at) => draw.nextInt(pageCount) * 2 + (at % 2),
  );
  return { pages, touches };
}

function cut(records: number, switching: Switching): KernelStep[] {
  if (switching === 'one') return [{ asid: 1, tlbControl: 0, owner: 1, from: 0, to: records }];
  const steps: KernelStep[] = [];
  for (let from = 0; from < records; from += SWITCH_EVERY) {
    const asid = (steps.length % 2) + 1;
    const to = Math.min(from + SWITCH_EVERY, records);
    // With FLUSHBYASID a hypervisor flushes one ASID; every fourth time all, as at a roll-over.
    const flush = steps.length % FULL_FLUSH_DIVISOR === 0 ? 1 : 3;
    steps.push({ asid, tlbControl: switching === 'flush' ? flush : 0, owner: asid, from, to });
  }
  return steps;
}

function build(
  name: string,
  { pages, touches }: Touches,
  walks: 'native' | 'nested',
  switching: Switching,
): KernelScenario {
  const tables = new PageTables();
  const nested = walks === 'nested' ? tables.addNestedSpace('4K') : null;
  const space = tables.addSpace(nested);
  let frames = 0;
  const tableFrames = new Map<string, number>();
  const frameOf = (level: number, index: number): number => {
    const table = `${level}:${index}`;
    let frame = tableFrames.get(table);
    if (frame === undefined) {
      frame = 1_000_000 + tableFrames.size;
      tableFrames.set(table, frame);
    }
    return frame;
  };
  const rows = new Int32Array(pages.length * 2);
  for (const [index, page] of pages.entries()) {
    frames += 1;
    const mapping = { page, size: '4K', global: false, frame: frames } as const;
    rows.fill(tables.addMapping(space, mapping, frameOf), index * 2, index * 2 + 2);
  }
  const records = touches.length;
  const steps = cut(records, switching);
  const passes = Math.max(1, Math.round(TIMED_TOUCHES / records));
  return { name, config: benchMachine(), tables, touches, rows, steps, passes };
}

const TRACES = ['sqlite-10M', 'redis60k-10M', 'cc1-10M', 'zstd-10M'];
const FRIENDLY_PAGES = 48;
const HOSTILE_PAGES = 16_384;
const SYNTHETIC_RECORDS = 2_000_000;

/** Each scenario by name; built when asked for, because most callers want one. */
export const KERNEL_SCENARIOS: ReadonlyMap<string, () => KernelScenario> = new Map([
  ...TRACES.flatMap((trace) =>
    (
      [
        ['native', 'one'],
        ['native', 'separate'],
        ['nested', 'separate'],
        ['nested', 'flush'],
      ] as const
    ).map(([walks, switching]): [string, () => KernelScenario] => {
      const name = `${trace} ${walks} ${switching}`;
      return [name, () => build(name, traceTouches(trace), walks, switching)];
    }),
  ),
  ...(
    [
      ['friendly', FRIENDLY_PAGES],
      ['hostile', HOSTILE_PAGES],
    ] as const
  ).map(([kind, pages]): [string, () => KernelScenario] => {
    const name = `${kind} nested separate`;
    return [
      name,
      () => build(name, uniformTouches(pages, SYNTHETIC_RECORDS), 'nested', 'separate'),
    ];
  }),
]);
