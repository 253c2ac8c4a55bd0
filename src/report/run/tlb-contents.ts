import type { RunContents } from '../../run/run-contents.ts';
import {
  discardedBy,
  ENTRY_OWNERS,
  type EntryOwner,
  entriesIn,
  type TlbEvent,
  type TripContents,
} from '../../run/tlb-contents.ts';
import {
  cell,
  type Figure,
  left,
  paragraph,
  right,
  type Section,
  type Table,
  type TableCell,
} from '../blocks/document.ts';
import { NARROW, WIDE } from '../blocks/figure-layout.ts';
import { formatNumber } from '../blocks/numbers.ts';
import { OWNER_COLOURS } from '../blocks/theme.ts';
import { counted, listed } from '../blocks/words.ts';
import { contentsPanels, panelName, tlbContents } from './tlb-contents-figure.ts';

/** More panels than these are not drawn; the table has them all. */
const MOST_PANELS = 5;

const OWNER_WORDS: Readonly<Record<EntryOwner, string>> = {
  L0: 'L0, the host',
  L1: 'L1',
  L2: 'L2',
  others: 'other vCPUs',
};

/** Whose the entries of the TLB are over one round trip, and what each flush throws away. */
export function tlbContentsSection(contents: RunContents, strategy: string): Section {
  const [baseline] = contents.trips;
  if (baseline === undefined) throw new RangeError('contents of no strategy');
  const after = contents.trips.find((trip) => trip.strategy === strategy);
  return {
    id: 'tlb',
    short: 'TLB',
    heading: finding(baseline, after),
    tone: 'plain',
    blocks: [
      paragraph(
        'Each entry of a TLB carries the ASID that it was filled under, and is hit under that ASID only. ' +
          'A flush on VMRUN (TLB_CONTROL 3) removes the entries of one ASID, whoever filled them; those of ' +
          `L0 have ASID 0 and stay. ${[baseline, ...(after === undefined ? [] : [after])]
            .map(asidSentence)
            .join(' ')}`,
      ),
      { kind: 'figure', figure: contentsFigure(contents) },
    ],
  };
}

function finding(baseline: TripContents, after: TripContents | undefined): string {
  const under = (trip: TripContents) => `under ${trip.strategy}`;
  const [before, then] = [lostIn(baseline), after === undefined ? null : lostIn(after)];
  const amount = counted(before, 'TLB entry', 'TLB entries');
  const start =
    before === 0
      ? `A round trip throws no TLB entry away ${under(baseline)}`
      : `A round trip throws away ${amount} ${under(baseline)}`;
  if (after === undefined || after === baseline || then === null) return start;
  if (before === 0 && then === 0) {
    return `A round trip throws no TLB entry away, neither ${under(baseline)} nor ${under(after)}`;
  }
  if (before === then) return `${start}, and as many ${under(after)}`;
  return `${start}, ${then === 0 ? 'none' : formatNumber(then)} ${under(after)}`;
}

const lostIn = ({ events }: TripContents): number =>
  events.reduce((sum, event) => sum + discardedBy(event), 0);

/** `Under kvm-6.14 L1 and L2 both run with ASID 512: …`. */
function asidSentence({ strategy, events }: TripContents): string {
  const of = (runs: EntryOwner) => [
    ...new Set(events.filter((event) => event.runs === runs).map(({ asid }) => asid)),
  ];
  const [l1, l2] = [of('L1'), of('L2')];
  const lost = events.flatMap((event) => {
    const taken = ENTRY_OWNERS.filter((owner) => event.before[owner] > event.after[owner]);
    if (taken.length === 0) return [];
    const what = taken.map((owner) => {
      const gone = event.before[owner] - event.after[owner];
      const share = event.after[owner] === 0 ? 'all ' : '';
      return `${share}${formatNumber(gone)} of ${OWNER_WORDS[owner]}`;
    });
    return [
      `${event.kind === 'VMRUN' ? `VMRUN of ${event.runs}` : event.kind} takes ${listed(what)}`,
    ];
  });
  const start = `Under ${strategy} ${asidWords(l1, l2)}`;
  return lost.length === 0 ? `${start}: nothing is thrown away.` : `${start}: ${listed(lost)}.`;
}

function asidWords(l1: readonly (number | null)[], l2: readonly (number | null)[]): string {
  const numbers = (all: readonly (number | null)[]) => listed(all.map(String));
  if (l1.length === 0 || l2.length === 0) {
    return `the guest runs with ASID ${numbers([...l1, ...l2])}`;
  }
  const shares = l1.some((asid) => l2.includes(asid));
  return shares
    ? `L1 and L2 share ASID ${numbers([...new Set([...l1, ...l2])])}`
    : `L1 runs with ASID ${numbers(l1)} and L2 with ASID ${numbers(l2)}`;
}

function contentsFigure({ scenario, machine, seed, trips }: RunContents): Figure {
  const all = contentsPanels(trips);
  const panels = all.slice(0, MOST_PANELS);
  const present = ENTRY_OWNERS.filter((owner) =>
    trips.some(({ events }) =>
      events.some(({ before, after }) => before[owner] + after[owner] > 0),
    ),
  );
  const more = all.length > panels.length ? ' Further strategies are in the table.' : '';
  return {
    id: 'figure-tlb',
    wide: tlbContents(panels, WIDE),
    narrow: tlbContents(panels, NARROW),
    caption:
      `The first round trip of ${scenario} on ${machine} after the warm-up, seed ${seed}: live entries ` +
      `of the second-level TLBs, which have ${formatNumber(trips[0]?.capacity ?? 0)}. A panel goes from left ` +
      'to right, from the exit that begins the trip to the one that ends it; stretches are of equal width, whatever they take. An ' +
      'orange line is a flush with the number of entries that it removes. Look at what has to grow ' +
      `again behind it: that is the refill.${more}`,
    description:
      `Stacked areas: live TLB entries by owner over one round trip, for ${listed(panels.map(panelName))}; ` +
      'vertical lines where a flush removes entries',
    legend: present.map((owner) => ({ label: OWNER_WORDS[owner], colour: OWNER_COLOURS[owner] })),
    data: contentsTable(trips, present),
  };
}

/** Every event of every strategy. */
function contentsTable(trips: readonly TripContents[], owners: readonly EntryOwner[]): Table {
  return {
    caption: 'Live entries of the second-level TLBs around each event of the round trip',
    columns: [
      left('Strategy'),
      right('At, ns'),
      left('Event'),
      ...owners.map((owner) => right(`${owner} before`)),
      right('Thrown away'),
      right('All after'),
    ],
    rows: trips.flatMap(({ strategy, events }) =>
      events.map((event): readonly TableCell[] => {
        const lost = discardedBy(event);
        return [
          cell(strategy, 'code'),
          cell(formatNumber(Math.round(event.atNs))),
          cell(eventWords(event)),
          ...owners.map((owner) => cell(formatNumber(event.before[owner]))),
          cell(formatNumber(lost), lost > 0 ? 'strong' : 'quiet'),
          cell(formatNumber(entriesIn(event.after)), 'quiet'),
        ];
      }),
    ),
  };
}

function eventWords({ kind, runs, asid, tlbControl }: TlbEvent): string {
  if (kind === '#VMEXIT') return '#VMEXIT';
  if (kind !== 'VMRUN') return `${kind}, ASID ${asid}`;
  return `VMRUN of ${runs}, ASID ${asid}${tlbControl === 0 ? '' : `, TLB_CONTROL ${tlbControl}`}`;
}
