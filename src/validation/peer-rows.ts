import { z } from 'zod';
import type { Replacement } from '../hardware/machine-preset.ts';
import { TaggedTlb } from '../hardware/tagged-tlb.ts';
import { TagSpace } from '../hardware/tags.ts';
import { SET_MODULUS } from '../hardware/tlb-geometry.ts';
import { dataPath, readDataText } from '../inputs/load-data.ts';
import { pageTrace, shippedTracePath } from '../workloads/captures.ts';
import { comparedRow, type ValidationRow } from './rows.ts';

const geometry = z.object({ entries: z.number(), ways: z.number() });
const peersSchema = z.object({
  cases: z.array(
    z.object({
      source: z.string(),
      trace: z.string(),
      records: z.number(),
      l1i: geometry,
      l1d: geometry,
      l2: geometry,
      replacement: z.enum(['LRU', 'FIFO']),
      switchTagEvery: z.number(),
      misses: z.object({ l1i: z.number(), l1d: z.number(), l2: z.number() }),
    }),
  ),
});
type PeerCase = z.infer<typeof peersSchema>['cases'][number];

/** Exact miss counts of other simulators, three levels each: the counts must be equal. */
export function peerRows(): readonly ValidationRow[] {
  const path = dataPath('conformance', 'peer-miss-counts.json');
  const { cases } = peersSchema.parse(JSON.parse(readDataText(path)));
  return cases.flatMap((peer, index) => {
    const counted = countMisses(peer);
    return (['l1i', 'l1d', 'l2'] as const).map((level) =>
      peerRow(peer, index, level, counted[level]),
    );
  });
}

function peerRow(
  peer: PeerCase,
  index: number,
  level: 'l1i' | 'l1d' | 'l2',
  counted: number,
): ValidationRow {
  const { entries, ways } = peer[level];
  const tags =
    peer.switchTagEvery === 0 ? '' : `, tag switched every ${peer.switchTagEvery} records`;
  return comparedRow({
    id: `peer-${index + 1}-${level}`,
    topic: 'peers',
    kind: 'validation',
    quantity: `misses of ${level}, ${peer.trace}, ${peer.l2.entries} entries behind it, ${peer.replacement}${tags}`,
    unit: 'count',
    source: peer.source,
    setup: `The same trace, ${entries} entries in ${ways} ways, unified second level; exact.`,
    measured: peer.misses[level],
    measuredInterval: null,
    predicted: { point: counted, low: counted, high: counted },
    ifOutside: 'the arrays of the model do not count as the peer does',
  });
}

/** One record is one access: code to l1i, data to l1d, a miss there to l2; a miss fills every level. */
function countMisses(peer: PeerCase): PeerCase['misses'] {
  const trace = pageTrace(shippedTracePath(peer.trace));
  const tags = new TagSpace();
  const replacement: Replacement = peer.replacement === 'LRU' ? 'lru' : 'fifo';
  const make = (name: string, size: { entries: number; ways: number }) =>
    new TaggedTlb({ name, ...size, replacement }, tags);
  const first = [make('l1i', peer.l1i), make('l1d', peer.l1d)] as const;
  const second = make('l2', peer.l2);
  for (const tlb of [...first, second]) tlb.reserveKeys(trace.pageNumbers.length);
  const lows = Array.from(trace.pageNumbers, (page) => page % SET_MODULUS);
  const tagIds = [tags.tagsFor(1, 0).leaf, tags.tagsFor(2, 0).leaf] as const;
  const misses: [number, number] = [0, 0];
  let secondMisses = 0;
  for (let at = 0; at < trace.touches.length; at += 1) {
    const touch = trace.touches[at]!;
    const side = touch % 2 === 0 ? 0 : 1;
    const page = (touch - side) / 2;
    // The peers were driven by a program that counted records from 1 and switched at multiples of n.
    const isOdd = peer.switchTagEvery > 0 && Math.floor((at + 1) / peer.switchTagEvery) % 2 === 1;
    const tag = tagIds[isOdd ? 1 : 0];
    const low = lows[page]!;
    if (first[side].lookup(page, tag, tag) >= 0) continue;
    misses[side] += 1;
    if (second.lookup(page, tag, tag) < 0) {
      secondMisses += 1;
      second.fill(page, low, tag, 0, 0);
    }
    first[side].fill(page, low, tag, 0, 0);
  }
  return { l1i: misses[0], l1d: misses[1], l2: secondMisses };
}
