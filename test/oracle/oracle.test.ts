import { describe, expect, test } from 'vitest';
import { UP_TO_DATE } from '../../src/hardware/page-rows.ts';
import { PageTables } from '../../src/hardware/page-tables.ts';
import { Oracle } from '../../src/oracle/oracle.ts';
import { Owners } from '../../src/oracle/owners.ts';
import { SmallMachine } from '../hardware/small-machine.ts';

const NONE = { host: 0, crossVm: 0, guest: 0 };

/** Two VMs on one pCPU; each L1 and L2 of VM 0 has nested paging of its own. */
function prepare(skipsStale = false) {
  const tables = new PageTables();
  const oracle = new Oracle(tables);
  const machine = new SmallMachine({}, { tables, stale: oracle, now: oracle.now, skipsStale });
  const { owners } = oracle;
  const space = tables.addSpace(tables.addNestedSpace('4K'));
  const other = tables.addSpace(tables.addNestedSpace('4K'));
  return {
    machine,
    oracle,
    pcpu: machine.pcpu,
    tables,
    l1: owners.l1(0, 0),
    l2: owners.l2(0, 0, 1),
    otherVm: owners.l1(1, 0),
    row: machine.map(space, 0, { frame: 1 }),
    neighbour: machine.map(space, 1, { frame: 2 }),
    sameNumber: machine.map(other, 0, { frame: 1 }),
    sameNeighbour: machine.map(other, 1, { frame: 3 }),
  };
}

describe('a guest that changed a page-table entry', () => {
  test('may still use the old translation while it has not flushed', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.guestChanged(row);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('may not use it after the flush that should have covered it, had it been carried out', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.guestChanged(row);
    oracle.guestFlushed([row]);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, guest: 1 });
  });

  test('gets the new one after an INVLPG that was carried out', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.guestChanged(row);
    pcpu.invlpg(row);
    oracle.guestFlushed([row]);
    pcpu.touch(row, 1);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('and flushed it at once gets the new one only if the INVLPG was carried out', () => {
    for (const invlpgs of [0, 1]) {
      const { oracle, pcpu, row, l1 } = prepare();
      pcpu.vmrun(1, 0, l1);
      pcpu.touch(row, 1);
      oracle.guestChanged(row);
      if (invlpgs === 1) pcpu.invlpg(row);
      oracle.guestInvalidated(row);
      pcpu.touch(row, 1);
      expect(oracle.staleHits).toEqual({ ...NONE, guest: 1 - invlpgs });
      // Nothing is left for a later flush to make stale; what is stale is counted at each use.
      oracle.guestFlushed([row]);
      pcpu.touch(row, 1);
      expect(oracle.staleHits).toEqual({ ...NONE, guest: 2 * (1 - invlpgs) });
    }
  });

  test('is not helped by the INVLPG of another page', () => {
    const { oracle, pcpu, row, neighbour, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.guestChanged(row);
    pcpu.invlpg(neighbour);
    oracle.guestFlushed([row]);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, guest: 1 });
  });

  test('owes nothing for pages that it has not changed, whatever it flushes', () => {
    const { oracle, pcpu, row, neighbour, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    pcpu.touch(neighbour, 1);
    oracle.guestChanged(neighbour);
    oracle.guestFlushed([row, neighbour]);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('may use what was filled between the change and the flush: it is new already', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    oracle.guestChanged(row);
    pcpu.touch(row, 1);
    oracle.guestFlushed([row]);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('may not use the entry from before the second of two changes', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    oracle.guestChanged(row);
    pcpu.touch(row, 1);
    oracle.guestChanged(row);
    oracle.guestFlushed([row]);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, guest: 1 });
  });

  test('is caught in the second-level TLB as in the first', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    // Filled by data, used by code: found in the shared second level, then copied to the first.
    pcpu.touch(row, 1);
    oracle.guestChanged(row);
    oracle.guestFlushed([row]);
    pcpu.touch(row, 0);
    pcpu.touch(row, 0);
    expect(oracle.staleHits).toEqual({ ...NONE, guest: 2 });
  });
});

describe('an entry of another owner under the same ASID', () => {
  test('is a stale hit of class guest within a VM', () => {
    const { oracle, pcpu, row, sameNumber, l1, l2 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    pcpu.vmexit();
    pcpu.vmrun(1, 0, l2);
    pcpu.touch(sameNumber, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, guest: 1 });
  });

  test('is a stale hit of class crossVm between VMs', () => {
    const { oracle, pcpu, row, sameNumber, l1, otherVm } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    pcpu.vmexit();
    pcpu.vmrun(1, 0, otherVm);
    pcpu.touch(sameNumber, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, crossVm: 1 });
  });

  test('is not used after TLB_CONTROL 3, nor under an ASID of its own', () => {
    for (const [asid, control] of [
      [1, 3],
      [2, 0],
    ] as const) {
      const { oracle, pcpu, row, sameNumber, l1, otherVm } = prepare();
      pcpu.vmrun(1, 0, l1);
      pcpu.touch(row, 1);
      pcpu.vmexit();
      pcpu.vmrun(asid, control, otherVm);
      pcpu.touch(sameNumber, 1);
      expect(oracle.staleHits).toEqual(NONE);
    }
  });

  test('counts where only walk caches and the nested TLB carry it over', () => {
    const { oracle, pcpu, row, sameNeighbour, l1, otherVm } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    pcpu.vmexit();
    pcpu.vmrun(1, 0, otherVm);
    // Another page, so no leaf entry fits; but the PDE of the other VM leads to its page table.
    pcpu.touch(sameNeighbour, 1);
    expect(oracle.staleHits.crossVm).toBeGreaterThan(0);
    expect(oracle.staleHits.guest).toBe(0);
  });

  test('that used it itself is told by its class, not by who ran first', () => {
    const { oracle, pcpu, row, sameNumber, l1, otherVm } = prepare();
    pcpu.vmrun(1, 0, otherVm);
    pcpu.touch(sameNumber, 1);
    pcpu.vmexit();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, crossVm: 1 });
  });
});

describe('a page that the host took back', () => {
  test('may not be used any more, and the use is of class host', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.hostChanged(row);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, host: 1 });
  });

  test('is safe after a flush of the ASID', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.hostChanged(row);
    pcpu.vmexit();
    pcpu.vmrun(1, 3, l1);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test.each([
    ['INVLPGA, which flushes no guest-physical translation (APM vol. 2, 15.25)', 'invlpga'],
    ['TLB_CONTROL 7, which may keep nested entries', 'nonGlobal'],
  ] as const)('is not safe after %s', (_, how) => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.hostChanged(row);
    pcpu.vmexit();
    if (how === 'invlpga') pcpu.invlpga(1, row);
    pcpu.vmrun(1, how === 'invlpga' ? 0 : 7, l1);
    // The leaf entry is gone; the walk finds the old frame in the nested TLB.
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, host: 1 });
  });

  test('taints what is filled from the stale nested entry: later hits count too', () => {
    const { oracle, pcpu, row, l1 } = prepare();
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.hostChanged(row);
    pcpu.invlpg(row);
    pcpu.touch(row, 1);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, host: 2 });
  });
});

describe('an entry of L0s shadow of the nested page table that lags behind', () => {
  function lagging(skipsStale = false) {
    const prepared = prepare(skipsStale);
    const { oracle, tables, row, pcpu, l2 } = prepared;
    pcpu.vmrun(1, 0, l2);
    tables.setNestedBorn(tables.nestedOf(row), oracle.now());
    oracle.nestedChanged(row);
    return prepared;
  }

  test('may be walked until L1 has flushed', () => {
    const { oracle, pcpu, row } = lagging();
    pcpu.touch(row, 1);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('may not be walked afterwards, even by a TLB that was flushed', () => {
    const { oracle, pcpu, row, l2 } = lagging();
    oracle.guestFlushed([row]);
    pcpu.vmexit();
    pcpu.vmrun(1, 3, l2);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, guest: 1 });
  });

  test('is in order again when it was synced and the TLB was flushed', () => {
    const { oracle, pcpu, tables, row, l2 } = lagging();
    pcpu.touch(row, 1);
    tables.setNestedBorn(tables.nestedOf(row), UP_TO_DATE);
    oracle.guestFlushed([row]);
    pcpu.vmexit();
    pcpu.vmrun(1, 3, l2);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('leaves stale nested entries behind when it was synced and only the page flushed', () => {
    const { oracle, pcpu, tables, row } = lagging();
    pcpu.touch(row, 1);
    tables.setNestedBorn(tables.nestedOf(row), UP_TO_DATE);
    oracle.guestFlushed([row]);
    pcpu.invlpg(row);
    pcpu.touch(row, 1);
    expect(oracle.staleHits).toEqual({ ...NONE, guest: 1 });
  });
});

describe('the bound that lets stale entries vanish', () => {
  test('never reports a guest change, and walks instead', () => {
    const { machine, oracle, pcpu, row, l1 } = prepare(true);
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.guestChanged(row);
    oracle.guestFlushed([row]);
    expect(machine.touching(row).walks).toBe(1);
    expect(machine.touching(row).walks).toBe(0);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('never reports a host change, and passes over the nested entry as well', () => {
    const { machine, oracle, pcpu, row, l1 } = prepare(true);
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    oracle.hostChanged(row);
    const nested = pcpu.arrays.nestedTlb.liveEntries();
    const charged = machine.touching(row);
    // The new entry takes the place of the stale one; no array holds a translation twice.
    expect(pcpu.arrays.nestedTlb.liveEntries()).toBe(nested);
    // The PDE is cached: the PTE, and one entry of the nested tables.
    expect(charged.references).toBe(2);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('never reports an entry of another owner, in TLBs, walk caches and the nested TLB', () => {
    const { machine, oracle, pcpu, row, sameNumber, sameNeighbour, l1, otherVm } = prepare(true);
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    pcpu.vmexit();
    pcpu.vmrun(1, 0, otherVm);
    expect(machine.touching(sameNeighbour).walks).toBe(1);
    expect(machine.touching(sameNumber).walks).toBe(1);
    expect(machine.touching(sameNumber).walks).toBe(0);
    expect(oracle.staleHits).toEqual(NONE);
  });

  test('keeps every entry that is not stale', () => {
    const { machine, oracle, pcpu, row, neighbour, l1 } = prepare(true);
    pcpu.vmrun(1, 0, l1);
    pcpu.touch(row, 1);
    pcpu.touch(neighbour, 1);
    oracle.hostChanged(row);
    expect(machine.touching(neighbour).cycles).toBe(0);
  });
});

describe('owners', () => {
  test('are one per VM, vCPU, level and, for L2, ASID that L1 named, and always the same', () => {
    const owners = new Owners();
    const make = () => [
      owners.host,
      owners.l1(0, 0),
      owners.l1(0, 1),
      owners.l1(1, 0),
      owners.l2(0, 0, 1),
      owners.l2(0, 0, 2),
      owners.l2(0, 1, 1),
    ];
    const first = make();
    expect(new Set(first).size).toBe(first.length);
    expect(make()).toEqual(first);
  });

  test('know their VM; the host has none', () => {
    const owners = new Owners();
    expect(owners.vmOf(owners.l1(3, 0))).toBe(3);
    expect(owners.vmOf(owners.l2(3, 0, 1))).toBe(3);
    expect(owners.vmOf(owners.host)).toBe(-1);
  });
});
