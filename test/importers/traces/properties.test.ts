import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRACE_IMPORTERS } from '../../../src/importers/traces/formats.ts';
import { PageTraceEncoder } from '../../../src/inputs/page-trace-encoder.ts';
import { UserError } from '../../../src/util/user-error.ts';
import { contextOf, sourceOf } from '../sources.ts';
import { type Access, champSimRecord, memref, movesOf, readTrace, SEED } from './helpers.ts';

const PIECES = [1, 3, 64, 4096];

/** Addresses of programs and kernels, close enough together to meet on pages. */
const address = fc.oneof(
  fc.bigInt(0x40_0000n, 0x40_4000n),
  fc.bigInt(0x7fff_ffff_0000n, 0x7fff_ffff_4000n),
  fc.bigInt(0xffff_ffff_8100_0000n, 0xffff_ffff_8100_4000n),
);
const access = fc.record({
  kind: fc.constantFrom('code' as const, 'load' as const, 'store' as const),
  address,
  bytes: fc.integer({ min: 1, max: 64 }),
});
/** A trace begins with an instruction. */
const accesses = fc
  .array(access, { minLength: 1, maxLength: 120 })
  .map((list): Access[] => [{ kind: 'code', address: 0x40_0000n, bytes: 1 }, ...list]);

type Write = (list: readonly Access[]) => Uint8Array | string;

const lackeyText: Write = (list) =>
  list
    .map(({ kind, address: at, bytes }) => {
      const lead = { code: 'I  ', load: ' L ', store: ' S ' }[kind];
      return `${lead}${at.toString(16).padStart(8, '0')},${bytes}\n`;
    })
    .join('');

const viewText: Write = (list) => {
  const records = list.map(({ kind, address: at, bytes }, index) => {
    const word = { code: 'ifetch', load: 'read', store: 'write' }[kind].padEnd(12);
    const number = String(index + 1).padStart(12);
    return `${number}${number}:     T12 ${word} ${bytes} byte(s) @ 0x${at.toString(16)} by PC 0x0\n`;
  });
  return `${records.join('')}View tool results:\n       1 : total instructions\n`;
};

const drmemtraceBytes: Write = (list) => {
  const types = { code: 10, load: 0, store: 1 };
  const records = list.map(({ kind, address: at, bytes }) => memref(types[kind], bytes, at));
  return Buffer.concat([memref(25, 0, 6n), ...records, memref(26, 0, 0n)]);
};

describe.each<[string, Write]>([
  ['lackey', lackeyText],
  ['drmemtrace-view', viewText],
  ['drmemtrace', drmemtraceBytes],
])('%s', (format, write) => {
  test('gives the moves of any accesses, wherever the file is cut into pieces', async () => {
    const property = fc.asyncProperty(accesses, async (list) => {
      const expected = movesOf(list);
      for (const pieceBytes of PIECES) {
        const { moves, imported } = await readTrace(write(list), pieceBytes);
        expect(moves).toEqual(expected);
        expect(imported.format).toBe(format);
        expect(imported.instructions).toBe(list.filter(({ kind }) => kind === 'code').length);
        expect(imported.instructions + imported.dataAccesses).toBe(list.length);
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: 60 });
  });
});

describe('champsim', () => {
  test('gives the moves of any instructions, wherever the file is cut into pieces', async () => {
    const instruction = fc.record({
      ip: address,
      loads: fc.array(address, { maxLength: 4 }),
      stores: fc.array(address, { maxLength: 2 }),
    });
    const list = fc.array(instruction, { minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(list, async (instructions) => {
      const all = instructions.flatMap(({ ip, loads, stores }): Access[] => [
        { kind: 'code', address: ip, bytes: 1 },
        ...loads.map((at): Access => ({ kind: 'load', address: at, bytes: 1 })),
        ...stores.map((at): Access => ({ kind: 'store', address: at, bytes: 1 })),
      ]);
      const bytes = Buffer.concat(
        instructions.map(({ ip, loads, stores }) => champSimRecord(ip, loads, stores)),
      );
      for (const pieceBytes of PIECES) {
        expect((await readTrace(bytes, pieceBytes)).moves).toEqual(movesOf(all));
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: 40 });
  });
});

describe('page-trace', () => {
  test('comes out as it went in', async () => {
    const property = fc.asyncProperty(accesses, async (list) => {
      const { moves } = await readTrace(lackeyText(list));
      const streams: [Uint8Array[], Uint8Array[]] = [[], []];
      const encoder = new PageTraceEncoder({
        index: (bytes) => streams[0].push(bytes),
        clock: (bytes) => streams[1].push(bytes),
      });
      for (const move of moves) {
        const [kind, page, gap] = move.split(' ');
        encoder.record(Number(page), kind === 'data', Number(gap));
      }
      const instructions = list.filter(({ kind }) => kind === 'code').length;
      const head = encoder.finish({ name: 'n', source: 'lackey', instructions });
      const again = await readTrace(Buffer.concat([head, ...streams[0], ...streams[1]]), 5);
      expect(again.moves).toEqual(moves);
      expect(again.imported.instructions).toBe(instructions);
    });
    await fc.assert(property, { seed: SEED, numRuns: 40 });
  });
});

/** What importers have in common with noise: a valid beginning, then anything. */
const BEGINNINGS = [
  '',
  'I  0401ab70,3\n',
  '0x401: R 0x7ff\n',
  '           1           1:     T12 ifetch 1 byte(s) @ 0x401 90 nop\n',
  memref(25, 0, 6n).toString('latin1'),
  champSimRecord(0x401136n, [], []).toString('latin1'),
  '{"format":"PTR1"',
];

describe('any bytes', () => {
  test('are a trace or a sentence, to each importer', async () => {
    const lump = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ unit: fc.constantFrom(...'IL SMRW0x19af,:@#-<=\n\r') })
        .map((text) => Buffer.from(text)),
    );
    const property = fc.asyncProperty(
      fc.constantFrom(...BEGINNINGS),
      lump,
      fc.integer({ min: 1, max: 64 }),
      async (beginning, noise, pieceBytes) => {
        const bytes = Buffer.concat([Buffer.from(beginning, 'latin1'), noise]);
        for (const importer of TRACE_IMPORTERS) {
          importer.detect(bytes);
          try {
            const imported = await importer.import(sourceOf(bytes, pieceBytes), contextOf('any'));
            expect(imported.kind).toBe('trace');
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            if (error instanceof UserError) expect(error.message).not.toMatch(/undefined|NaN/);
          }
        }
      },
    );
    await fc.assert(property, { seed: SEED, numRuns: 400 });
  });
});
