import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCpuLog } from '../../src/inputs/cpu-log.ts';
import { decompress } from '../../src/inputs/decompress.ts';
import { dataPath, readDataBytes, readDataFile } from '../../src/inputs/load-data.ts';
import { readMigrationReport } from '../../src/inputs/migration-report.ts';
import { readPageSequences } from '../../src/inputs/page-sequences.ts';
import { readPageTrace } from '../../src/inputs/page-trace.ts';
import { decodeText } from '../../src/inputs/text-lines.ts';
import { readVmcb12Log } from '../../src/inputs/vmcb12-log.ts';
import { UserError } from '../../src/util/user-error.ts';
import { captured, headLines, PROPERTY_SEED, userErrorOf } from './helpers.ts';

type TextReader = (text: string, path: string) => unknown;

/** The beginning of a captured file of each format, and its reader. */
const GZIPPED = dataPath('nested-vmcb12', 'hw', 'flat.two-cpuid-cpuid.hw.gz');
const TEXT_FORMATS: readonly (readonly [string, TextReader, readonly string[]])[] = [
  ['CPU log of one pCPU', readCpuLog, ['nested-kvm', 'hw', 'plug-c.cpuid.hw.br']],
  ['CPU log with pCPUs', readCpuLog, ['nested-vmcb12', 'hw', 'l3.l3-cpuid.hw.gz']],
  ['vmcb12 log', readVmcb12Log, ['nested-vmcb12', 'vmcb12', 'flat.vmcb12.gz']],
  ['page sequences', readPageSequences, ['nested-kvm', 'seq', 'plug-c.cpuid.seq.br']],
  ['migration report', readMigrationReport, ['nested-vmcb12', 'reports', 'migration-mig.txt']],
];

const HEAD_LINES = 40;

/** Positions as shares of the length, and what to add to the bytes there, modulo 256. */
const FLIPS = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.integer({ min: 1, max: 255 }),
  ),
  { minLength: 1, maxLength: 6 },
);

function flip(bytes: Uint8Array, flips: readonly (readonly [number, number])[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [share, add] of flips) {
    const at = Math.floor(share * copy.length);
    copy[at] = ((copy[at] ?? 0) + add) % 256;
  }
  return copy;
}

/** Runs a reader that may only succeed or throw a `UserError`; true if it succeeded. */
function readsOrExplains(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    if (error instanceof UserError) expect(error.message).not.toMatch(/[\n\0]/);
    return false;
  }
}

describe('damaged text', () => {
  test.each(TEXT_FORMATS)('%s: a file that is cut within a line is refused', (_, read, parts) => {
    const text = headLines(captured(...parts), HEAD_LINES);
    const property = fc.property(fc.nat({ max: text.length - 1 }), (length) => {
      fc.pre(text[length - 1] !== '\n');
      const message = userErrorOf(() => read(text.slice(0, length), 'cut'));
      expect(message).toMatch(/^cut(, line \d+)?: /);
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 300 });
  });

  test.each(TEXT_FORMATS)('%s: flipped bytes give a result or a sentence', (_, read, parts) => {
    const bytes = new TextEncoder().encode(headLines(captured(...parts), HEAD_LINES));
    let refused = 0;
    const property = fc.property(FLIPS, (flips) => {
      const damaged = flip(bytes, flips);
      if (!readsOrExplains(() => read(decodeText(damaged, 'flipped'), 'flipped'))) refused += 1;
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 500 });
    // Most damage must be noticed: a flipped digit may pass, anything else may not.
    expect(refused).toBeGreaterThan(400);
  });

  test.each(TEXT_FORMATS)('%s: every other format is refused', (name, read) => {
    for (const [otherName, otherRead, parts] of TEXT_FORMATS) {
      if (otherName === name || otherRead === read) continue;
      const message = userErrorOf(() => read(captured(...parts), 'foreign'));
      expect(message).toMatch(/^foreign, line \d+: /);
    }
  });

  test.each(TEXT_FORMATS)('%s: compressed bytes taken as text are refused', (_, read) => {
    const stored = readDataFile(GZIPPED);
    userErrorOf(() => decodeText(stored, 'binary'));
    const asText = new TextDecoder().decode(stored);
    expect(userErrorOf(() => read(asText, 'binary'))).toContain('binary data');
  });

  test.each(TEXT_FORMATS)('%s: any text gives a result or a sentence', (_, read) => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      readsOrExplains(() => read(text, 'any'));
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 300 });
  });
});

describe('damaged compressed files', () => {
  const stored = readDataFile(GZIPPED);

  test('gzip that is cut is refused', () => {
    const property = fc.property(fc.integer({ min: 2, max: stored.length - 1 }), (length) => {
      userErrorOf(() => decompress(stored.subarray(0, length), 'cut.gz'));
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 200 });
  });

  test('gzip with flipped bytes gives a result or a sentence', () => {
    const property = fc.property(FLIPS, (flips) => {
      readsOrExplains(() => {
        const bytes = decompress(flip(stored, flips), 'flipped.gz', 1_000_000);
        return readCpuLog(decodeText(bytes, 'flipped.gz'), 'flipped.gz');
      });
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 300 });
  });
});

describe('damaged page traces', () => {
  const path = dataPath('page-traces', 'sqlite-10M.ptr.br');
  const trace = readDataBytes(path);

  test('a trace that is cut is refused', () => {
    const property = fc.property(fc.nat({ max: trace.length - 1 }), (length) => {
      userErrorOf(() => readPageTrace(trace.subarray(0, length), 'cut.ptr'));
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 200 });
  });

  test('brotli with flipped bytes gives a result or a sentence', () => {
    const stored = readDataFile(path);
    const property = fc.property(FLIPS, (flips) => {
      readsOrExplains(() => {
        const bytes = decompress(flip(stored, flips), 'flipped.br', 8_000_000);
        return readPageTrace(bytes, 'flipped.br');
      });
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 30 });
  });

  test('flipped bytes in header, page table or streams give a result or a sentence', () => {
    // The first part of the file is hit too: most of it is streams, most traps are in the header.
    const property = fc.property(FLIPS, fc.boolean(), (flips, nearHeader) => {
      const scaled = flips.map(([share, add]) => {
        return [nearHeader ? (share * 500) / trace.length : share, add] as const;
      });
      readsOrExplains(() => readPageTrace(flip(trace, scaled), 'flipped.ptr'));
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 60 });
  });
});
