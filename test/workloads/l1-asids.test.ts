import { describe, expect, test } from 'vitest';
import { L1Asids } from '../../src/workloads/l1-asids.ts';

describe('the ASIDs that a KVM in L1 gives to its L2s', () => {
  test('each L2 gets a number at its first VMRUN and keeps it', () => {
    const asids = new L1Asids(8, 2);
    expect([0, 1, 0, 1].map((l2) => asids.asksFor(l2))).toEqual([
      { asid: 1, tlbControl: 0 },
      { asid: 2, tlbControl: 0 },
      { asid: 1, tlbControl: 0 },
      { asid: 2, tlbControl: 0 },
    ]);
  });

  test('a flush is TLB_CONTROL 3 with the next VMRUN, once', () => {
    const asids = new L1Asids(8, 1);
    asids.asksFor(0);
    asids.flush(0);
    expect(asids.asksFor(0)).toEqual({ asid: 1, tlbControl: 3 });
    expect(asids.asksFor(0)).toEqual({ asid: 1, tlbControl: 0 });
  });

  test('with 8 ASIDs every eighth allocation starts again with a flush of all', () => {
    const asids = new L1Asids(8, 1);
    const asked = Array.from({ length: 9 }, () => {
      asids.changeAsid(0);
      return asids.asksFor(0);
    });
    expect(asked.map(({ asid }) => asid)).toEqual([1, 2, 3, 4, 5, 6, 7, 1, 2]);
    expect(asked.map(({ tlbControl }) => tlbControl)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  test('after a roll-over every other L2 takes a new number without asking for a flush', () => {
    const asids = new L1Asids(3, 2);
    asids.asksFor(0);
    asids.asksFor(1);
    asids.changeAsid(0);
    expect(asids.asksFor(0)).toEqual({ asid: 1, tlbControl: 1 });
    expect(asids.asksFor(1)).toEqual({ asid: 2, tlbControl: 0 });
  });
});
