import { describe, expect, test } from 'vitest';
import { figureCsv } from '../../../src/report/blocks/downloads.ts';
import { NARROW } from '../../../src/report/blocks/figure-layout.ts';
import { renderHtml } from '../../../src/report/run/page.ts';
import { tlbContentsSection } from '../../../src/report/run/tlb-contents.ts';
import {
  contentsPanels,
  panelName,
  tlbContents,
} from '../../../src/report/run/tlb-contents-figure.ts';
import type { RunContents } from '../../../src/run/run-contents.ts';
import type { TlbContents, TlbEvent, TripContents } from '../../../src/run/tlb-contents.ts';
import { makeContents } from '../make-contents.ts';
import { makeSummary } from '../make-summary.ts';

/** Words that a reader sees in the figure, each once. */
function wordsIn({ trips }: RunContents, layout?: typeof NARROW): string[] {
  const spec = JSON.stringify(tlbContents(contentsPanels(trips), layout));
  return [...new Set([...spec.matchAll(/"text":"([^"]+)"/g)].map((found) => found[1]!))];
}

describe('the section about the contents of the TLB', () => {
  test('says in its heading how much a round trip throws away, before and after', () => {
    const { heading } = tlbContentsSection(makeContents(), 'rfc-2025-03');
    expect(heading).toBe(
      'A round trip throws away 42 TLB entries under kvm-6.14, none under rfc-2025-03',
    );
  });

  test('has a heading for one strategy, for as many entries, and for none at all', () => {
    const headingOf = (contents: RunContents, strategy: string) =>
      tlbContentsSection(contents, strategy).heading;
    const contents = makeContents();
    const [before, after] = contents.trips;
    expect(headingOf({ ...contents, trips: [before!] }, 'rfc-2025-03')).toBe(
      'A round trip throws away 42 TLB entries under kvm-6.14',
    );
    const twice = [before!, { ...before!, strategy: 'other' }];
    expect(headingOf({ ...contents, trips: twice }, 'other')).toMatch(/, and as many under other$/);
    const quiet = [after!, { ...after!, strategy: 'other' }];
    expect(headingOf({ ...contents, trips: quiet }, 'other')).toBe(
      'A round trip throws no TLB entry away, neither under rfc-2025-03 nor under other',
    );
    expect(headingOf({ ...contents, trips: [after!] }, 'kvm-6.14')).toBe(
      'A round trip throws no TLB entry away under rfc-2025-03',
    );
  });

  test('says who shares an ASID with whom, and what each VMRUN takes', () => {
    const { blocks } = tlbContentsSection(makeContents(), 'rfc-2025-03');
    const [text] = blocks.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : []));
    expect(text).toContain(
      'Under kvm-6.14 L1 and L2 share ASID 512: VMRUN of L1 takes all 5 of L2 and VMRUN of L2 takes ' +
        'all 37 of L1.',
    );
    expect(text).toContain(
      'Under rfc-2025-03 L1 runs with ASID 511 and L2 with ASID 512: nothing is thrown away.',
    );
  });

  test('stands folded, and is not there where nothing was counted', async () => {
    const page = await renderHtml(makeSummary(), { contents: makeContents() });
    expect(page).toMatch(/<section id="tlb"[^>]*>\n<details/);
    expect(await renderHtml(makeSummary())).not.toContain('<section id="tlb"');
  });
});

describe('the figure of the contents of the TLB', () => {
  test('draws strategies that do the same in one panel', () => {
    const contents = makeContents();
    const ideal = { ...contents.trips[1]!, strategy: 'ideal' };
    const panels = contentsPanels([...contents.trips, ideal]);
    expect(panels.map(panelName)).toEqual(['kvm-6.14', 'rfc-2025-03, ideal']);
  });

  test('names who runs with which ASID, and the entries that a flush removes', () => {
    expect(wordsIn(makeContents())).toEqual([
      'kvm-6.14',
      '−5',
      '−37',
      'L0',
      'L1, ASID 512',
      'L2, ASID 512',
      'rfc-2025-03',
      'L1, ASID 511',
    ]);
    expect(wordsIn(makeContents(), NARROW)).toContain('L1');
  });

  test('leaves words out where a trip has so many events that they would run into each other', () => {
    const contents = makeContents();
    const [first] = contents.trips;
    const many = { ...first!, events: Array.from({ length: 12 }, () => first!.events).flat() };
    expect(wordsIn({ ...contents, trips: [many] }, NARROW)).not.toContain('L0');
  });

  test('is saved with one row for each owner before and after each event', () => {
    const { blocks } = tlbContentsSection(makeContents(), 'rfc-2025-03');
    const [figure] = blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : []));
    const lines = figureCsv(figure!).trimEnd().split('\n');
    expect(lines[0]).toBe('panel,event,instruction,atNs,moment,owner,entries,from,to');
    expect(lines).toContain('kvm-6.14,1,VMRUN,455,before,L2,5,80,85');
    expect(lines).toContain('kvm-6.14,1,VMRUN,455,after,L2,0,80,80');
    expect(lines).toHaveLength(1 + 2 * (1 + 4 * 2) * 4);
  });
});

test('a trip of which time is left after its last event goes on to its end', () => {
  const contents: TlbContents = { L0: 1, L1: 2, L2: 3, others: 4 };
  const event: TlbEvent = {
    kind: 'INVLPGA',
    atNs: 10,
    runs: 'L0',
    asid: 3,
    tlbControl: 0,
    before: contents,
    after: { ...contents, others: 0 },
  };
  const trip: TripContents = {
    strategy: 'mine',
    tripNs: 20,
    capacity: 64,
    atStart: contents,
    events: [event],
    atEnd: contents,
  };
  const spec = JSON.stringify(tlbContents(contentsPanels([trip])));
  expect(spec).toContain('"instruction":"end","atNs":20');
  expect(spec).toContain('"domain":["L0","L1","L2","others"]');
});
