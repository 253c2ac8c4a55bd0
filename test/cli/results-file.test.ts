import { appendFileSync, fsync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileCalls, openResultsFile } from '../../src/cli/run-folder/results-file.ts';
import { makeCell } from '../run/make-cells.ts';
import { temporaryFolder } from './command-line.ts';

let folder = temporaryFolder();
let path = '';
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'results.jsonl');
});
afterEach(() => folder.remove());

const cells = [1, 2, 3].map((seed) => makeCell('ideal', seed, 100));
const bytes = cells.map((cell) => Buffer.from(JSON.stringify(cell)));
const lines = cells.map((cell) => `${JSON.stringify(cell)}\n`);

/** A disk with room for so many bytes: a write that does not fit is cut short, the next one fails. */
function smallDisk(room: number): FileCalls {
  let left = room;
  return {
    write: (file, bytes, position) => {
      if (left === 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      const count = Math.min(left, bytes.length);
      left -= count;
      return writeSync(file, bytes, 0, count, position);
    },
    flush: fsync,
  };
}

describe('a results file', () => {
  test('on a full disk ends with a whole line, and says what to do', () => {
    const [first = '', second = ''] = lines;
    const file = openResultsFile(path, 0, smallDisk(first.length + second.length / 2));
    file.append(bytes[0]!);
    const cause = "can't be written: the disk is full. Make room and go on with --resume; ";
    expect(() => file.append(bytes[1]!)).toThrow(`${path}: ${cause}`);
    expect(readFileSync(path, 'utf8')).toBe(first);
    file.close();
  });

  test('writes on where a write was cut short and no error came', () => {
    const calls: FileCalls = {
      write: (file, bytes, position) =>
        writeSync(file, bytes, 0, Math.min(7, bytes.length), position),
      flush: fsync,
    };
    const file = openResultsFile(path, 0, calls);
    for (const line of bytes) file.append(line);
    file.finish();
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
  });

  test('starts a flush with each cell, one at a time, and makes up for those in between', () => {
    const waiting: ((error: Error | null) => void)[] = [];
    const calls: FileCalls = {
      write: (file, bytes, position) => writeSync(file, bytes, 0, bytes.length, position),
      flush: (_file, done) => waiting.push(done),
    };
    const file = openResultsFile(path, 0, calls);
    for (const line of bytes) file.append(line);
    expect(waiting).toHaveLength(1);
    waiting[0]?.(null);
    expect(waiting).toHaveLength(2);
    waiting[1]?.(null);
    expect(waiting).toHaveLength(2);
    file.close();
  });

  test('does not hide that a flush has failed', () => {
    const calls: FileCalls = {
      write: (file, bytes, position) => writeSync(file, bytes, 0, bytes.length, position),
      flush: (_file, done) => done(Object.assign(new Error('EIO'), { code: 'EIO' })),
    };
    const file = openResultsFile(path, 0, calls);
    file.append(bytes[0]!);
    expect(() => file.append(bytes[1]!)).toThrow(`${path}: can't be written: EIO`);
    expect(() => file.finish()).toThrow("can't be written");
    file.close();
  });

  test('notices another process that writes to it', () => {
    const file = openResultsFile(path, 0);
    file.append(bytes[0]!);
    appendFileSync(path, lines[1]!);
    expect(() => file.append(bytes[1]!)).toThrow('another process has written to it meanwhile');
    expect(readFileSync(path, 'utf8')).toBe(`${lines[0]}${lines[1]}`);
    file.close();
  });

  test('can not be made in a folder that is read-only', () => {
    expect(() => openResultsFile('/proc/results.jsonl', 0)).toThrow("can't be written");
  });
});
