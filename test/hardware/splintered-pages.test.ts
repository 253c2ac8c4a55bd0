import { describe, expect, test } from 'vitest';
import { SmallMachine } from './small-machine.ts';

/**
 * A 2 MiB page of a guest on 4 KiB nested pages is cached in pieces; software that flushes one address
 * of it has flushed the page (AMD APM volume 2, 15.25.9).
 */
function prepare(nestedLeaf: '4K' | '2M' = '4K') {
  const machine = new SmallMachine();
  const { pcpu, tables } = machine;
  const guest = tables.addSpace(tables.addNestedSpace(nestedLeaf));
  const otherGuest = tables.addSpace(tables.addNestedSpace(nestedLeaf));
  const large = { size: '2M' } as const;
  const rows = {
    first: machine.map(guest, 1024, large),
    second: machine.map(guest, 1100, large),
    third: machine.map(guest, 1535, large),
    nextLarge: machine.map(guest, 1536, large),
    small: machine.map(guest, 5120),
    otherSmall: machine.map(guest, 5121),
    otherGuest: machine.map(otherGuest, 1100, large),
  };
  pcpu.vmrun(2, 0, 2);
  pcpu.touch(rows.otherGuest, 1);
  pcpu.vmexit();
  pcpu.vmrun(1, 0, 1);
  const { otherGuest: _, ...own } = rows;
  for (const row of Object.values(own)) pcpu.touch(row, 1);
  return { machine, pcpu, rows };
}

function walksAt(
  flush: (prepared: ReturnType<typeof prepare>) => void,
  row: keyof ReturnType<typeof prepare>['rows'],
): number {
  const prepared = prepare();
  flush(prepared);
  prepared.pcpu.vmexit();
  prepared.pcpu.vmrun(row === 'otherGuest' ? 2 : 1, 0, row === 'otherGuest' ? 2 : 1);
  return prepared.machine.touching(prepared.rows[row]).walks;
}

type Prepared = ReturnType<typeof prepare>;

describe.each<[string, (prepared: Prepared) => void]>([
  ['INVLPG', ({ pcpu, rows }) => pcpu.invlpg(rows.second)],
  ['INVPCID of type 0', ({ pcpu, rows }) => pcpu.invpcid(0, 0, rows.second)],
  [
    'INVLPGA',
    ({ pcpu, rows }) => {
      pcpu.vmexit();
      pcpu.invlpga(1, rows.second);
    },
  ],
])('%s at one piece of a splintered page', (_, flush) => {
  test.each(['first', 'second', 'third'] as const)('takes the %s piece', (piece) => {
    expect(walksAt(flush, piece)).toBe(1);
  });

  test.each(['nextLarge', 'small', 'otherGuest'] as const)('leaves %s', (row) => {
    expect(walksAt(flush, row)).toBe(0);
  });
});

test('a 4 KiB page that is flushed takes no neighbour with it', () => {
  const flush = ({ pcpu, rows }: Prepared) => pcpu.invlpg(rows.small);
  expect(walksAt(flush, 'small')).toBe(1);
  expect(walksAt(flush, 'otherSmall')).toBe(0);
  expect(walksAt(flush, 'first')).toBe(0);
});

test('on nested pages of the same size a large page is one entry', () => {
  const { machine, pcpu, rows } = prepare('2M');
  pcpu.invlpg(rows.second);
  expect(machine.touching(rows.third).walks).toBe(1);
  expect(machine.touching(rows.first).walks).toBe(0);
});
