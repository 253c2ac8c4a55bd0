import { describe, expect, test } from 'vitest';
import { KIND, Ledger, walksIn } from '../../src/cost/ledger.ts';
import { type BroadcastFlush, invlpgb } from '../../src/hardware/invlpgb.ts';
import { FREE_PRICES } from '../../src/hardware/machine-config.ts';
import { PageTables } from '../../src/hardware/page-tables.ts';
import { Pcpu } from '../../src/hardware/pcpu.ts';
import { ROOMY } from './small-machine.ts';

const EVERYTHING: BroadcastFlush = {
  mappings: null,
  asid: null,
  pcid: null,
  includeGlobal: true,
  finalOnly: false,
  includeNested: true,
};

/** A pCPU with one page of each kind cached under ASIDs 1 and 2, the host's own, and two PCIDs. */
function warmPcpu() {
  const tables = new PageTables();
  const ledger = new Ledger(FREE_PRICES);
  const pcpu = new Pcpu({
    config: ROOMY,
    tables,
    ledger,
    stale: { staleHit: () => {} },
    hostOwner: 0,
    now: () => 0,
    skipsStale: false,
  });
  const space = tables.addSpace(null);
  const add = (page: number, global: boolean) =>
    tables.addMapping(space, { page, size: '4K', global, frame: page }, () => 0);
  const local = add(1, false);
  const global = add(2, true);
  const other = add(3, false);
  pcpu.reserve();
  const contexts = [
    { name: 'host', enter: () => pcpu.vmexit() },
    { name: 'ASID 1', enter: () => pcpu.vmrun(1, 0, 1, 0) },
    { name: 'ASID 1 PCID 5', enter: () => pcpu.vmrun(1, 0, 1, 5) },
    { name: 'ASID 2', enter: () => pcpu.vmrun(2, 0, 2, 0) },
  ];
  const rows = [
    { name: 'local', row: local },
    { name: 'global', row: global },
    { name: 'other', row: other },
  ];
  const touch = (): string[] => {
    const missed: string[] = [];
    for (const context of contexts) {
      context.enter();
      for (const { name, row } of rows) {
        const before = walksIn(ledger.counts);
        pcpu.touch(row, 1);
        if (walksIn(ledger.counts) > before) missed.push(`${context.name} ${name}`);
      }
    }
    pcpu.vmexit();
    return missed;
  };
  touch();
  return { pcpu, ledger, touch, local, global, contexts };
}

describe('INVLPGB (AMD APM vol. 3): what a broadcast removes on whoever hears it', () => {
  test.each<[string, Partial<BroadcastFlush>, string[]]>([
    [
      'no operand valid: every entry of every ASID, the host included',
      {},
      [
        'host local',
        'host global',
        'host other',
        'ASID 1 local',
        'ASID 1 global',
        'ASID 1 other',
        'ASID 1 PCID 5 local',
        'ASID 1 PCID 5 other',
        'ASID 2 local',
        'ASID 2 global',
        'ASID 2 other',
      ],
    ],
    ['ASID valid: that ASID alone', { asid: 2 }, ['ASID 2 local', 'ASID 2 global', 'ASID 2 other']],
    [
      'ASID and PCID valid, globals kept',
      { asid: 1, pcid: 5, includeGlobal: false },
      ['ASID 1 PCID 5 local', 'ASID 1 PCID 5 other'],
    ],
  ])('%s', (_, operands, missed) => {
    const { pcpu, ledger, touch } = warmPcpu();
    invlpgb([pcpu], ledger, { ...EVERYTHING, ...operands });
    expect(touch()).toEqual(missed);
    expect(ledger.counts[KIND.invlpgb]).toBe(1);
  });

  test('pages listed: those pages, global or not, in every PCID of the ASID', () => {
    const { pcpu, ledger, touch, local, global } = warmPcpu();
    invlpgb([pcpu], ledger, { ...EVERYTHING, asid: 1, mappings: [local, global] });
    expect(touch()).toEqual(['ASID 1 local', 'ASID 1 global', 'ASID 1 PCID 5 local']);
  });

  test('reaches a pCPU in the middle of the guest that it names', () => {
    const { pcpu, ledger, local } = warmPcpu();
    pcpu.vmrun(1, 0, 1);
    invlpgb([pcpu], ledger, { ...EVERYTHING, asid: 1 });
    const before = walksIn(ledger.counts);
    pcpu.touch(local, 1);
    expect(walksIn(ledger.counts)).toBe(before + 1);
  });
});

describe('INVPCID in a guest', () => {
  test.each<[string, 0 | 1 | 2 | 3, string[]]>([
    ['type 0: one page of one PCID', 0, ['ASID 1 PCID 5 local']],
    ['type 1: one PCID, globals kept', 1, ['ASID 1 PCID 5 local', 'ASID 1 PCID 5 other']],
    [
      'type 2: all PCIDs with globals',
      2,
      [
        'ASID 1 local',
        'ASID 1 global',
        'ASID 1 other',
        'ASID 1 PCID 5 local',
        'ASID 1 PCID 5 other',
      ],
    ],
    [
      'type 3: all PCIDs, globals kept',
      3,
      ['ASID 1 local', 'ASID 1 other', 'ASID 1 PCID 5 local', 'ASID 1 PCID 5 other'],
    ],
  ])('%s; other ASIDs keep theirs', (_, type, missed) => {
    const { pcpu, touch, local } = warmPcpu();
    pcpu.vmrun(1, 0, 1);
    pcpu.invpcid(type, 5, local);
    expect(touch()).toEqual(missed);
  });
});

describe('INVPCID of type 0 (AMD APM vol. 3, INVPCID)', () => {
  test('keeps a global page, which INVLPG drops', () => {
    const { pcpu, touch, global } = warmPcpu();
    pcpu.vmrun(1, 0, 1);
    pcpu.invpcid(0, 0, global);
    expect(touch()).toEqual([]);
    pcpu.vmrun(1, 0, 1);
    pcpu.invlpg(global);
    expect(touch()).toEqual(['ASID 1 global']);
  });
});

test('SMI, RSM and MTRR writes leave nothing', () => {
  const { pcpu, touch } = warmPcpu();
  pcpu.flushEverything();
  expect(touch()).toHaveLength(11);
});
