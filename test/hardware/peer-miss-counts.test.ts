import { describe, expect, test } from 'vitest';
import { KIND, Ledger, walksIn } from '../../src/cost/ledger.ts';
import type { ArrayConfig, MachineConfig } from '../../src/hardware/machine-config.ts';
import { FREE_PRICES } from '../../src/hardware/machine-config.ts';
import type { Replacement } from '../../src/hardware/machine-preset.ts';
import { PageTables } from '../../src/hardware/page-tables.ts';
import { Pcpu } from '../../src/hardware/pcpu.ts';
import { TaggedTlb } from '../../src/hardware/tagged-tlb.ts';
import { TagSpace } from '../../src/hardware/tags.ts';
import { SET_MODULUS } from '../../src/hardware/tlb-geometry.ts';
import { decompress } from '../../src/inputs/decompress.ts';
import { dataPath, readDataFile } from '../../src/inputs/load-data.ts';
import { type PageTrace, readPageTrace } from '../../src/inputs/page-trace.ts';
import { amount } from '../amount.ts';
import { rowsOfTouches } from './small-machine.ts';

interface Geometry {
  readonly entries: number;
  readonly ways: number;
}
interface PeerCase {
  readonly source: string;
  readonly trace: string;
  readonly records: number;
  readonly l1i: Geometry;
  readonly l1d: Geometry;
  readonly l2: Geometry;
  readonly replacement: 'LRU' | 'FIFO';
  readonly switchTagEvery: number;
  readonly misses: { readonly l1i: number; readonly l1d: number; readonly l2: number };
}

const PEERS: { readonly cases: readonly PeerCase[] } = JSON.parse(
  new TextDecoder().decode(readDataFile(dataPath('conformance', 'peer-miss-counts.json'))),
);

const traces = new Map<string, PageTrace>();
function traceOf(name: string): PageTrace {
  let trace = traces.get(name);
  if (trace === undefined) {
    const path = dataPath('page-traces', `${name}.ptr.br`);
    trace = readPageTrace(decompress(readDataFile(path), path), path);
    traces.set(name, trace);
  }
  return trace;
}

const replacementOf = (peer: PeerCase): Replacement =>
  peer.replacement === 'LRU' ? 'lru' : 'fifo';

/** One record is one access: code to l1i, data to l1d, a miss there to l2; a miss fills every level. */
function countWithArrays(peer: PeerCase): PeerCase['misses'] {
  const trace = traceOf(peer.trace);
  const tags = new TagSpace();
  const make = (name: string, geometry: Geometry) =>
    new TaggedTlb({ name, ...geometry, replacement: replacementOf(peer) }, tags);
  const first = [make('l1i', peer.l1i), make('l1d', peer.l1d)] as const;
  const second = make('l2', peer.l2);
  for (const tlb of [...first, second]) tlb.reserveKeys(trace.pageNumbers.length);
  const lows = Array.from(trace.pageNumbers, (page) => page % SET_MODULUS);
  const tagIds = [tags.tagsFor(1, 0).leaf, tags.tagsFor(2, 0).leaf] as const;
  const misses = { l1: [0, 0], l2: 0 };
  for (let i = 0; i < trace.touches.length; i += 1) {
    const touch = trace.touches[i]!;
    const side = touch % 2;
    const page = (touch - side) / 2;
    // The peers were driven by a program that counted records from 1 and switched at multiples of n.
    const which = peer.switchTagEvery > 0 ? Math.floor((i + 1) / peer.switchTagEvery) % 2 : 0;
    const tag = tagIds[which === 0 ? 0 : 1];
    const l1 = side === 0 ? first[0] : first[1];
    if (l1.lookup(page, tag, tag) >= 0) continue;
    misses.l1[side]! += 1;
    if (second.lookup(page, tag, tag) < 0) {
      misses.l2 += 1;
      second.fill(page, lows[page]!, tag, which, 0);
    }
    l1.fill(page, lows[page]!, tag, which, 0);
  }
  return { l1i: misses.l1[0]!, l1d: misses.l1[1]!, l2: misses.l2 };
}

function configFor(peer: PeerCase): MachineConfig {
  const array = (name: string, geometry: Geometry): ArrayConfig => ({
    name,
    ...geometry,
    sizes: [0, 1, 2],
  });
  return {
    firstLevelData: [array('l1d', peer.l1d)],
    firstLevelInstruction: [array('l1i', peer.l1i)],
    secondLevelData: [array('l2', peer.l2)],
    secondLevelInstruction: [],
    replacement: replacementOf(peer),
    upperEntries: 64,
    pdeEntries: 32,
    pdeInSecondLevelTlb: false,
    nestedTlbEntries: 64,
    nestedUpperEntries: 16,
    pageTableLinesInL1d: 64,
    pageTableLinesInL2: 1024,
    pageTableLinesInL3: 65_536,
    asidCount: 32_768,
    sevAsidsMax: 0,
    flushByAsid: true,
    frequencyGhz: 1,
    prices: FREE_PRICES,
  };
}

/** The same through a whole pCPU: VMRUN under another ASID takes the place of the other tag. */
function countWithPcpu(peer: PeerCase): { l1: number; l2: number } {
  const trace = traceOf(peer.trace);
  const tables = new PageTables();
  const ledger = new Ledger(FREE_PRICES);
  const stale = { staleHit: () => expect.unreachable('no translation here is stale') };
  const pcpu = new Pcpu({
    config: configFor(peer),
    tables,
    ledger,
    stale,
    hostOwner: 0,
    now: () => 0,
    skipsStale: false,
  });
  const space = tables.addSpace(null);
  const rows = Array.from(trace.pageNumbers, (page) =>
    tables.addMapping(space, { page, size: '4K', global: false, frame: page }, () => 0),
  );
  pcpu.reserve();
  const { touches } = trace;
  const stream = { touches, rows: rowsOfTouches(rows), plan: null };
  const step = peer.switchTagEvery > 0 ? peer.switchTagEvery : touches.length + 1;
  for (let from = 0, to = step - 1, which = 1; from < touches.length; which = 3 - which) {
    pcpu.vmrun(which, 0, which);
    pcpu.run(stream, from, Math.min(to, touches.length));
    pcpu.vmexit();
    from = to;
    to += step;
  }
  const l2 = walksIn(ledger.counts);
  return { l1: l2 + ledger.counts[KIND.secondLevelHit]!, l2 };
}

/** All traces agree or none does: one finds a mistake, and each takes seconds. */
const TRIED = amount({
  quick: PEERS.cases.filter(({ trace }) => trace === 'redis60k-10M'),
  all: PEERS.cases,
});

describe.each(TRIED)(
  '$trace, $l1i.ways-way first level, $l2.entries entries $l2.ways-way, $replacement, tag switch $switchTagEvery',
  (peer) => {
    test(`counts the misses that ${peer.source} counts`, () => {
      expect(traceOf(peer.trace).touches.length).toBe(peer.records);
      expect(countWithArrays(peer)).toEqual(peer.misses);
    });

    test('and counts them through a whole pCPU', () => {
      const { l1i, l1d, l2 } = peer.misses;
      expect(countWithPcpu(peer)).toEqual({ l1: l1i + l1d, l2 });
    });
  },
);
