import { exploreDeeply } from '../../src/checker/world-depths.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { readCpuLog } from '../../src/inputs/cpu-log.ts';
import { dataPath, readDataBytes, readDataText } from '../../src/inputs/load-data.ts';
import { readPageSequences } from '../../src/inputs/page-sequences.ts';
import { readPageTrace } from '../../src/inputs/page-trace.ts';

/** A part of the program that is timed alone. `prepare` is not timed; what it returns is. */
export interface Part {
  readonly unit: string;
  /** Returns the work of one repetition, which returns how many items it did. */
  readonly prepare: () => () => number;
}

const CHECKED_STATES = 20_000;

/** Importers, checker and the like: add a line here to have it timed and compared. */
export const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  [
    'read a page trace',
    {
      unit: 'records',
      prepare: () => {
        const path = dataPath('page-traces', 'sqlite-10M.ptr.br');
        const bytes = readDataBytes(path);
        return () => readPageTrace(bytes, path).records;
      },
    },
  ],
  [
    'read a CPU log',
    {
      unit: 'events',
      prepare: () => {
        const path = dataPath('nested-kvm', 'hw', 'plug-c.pio.hw.br');
        const text = readDataText(path);
        return () => readCpuLog(text, path).events.length;
      },
    },
  ],
  [
    'read page sequences',
    {
      unit: 'touches',
      prepare: () => {
        const path = dataPath('nested-kvm', 'seq', 'plug-c.pio.seq.br');
        const text = readDataText(path);
        return () =>
          readPageSequences(text, path).reduce((sum, segment) => sum + segment.touches.length, 0);
      },
    },
  ],
  [
    'check rfc-2025-03',
    {
      unit: 'states',
      prepare: () => {
        const spec = WORLDS.find(({ id }) => id === 'default');
        const strategy = strategyById('rfc-2025-03');
        if (spec === undefined || strategy === undefined) throw new RangeError('no such world');
        const { behaviour } = strategy;
        return () => exploreDeeply({ spec, behaviour, maxStates: CHECKED_STATES }).states;
      },
    },
  ],
]);
