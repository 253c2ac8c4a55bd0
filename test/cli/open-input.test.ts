import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { externalDecoder, openInput } from '../../src/cli/host-files/open-input.ts';
import { collected, sourceOf } from '../importers/sources.ts';
import { temporaryFolder } from './command-line.ts';

let folder = temporaryFolder();
const path = process.env.PATH;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  process.env.PATH = path;
  folder.remove();
});

/** A program of that name, found before any that is installed, which runs JavaScript. */
function install(name: string, script: string): void {
  const file = join(folder.path, name);
  writeFileSync(file, `#!${process.execPath}\n${script}\n`);
  chmodSync(file, 0o755);
  process.env.PATH = `${folder.path}${delimiter}${path ?? ''}`;
}

const REVERSE = `
if (process.argv[2] === '--version') process.exit(0);
const pieces = [];
process.stdin.on('data', (piece) => pieces.push(piece));
process.stdin.on('end', () => process.stdout.write(Buffer.concat(pieces).reverse()));`;

test('an installed program decompresses what Node can not', async () => {
  install('xz', REVERSE);
  const plain = externalDecoder('xz', sourceOf('olleh', 2));
  expect(plain === null ? null : (await collected(plain)).toString()).toBe('hello');
});

test('a program that fails is damaged data, and no crash', async () => {
  install('zstd', "process.exit(process.argv[2] === '--version' ? 0 : 1)");
  const plain = externalDecoder('zstd', sourceOf('x'.repeat(500_000)));
  await expect(collected(plain ?? sourceOf(''))).rejects.toMatchObject({ code: 'DECODER' });
});

test('what the input itself has to say reaches the reader', async () => {
  install('xz', REVERSE);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('ab');
    throw new Error('the disk is gone');
  }
  const plain = externalDecoder('xz', broken());
  await expect(collected(plain ?? sourceOf(''))).rejects.toThrow('the disk is gone');
});

test('without the program there is no decoder', () => {
  process.env.PATH = folder.path;
  expect(externalDecoder('xz', sourceOf('x'))).toBeNull();
});

test('a file that is not there is a sentence', async () => {
  const missing = join(folder.path, 'nothing');
  await expect(collected(openInput(missing))).rejects.toThrow(
    /nothing: can't be read: it does not exist/,
  );
});
