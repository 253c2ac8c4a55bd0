import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { dataPath, readDataFile, readDataText } from '../../src/inputs/load-data.ts';
import { userErrorOf } from './helpers.ts';

describe('load-data', () => {
  test('finds the data folder of the package', () => {
    expect(dataPath('README.md').endsWith(`${sep}data${sep}README.md`)).toBe(true);
    for (const folder of ['page-traces', 'nested-kvm', 'nested-vmcb12', 'conformance']) {
      expect(existsSync(dataPath(folder))).toBe(true);
    }
  });

  test('reads the stored bytes and the decompressed text', () => {
    const folder = mkdtempSync(join(tmpdir(), 'load-data-'));
    try {
      const path = join(folder, 'a.gz');
      const stored = gzipSync('é one\n');
      writeFileSync(path, stored);
      expect(Buffer.from(readDataFile(path))).toEqual(stored);
      expect(readDataText(path)).toBe('é one\n');
      const binary = join(folder, 'b');
      writeFileSync(binary, Uint8Array.from([0xff, 0xfe, 0x80]));
      expect(userErrorOf(() => readDataText(binary))).toContain('binary data, not UTF-8 text');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('says that there is no such file, or that it is a folder', () => {
    const missing = dataPath('nested-kvm', 'nothing.gz');
    expect(userErrorOf(() => readDataFile(missing))).toBe(
      `${missing}: there is no such file. Check the spelling of the path.`,
    );
    expect(userErrorOf(() => readDataFile(dataPath('nested-kvm')))).toContain('this is a folder');
  });
});
